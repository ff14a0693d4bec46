//! Operations as messages: one per number, header and set.

use anyhow::{Context, Result, ensure};

use crate::corrections::MessageFix;
use crate::family::Family;
use crate::names::{c_constant, camel};
use crate::spec::{Mode, Operation, Protocol};

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Its name in Rust.
    pub(crate) name: String,
    /// Its type or command.
    pub(crate) number: u16,
    pub(crate) header: Option<String>,
    pub(crate) set: Option<String>,
    /// The Rust type of what follows the header instead of a set.
    pub(crate) payload: Option<String>,
    /// The names of its number in C; it has two where requests and answers are numbered apart.
    pub(crate) c_names: Vec<String>,
    /// Whether programs send it, and whether the kernel does.
    pub(crate) is_sent: bool,
    pub(crate) is_received: bool,
}

/// The numbers of an operation in both directions.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    request: Option<u16>,
    reply: Option<u16>,
}

impl Family {
    /// The messages, in the order of the operations.
    pub(crate) fn messages(&self) -> Result<Vec<Message>> {
        let mut messages = Vec::new();
        // Requests come first, because an answer may be what another request is: `RTM_NEWLINK`.
        let numbered = self.numbered();
        for is_sent in [true, false] {
            for (operation, numbers) in &numbered {
                self.add(&mut messages, operation, *numbers, is_sent)?;
            }
        }
        Ok(messages)
    }

    fn add(
        &self,
        messages: &mut Vec<Message>,
        operation: &Operation,
        numbers: Numbers,
        is_sent: bool,
    ) -> Result<()> {
        let number = if is_sent { numbers.request } else { numbers.reply };
        let Some(number) = number else { return Ok(()) };
        let fix = self.fixes.messages.get(&operation.name);
        let (header, mut set) = self.shape(operation)?;
        if is_sent {
            set = fix.and_then(|fix| fix.request_set.clone()).or(set);
        }
        let is_raw = self.spec.protocol == Protocol::NetlinkRaw;
        let own = self.message_name(&operation.name);
        // What is new and what is gone is told to whoever has joined the group.
        let is_event = is_raw && ["new", "del"].iter().any(|verb| operation.name.starts_with(verb));
        let is_received = !is_sent || is_event;
        let of_answer = self.names_of_answer(operation, numbers);
        let alike = messages.iter_mut().find(|found| {
            // Commands of requests and of replies are numbered apart.
            let is_comparable = is_raw || found.name == own || (!is_sent && found.is_received);
            is_comparable && found.number == number && found.header == header && found.set == set
        });
        if let Some(found) = alike {
            found.is_sent |= is_sent;
            found.is_received |= is_received;
            let also = if is_sent { String::new() } else { of_answer.1 };
            if !also.is_empty() && numbers.request.is_some() && !found.c_names.contains(&also) {
                found.c_names.push(also);
            }
            return Ok(());
        }
        let is_taken = messages.iter().any(|found| found.name == own);
        let (name, c_name) = match is_taken {
            true => of_answer,
            false => (own, self.c_name_of(operation)),
        };
        ensure!(!c_name.is_empty(), "{}: {name} has no name in C", self.spec.name);
        let c_names = vec![c_name];
        let payload = fix.and_then(|fix| fix.payload.clone());
        messages.push(Message { name, number, header, set, payload, c_names, is_sent, is_received });
        Ok(())
    }

    /// What an operation is called in C.
    fn c_name_of(&self, operation: &Operation) -> String {
        let fixed = self.fixes.messages.get(&operation.name).and_then(|fix| fix.c.clone());
        let prefix = match &self.spec.operations.name_prefix {
            Some(prefix) => prefix.clone(),
            None => format!("{}-cmd-", self.spec.name),
        };
        fixed.unwrap_or_else(|| c_constant(&prefix, &operation.name))
    }

    /// The names of an answer that is another message than its request, in Rust and in C.
    fn names_of_answer(&self, operation: &Operation, numbers: Numbers) -> (String, String) {
        let fix = self.fixes.messages.get(&operation.name);
        let name = fix.and_then(|fix| fix.reply.clone());
        let c_name = fix.and_then(|fix| fix.reply_c.clone());
        let of_request = self.c_name_of(operation);
        let suffixed = self.fixes.reply_suffix.as_ref().map(|suffix| format!("{of_request}{suffix}"));
        let same = (numbers.request == numbers.reply).then_some(of_request);
        (
            name.unwrap_or_else(|| format!("{}Reply", self.message_name(&operation.name))),
            c_name.or(suffixed).or(same).unwrap_or_default(),
        )
    }

