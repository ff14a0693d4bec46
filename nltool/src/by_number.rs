//! Generic netlink families of which there is no definition: the number of a command is its operation, and attributes
//! have numbers (`#1`).

use crate::catalogue::names::same;
use crate::catalogue::{Family, GENERIC};
use crate::kernel;
use nl_tlv::MessageId;
use nl_tlv::schema::{AttrSet, MessageSchema};

/// The family of this name as this kernel has it, with one operation: the command of the number that was typed.
pub fn family(name: &str, operation: Option<&str>) -> Option<(Family, &'static MessageSchema)> {
    let cmd: u8 = operation?.parse().ok()?;
    let known = kernel::families().ok()?.into_iter().find(|known| same(&known.name, name))?;
    let id = MessageId::Command { cmd, version: known.version.try_into().ok()? };
    let title: &'static str = format!("command {cmd}").leak();
    // One request is made, then the program ends.
    let schema: &'static MessageSchema =
        Box::leak(Box::new(MessageSchema::new(title, "", id, AttrSet::EMPTY)));
    let family = Family {
        name: known.name.leak(),
        protocol: GENERIC,
        messages: &[],
        groups: &[],
        by_address_family: None,
        variants: &[],
    };
    Some((family, schema))
}
