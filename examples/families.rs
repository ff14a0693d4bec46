//! Generic netlink's families: what the kernel offers by name.

use clap::Parser;
use nl_tlv::control::Policy;
use nl_tlv::control::genl::{CONTROLLER, FamilyInfo};
use nl_tlv::socket::Connection;
use nl_tlv::wire::GenlMsgHdr;
use nl_tlv::{AttrType, Error, Message, NlMessage};
use nl_tlv_examples::program;
use std::io::Write;
use std::process::ExitCode;

/// Lists the families of generic netlink with their operations and multicast groups, or the policies of one: which
/// attributes it accepts, and which values.
#[derive(Parser)]
#[command(after_help = "Examples:\n  families\n  families nlctrl")]
struct Args {
    /// Show the policies of this family
    name: Option<String>,
}

/// CTRL_CMD_GETFAMILY.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 3, version = 2)]
struct FamilyGet<'a> {
    #[nl(attr = 2)]
    name: Option<&'a str>,
}

/// CTRL_CMD_GETPOLICY.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 10, version = 2)]
struct PolicyGet<'a> {
    #[nl(attr = 2)]
    name: &'a str,
}

fn main() -> ExitCode {
    let args = Args::parse();
    program::run("families", |out| run(args.name.as_deref(), out))
}

fn run(name: Option<&str>, out: &mut dyn Write) -> Result<(), Box<dyn std::error::Error>> {
    let mut conn = Connection::generic("nlctrl")?;
    let Some(name) = name else {
        let all = conn.collect(&FamilyGet { name: None }, |message| describe(message).map(Some))?;
        return Ok(all.iter().try_for_each(|family| write!(out, "{family}"))?);
    };
    for line in conn.collect(&PolicyGet { name }, policy_lines)?.concat() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn describe(message: &Message<'_>) -> Result<String, Error> {
    let family = FamilyInfo::parse(message)?;
    let mut text = format!("{} (id {}, version {})\n", family.name, family.id.0, family.version);
    for op in family.ops() {
        let op = op?;
        let able: Vec<_> =
            CAPABILITIES.iter().filter(|(bit, _)| op.flags & bit != 0).map(|(_, name)| *name).collect();
        text += &format!("  operation {:<3} {}\n", op.cmd, able.join(", "));
    }
    for group in family.groups() {
        let group = group?;
        text += &format!("  group {:<7} {}\n", group.id, group.name);
    }
    Ok(text)
}

/// A line for each operation or attribute that a message of a policy dump is about.
fn policy_lines(message: &Message<'_>) -> Result<Option<Vec<String>>, Error> {
    let (header, attrs) = message.family_header::<GenlMsgHdr>()?;
    if message.ty() != CONTROLLER || header.cmd != 10 {
        return Ok(None);
    }
    let mut lines = Vec::new();
    for attr in attrs {
        let attr = attr?;
        // The types of what lies in these are numbers: of operations, or of policies and then of attributes.
        for entry in attr.nested().filter(|_| [POLICY, OP_POLICY].contains(&attr.ty())) {
            let entry = entry?;
            for inner in entry.nested() {
                let inner = inner?;
                let (of, number) = (entry.ty().get(), inner.ty().get());
                lines.push(match (attr.ty(), number) {
                    (POLICY, _) => {
                        format!("  policy {of}: attribute {number}: {}", Policy::parse(inner.nested()))
                    }
                    (_, 1) => format!("operation {of}: do has policy {}", inner.parse::<u32>()?),
                    _ => format!("operation {of}: dump has policy {}", inner.parse::<u32>()?),
                });
            }
        }
    }
    Ok(Some(lines))
}

/// CTRL_ATTR_POLICY and CTRL_ATTR_OP_POLICY.
const POLICY: AttrType = AttrType::new(8);
const OP_POLICY: AttrType = AttrType::new(9);

/// `GENL_*` of `include/uapi/linux/genetlink.h`.
const CAPABILITIES: [(u32, &str); 5] =
    [(2, "do"), (4, "dump"), (8, "policy"), (1, "administrators"), (0x10, "administrators of a namespace")];
