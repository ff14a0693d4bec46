//! Wi-Fi: interfaces, stations and scans.

use super::IfIndex;
use crate::nl80211::{
    Bss, DelInterface, GetInterface, GetScan, GetStation, GetSurvey, GetWiphy, Iftype, Interface,
    NewInterface, SetInterface, TriggerScan, Wiphy,
};
use nl_tlv::tlv::{T8L8, Tlvs};
use nl_tlv::value::NlStr;

macro_rules! on {
    ($($name:ident)*) => {$(
        impl<'a> $name<'a> {
            /// The request for this interface.
            #[must_use]
            pub fn on(dev: impl Into<IfIndex>) -> Self {
                let mut message = Self::default();
                message.ifindex = Some(dev.into().get());
                message
            }
        }
    )*};
}

on! { DelInterface GetInterface GetScan GetStation GetSurvey SetInterface TriggerScan }

impl<'a> NewInterface<'a> {
    /// An interface of a wiphy, which has this name and is of this type.
    #[must_use]
    pub fn new(wiphy: u32, name: impl Into<NlStr<'a>>, iftype: Iftype) -> Self {
        let (wiphy, ifname, iftype) = (Some(wiphy), Some(name.into()), Some(iftype));
        Self { attrs: Interface { wiphy, ifname, iftype, ..Interface::default() } }
    }
}

impl<'a> SetInterface<'a> {
    /// Gives the interface another type; it has to be down.
    #[must_use]
    pub fn of_type(mut self, iftype: Iftype) -> Self {
        self.iftype = Some(iftype);
        self
    }
}

impl GetWiphy<'_> {
    /// Asks for all wiphys, each in several messages: they are too large for one.
    #[must_use]
    pub fn split() -> Self {
        Self { attrs: Wiphy { split_wiphy_dump: true, ..Wiphy::default() } }
    }
}

impl<'a> Bss<'a> {
    /// What a network says about itself: the information elements of the last answer to a probe, or of the last beacon. IEEE
    /// 802.11 says what lies in an element of each type.
    ///
    /// ```
    /// use nl_tlv_families::nl80211::Bss;
    ///
    /// // A name, two rates, and a channel.
    /// let told = b"\x00\x03net\x01\x02\x82\x84\x03\x01\x06";
    /// let bss = Bss { information_elements: Some(told), ..Bss::default() };
    /// let mut channel = None;
    /// for element in bss.elements() {
    ///     let element = element?;
    ///     if let (3, &[number]) = (element.ty(), element.payload()) {
    ///         channel = Some(number);
    ///     }
    /// }
    /// assert_eq!((bss.ssid(), channel), (Some(&b"net"[..]), Some(6)));
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    #[must_use]
    pub fn elements(&self) -> Tlvs<'a, T8L8> {
        Tlvs::new(self.information_elements.unwrap_or_default())
    }

    /// The name of the network, which need not be text; empty if it hides its name.
    #[must_use]
    pub fn ssid(&self) -> Option<&'a [u8]> {
        let mut elements = self.elements().map_while(Result::ok);
        elements.find(|element| element.ty() == 0).map(|element| element.payload())
    }
}
