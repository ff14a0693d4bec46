//! What a contender finds in a dump: for each field the wrapping sum over all messages.
//!
//! A sum over a buffer with one message is that message's record, which is how contenders are compared field by
//! field. An absent attribute counts as zero. The structs are laid out as in `c/checked.h`.

/// All attributes of the messages, whatever they mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Walk {
    /// How many messages.
    pub messages: u64,
    /// How many attributes on the outermost level.
    pub attributes: u64,
    /// Sum of their types, without the two flag bits.
    pub types: u64,
    /// Sum of their payload lengths.
    pub lengths: u64,
}

/// `RTM_NEWROUTE`; addresses are the four bytes as they stand, read as an integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Routes {
    /// How many messages.
    pub messages: u64,
    /// `RTA_DST`.
    pub dst: u64,
    /// `RTA_GATEWAY`.
    pub gateway: u64,
    /// `RTA_OIF`.
    pub oif: u64,
    /// `RTA_TABLE`.
    pub table: u64,
    /// `RTA_PRIORITY`.
    pub priority: u64,
}

/// `RTM_NEWLINK`; strings by [`text`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Links {
    /// How many messages.
    pub messages: u64,
    /// `ifi_index`.
    pub index: u64,
    /// `ifi_flags`.
    pub flags: u64,
    /// `IFLA_IFNAME`.
    pub name: u64,
    /// `IFLA_MTU`.
    pub mtu: u64,
    /// `IFLA_ADDRESS`, six bytes, the first one lowest.
    pub address: u64,
    /// `IFLA_OPERSTATE`.
    pub operstate: u64,
    /// `IFLA_TXQLEN`.
    pub txqlen: u64,
    /// `IFLA_QDISC`.
    pub qdisc: u64,
    /// `IFLA_INFO_KIND` inside `IFLA_LINKINFO`.
    pub kind: u64,
}

/// The controller's `CTRL_CMD_NEWFAMILY`; strings by [`text`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Families {
    /// How many messages.
    pub messages: u64,
    /// `CTRL_ATTR_FAMILY_ID`.
    pub id: u64,
    /// `CTRL_ATTR_FAMILY_NAME`.
    pub name: u64,
    /// `CTRL_ATTR_VERSION`.
    pub version: u64,
    /// `CTRL_ATTR_HDRSIZE`.
    pub hdrsize: u64,
    /// `CTRL_ATTR_MAXATTR`.
    pub maxattr: u64,
    /// How many operations.
    pub ops: u64,
    /// `CTRL_ATTR_OP_ID`.
    pub op_ids: u64,
    /// `CTRL_ATTR_OP_FLAGS`.
    pub op_flags: u64,
    /// How many multicast groups.
    pub groups: u64,
    /// `CTRL_ATTR_MCAST_GRP_ID`.
    pub group_ids: u64,
    /// `CTRL_ATTR_MCAST_GRP_NAME`.
    pub group_names: u64,
}

/// Messages of type 40 that hold nests of a number and a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Nests {
    /// How many nests.
    pub count: u64,
    /// Sum of their numbers.
    pub ids: u64,
    /// Their names, by [`text`].
    pub names: u64,
}

/// What a nest holds: a number, and a name that ends with a NUL.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Named {
    /// The number.
    pub id: u32,
    /// The length of the name without its NUL.
    pub len: u32,
    /// The name, the NUL, and bytes that do not count.
    pub name: [u8; 40],
}

impl Named {
    /// The name without its NUL.
    #[must_use]
    #[inline]
    pub fn name(&self) -> &[u8] {
        self.name.get(..self.len as usize).unwrap_or_default()
    }
}

/// A route to be asked for: `RTM_NEWROUTE` with `NLM_F_REQUEST|ACK|CREATE|EXCL`, `rtm_protocol` static, and the
/// attributes in this order: dst, gateway, oif, table, priority.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct RouteRequest {
    /// `nlmsg_seq`.
    pub seq: u32,
    /// The prefix, four bytes as they stand.
    pub dst: u32,
    /// The gateway, the same.
    pub gateway: u32,
    /// Index of the outgoing link.
    pub oif: u32,
    /// Number of the table; `rtm_table` stays 0.
    pub table: u32,
    /// The metric.
    pub priority: u32,
    /// Length of the prefix in bits.
    pub dst_len: u8,
}

/// What a string adds to a sum: its length and three of its bytes. It ends at the first NUL.
#[inline]
pub fn text(payload: &[u8]) -> u64 {
    let end = payload.iter().position(|&byte| byte == 0).unwrap_or(payload.len());
    text_until_nul(payload.get(..end).unwrap_or_default())
}

/// The same for a string that is known to hold no NUL.
#[inline]
pub fn text_until_nul(text: &[u8]) -> u64 {
    let ([first, ..], [.., last], Some(middle)) = (text, text, text.get(text.len() / 2)) else { return 0 };
    text.len() as u64 + (u64::from(*first) << 8) + (u64::from(*middle) << 16) + (u64::from(*last) << 24)
}

/// What a link-layer address adds to a sum.
#[inline]
pub fn mac(address: [u8; 6]) -> u64 {
    let [a, b, c, d, e, f] = address;
    u64::from_le_bytes([a, b, c, d, e, f, 0, 0])
}
