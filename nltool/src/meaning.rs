//! Numbers that people know by name: those with names in their definition, and others, such as interfaces, address families,
//! routing tables. What is typed is what is shown.

use crate::catalogue::names::{same, value_name, value_name_bytes};
use crate::json::value::parse_number;
use crate::kernel;
use crate::paint::Ink;
use nl_tlv::schema::{MessageSchema, NumberSchema, StructSchema, Value, ValueType};
use nl_tlv::value::Emit;
use nl_tlv::wire::GenlMsgHdr;
use nl_tlv::{MessageId, NlStruct};
use nl_tlv_families::rt_link::IfinfoFlags;
use nl_tlv_families::rt_netconf::netconf_ifindex;
use nl_tlv_families::rt_route::{RtProtocol, RtScope};
use std::borrow::Cow;

/// What a number stands for, where its definition does not say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Interface,
    AddressFamily,
    /// The family of a table of nftables: 1 is `inet` here, which is both IPv4 and IPv6.
    TableFamily,
    Table,
    Scope,
    /// Who made a route, a rule or a neighbour.
    Protocol,
    /// Who made an address.
    Origin,
    /// The kind of a link.
    Hardware,
    /// How long an address is valid, in seconds.
    Lifetime,
    /// Which flags of a link are meant.
    Mask,
    /// A length beyond which routes do not count.
    Suppressed,
    /// A queue or a class of `tc`: `1:10`, `8001:`, `root`.
    Handle,
    /// An interface, or the settings of all or of those to come.
    Settings,
}

impl Meaning {
    /// Of a field or attribute of this name in a message; of fields in structs, where it is the same everywhere. Right for
    /// what is typed: a name there is one of these, or a mistake.
    pub fn of(name: &str, message: &MessageSchema) -> Option<Self> {
        let name = name.replace('-', "_").to_lowercase();
        Self::shown(&name, message.header, message).or_else(|| Self::of_field(&name)).or_else(|| match &*name
        {
            "table" => Some(Self::Table),
            name if name.ends_with("family") => Some(Self::AddressFamily),
            name if is_interface(name) => Some(Self::Interface),
            _ => None,
        })
    }

    /// Of a field that means the same in every struct.
    pub fn of_field(name: &str) -> Option<Self> {
        matches!(name, "ifa_valid" | "ifa_prefered").then_some(Self::Lifetime)
    }

    /// Of a field of a struct or an attribute behind it, where it is certain: in messages of the kernel's families. Interfaces
    /// are not among them, because their names are the kernel's.
    pub fn shown(name: &str, owner: Option<&StructSchema>, message: &MessageSchema) -> Option<Self> {
        let is_in = |names: &[&str]| owner.is_some_and(|owner| names.contains(&owner.name));
        match name {
            "nfgen_family" if is_in(&["NfGenMsg"]) => Some(netfilter(message)),
            "family" | "sdiag_family" | "ncm_family" | "rtgen_family" => {
                is_in(ADDRESS_FAMILIES).then_some(Self::AddressFamily)
            }
            "table" => is_in(&["RtMsg", "FibRuleHdr"]).then_some(Self::Table),
            "scope" => is_in(&["IfAddrMsg"]).then_some(Self::Scope),
            "protocol" => is_in(&["FibRuleHdr", "NdMsg"]).then_some(Self::Protocol),
            "proto" => is_in(&["IfAddrMsg"]).then_some(Self::Origin),
            "type" => is_in(&["IfInfoMsg"]).then_some(Self::Hardware),
            "ifindex" => is_in(&["NetConfMsg"]).then_some(Self::Settings),
            "change" => is_in(&["IfInfoMsg"]).then_some(Self::Mask),
            "ifa_valid" | "ifa_prefered" => is_in(&["IfaCacheInfo"]).then_some(Self::Lifetime),
            "parent" => is_in(&["TcMsg"]).then_some(Self::Handle),
            "handle" if is_in(&["TcMsg"]) && is_queue(message) => Some(Self::Handle),
            "suppress_prefixlen" => is_in(&["FibRuleHdr"]).then_some(Self::Suppressed),
            _ => None,
        }
    }

