//! The greet protocol: what an application says to the kernel, and what comes back.
//!
//! Defined once, here. The C header and the policies of the module `kmod/greet.ko` are generated from these types with
//! `cargo xtask uapi`.

pub mod client;
pub mod peer;

use crate::peer::Subscribe;
use nl_tlv::schema::MessageSchema;
use nl_tlv::{Attr, NlAttrs, NlMessage};

/// Netlink protocol that the greet module registers unless told otherwise.
pub const PROTOCOL: u32 = 31;

/// Longest text of a greeting, in bytes, without the NUL.
pub const TEXT_MAX: usize = 1024;

/// Payload of the reply, in bytes, filled with NUL.
pub const REPLY_LEN: usize = 256;

/// Receives a GREET_EVENT for every greeting.
pub const GROUP_EVENTS: u32 = 1;

/// Name of the generic netlink family.
pub const FAMILY: &str = "greet";

/// Multicast group of the generic netlink family, by name.
pub const FAMILY_GROUP: &str = "events";

/// Every message of the protocol, and the peer's own one, for dissecting.
pub const SCHEMAS: &[&MessageSchema] = &[
    Greeting::SCHEMAS[0],
    GreetReply::SCHEMAS[0],
    GreetEvent::SCHEMAS[0],
    Hello::SCHEMAS[0],
    HelloEvent::SCHEMAS[0],
    Subscribe::SCHEMAS[0],
];

/// A greeting: the payload is text that ends at a NUL or at the end.
///
/// Answered with a [`GreetReply`] where the ACK flag is set, otherwise not at all. `NLM_F_REQUEST` is not required.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 20, c_name = "NLMSG_GREET")]
pub struct Greeting<'a> {
    /// What is said; any bytes but NUL.
    #[nl(payload, text, max_len = TEXT_MAX)]
    pub text: &'a [u8],
}

/// The answer to a greeting: an `NLMSG_DONE` that is not the end of a dump and whose payload is no errno.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 3)]
pub struct GreetReply {
    /// Text, filled with NUL.
    #[nl(payload)]
    pub text: [u8; REPLY_LEN],
}

impl GreetReply {
    /// The answer to the requester with this port id.
    #[must_use]
    pub fn to(port_id: u32) -> Self {
        let mut text = [0; REPLY_LEN];
        let answer = format!("Msg from Process {port_id} has been processed by kernel");
        text.iter_mut().zip(answer.bytes()).for_each(|(to, from)| *to = from);
        Self { text }
    }

    /// The text, without the NULs behind it.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        let end = self.text.iter().position(|&byte| byte == 0).unwrap_or(REPLY_LEN);
        &self.text[..end]
    }
}

/// Event: somebody said something.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(ty = 22, c_name = "GREET_EVENT", attrs = GreetAttr<'a>)]
pub struct GreetEvent<'a> {
    /// Port id of the speaker, u32.
    #[nl(attr = 1)]
    pub port: u32,
    /// What was said or answered, string.
    #[nl(attr = 2, text, max_len = TEXT_MAX)]
    pub text: &'a [u8],
}

/// An attribute of greet, netlink and generic netlink alike.
#[derive(NlAttrs, Clone, Copy, Debug, PartialEq)]
#[nl(c_prefix = "GREET_A")]
pub enum GreetAttr<'a> {
    /// Port id of the speaker, u32.
    #[nl(attr = 1)]
    Port(u32),
    /// What was said or answered, string.
    #[nl(attr = 2, text, max_len = TEXT_MAX)]
    Text(&'a [u8]),
    /// Another one.
    #[nl(other)]
    Other(Attr<'a>),
}

/// A greeting: TEXT, answered with TEXT.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(cmd = 1, c_name = "GREET_CMD_HELLO", attrs = GreetAttr<'a>)]
pub struct Hello<'a> {
    /// What is said, or the answer.
    #[nl(attr = 2, text, max_len = TEXT_MAX)]
    pub text: &'a [u8],
}

/// Event: somebody said something.
#[derive(NlMessage, Clone, Copy, Debug, PartialEq)]
#[nl(cmd = 2, c_name = "GREET_CMD_EVENT", attrs = GreetAttr<'a>)]
pub struct HelloEvent<'a> {
    /// Port id of the speaker, u32.
    #[nl(attr = 1)]
    pub port: u32,
    /// What was said or answered, string.
    #[nl(attr = 2, text, max_len = TEXT_MAX)]
    pub text: &'a [u8],
}
