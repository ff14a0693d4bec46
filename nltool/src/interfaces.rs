//! The names of this machine's interfaces, for numbers in messages that come from its kernel.

use crate::fields;
use crate::kernel::Kernel;
use nl_tlv::schema::{MessageSchema, StructSchema};
use nl_tlv::{Flags, Header, NlMessage};
use nl_tlv_families::rt_link::{GetLink, Link};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Who knows the names; shared by what is shown.
pub type Names = Rc<RefCell<Interfaces>>;

/// The names that were asked for.
#[derive(Default)]
pub struct Interfaces {
    kernel: Option<Kernel>,
    known: HashMap<u32, (Option<String>, Instant)>,
}

/// How long a name is taken for right. An interface that is gone keeps the name that it had.
const LASTS: Duration = Duration::from_secs(1);

/// More interfaces are not remembered.
const MAX_KNOWN: usize = 65_536;

impl Interfaces {
    /// The name of the interface with this number, if there is one.
    pub fn name(&mut self, index: u32) -> Option<&str> {
        let is_known = self.known.get(&index).is_some_and(|(_, asked)| asked.elapsed() < LASTS);
        if !is_known {
            if self.known.len() >= MAX_KNOWN {
                self.known.clear();
            }
            let name = self.ask(index);
            let entry = self.known.entry(index).or_insert((None, Instant::now()));
            *entry = (name.or_else(|| entry.0.take()), Instant::now());
        }
        self.known.get(&index)?.0.as_deref()
    }

    fn ask(&mut self, index: u32) -> Option<String> {
        if self.kernel.is_none() {
            self.kernel = Kernel::open(0).ok();
        }
        let mut request = GetLink::default();
        request.header.index = i32::try_from(index).ok()?;
        let mut buf = [0; 128];
        let mut request = request.emit(&mut buf, Header::request()).ok()?.to_vec();
        let mut found = None;
        let end =
            self.kernel.as_mut()?.exchange(&mut request, (Flags::REQUEST | Flags::ACK).bits(), |message| {
                found = Link::parse(message).ok().and_then(|link| Some(link.ifname?.to_string()));
                Ok(())
            });
        end.ok().and(found)
    }
}

/// The name of the interface whose number a field or an attribute of a message is, if somebody knows it.
pub fn name(
    names: Option<&Names>,
    schema: &MessageSchema,
    message: &[u8],
    name: &str,
    number: i128,
) -> Option<String> {
    let names = names.filter(|_| is_interface(name, schema.header))?;
    let index = u32::try_from(number).ok().filter(|index| *index != 0)?;
    // The link below may be in another namespace: its number is another interface here.
    if name == "link" && fields::attr(schema, message, LINK_NETNSID).is_some() {
        return None;
    }
    names.borrow_mut().name(index).map(str::to_owned)
}

/// `IFLA_LINK_NETNSID`.
const LINK_NETNSID: u16 = 37;

/// Whether a number is that of an interface, by its name and the header of the message.
fn is_interface(name: &str, header: Option<&StructSchema>) -> bool {
    let is_of = |names: &[&str]| header.is_some_and(|header| names.contains(&header.name));
    match name {
        "ifindex" | "if_idx" | "oif" | "iif" => true,
        "master" | "link" => is_of(&["IfInfoMsg"]),
        // That of a link itself has its name beside it.
        "index" => is_of(&["IfAddrMsg"]),
        _ => name.ends_with("_ifindex") && !name.starts_with("peer"),
    }
}
