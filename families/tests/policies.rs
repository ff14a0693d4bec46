//! The policies that the running kernel publishes, attribute by attribute, against our schemas: what it accepts we know,
//! it holds what we say, and we refuse to emit nothing that the kernel takes. Of an older kernel than our definitions are of,
//! attributes are missing; that is no difference. Nor is a limit that only the kernel has: it refuses for itself, and the
//! next kernel may take more.
//!
//! `cargo xtask test` runs this in a guest too, whose kernel has most of the families.

use nl_tlv::MessageId;
use nl_tlv::control::Policy;
use nl_tlv::control::genl::{PolicyEntry, read_policies};
use nl_tlv::schema::{AttrSchema, AttrSet, MessageSchema, ValueType};
use nl_tlv::socket::Connection;
use nl_tlv_families::nlctrl::{self, CtrlAttrs};
use std::collections::{BTreeMap, BTreeSet};

/// Differences that are as they have to be: the family, the attribute, and why.
const EXPLAINED: &[(&str, &str, &str)] = &[(
    "nl80211",
    "control_port_ethertype",
    "a number in requests, and a flag in what the kernel says of a wiphy: bytes hold both",
)];

macro_rules! families {
    ($($family:ident)*) => { [$((nl_tlv_families::$family::NAME, nl_tlv_families::$family::SCHEMAS)),*] };
}

/// The families of generic netlink.
fn families() -> impl Iterator<Item = (&'static str, &'static [&'static MessageSchema])> {
    families! {
        binder dev_energymodel devlink dpll drm_ras ethtool fou handshake ila ioam6 lockd macsec mptcp_pm net_shaper
        netdev nfsd nl80211 nlctrl ovpn ovs_datapath ovs_flow ovs_packet ovs_vport psp seg6 sunrpc tcp_metrics team
        wireguard
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
    /// Nests of which no specification names the attributes.
    unnamed: usize,
    /// Limits of the kernel that the schemas do not have.
    wider: usize,
    explained: BTreeSet<&'static str>,
    differences: BTreeSet<String>,
    seen: BTreeSet<(u32, &'static str)>,
    /// The sets of the family's messages.
    roots: Vec<&'static AttrSet>,
}

impl Comparison {
    fn differs(&mut self, path: &str, what: &str) {
        let is_it = |family: &str, attr: &str| {
            path.split('.').next() == Some(family) && path.split('.').next_back() == Some(attr)
        };
        match EXPLAINED.iter().find(|(family, attr, _)| is_it(family, attr)) {
            Some((_, attr, _)) => {
                self.explained.insert(attr);
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
        // Old kernels have one policy for all commands: there it is another command that knows the attribute.
        let is_root = self.roots.iter().any(|root| root.name == set.name);
        let roots = if is_root { self.roots.clone() } else { Vec::new() };
        for (ty, accepts) in policies.accepts.get(&policy).into_iter().flatten() {
            match set.attr(*ty).or_else(|| roots.iter().find_map(|other| other.attr(*ty))) {
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
        self.wider += wider(accepts, attr);
        let lacks_bits = |theirs: u64| attr.limits.mask.is_some_and(|ours| theirs & !ours != 0);
        if accepts.mask.is_some_and(lacks_bits)
            || is_narrower(attr.limits.min, lowest, |theirs, ours| theirs < ours)
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
            // No specification names what is in it.
            (Some(_), ValueType::Nested(set)) if set().attrs.is_empty() => self.unnamed += 1,
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

/// How many limits the kernel has that the schema does not have, without those that the type has anyhow.
fn wider(accepts: &Policy, attr: &AttrSchema) -> usize {
    let limits = &attr.limits;
    let is_number = accepts.max.is_some_and(|max| ![0xff, 0xffff, 0xffff_ffff, u64::MAX].contains(&max));
    let is_string = [Policy::STRING, Policy::NUL_STRING].contains(&accepts.ty);
    let missing = [
        is_number && limits.max.is_none(),
        accepts.min.is_some_and(|min| min > 0) && limits.min.is_none(),
        accepts.mask.is_some() && limits.mask.is_none(),
        is_string && accepts.max_len.is_some() && limits.max_len.is_none(),
    ];
    missing.into_iter().filter(|is_missing| *is_missing).count()
}

/// Whether a value is of the kernel's type.
fn is_of(ty: u32, value: ValueType) -> bool {
    match value {
        ValueType::Named(number) => is_of(ty, number.base),
        ValueType::U8 => ty == Policy::U8,
        // Of the order of bytes, some policies say nothing.
        ValueType::U16 | ValueType::Be16 => ty == Policy::U16,
        ValueType::U32 | ValueType::Be32 => ty == Policy::U32,
        ValueType::Ipv4 => [Policy::U32, Policy::BINARY].contains(&ty),
        ValueType::U64 | ValueType::Be64 => ty == Policy::U64,
        ValueType::S8 => ty == Policy::S8,
        ValueType::S16 => ty == Policy::S16,
        ValueType::S32 => ty == Policy::S32,
        ValueType::S64 => ty == Policy::S64,
        ValueType::Uint => ty == Policy::UINT,
        ValueType::Sint => ty == Policy::SINT,
        ValueType::Flag => ty == Policy::FLAG,
        ValueType::String | ValueType::NulString => [Policy::STRING, Policy::NUL_STRING].contains(&ty),
        ValueType::Bitfield32(_) => ty == Policy::BITFIELD32,
        // Of which nothing is known, an array or not.
        ValueType::Nested(set) if set().attrs.is_empty() => {
            [Policy::NESTED_ARRAY, Policy::NESTED].contains(&ty)
        }
        ValueType::NestedArray(_) => [Policy::NESTED_ARRAY, Policy::NESTED].contains(&ty),
        ValueType::Nested(_) | ValueType::Indexed(_) | ValueType::ByType(_) => ty == Policy::NESTED,
        _ => ty == Policy::BINARY,
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
        let before = (all.compared, all.wider);
        all.roots = schemas.iter().map(|schema| schema.attrs).collect();
        // No family has a command 0: what the controller says of it is that of no command.
        for (&cmd, numbers) in policies.commands.iter().filter(|(cmd, _)| **cmd != 0) {
            // Requests come behind the answers.
            let is_it = |schema: &&&MessageSchema| matches!(schema.id, MessageId::Command { cmd: own, .. } if own == cmd);
            let Some(schema) = schemas.iter().rev().find(is_it) else {
                all.differs(&format!("{name}.{cmd}"), "no such message");
                continue;
            };
            for policy in numbers {
                all.set(&policies, *policy, schema.attrs, &format!("{name}.{}", schema.name));
            }
        }
        let (compared, wider) = (all.compared - before.0, all.wider - before.1);
        println!("{name}: {compared} attributes compared, {wider} limits are the kernel's alone");
        all.seen.clear();
    }
    println!("not in this kernel: {absent:?}");
    let count = all.differences.len();
    let (compared, unnamed, explained) = (all.compared, all.unnamed, all.explained.len());
    println!(
        "{compared} attributes, {count} differ, {explained} differences explained; {unnamed} nests without names"
    );
    assert!(all.differences.is_empty(), "{:#?}", all.differences);
}