    /// The name of a number, if it has one.
    pub fn name(self, number: i128) -> Option<Cow<'static, str>> {
        if self == Self::Mask && number != 0 && number != u32::MAX.into() {
            return Some(Value::Named(self.schema()?, number).to_string().into());
        }
        if let Some(schema) = self.schema().filter(|schema| !schema.is_flags) {
            return schema.names().find(|(_, own)| *own == number).map(|(name, _)| value_name(name).into());
        }
        let found = self.constants().iter().find(|(own, _)| i128::from(*own) == number);
        match (self, found, u32::try_from(number)) {
            (_, Some((_, name)), _) => Some((*name).into()),
            (Self::Handle, None, Ok(number @ 1..)) => Some(handle(number).into()),
            _ => None,
        }
    }

    /// All names, as far as they are known.
    pub fn names(self) -> Vec<String> {
        match (self, self.schema()) {
            (Self::Interface | Self::Settings, _) => {
                let constants = self.constants().iter().map(|(_, name)| (*name).to_owned());
                constants.chain(kernel::link_names()).collect()
            }
            (_, Some(schema)) => {
                let constants = self.constants().iter().map(|(_, name)| (*name).to_owned());
                constants.chain(schema.names().map(|(name, _)| value_name(name))).collect()
            }
            (other, None) => other.constants().iter().map(|(_, name)| (*name).to_owned()).collect(),
        }
    }

    /// The number that has a name; of an interface, in this machine's kernel.
    pub fn number(self, name: &str) -> Option<i64> {
        match self {
            Self::Interface | Self::Settings => {
                self.constant(name).or_else(|| kernel::link_index(name).map(i64::from))
            }
            other => other.constant(name),
        }
    }

    /// The number that has a name everywhere.
    pub fn constant(self, name: &str) -> Option<i64> {
        if let Some(schema) = self.schema() {
            let named =
                |word: &str| schema.names().find(|(own, _)| same(own, word)).map(|(_, number)| number);
            let words = name.split(|sign| schema.is_flags && matches!(sign, '|' | ',' | '+'));
            let bits = words
                .map(|word| named(word).or_else(|| parse_number(word)))
                .try_fold(0, |all, bit| Some(all | bit?));
            if let Some(number) = bits {
                return number.try_into().ok();
            }
        }
        let found = self.constants().iter().find(|(_, own)| same(own, name)).map(|(number, _)| *number);
        found.or_else(|| parse_handle(name).filter(|_| self == Self::Handle).map(i64::from))
    }

    /// The end of an error: what a name would have to be.
    pub fn otherwise(self) -> String {
        match self {
            Self::Interface | Self::Settings => ", which is not the name of an interface either".to_owned(),
            other => format!(", which is not one of {}", other.names().join(", ")),
        }
    }

    /// The names that the definition of another family has.
    fn schema(self) -> Option<&'static NumberSchema> {
        let value = match self {
            Self::Scope => <RtScope as Emit>::TYPE,
            Self::Protocol => <RtProtocol as Emit>::TYPE,
            Self::Mask => <IfinfoFlags as Emit>::TYPE,
            _ => return None,
        };
        match value {
            ValueType::Named(schema) => Some(schema),
            _ => None,
        }
    }

    const fn constants(self) -> &'static [(i64, &'static str)] {
        match self {
            Self::Interface | Self::Scope | Self::Protocol => &[],
            Self::AddressFamily => FAMILIES,
            Self::TableFamily => TABLE_FAMILIES,
            Self::Table => TABLES,
            Self::Origin => ORIGINS,
            Self::Hardware => HARDWARE,
            Self::Lifetime => &[(MAX, "forever")],
            Self::Mask => &[(MAX, "all")],
            Self::Suppressed => &[(MAX, "none")],
            // TC_H_ROOT and TC_H_INGRESS.
            Self::Handle => &[(MAX, "root"), (0xffff_fff1, "ingress")],
            Self::Settings => {
                &[(netconf_ifindex::ALL as i64, "all"), (netconf_ifindex::DEFAULT as i64, "default")]
            }
        }
    }
}

