//! The names by which strace shows numbers of netlink.

use nl_tlv::control::Errno;

/// Netlink protocols, by number; without `NETLINK_`.
const PROTOCOLS: [&str; 23] = [
    "ROUTE",
    "UNUSED",
    "USERSOCK",
    "FIREWALL",
    "SOCK_DIAG",
    "NFLOG",
    "XFRM",
    "SELINUX",
    "ISCSI",
    "AUDIT",
    "FIB_LOOKUP",
    "CONNECTOR",
    "NETFILTER",
    "IP6_FW",
    "DNRTMSG",
    "KOBJECT_UEVENT",
    "GENERIC",
    "17",
    "SCSITRANSPORT",
    "ECRYPTFS",
    "RDMA",
    "CRYPTO",
    "SMC",
];

/// What is new, deleted, got and set by rtnetlink, with the number of `NEW`.
const RTNETLINK: [(&str, u16); 27] = [
    ("LINK", 16),
    ("ADDR", 20),
    ("ROUTE", 24),
    ("NEIGH", 28),
    ("RULE", 32),
    ("QDISC", 36),
    ("TCLASS", 40),
    ("TFILTER", 44),
    ("ACTION", 48),
    ("PREFIX", 52),
    ("MULTICAST", 56),
    ("ANYCAST", 60),
    ("NEIGHTBL", 64),
    ("NDUSEROPT", 68),
    ("ADDRLABEL", 72),
    ("DCB", 76),
    ("NETCONF", 80),
    ("MDB", 84),
    ("NSID", 88),
    ("STATS", 92),
    ("CACHEREPORT", 96),
    ("CHAIN", 100),
    ("NEXTHOP", 104),
    ("LINKPROP", 108),
    ("VLAN", 112),
    ("NEXTHOPBUCKET", 116),
    ("TUNNEL", 120),
];

const SUBSYSTEMS: [(&str, u16); 13] = [
    ("NONE", 0),
    ("CTNETLINK", 1),
    ("CTNETLINK_EXP", 2),
    ("QUEUE", 3),
    ("ULOG", 4),
    ("OSF", 5),
    ("IPSET", 6),
    ("ACCT", 7),
    ("CTNETLINK_TIMEOUT", 8),
    ("CTHELPER", 9),
    ("NFTABLES", 10),
    ("NFT_COMPAT", 11),
    ("HOOK", 12),
];

/// `NFT_MSG_*`, by number.
const NFTABLES: [&str; 34] = [
    "NEWTABLE",
    "GETTABLE",
    "DELTABLE",
    "NEWCHAIN",
    "GETCHAIN",
    "DELCHAIN",
    "NEWRULE",
    "GETRULE",
    "DELRULE",
    "NEWSET",
    "GETSET",
    "DELSET",
    "NEWSETELEM",
    "GETSETELEM",
    "DELSETELEM",
    "NEWGEN",
    "GETGEN",
    "TRACE",
    "NEWOBJ",
    "GETOBJ",
    "DELOBJ",
    "GETOBJ_RESET",
    "NEWFLOWTABLE",
    "GETFLOWTABLE",
    "DELFLOWTABLE",
    "GETRULE_RESET",
    "DESTROYTABLE",
    "DESTROYCHAIN",
    "DESTROYRULE",
    "DESTROYSET",
    "DESTROYSETELEM",
    "DESTROYOBJ",
    "DESTROYFLOWTABLE",
    "GETSETELEM_RESET",
];

/// `IPCTNL_MSG_CT_*`, by number.
const CONNTRACK: [&str; 8] =
    ["NEW", "GET", "DELETE", "GET_CTRZERO", "GET_STATS_CPU", "GET_STATS", "GET_DYING", "GET_UNCONFIRMED"];

const OTHER_TYPES: [(&str, u16); 11] = [
    ("NLMSG_NOOP", 1),
    ("NLMSG_ERROR", 2),
    ("NLMSG_DONE", 3),
    ("NLMSG_OVERRUN", 4),
    ("TCPDIAG_GETSOCK", 18),
    ("DCCPDIAG_GETSOCK", 19),
    ("SOCK_DIAG_BY_FAMILY", 20),
    ("SOCK_DESTROY", 21),
    ("NFNL_MSG_BATCH_BEGIN", 16),
    ("NFNL_MSG_BATCH_END", 17),
    ("nlctrl", 16),
];