    /// The name of a message: rtnetlink's `newlink` says what a link is like, and `getlink` asks for it.
    pub(crate) fn message_name(&self, operation: &str) -> String {
        if let Some(name) = self.fixes.names.get(operation) {
            return name.clone();
        }
        if self.spec.protocol != Protocol::NetlinkRaw {
            return camel(operation);
        }
        let verbs = [("new", ""), ("del", "Del"), ("get", "Get"), ("set", "Set"), ("destroy", "Destroy")];
        let split = verbs.into_iter().find_map(|(verb, word)| Some((word, operation.strip_prefix(verb)?)));
        match split {
            Some((word, object)) if !object.is_empty() && !object.starts_with('-') => {
                format!("{word}{}", camel(object))
            }
            _ => camel(operation),
        }
    }

    /// Header and set of an operation; a notification has those of the operation whose reply it repeats.
    fn shape(&self, operation: &Operation) -> Result<(Option<String>, Option<String>)> {
        let repeated = match &operation.notify {
            Some(name) => {
                let found = self.spec.operations.list.iter().find(|found| found.name == *name);
                Some(found.with_context(|| format!("no operation {name}"))?)
            }
            None => None,
        };
        let none = MessageFix::default();
        let fix = self.fixes.messages.get(&operation.name).unwrap_or(&none);
        let of = |field: fn(&Operation) -> &Option<String>| {
            field(operation).clone().or(repeated.and_then(|repeated| field(repeated).clone()))
        };
        let header = fix.fixed_header.clone().or(of(|operation| &operation.fixed_header));
        let set = fix.attribute_set.clone().or(of(|operation| &operation.attribute_set));
        Ok((header.or(self.spec.operations.fixed_header.clone()), set))
    }

    /// The numbers, counted as the specification's model says.
    fn numbered(&self) -> Vec<(&Operation, Numbers)> {
        match self.spec.operations.enum_model.as_deref() {
            Some("directional") if self.fixes.one_enum => attributed(self.directional()),
            Some("directional") => self.directional(),
            _ => self.unified(),
        }
    }

    fn unified(&self) -> Vec<(&Operation, Numbers)> {
        let mut next = 1;
        let mut numbered = Vec::new();
        for operation in &self.spec.operations.list {
            let number = operation.value.unwrap_or(next);
            next = number + 1;
            let has =
                |of: fn(&Mode) -> bool| [&operation.single, &operation.dump].into_iter().flatten().any(of);
            let is_event = operation.notify.is_some() || operation.event.is_some();
            let request = has(|_| true).then_some(number);
            let reply = (is_event || has(|mode| mode.reply.is_some())).then_some(number);
            numbered.push((operation, Numbers { request, reply }));
        }
        numbered
    }

    fn directional(&self) -> Vec<(&Operation, Numbers)> {
        let (mut request, mut reply) = (1, 1);
        let mut numbered = Vec::new();
        for operation in &self.spec.operations.list {
            if operation.notify.is_some() || operation.event.is_some() {
                reply = operation.value.unwrap_or(reply);
                numbered.push((operation, Numbers { request: None, reply: Some(reply) }));
                reply += 1;
                continue;
            }
            let Some(mode) = operation.single.as_ref().or(operation.dump.as_ref()) else { continue };
            let value =
                |direction: &Option<crate::spec::Direction>| direction.as_ref().and_then(|found| found.value);
            request = value(&mode.request).unwrap_or(request);
            reply = value(&mode.reply).unwrap_or(reply);
            let has_reply = mode.reply.is_some();
            numbered.push((operation, Numbers { request: Some(request), reply: has_reply.then_some(reply) }));
            request += 1;
            reply += u16::from(has_reply);
        }
        numbered
    }
}

/// Where requests and answers have their numbers from one enum, an answer with the number of another operation is the
/// message of that operation.
fn attributed(mut numbered: Vec<(&Operation, Numbers)>) -> Vec<(&Operation, Numbers)> {
    for at in 0..numbered.len() {
        let Numbers { request, reply } = numbered[at].1;
        let is_other = |(_, numbers): &(&Operation, Numbers)| numbers.request.or(numbers.reply) == reply;
        if request.is_none() || reply.is_none() || request == reply {
            continue;
        }
        if let Some(other) = numbered.iter().position(is_other) {
            numbered[at].1.reply = None;
            numbered[other].1.reply = reply;
        }
    }
    numbered
}
