//! Rules. They have no number: what a rule says tells it from others, and what it says depends on other rules and on
//! links (`FIB_RULE_UNRESOLVED`, `FIB_RULE_IIF_DETACHED`).

use super::groups::{IPV4_RULE, IPV6_RULE, LINK};
use super::{DELRULE, NEWRULE, header_part, of_links, other_attrs};
use crate::rt_rule::Rule;
use nl_tlv::{Effect, Keyed, Message, MessageType};

/// Which routing table is looked up when.
///
/// The kernel takes the same rule twice from a request without `NLM_F_EXCL`. Each of these is an object of its own: they are
/// counted, and one that goes is told as removed.
#[derive(Debug)]
pub enum Rules {}

impl Keyed for Rules {
    type View<'a> = Rule<'a>;
    const GROUPS: &'static [u32] = &[IPV4_RULE, IPV6_RULE, LINK];
    /// Equal rules have nothing that tells them apart.
    const SEVERAL: bool = true;

    fn effect(event: &Message<'_>, _: Option<MessageType>) -> Effect {
        match event.ty().0 {
            NEWRULE | DELRULE => Effect::AskAgain,
            _ => of_links(event).unwrap_or(Effect::Nothing),
        }
    }

    /// All but the flags.
    fn key(message: &Message<'_>, part: &mut dyn FnMut(&[u8])) {
        header_part(message, 0..8, part);
        other_attrs(message, HEADER, &[], part);
    }
}

const HEADER: usize = 12;
