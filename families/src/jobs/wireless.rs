//! Wi-Fi: interfaces, stations and scans.

use super::IfIndex;
use crate::nl80211::{
    DelInterface, GetInterface, GetScan, GetStation, GetSurvey, GetWiphy, Iftype, Interface, NewInterface,
    SetInterface, TriggerScan, Wiphy,
};
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