const FLAGS: [(&str, u16); 17] = [
    ("REQUEST", 1),
    ("MULTI", 2),
    ("ACK", 4),
    ("ECHO", 8),
    ("DUMP_INTR", 0x10),
    ("DUMP_FILTERED", 0x20),
    ("ROOT", 0x100),
    ("MATCH", 0x200),
    ("ATOMIC", 0x400),
    ("DUMP", 0x300),
    ("REPLACE", 0x100),
    ("EXCL", 0x200),
    ("CREATE", 0x400),
    ("APPEND", 0x800),
    ("NONREC", 0x100),
    ("CAPPED", 0x100),
    ("ACK_TLVS", 0x200),
];

/// A netlink protocol: `NETLINK_ROUTE`, `ROUTE`, or a number.
pub(super) fn protocol(text: &str) -> Option<u32> {
    let name = text.strip_prefix("NETLINK_").unwrap_or(text);
    let name = if name == "INET_DIAG" { "SOCK_DIAG" } else { name };
    let known = PROTOCOLS.iter().position(|known| *known == name).and_then(|at| u32::try_from(at).ok());
    known.or_else(|| number(name)?.try_into().ok())
}

/// The type of a message.
pub(super) fn message_type(text: &str) -> Option<u16> {
    if let Some((subsystem, message)) = text.split_once("<<8|") {
        let name = subsystem.strip_prefix("NFNL_SUBSYS_")?;
        let (_, number) = SUBSYSTEMS.iter().find(|(known, _)| *known == name)?;
        return Some(number << 8 | nfnetlink(message)?);
    }
    if let Some((_, number)) = OTHER_TYPES.iter().find(|(name, _)| *name == text) {
        return Some(*number);
    }
    rtnetlink(text).or_else(|| number(text)?.try_into().ok())
}

fn rtnetlink(text: &str) -> Option<u16> {
    let name = text.strip_prefix("RTM_")?;
    let (verb, object) = name.split_at_checked(3)?;
    let verb = ["NEW", "DEL", "GET", "SET"].iter().position(|known| *known == verb)?;
    let (_, first) = RTNETLINK.iter().find(|(known, _)| *known == object)?;
    Some(first + u16::try_from(verb).ok()?)
}

fn nfnetlink(text: &str) -> Option<u16> {
    let at = |names: &[&str], name| names.iter().position(|known| *known == name)?.try_into().ok();
    match (text.strip_prefix("NFT_MSG_"), text.strip_prefix("IPCTNL_MSG_CT_")) {
        (Some(name), _) => at(&NFTABLES, name),
        (_, Some(name)) => at(&CONNTRACK, name),
        _ => number(text)?.try_into().ok(),
    }
}

/// Flags of a message: `NLM_F_REQUEST|NLM_F_DUMP`, with numbers among them.
pub(super) fn flags(text: &str) -> u16 {
    let bit = |word: &str| {
        let name = word.trim().strip_prefix("NLM_F_")?;
        FLAGS.iter().find(|(known, _)| *known == name).map(|(_, bit)| *bit)
    };
    let bits = text.split('|').map(|word| bit(word).or_else(|| number(word)?.try_into().ok()).unwrap_or(0));
    bits.fold(0, |all, bit| all | bit)
}

/// An error as it lies on the wire: `-EEXIST`, `0`.
pub(super) fn error(text: &str) -> Option<i32> {
    match text.strip_prefix('-') {
        Some(name) => {
            let known = (1..=133).find(|code| Errno::new(-code).and_then(Errno::name) == Some(name));
            known.or_else(|| number(name)?.try_into().ok()).map(|code: i32| -code)
        }
        None => number(text)?.try_into().ok(),
    }
}

/// A number in decimal or hexadecimal digits, with anything behind a space.
pub(super) fn number(text: &str) -> Option<i64> {
    let text = text.split(' ').next()?;
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read() {
        assert_eq!(protocol("NETLINK_NETFILTER"), Some(12));
        assert_eq!(protocol("NETLINK_INET_DIAG"), Some(4));
        assert_eq!(protocol("0x1e /* NETLINK_??? */"), Some(30));
        assert_eq!(message_type("RTM_SETLINK"), Some(19));
        assert_eq!(message_type("RTM_GETNEXTHOP"), Some(106));
        assert_eq!(message_type("NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_GETRULE"), Some(0xa07));
        assert_eq!(message_type("0x1c /* NLMSG_??? */"), Some(28));
        assert_eq!(flags("NLM_F_REQUEST|NLM_F_ACK|0x600"), 0x605);
        assert_eq!(error("-EEXIST"), Some(-17));
        assert_eq!(error("0"), Some(0));
    }
}
