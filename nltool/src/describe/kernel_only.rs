//! `nltool describe` of a family that only the running kernel knows: its operations, and what they accept.

use super::bounded;
use crate::error::Failure;
use crate::paint::{Ink, Style};
use crate::policies::Policies;
use nl_tlv::control::genl::Family;
use std::io::Write;

/// Describes the family, or one of its operations, which have numbers only.
///
/// # Errors
///
/// If it has no such operation; the kernel's.
pub(super) fn describe(
    family: &Family,
    operation: Option<&str>,
    ink: Ink,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut text = Text { ink, policies: Policies::of_kernel(family)? };
    match operation {
        None => text.family(family),
        Some(typed) => {
            let found = typed.parse().ok().filter(|cmd| text.policies.numbers().contains(cmd));
            text.operation(found.ok_or_else(|| unknown(family, typed, &text.policies))?);
        }
    }
    Ok(out.write_all(&text.ink.bytes)?)
}

fn unknown(family: &Family, typed: &str, policies: &Policies) -> Failure {
    let numbers: Vec<String> = policies.numbers().iter().map(u32::to_string).collect();
    Failure::Usage(format!(
        "{} has no operation `{typed}`; without a definition they have numbers only: {}",
        family.name,
        numbers.join(", ")
    ))
}

struct Text {
    ink: Ink,
    policies: Policies,
}

impl Text {
    fn family(&mut self, family: &Family) {
        self.ink.paint(Style::Message, &family.name);
        self.ink.print(format_args!(
            "  (generic netlink, id {}, version {}; no definition is known, this is what the kernel says)\n",
            family.id.0, family.version
        ));
        self.policies.numbers().into_iter().for_each(|cmd| self.operation(cmd));
        if family.ops.is_empty() {
            self.ink.put("  no operations: it only sends events\n");
        }
        for (name, number) in &family.groups {
            self.ink.print(format_args!("  group {name} ({number})\n"));
        }
    }

    /// An operation; a dump may accept other attributes than a request for one object.
    fn operation(&mut self, cmd: u32) {
        self.ink.put("  ");
        self.ink.paint(Style::Name, &format!("command {cmd}"));
        self.ink.paint(Style::Faint, &format!("  [{}]\n", self.policies.kinds(cmd)));
        let (doing, dumping) = self.policies.commands.get(&cmd).copied().unwrap_or_default();
        match (doing, dumping) {
            (Some(doing), Some(dumping)) if doing != dumping => {
                for (kind, policy) in [("do", doing), ("dump", dumping)] {
                    self.ink.print(format_args!("    {kind}\n"));
                    self.attrs(policy, &mut vec![policy]);
                }
            }
            _ => doing.or(dumping).into_iter().for_each(|policy| self.attrs(policy, &mut vec![policy])),
        }
    }

    /// The attributes of the innermost of these policies.
    fn attrs(&mut self, policy: u32, above: &mut Vec<u32>) {
        let indent = above.len() * 2 + 2;
        for (ty, accepts) in self.policies.accepts.get(&policy).cloned().unwrap_or_default() {
            self.ink.print(format_args!("{:indent$}{ty:>3} {}\n", "", bounded(&accepts)));
            match accepts.policy_index {
                Some(inner) if above.contains(&inner) || above.len() > 10 => {
                    self.ink.print(format_args!("{:indent$}  (as above)\n", ""));
                }
                Some(inner) => {
                    above.push(inner);
                    self.attrs(inner, above);
                    above.pop();
                }
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::control::Policy;

    #[test]
    fn operations_have_what_they_take_and_accept_and_loops_end() {
        let mut policies = Policies { ops: [(1, 4), (2, 2)].into(), ..Policies::default() };
        policies.commands.insert(2, (Some(0), None));
        let policy = |ty, policy_index| Policy { ty, policy_index, ..Policy::default() };
        policies
            .accepts
            .insert(0, [(1, policy(Policy::U8, None)), (7, policy(Policy::NESTED, Some(0)))].into());
        let mut text = Text { ink: Ink::new(false), policies };
        text.operation(1);
        text.operation(2);
        let shown = String::from_utf8(text.ink.bytes).unwrap();
        let expected =
            "  command 1  [dump, no policy]\n  command 2  [do]\n      1 u8\n      7 nest\n      (as above)\n";
        assert_eq!(shown, expected);
    }
}