/// Whether a field or attribute may have the number of an interface, by its name.
pub fn is_interface(name: &str) -> bool {
    const INDICES: [&str; 8] = ["index", "ifindex", "if_idx", "link", "master", "oif", "iif", "lower"];
    INDICES.iter().any(|index| name.ends_with(index))
}

/// The name of a number that has none in its definition, as it is typed.
pub fn word(
    name: &str,
    owner: Option<&StructSchema>,
    message: &MessageSchema,
    number: i128,
) -> Option<Cow<'static, str>> {
    let is_command = matches!(message.id, MessageId::Command { .. }) && name == "cmd";
    if is_command && owner.is_some_and(|owner| owner.name == GenlMsgHdr::SCHEMA.name) {
        return Some(message.name.into());
    }
    Meaning::shown(name, owner, message)?.name(number)
}

/// The same for JSON, where quantities stay numbers although some of them have a name.
pub fn json_word(
    name: &str,
    owner: Option<&StructSchema>,
    message: &MessageSchema,
    number: i128,
) -> Option<Cow<'static, str>> {
    let meaning = Meaning::shown(name, owner, message)?;
    let is_quantity = matches!(meaning, Meaning::Lifetime | Meaning::Suppressed | Meaning::Mask);
    if is_quantity { None } else { meaning.name(number) }
}

/// Appends a number that may have a name, as it is typed; flags in capital letters, as `ip` has them. Whether it has a name
/// that says nothing about the number.
pub fn named_to(out: &mut Ink, schema: &'static NumberSchema, number: i128) -> bool {
    let name = schema.names().find(|(_, own)| *own == number && !schema.is_flags);
    match name {
        Some((name, _)) => out.bytes.extend(value_name_bytes(name)),
        None if schema.is_flags => out.print(Value::Named(schema, number)),
        None => out.number(number),
    }
    name.is_some()
}

/// The name of a number as it is typed; flags are named by their definition.
pub fn named(schema: &NumberSchema, number: i128) -> Option<String> {
    schema.names().find(|(_, own)| *own == number && !schema.is_flags).map(|(name, _)| value_name(name))
}

/// Whether a message is about a queue or a class, whose handles are two numbers. That of a filter is its kind's.
fn is_queue(message: &MessageSchema) -> bool {
    ["Qdisc", "Tclass"].iter().any(|kind| message.name.ends_with(kind))
}

/// A handle as `tc` writes it.
fn handle(number: u32) -> String {
    match (number >> 16, number & 0xffff) {
        (major, 0) => format!("{major:x}:"),
        (major, minor) => format!("{major:x}:{minor:x}"),
    }
}

/// A handle as `tc` reads it.
fn parse_handle(text: &str) -> Option<u32> {
    let (major, minor) = text.split_once(':')?;
    let half = |text: &str| if text.is_empty() { Some(0) } else { u16::from_str_radix(text, 16).ok() };
    Some(u32::from(half(major)?) << 16 | u32::from(half(minor)?))
}

/// The family in a message of netfilter.
const fn netfilter(message: &MessageSchema) -> Meaning {
    /// The number of nftables among the subsystems of netfilter.
    const NFTABLES: u16 = 10;
    match message.id {
        MessageId::Type(ty) if ty.0 >> 8 == NFTABLES => Meaning::TableFamily,
        _ => Meaning::AddressFamily,
    }
}

/// The headers whose family is an address family.
const ADDRESS_FAMILIES: &[&str] = &[
    "BrPortMsg",
    "BrVlanMsg",
    "FibRuleHdr",
    "IfAddrLblMsg",
    "IfAddrMsg",
    "IfInfoMsg",
    "IfStatsMsg",
    "InetDiagMsg",
    "InetDiagReqV2",
    "NdMsg",
    "NdtMsg",
    "NetConfMsg",
    "NetlinkDiagMsg",
    "NetlinkDiagReq",
    "NhMsg",
    "PacketDiagMsg",
    "PacketDiagReq",
    "RtGenMsg",
    "RtMsg",
    "TcMsg",
    "TcaMsg",
    "TunnelMsg",
    "UnixDiagMsg",
    "UnixDiagReq",
];

