//! The families that the program knows: their names, messages and groups.

mod built_in;
pub mod names;
pub mod places;
mod sock_diag;
mod variants;

use nl_tlv::MessageId;
use nl_tlv::Messages;
use nl_tlv::control::genl::{self, CONTROLLER};
use nl_tlv::schema::MessageSchema;
use sock_diag::ByAddressFamily;
use std::collections::{HashMap, HashSet};
use variants::Variant;

/// Generic netlink's protocol number.
pub const GENERIC: u32 = 16;

/// Netfilter's, and the number of nftables among its subsystems.
const NETFILTER: u32 = 12;
const NFTABLES: u8 = 10;

/// A family: messages that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Its name: of generic netlink's families the one that the kernel knows, of others that of the specification.
    pub name: &'static str,
    /// The netlink protocol.
    pub protocol: u32,
    /// Its messages.
    pub messages: &'static [&'static MessageSchema],
    /// Its multicast groups with their numbers; those of generic netlink have numbers at run time only.
    pub groups: &'static [(&'static str, u32)],
    /// For families whose messages have one number: what tells them apart.
    pub by_address_family: Option<&'static ByAddressFamily>,
    /// Messages that have other contents with some address families.
    pub variants: &'static [Variant],
}

impl Family {
    /// Whether its messages are those of generic netlink.
    pub fn is_generic(&self) -> bool {
        self.protocol == GENERIC
    }

    /// The name of an operation as the kernel's specifications write it: `newlink`, `dev-get`.
    pub fn operation(&self, schema: &MessageSchema) -> String {
        if matches!(schema.id, MessageId::Command { .. }) {
            return names::with_dashes(schema.name);
        }
        let plain = names::plain(schema.name);
        let (verb, object) = names::by_verb(schema.name);
        let has_verb = verb != "new" || plain.starts_with(verb) || plain.ends_with(verb);
        let is_same_object =
            |other: &MessageSchema| other.name != schema.name && names::by_verb(other.name).1 == object;
        if self.is_getter(schema) {
            return format!("get{object}");
        }
        // A message without a verb makes an object that others ask for or delete.
        match !has_verb && self.messages.iter().any(|other| is_same_object(other)) {
            true => format!("new{object}"),
            false => plain,
        }
    }

    /// Whether a message without a verb asks for objects, because another one makes them: `Multicast` beside `NewMulticast`.
    fn is_getter(&self, schema: &MessageSchema) -> bool {
        let maker = format!("new{}", names::plain(schema.name));
        self.messages.iter().any(|other| names::plain(other.name) == maker)
    }

    /// The schemas of its messages, in each form that they have.
    pub fn schemas(&self) -> impl Iterator<Item = &'static MessageSchema> + use<> {
        let variants = self.variants.iter().flat_map(|variant| variant.messages);
        self.messages.iter().chain(variants).copied()
    }

    /// Whether messages whose payload begins with this byte are the family's.
    fn has(&self, first: Option<u8>) -> bool {
        self.by_address_family
            .is_none_or(|by| first.is_some_and(|first| by.address_families.contains(&first)))
    }

    /// The subsystem of netfilter whose batch a message has to stand in: a change of nftables.
    pub fn batch(&self, schema: &MessageSchema) -> Option<u8> {
        let MessageId::Type(ty) = schema.id else { return None };
        let [_, subsystem] = ty.0.to_le_bytes();
        let is_change = names::by_verb(schema.name).0 != "get";
        (self.protocol == NETFILTER && subsystem == NFTABLES && is_change).then_some(subsystem)
    }

    /// A message as it is where its payload begins with this byte.
    pub fn variant(&self, schema: &'static MessageSchema, first: Option<u8>) -> &'static MessageSchema {
        let variant = self.variants.iter().find(|variant| Some(variant.address_family) == first);
        let found = variant.and_then(|variant| variant.messages.iter().find(|own| own.name == schema.name));
        found.copied().unwrap_or(schema)
    }

    /// The message of a name; an operation of the kernel's specifications (`getlink`) names the message `LinkGet` too.
    ///
    /// # Errors
    ///
    /// Which names there are.
    pub fn message(&self, name: &str) -> Result<&'static MessageSchema, String> {
        let wanted = names::plain(name);
        let is_same = |schema: &&&MessageSchema| names::plain(schema.name) == wanted;
        let is_typed = !wanted.is_empty();
        let (verb, object) = names::by_verb(name);
        let is_meant = |own: (&str, String)| own.0 == verb && (own.1 == object || object.is_empty());
        let meant = || self.messages.iter().filter(|schema| is_meant(names::by_verb(schema.name)));
        // The name of the family's main object is not needed: `new`, `get`. It has the first number.
        let by_verb = || match object.is_empty() {
            true => meant().min_by_key(|schema| number(schema)),
            false => meant().next(),
        };
        let getter = || {
            let is_of =
                |schema: &&&MessageSchema| names::plain(schema.name) == object && self.is_getter(schema);
            self.messages.iter().find(is_of).filter(|_| verb == "get")
        };
        let found = self.messages.iter().find(is_same).or_else(by_verb).or_else(getter).copied();
        found.filter(|_| is_typed).ok_or_else(|| {
            let operations: Vec<_> = self.messages.iter().map(|schema| self.operation(schema)).collect();
            let known = operations.iter().map(String::as_str);
            format!("family {} has no operation `{name}`{}", self.name, names::hint(name, known))
        })
    }
}

