//! The policies of a generic netlink family, as the controller dumps them: which policy each command has, and what the
//! attributes of each policy hold.
//!
//! ```text
//! CTRL_ATTR_OP_POLICY { command { DO u32, DUMP u32 } }     the numbers of policies
//! CTRL_ATTR_POLICY    { policy  { attribute { .. } } }     one attribute a message
//! ```
//!
//! The kernel leaves out what it cannot say: attributes that it rejects, and those in network order.

use super::Policy;
use super::genl::{CONTROLLER, command, emit_by_name};
use crate::schema::MessageSchema;
use crate::wire::GenlMsgHdr;
use crate::{AttrType, Error, Header, Message, Writer};

/// The command that asks for policies, and that of the answers.
#[doc(alias = "CTRL_CMD_GETPOLICY")]
pub const GETPOLICY: u8 = 10;

/// One entry of a dump of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyEntry {
    /// Which policies a command has; none where it does not take that kind of request.
    Command {
        /// Its number.
        cmd: u32,
        /// The number of the policy of a request for one object, or for a change.
        doing: Option<u32>,
        /// The number of the policy of a dump.
        dumping: Option<u32>,
    },
    /// What a policy accepts for an attribute.
    Attr {
        /// The number of the policy.
        policy: u32,
        /// The type of the attribute.
        ty: AttrType,
        /// What it holds.
        accepts: Policy,
    },
}

/// Appends the request for a family's policies, which is a dump.
pub fn emit_get_policy(w: &mut Writer<'_>, header: Header, name: &str) -> Result<(), Error> {
    emit_by_name(w, GET_POLICY.id, header, name)
}

/// Calls `entry` for each entry in a message of a dump of policies. Another message has none.
///
/// # Errors
///
/// If the message is damaged.
pub fn read_policies(message: &Message<'_>, mut entry: impl FnMut(PolicyEntry)) -> Result<(), Error> {
    let (header, attrs) = message.family_header::<GenlMsgHdr>()?;
    if message.ty() != CONTROLLER || header.cmd != GETPOLICY {
        return Ok(());
    }
    for attr in attrs {
        let attr = attr?;
        if attr.ty() != POLICY && attr.ty() != OP_POLICY {
            continue;
        }
        // The types of what lies in these are numbers: of commands, or of policies and then of attributes.
        for numbered in attr.nested() {
            let (numbered, of) = (numbered?, numbered?.ty().get().into());
            if attr.ty() == OP_POLICY {
                let of_kind = |ty| numbered.nested().find(ty)?.map(|attr| attr.parse()).transpose();
                entry(PolicyEntry::Command { cmd: of, doing: of_kind(DO)?, dumping: of_kind(DUMP)? });
                continue;
            }
            for attr in numbered.nested() {
                let attr = attr?;
                entry(PolicyEntry::Attr { policy: of, ty: attr.ty(), accepts: Policy::parse(attr.nested()) });
            }
        }
    }
    Ok(())
}

/// The request for policies, described for readers of schemas.
pub static GET_POLICY: MessageSchema =
    command("CtrlGetPolicy", "Request for the policies of a family by its name.", GETPOLICY);

/// `CTRL_ATTR_POLICY`, `CTRL_ATTR_OP_POLICY`, `CTRL_ATTR_POLICY_DO` and `CTRL_ATTR_POLICY_DUMP`.
const POLICY: AttrType = AttrType::new(8);
const OP_POLICY: AttrType = AttrType::new(9);
const DO: AttrType = AttrType::new(1);
const DUMP: AttrType = AttrType::new(2);
