//! `CTRL_CMD_NEWFAMILY` of generic netlink's controller. Its nests carry no `NLA_F_NESTED`.

use nl_tlv::{NlAttrs, NlMessage, Rest};

/// A generic netlink family.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 1, version = 2)]
pub(crate) struct Family<'a> {
    #[nl(attr = 2, max_len = 15)]
    pub(crate) family_name: &'a str,
    #[nl(attr = 1)]
    pub(crate) family_id: u16,
    #[nl(attr = 3)]
    pub(crate) version: Option<u32>,
    #[nl(attr = 4)]
    pub(crate) hdrsize: Option<u32>,
    #[nl(attr = 5)]
    pub(crate) maxattr: Option<u32>,
    #[nl(attr = 6)]
    pub(crate) ops: Option<Entries<'a>>,
    #[nl(attr = 7)]
    pub(crate) mcast_groups: Option<Entries<'a>>,
    #[nl(rest)]
    pub(crate) rest: Rest<'a>,
}

/// An array of nests: the types are indices.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct Entries<'a> {
    #[nl(rest)]
    pub(crate) all: Rest<'a>,
}

/// `CTRL_ATTR_OP_*`.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct Op {
    #[nl(attr = 1)]
    pub(crate) op_id: u32,
    #[nl(attr = 2)]
    pub(crate) op_flags: u32,
}

/// `CTRL_ATTR_MCAST_GRP_*`.
#[derive(NlAttrs, Clone, Debug, PartialEq)]
pub(crate) struct Group<'a> {
    #[nl(attr = 1)]
    pub(crate) mcast_grp_name: &'a str,
    #[nl(attr = 2)]
    pub(crate) mcast_grp_id: u32,
}