/// All families, and which numbers those of generic netlink have.
pub struct Catalogue {
    families: Vec<Family>,
    by_type: HashMap<(u32, u16), Vec<(usize, &'static MessageSchema)>>,
    by_id: HashMap<u16, usize>,
    /// The names of generic netlink families without a definition.
    others: HashMap<u16, &'static str>,
    /// All such names that were seen, which stay as long as the program runs.
    seen: HashSet<&'static str>,
}

/// More names of families are not remembered.
const MAX_NAMES: usize = 1024;

impl Catalogue {
    /// The families that are built in.
    pub fn new() -> Self {
        let mut new = Self {
            families: Vec::new(),
            by_type: HashMap::new(),
            by_id: HashMap::new(),
            others: HashMap::new(),
            seen: HashSet::new(),
        };
        built_in::families().into_iter().for_each(|family| new.add(family));
        new
    }

    /// Adds a family; one of the same name is replaced.
    pub fn add(&mut self, family: Family) {
        let at = match self.families.iter().position(|known| known.name == family.name) {
            Some(at) => {
                self.families[at] = family;
                self.by_type.values_mut().for_each(|found| found.retain(|(of, _)| *of != at));
                at
            }
            None => {
                self.families.push(family);
                self.families.len() - 1
            }
        };
        for schema in family.messages {
            if let MessageId::Type(ty) = schema.id {
                self.by_type.entry((family.protocol, ty.0)).or_default().push((at, *schema));
            }
        }
        if family.name == "nlctrl" {
            self.by_id.insert(CONTROLLER.0, at);
        }
    }

    /// All families.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The family of a name.
    ///
    /// # Errors
    ///
    /// Which names are similar.
    pub fn family(&self, name: &str) -> Result<&Family, String> {
        let wanted = names::plain(name);
        let by_name = |name: &str| self.families.iter().find(|family| names::plain(family.name) == name);
        // `link` is `rt-link`, and `neighbour` is `rt-neigh`.
        let found = by_name(&wanted).or_else(|| by_name(&format!("rt{}", names::short(&wanted))));
        found.ok_or_else(|| {
            let has = |family: &&Family| {
                family.messages.iter().any(|schema| names::by_verb(schema.name).1 == wanted)
            };
            if let Some(family) = self.families.iter().find(has) {
                return format!("no family `{name}` is known; did you mean {} {wanted}?", family.name);
            }
            let hint = names::hint(name, self.families.iter().map(|family| family.name));
            let all = if hint.ends_with("..") { " (`nltool families` lists all)" } else { "" };
            format!("no family `{name}` is known{hint}{all}")
        })
    }

