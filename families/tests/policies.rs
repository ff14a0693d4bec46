//! The policies that the running kernel publishes, attribute by attribute, against our schemas: what it accepts we know,
//! it holds what we say, and we refuse to emit nothing that the kernel takes. What it takes and we do not, or the other
//! way round, is explained below.

use nl_tlv::MessageId;
use nl_tlv::control::genl::{PolicyEntry, read_policies};
use nl_tlv::control::{Policy, PolicyType};
use nl_tlv::schema::{AttrSchema, AttrSet, Contents, MessageSchema, ValueType};
use nl_tlv::socket::Connection;
use nl_tlv_families::nlctrl::{self, CtrlAttrs};
use std::collections::{BTreeMap, BTreeSet};

/// Differences that are as they have to be.
const EXPLAINED: &[(&str, &str)] = &[];

macro_rules! families {
    ($($family:ident)*) => { [$((nl_tlv_families::$family::NAME, nl_tlv_families::$family::SCHEMAS)),*] };
}

/// The families of generic netlink.
fn families() -> impl Iterator<Item = (&'static str, &'static [&'static MessageSchema])> {
    families! {
        binder dev_energymodel devlink dpll drm_ras ethtool fou handshake lockd mptcp_pm net_shaper netdev nfsd
        nl80211 nlctrl ovpn ovs_datapath ovs_flow ovs_packet ovs_vport psp sunrpc tcp_metrics team wireguard
    }
    .into_iter()
}

/// The policies of a family.
#[derive(Default)]
struct Policies {
    /// By command.
    commands: BTreeMap<u8, BTreeSet<u32>>,
    /// By number, what each accepts.
    accepts: BTreeMap<u32, BTreeMap<u16, Policy>>,
}

impl Policies {
    /// Those of the running kernel, if it has the family.
    fn read(conn: &mut Connection, family: &str) -> Option<Self> {
        let attrs = CtrlAttrs { family_name: Some(family.into()), ..CtrlAttrs::default() };
        let mut new = Self::default();
        let mut dump = conn.dump(&nlctrl::Policy { attrs }).unwrap();
        loop {
            match dump.next_message() {
                Ok(Some(message)) => read_policies(&message, |entry| new.add(entry)).unwrap(),
                Ok(None) => return Some(new),
                Err(err) => {
                    assert!(err.refusal().is_some(), "{family}: {err}");
                    return None;
                }
            }
        }
    }

    fn add(&mut self, entry: PolicyEntry) {
        match entry {
            PolicyEntry::Command { cmd, doing, dumping } => {
                self.commands
                    .entry(u8::try_from(cmd).unwrap())
                    .or_default()
                    .extend([doing, dumping].into_iter().flatten());
            }
            PolicyEntry::Attr { policy, ty, accepts } => {
                self.accepts.entry(policy).or_default().insert(ty.get(), accepts);
            }
            _ => {}
        }
    }
}

/// What was compared, and what differs.
#[derive(Default)]
struct Comparison {
    compared: usize,
    explained: BTreeSet<&'static str>,
    differences: BTreeSet<String>,
    seen: BTreeSet<(u32, &'static str)>,
}

impl Comparison {
    fn differs(&mut self, path: &str, what: &str) {
        match EXPLAINED.iter().find(|(known, _)| *known == path) {
            Some((known, _)) => {
                self.explained.insert(known);
            }
            None => {
                self.differences.insert(format!("{path}: {what}"));
            }
        }
    }

    /// A policy and a set.
    fn set(&mut self, policies: &Policies, policy: u32, set: &'static AttrSet, path: &str) {
        if !self.seen.insert((policy, set.name)) {
            return;
        }
        for (ty, accepts) in policies.accepts.get(&policy).into_iter().flatten() {
            match set.attr(*ty) {
                Some(attr) => self.attr(policies, accepts, attr, &format!("{path}.{}", attr.name)),
                None => {
                    self.differs(&format!("{path}.{ty}"), &format!("not known, the kernel takes {accepts}"))
                }
            }
        }
    }

    fn attr(&mut self, policies: &Policies, accepts: &Policy, attr: &AttrSchema, path: &str) {
        self.compared += 1;
        if !is_of(accepts.ty, attr.value) {
            return self.differs(path, &format!("{:?}, the kernel takes {accepts}", attr.value));
        }
        // What we refuse to emit, the kernel refuses.
        let lowest = accepts.min.map(i128::from).or(accepts.min_signed.map(i128::from));
        let highest = accepts.max.map(i128::from).or(accepts.max_signed.map(i128::from));
        let is_narrower = |ours: Option<i128>, theirs: Option<i128>, is_outside: fn(i128, i128) -> bool| {
            ours.zip(theirs).is_some_and(|(ours, theirs)| is_outside(theirs, ours))
        };
        let len = |len: Option<usize>| len.and_then(|len| i128::try_from(len).ok());
        if is_narrower(attr.limits.min, lowest, |theirs, ours| theirs < ours)
            || is_narrower(attr.limits.max, highest, |theirs, ours| theirs > ours)
            || is_narrower(len(attr.limits.min_len), accepts.min_len.map(i128::from), |theirs, ours| {
                theirs < ours
            })
            || is_narrower(len(attr.limits.max_len), accepts.max_len.map(i128::from), |theirs, ours| {
                theirs > ours
            })
        {
            self.differs(path, &format!("{:?}, the kernel takes {accepts}", attr.limits));
        }
        match (accepts.policy_index, attr.value) {
            (Some(inner), ValueType::Nested(set) | ValueType::NestedArray(set)) => {
                self.set(policies, inner, set(), path)
            }
            (
                Some(inner),
                ValueType::Indexed(ValueType::Nested(set)) | ValueType::ByType(ValueType::Nested(set)),
            ) => {
                self.set(policies, inner, set(), path);
            }
            _ => {}
        }
    }
}

/// Whether a value is of the kernel's type.
fn is_of(ty: PolicyType, value: ValueType) -> bool {
    match value {
        ValueType::Named(number) => is_of(ty, number.base),
        ValueType::U8 => ty == PolicyType::U8,
        // Of the order of bytes, some policies say nothing.
        ValueType::U16 | ValueType::Be16 => ty == PolicyType::U16,
        ValueType::U32 | ValueType::Be32 => ty == PolicyType::U32,
        ValueType::Ipv4 => [PolicyType::U32, PolicyType::BINARY].contains(&ty),
        ValueType::U64 | ValueType::Be64 => ty == PolicyType::U64,
        ValueType::S8 => ty == PolicyType::S8,
        ValueType::S16 => ty == PolicyType::S16,
        ValueType::S32 => ty == PolicyType::S32,
        ValueType::S64 => ty == PolicyType::S64,
        ValueType::Uint => ty == PolicyType::UINT,
        ValueType::Sint => ty == PolicyType::SINT,
        ValueType::Flag => ty == PolicyType::FLAG,
        ValueType::String | ValueType::NulString => {
            [PolicyType::STRING, PolicyType::NUL_STRING].contains(&ty)
        }
        ValueType::Bitfield32(_) => ty == PolicyType::BITFIELD32,
        ValueType::NestedArray(_) => [PolicyType::NESTED_ARRAY, PolicyType::NESTED].contains(&ty),
        ValueType::Nested(_) | ValueType::Indexed(_) | ValueType::ByType(_) => ty == PolicyType::NESTED,
        _ => ty == PolicyType::BINARY,
    }
}

#[test]
fn the_kernel_accepts_what_the_schemas_say() {
    let mut conn = match Connection::generic(nlctrl::NAME) {
        Ok(conn) => conn,
        Err(err) => return println!("SKIP: no generic netlink: {err}"),
    };
    let (mut all, mut absent) = (Comparison::default(), Vec::new());
    for (name, schemas) in families() {
        let Some(policies) = Policies::read(&mut conn, name) else {
            absent.push(name);
            continue;
        };
        let before = all.compared;
        // No family has a command 0: what the controller says of it is that of no command.
        for (&cmd, numbers) in policies.commands.iter().filter(|(cmd, _)| **cmd != 0) {
            // Requests come behind the answers.
            let is_it = |schema: &&&MessageSchema| matches!(schema.id, MessageId::Command { cmd: own, .. } if own == cmd);
            let Some(schema) = schemas.iter().rev().find(is_it) else {
                all.differs(&format!("{name}.{cmd}"), "no such message");
                continue;
            };
            let Contents::Attrs(set) = schema.contents else { continue };
            for policy in numbers {
                all.set(&policies, *policy, set, &format!("{name}.{}", schema.name));
            }
        }
        println!("{name}: {} attributes compared", all.compared - before);
        all.seen.clear();
    }
    println!("not in this kernel: {absent:?}");
    println!("{} attributes, {} differences explained", all.compared, all.explained.len());
    assert!(all.differences.is_empty(), "{:#?}", all.differences);
}
