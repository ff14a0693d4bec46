//! Options of router advertisements, as they are in the kernel's message.

use crate::rt_ndisc::NdUserOption;
use core::net::Ipv6Addr;

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NdOption<'a> {
    /// Its type: 3 is a prefix, 25 name servers, 31 a search list, 37 a captive portal, 38 a prefix for NAT64.
    pub ty: u8,
    /// What follows type and length.
    pub data: &'a [u8],
}

impl<'a> NdUserOption<'a> {
    /// The options. One without a length, or that is longer than the rest, ends them.
    pub fn options(&self) -> impl Iterator<Item = NdOption<'a>> + use<'a> {
        let mut rest = self.split().0;
        core::iter::from_fn(move || {
            let [ty, units, ..] = *rest else { return None };
            let (option, behind) = rest.split_at_checked(8 * usize::from(units))?;
            rest = behind;
            option.get(2..).map(|data| NdOption { ty, data })
        })
    }

    /// The address of the router.
    #[must_use]
    #[doc(alias = "NDUSEROPT_SRCADDR")]
    pub fn source(&self) -> Option<Ipv6Addr> {
        let attrs = nl_tlv::Attrs::new(self.split().1);
        let attr = attrs.map_while(Result::ok).find(|attr| attr.ty().get() == 1)?;
        <[u8; 16]>::try_from(attr.payload()).ok().map(Ipv6Addr::from)
    }

    /// The options, and the attributes behind them.
    fn split(&self) -> (&'a [u8], &'a [u8]) {
        let len = usize::from(self.header.opts_len).next_multiple_of(4);
        self.payload.split_at_checked(len).unwrap_or((self.payload, &[]))
    }
}