    /// Remembers which number a generic netlink family has.
    pub fn set_id(&mut self, id: u16, name: &str) {
        match self.families.iter().position(|family| family.is_generic() && family.name == name) {
            Some(at) => {
                self.by_id.insert(id, at);
            }
            None => self.set_other(id, name),
        }
    }

    /// Remembers the name of a family without a definition.
    fn set_other(&mut self, id: u16, name: &str) {
        self.by_id.remove(&id);
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
        if is_name && !self.seen.contains(name) && self.seen.len() < MAX_NAMES {
            self.seen.insert(Box::leak(name.to_owned().into_boxed_str()));
        }
        match self.seen.get(name) {
            Some(name) => self.others.insert(id, name),
            None => self.others.remove(&id),
        };
    }

    /// The name of the generic netlink family with this number, whether there is a definition of it or not.
    pub fn generic_name(&self, id: u16) -> Option<&'static str> {
        self.generic(id).map(|family| family.name).or_else(|| self.others.get(&id).copied())
    }

    /// Learns numbers of families from what the controller says in a capture.
    pub fn learn(&mut self, bytes: &[u8]) {
        for message in Messages::new(bytes).map_while(Result::ok).filter(|message| message.ty() == CONTROLLER)
        {
            if let Ok(family) = genl::Family::parse(&message) {
                self.set_id(family.id.0, &family.name);
            }
        }
    }

    /// The family and the schema of a message, by its first bytes.
    pub fn schema(&self, protocol: u32, message: &[u8]) -> Option<(&Family, &'static MessageSchema)> {
        let ty = u16::from_ne_bytes(message.get(4..6)?.try_into().ok()?);
        let flags = u16::from_ne_bytes(message.get(6..8)?.try_into().ok()?);
        if protocol == GENERIC {
            let family = self.families.get(*self.by_id.get(&ty)?)?;
            let cmd = *message.get(16)?;
            let is_cmd = |schema: &&MessageSchema| matches!(schema.id, MessageId::Command { cmd: own, .. } if own == cmd);
            let same = family.messages.iter().copied().filter(is_cmd);
            return Some((family, choose(same, flags)?));
        }
        let found = self.by_type.get(&(protocol, ty))?;
        let first = message.get(16).copied();
        let fits = |(at, _): &&(usize, _)| self.families.get(*at).is_some_and(|family| family.has(first));
        let schema = choose(found.iter().filter(fits).map(|(_, schema)| *schema), flags)?;
        let (at, _) = found.iter().find(|(_, known)| std::ptr::eq(*known, schema))?;
        let family = self.families.get(*at)?;
        Some((family, family.variant(schema, first)))
    }

    /// The family of a generic netlink message, although no schema has its command.
    pub fn generic(&self, ty: u16) -> Option<&Family> {
        self.families.get(*self.by_id.get(&ty)?)
    }

    /// All schemas of a protocol, for readers of many messages; of generic netlink those of one family.
    pub fn schemas(&self, protocol: u32, ty: u16) -> Vec<&'static MessageSchema> {
        match self.generic(ty).filter(|_| protocol == GENERIC) {
            Some(family) => family.messages.to_vec(),
            None => {
                let own =
                    self.families.iter().filter(|family| family.protocol == protocol && protocol != GENERIC);
                own.flat_map(|family| family.messages).copied().collect()
            }
        }
    }
}

/// The type or command of a message.
fn number(schema: &MessageSchema) -> u16 {
    match schema.id {
        MessageId::Type(ty) => ty.0,
        MessageId::Command { cmd, .. } => cmd.into(),
    }
}

/// Which of several messages with one number it is: requests and answers may share one.
fn choose(
    mut schemas: impl Iterator<Item = &'static MessageSchema> + Clone,
    flags: u16,
) -> Option<&'static MessageSchema> {
    let is_request = flags & 1 != 0;
    let fits = |schema: &&MessageSchema| match is_request {
        true => !names::is_answer(schema.name),
        false => !names::is_request(schema.name),
    };
    schemas.clone().find(fits).or_else(|| schemas.next())
}