/// A field of 32 bits, all of them set.
const MAX: i64 = 0xffff_ffff;

/// `AF_*` and `RTNL_FAMILY_*`.
const FAMILIES: &[(i64, &str)] = &[
    (0, "unspec"),
    (1, "unix"),
    (2, "inet"),
    (10, "inet6"),
    (7, "bridge"),
    (16, "netlink"),
    (17, "packet"),
    (28, "mpls"),
    (128, "ipmr"),
    (129, "ip6mr"),
];

/// `NFPROTO_*`, in the words of `nft`.
const TABLE_FAMILIES: &[(i64, &str)] =
    &[(0, "unspec"), (1, "inet"), (2, "ip"), (3, "arp"), (5, "netdev"), (7, "bridge"), (10, "ip6")];

/// `RT_TABLE_*`.
const TABLES: &[(i64, &str)] = &[(254, "main"), (255, "local"), (253, "default")];

/// `IFAPROT_*`, in the words of `ip`.
const ORIGINS: &[(i64, &str)] = &[(0, "unspec"), (1, "kernel_lo"), (2, "kernel_ra"), (3, "kernel_ll")];

/// `ARPHRD_*`, in the words of `ip`.
const HARDWARE: &[(i64, &str)] = &[
    (1, "ether"),
    (32, "infiniband"),
    (256, "slip"),
    (280, "can"),
    (512, "ppp"),
    (768, "ipip"),
    (769, "tunnel6"),
    (772, "loopback"),
    (776, "sit"),
    (778, "gre"),
    (801, "ieee802.11"),
    (823, "gre6"),
    (65534, "none"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    fn of(family: &str, operation: &str, name: &str) -> Option<Meaning> {
        let catalogue = Catalogue::new();
        let message = catalogue.family(family).unwrap().message(operation).unwrap();
        Meaning::of(name, message)
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        for (name, family, operation, number, text) in [
            ("family", "rt-route", "newroute", 2, "inet"),
            ("header.table", "rt-route", "newroute", 254, "main"),
            ("scope", "rt-addr", "newaddr", 253, "link"),
            ("protocol", "rt-rule", "newrule", 2, "kernel"),
            ("nfgen-family", "nftables", "newtable", 1, "inet"),
            ("nfgen-family", "conntrack", "new", 2, "inet"),
            ("change", "rt-link", "newlink", MAX, "all"),
            ("ifindex", "rt-netconf", "getnetconf", -1, "all"),
            ("change", "rt-link", "newlink", 0x1001, "UP|MULTICAST"),
        ] {
            let meaning = of(family, operation, name.rsplit('.').next().unwrap()).unwrap();
            assert_eq!(meaning.name(number.into()).as_deref(), Some(text), "{name}");
            assert_eq!(meaning.constant(text), Some(number), "{name}");
        }
    }

    #[test]
    fn handles_are_as_tc_has_them() {
        let parent = of("tc", "newqdisc", "parent").unwrap();
        for (number, text) in
            [(MAX, "root"), (0xffff_fff1, "ingress"), (0x8001_0000, "8001:"), (0x1_0010, "1:10")]
        {
            assert_eq!(parent.name(number.into()).as_deref(), Some(text));
            assert_eq!(parent.constant(text), Some(number), "{text}");
        }
        assert_eq!((parent.name(0), parent.constant("1:x"), parent.constant("one")), (None, None, None));
        assert_eq!([of("tc", "newtclass", "handle"), of("tc", "newtfilter", "handle")], [Some(parent), None]);
    }

    #[test]
    fn a_number_that_means_something_else_has_no_name() {
        assert_eq!(of("rt-route", "newroute", "priority"), None);
        assert_eq!(of("rt-link", "newlink", "mtu"), None);
        assert_eq!(Meaning::Table.name(77), None);
        assert_eq!(Meaning::Lifetime.name(100), None);
    }
}
