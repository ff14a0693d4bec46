//! Generic netlink's controller: `CTRL_CMD_NEWFAMILY`, `CTRL_CMD_GETFAMILY`, `CTRL_CMD_GETPOLICY`.
//!
//! [`nl_tlv::control::genl`] has what a connection needs of it, without the derives.

use nl_tlv::value::{ByType, NestedArray};
use nl_tlv::{NlAttrs, NlMessage, Rest};

/// Asks for a family by its name, or in a dump for all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(cmd = 3, version = 2)]
pub struct FamilyGet<'a> {
    #[nl(attr = 1)]
    pub family_id: Option<u16>,
    #[nl(attr = 2, max_len = 15)]
    pub family_name: Option<&'a str>,
}

/// A family. The kernel writes the nests without `NLA_F_NESTED`.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 1, version = 2)]
pub struct Family<'a> {
    #[nl(attr = 2, max_len = 15)]
    pub family_name: &'a str,
    #[nl(attr = 1)]
    pub family_id: u16,
    #[nl(attr = 3)]
    pub version: Option<u32>,
    #[nl(attr = 4)]
    pub hdrsize: Option<u32>,
    #[nl(attr = 5)]
    pub maxattr: Option<u32>,
    #[nl(attr = 6)]
    pub ops: Option<NestedArray<'a, Op>>,
    #[nl(attr = 7)]
    pub mcast_groups: Option<NestedArray<'a, Group<'a>>>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `CTRL_ATTR_OP_*`: a command, and `GENL_*`.
#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
pub struct Op {
    #[nl(attr = 1)]
    pub id: u32,
    #[nl(attr = 2)]
    pub flags: u32,
}

/// `CTRL_ATTR_MCAST_GRP_*`.
#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
pub struct Group<'a> {
    #[nl(attr = 1)]
    pub name: &'a str,
    #[nl(attr = 2)]
    pub id: u32,
}

/// Asks which attributes a family accepts: a dump.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(cmd = 10, version = 2)]
pub struct PolicyGet<'a> {
    #[nl(attr = 1)]
    pub family_id: Option<u16>,
    #[nl(attr = 2, max_len = 15)]
    pub family_name: Option<&'a str>,
    /// Of one command alone.
    #[nl(attr = 10)]
    pub op: Option<u32>,
}

/// One message of the answer: the policies of a command, or one attribute of a policy.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 10, version = 2)]
pub struct Policy<'a> {
    #[nl(attr = 1)]
    pub family_id: u16,
    /// By command.
    #[nl(attr = 9)]
    pub op_policy: Option<ByType<'a, OpPolicy>>,
    /// By the number of a policy, and then by attribute type.
    #[nl(attr = 8)]
    pub policy: Option<ByType<'a, ByType<'a, AttrPolicy<'a>>>>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

/// `CTRL_ATTR_POLICY_*`: the numbers of the policies for a request, and for one that dumps.
#[derive(NlAttrs, Clone, Copy, Debug, Default, PartialEq)]
pub struct OpPolicy {
    #[nl(attr = 1)]
    pub r#do: Option<u32>,
    #[nl(attr = 2)]
    pub dump: Option<u32>,
}

/// `NL_POLICY_TYPE_ATTR_*`.
#[derive(NlAttrs, Clone, Debug, Default, PartialEq)]
#[nl(pad = 11)]
pub struct AttrPolicy<'a> {
    #[nl(attr = 8)]
    pub policy_idx: Option<u32>,
    #[nl(attr = 9)]
    pub policy_maxtype: Option<u32>,
    #[nl(attr = 2)]
    pub min_value_s: Option<i64>,
    #[nl(attr = 3)]
    pub max_value_s: Option<i64>,
    #[nl(attr = 4)]
    pub min_value_u: Option<u64>,
    #[nl(attr = 5)]
    pub max_value_u: Option<u64>,
    #[nl(attr = 12)]
    pub mask: Option<u64>,
    #[nl(attr = 6)]
    pub min_length: Option<u32>,
    #[nl(attr = 7)]
    pub max_length: Option<u32>,
    #[nl(attr = 10)]
    pub bitfield32_mask: Option<u32>,
    /// `NL_ATTR_TYPE_*`.
    #[nl(attr = 1)]
    pub r#type: Option<u32>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}
