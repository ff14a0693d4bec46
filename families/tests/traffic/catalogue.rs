//! Which message of which family it is.

use crate::messages::each_message;
use nl_tlv::schema::MessageSchema;
use nl_tlv::{Error, Header, Message, MessageId, NlMessage};
use std::collections::BTreeMap;

/// A message: what describes it, and what reads and emits it.
pub(crate) struct Subject {
    pub(crate) family: &'static str,
    pub(crate) name: &'static str,
    /// One for each number that it has.
    schemas: &'static [&'static MessageSchema],
    pub(crate) again: fn(&Message<'_>) -> Result<Vec<u8>, Error>,
}

/// A message and that schema of it which has the number in question.
pub(crate) struct Candidate<'c> {
    pub(crate) subject: &'c Subject,
    pub(crate) schema: &'static MessageSchema,
}

impl<'c> Candidate<'c> {
    fn of(subject: &'c Subject, is_it: impl Fn(MessageId) -> bool) -> Option<Self> {
        let schema = subject.schemas.iter().copied().find(|schema| is_it(schema.id))?;
        Some(Self { subject, schema })
    }
}

macro_rules! subjects {
    ($($family:ident :: $message:ident)*) => {
        [$(Subject {
            family: stringify!($family),
            name: concat!(stringify!($family), "::", stringify!($message)),
            schemas: nl_tlv_families::$family::$message::SCHEMAS,
            again: |message| {
                let parsed = nl_tlv_families::$family::$message::parse(message)?;
                let mut buf = vec![0xa5; 2 * message.as_bytes().len() + 4096];
                let header = Header::new().family(message.ty()).flags(message.flags()).seq(message.seq());
                parsed.emit(&mut buf, header.port_id(message.port_id())).map(<[u8]>::to_vec)
            },
        }),*]
    };
}

macro_rules! generic {
    ($($family:ident)*) => { [$((nl_tlv_families::$family::NAME, stringify!($family))),*] };
}

/// All messages.
pub(crate) struct Catalogue {
    subjects: Vec<Subject>,
    /// The families of generic netlink, by the numbers that the capture says they have.
    generic: BTreeMap<u16, String>,
}

/// `GENL_ID_CTRL`.
pub(crate) const CONTROLLER: u16 = 16;
/// `NETLINK_GENERIC`.
const GENERIC: u16 = 16;
/// `NETLINK_SOCK_DIAG`.
const SOCK_DIAG: u16 = 4;

impl Catalogue {
    pub(crate) fn new() -> Self {
        let subjects = each_message!(subjects).into_iter().collect();
        Self { subjects, generic: BTreeMap::from([(CONTROLLER, "nlctrl".to_owned())]) }
    }

    /// Remembers the number of a family that the controller names.
    pub(crate) fn learn(&mut self, protocol: u16, message: &Message<'_>) {
        if protocol != GENERIC || message.ty().0 != CONTROLLER {
            return;
        }
        let attrs = message.attrs_after(4);
        let attr = |ty: u16| attrs.map_while(Result::ok).find(|attr| attr.ty().get() == ty);
        let (Some(id), Some(name)) = (attr(1), attr(2)) else { return };
        let id = u16::from_ne_bytes(id.payload()[..2].try_into().unwrap());
        let name = String::from_utf8_lossy(name.payload()).trim_end_matches('\0').to_owned();
        self.generic.insert(id, name);
    }

    /// The family of a message, and those of its messages that it can be: a request and its answer may have one number.
    pub(crate) fn candidates(&self, protocol: u16, message: &Message<'_>) -> (String, Vec<Candidate<'_>>) {
        let ty = message.ty().0;
        let cmd = message.payload().first().copied();
        let (name, modules) = match protocol {
            0 => ("rtnetlink".to_owned(), ROUTE),
            6 => ("xfrm".to_owned(), &["xfrm"][..]),
            9 => ("audit".to_owned(), &["audit"][..]),
            12 => ("netfilter".to_owned(), &["conntrack", "ipset", "nftables"][..]),
            SOCK_DIAG => ("sock_diag".to_owned(), diag(cmd)),
            GENERIC => return self.generic(ty, cmd),
            other => (format!("protocol {other}"), &[][..]),
        };
        let is_it = |id: MessageId| matches!(id, MessageId::Type(own) if own.0 == ty);
        (format!("{name}.{ty}"), self.those(|family| modules.contains(&family), is_it))
    }

    fn generic(&self, id: u16, cmd: Option<u8>) -> (String, Vec<Candidate<'_>>) {
        let name = self.generic.get(&id).map_or("unknown", String::as_str);
        let all = generic! {
            binder dev_energymodel devlink dpll drm_ras ethtool fou handshake ila ioam6 lockd macsec mptcp_pm
            net_shaper netdev nfsd nl80211 nlctrl ovpn ovs_datapath ovs_flow ovs_packet ovs_vport psp seg6 sunrpc
            tcp_metrics team wireguard
        };
        let module = all.iter().find(|(known, _)| *known == name).map(|(_, module)| *module);
        let is_it = |id: MessageId| matches!(id, MessageId::Command { cmd: own, .. } if Some(own) == cmd);
        let those = self.those(|family| Some(family) == module, is_it);
        let cmd = cmd.unwrap_or_default();
        (format!("{name}.{cmd}"), those)
    }

    fn those(
        &self,
        is_family: impl Fn(&str) -> bool,
        is_it: impl Fn(MessageId) -> bool,
    ) -> Vec<Candidate<'_>> {
        let of_family = self.subjects.iter().filter(|subject| is_family(subject.family));
        let found = |subject| Candidate::of(subject, &is_it);
        of_family.filter_map(found).collect()
    }
}

const ROUTE: &[&str] = &[
    "bridge_vlan",
    "rt_addr",
    "rt_addrlabel",
    "rt_dcb",
    "rt_link",
    "rt_mdb",
    "rt_mroute",
    "rt_ndisc",
    "rt_neigh",
    "rt_netconf",
    "rt_nexthop",
    "rt_nsid",
    "rt_route",
    "rt_rule",
    "rt_tunnel",
    "tc",
];

/// The first byte is the address family.
fn diag(family: Option<u8>) -> &'static [&'static str] {
    match family {
        Some(1) => &["unix_diag"],
        Some(16) => &["netlink_diag"],
        Some(17) => &["packet_diag"],
        _ => &["inet_diag"],
    }
}
