//! Generic netlink's families: what the kernel offers by name.

use clap::Parser;
use nl_tlv::control::genl::{Family, PolicyEntry};
use nl_tlv::socket::Connection;
use nl_tlv::{Error, Message, NlMessage};
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

fn main() -> ExitCode {
    let args = Args::parse();
    program::run("families", |out| run(args.name.as_deref(), out))
}

fn run(name: Option<&str>, out: &mut dyn Write) -> Result<(), Box<dyn std::error::Error>> {
    let mut conn = Connection::generic("nlctrl")?;
    let Some(name) = name else {
        let (all, _) = conn.collect(&FamilyGet { name: None }, |message| describe(message).map(Some))?;
        return Ok(all.iter().try_for_each(|family| write!(out, "{family}"))?);
    };
    conn.resolve(name)?;
    for line in conn.policies(name)?.into_iter().flat_map(lines) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn describe(message: &Message<'_>) -> Result<String, Error> {
    let family = Family::parse(message)?;
    let mut text = format!("{} (id {}, version {})\n", family.name, family.id.0, family.version);
    for (cmd, flags) in family.ops {
        let able: Vec<_> =
            CAPABILITIES.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect();
        text += &format!("  operation {cmd:<3} {}\n", able.join(", "));
    }
    for (group, id) in family.groups {
        text += &format!("  group {id:<7} {group}\n");
    }
    Ok(text)
}

/// A line for each kind of request of a command, or for the attribute of a policy.
fn lines(entry: PolicyEntry) -> Vec<String> {
    match entry {
        PolicyEntry::Command { cmd, doing, dumping } => [("do", doing), ("dump", dumping)]
            .into_iter()
            .filter_map(|(kind, policy)| Some(format!("operation {cmd}: {kind} has policy {}", policy?)))
            .collect(),
        PolicyEntry::Attr { policy, ty, accepts } => {
            vec![format!("  policy {policy}: attribute {}: {accepts}", ty.get())]
        }
        _ => Vec::new(),
    }
}

/// `GENL_*` of `include/uapi/linux/genetlink.h`.
const CAPABILITIES: [(u32, &str); 5] =
    [(2, "do"), (4, "dump"), (8, "policy"), (1, "administrators"), (0x10, "administrators of a namespace")];
