//! A C compiler against the specifications: sizes, offsets and constants as `linux/*.h` declares them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Result, bail};

use crate::gaps::gaps;
use crate::left_out;
use crate::messages::Message;
use crate::module::Module;
use crate::names::{c_constant, c_name};
use crate::spec::{Definition, DefinitionType};

/// Headers that cannot be read beside the others, because they declare the same things.
const LEFT_OUT: &[&str] = &[
    "linux/if_ppp.h",
    "linux/netfilter_bridge/ebtables.h",
    "linux/ivtv.h",
    "linux/patchkey.h",
    "linux/libc-compat.h",
];

/// What the modules say about C.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    constants: BTreeMap<String, Fact>,
    structs: Vec<StructFact>,
    /// Names of attributes.
    attributes: BTreeSet<String>,
    /// Names of messages and groups.
    messages: BTreeSet<String>,
    /// What C has and we have not, and why.
    lacks: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Fact {
    value: i64,
    family: String,
    why_undeclared: Option<String>,
}

#[derive(Debug)]
struct StructFact {
    family: String,
    c: String,
    len: usize,
    /// Names and offsets.
    members: Vec<(String, usize)>,
    why_undeclared: Option<String>,
}

/// What the compiler says.
#[derive(Debug, Default)]
pub(crate) struct Report {
    constants: usize,
    structs: usize,
    members: usize,
    /// What C does not declare, by family.
    undeclared: BTreeMap<String, Vec<String>>,
    differences: Vec<String>,
    /// Attributes, messages and groups of C that we leave out for a reason.
    left_out: usize,
}

impl Facts {
    /// Notes what a module says.
    pub(crate) fn add(&mut self, module: &Module<'_>) -> Result<()> {
        let family = module.family();
        self.lacks.extend(family.fixes.lacks.clone());
        for message in &module.messages {
            self.message(module, message);
        }
        for name in &module.sets {
            let set = family.set(name)?;
            for (ty, attribute) in &set.attributes {
                if attribute.ty != "unused" {
                    let name = set.c_name(attribute);
                    self.attributes.insert(family.corrected(&name).to_owned());
                    self.constant(module, &name, (*ty).into());
                }
            }
        }
        for definition in &family.spec.definitions {
            self.definition(module, definition);
        }
        for group in family.spec.mcast_groups.list.iter() {
            let name =
                family.fixes.groups.get(&group.name).cloned().unwrap_or_else(|| c_constant("", &group.name));
            if let Some(value) = group.value {
                self.messages.insert(family.corrected(&name).to_owned());
                self.constant(module, &name, value.into());
            }
        }
        for definition in &module.structs {
            self.structure(module, definition)?;
        }
        Ok(())
    }

    fn message(&mut self, module: &Module<'_>, message: &Message) {
        // nfnetlink has its subsystem in the upper half.
        let number = match module.family().spec.protonum {
            Some(12) => i64::from(message.number & 0xff),
            _ => message.number.into(),
        };
        for name in &message.c_names {
            self.messages.insert(module.family().corrected(name).to_owned());
            self.constant(module, name, number);
        }
    }

    fn definition(&mut self, module: &Module<'_>, definition: &Definition) {
        let family = module.family();
        match definition.ty {
            DefinitionType::Struct => {}
            DefinitionType::Const => {
                let own = format!("{}-", family.spec.name);
                let prefix = definition.name_prefix.as_deref().unwrap_or(&own);
                let value = definition.value.as_ref().and_then(|value| family.number(value));
                value
                    .into_iter()
                    .for_each(|value| self.constant(module, &c_constant(prefix, &definition.name), value));
            }
            DefinitionType::Enum | DefinitionType::Flags => {
                let is_flags = definition.ty == DefinitionType::Flags;
                for entry in family.entries(definition) {
                    let value = if is_flags { 1_i64.wrapping_shl(entry.value as u32) } else { entry.value };
                    self.constant(module, &entry.c_name, value);
                }
            }
        }
    }

    fn constant(&mut self, module: &Module<'_>, c_name: &str, value: i64) {
        let family = module.family();
        let name = family.corrected(c_name).to_owned();
        if name.is_empty() {
            return;
        }
        let why_undeclared = why(&family.fixes.undeclared, &name);
        let fact = Fact { value, family: family.spec.name.clone(), why_undeclared };
        self.constants.insert(name, fact);
    }

    fn structure(&mut self, module: &Module<'_>, definition: &Definition) -> Result<()> {
        let family = module.family();
        let fix = family.fixes.structs.get(&definition.name);
        let layout = family.layout(definition)?;
        let c = fix.and_then(|fix| fix.c.clone()).unwrap_or_else(|| c_name(&definition.name));
        let prefix = fix.and_then(|fix| fix.c_prefix.clone()).unwrap_or_default();
        let mut members = Vec::new();
        for (offset, member) in layout.members {
            let renamed = fix.and_then(|fix| fix.c_members.get(&member.name));
            let name = renamed.cloned().unwrap_or_else(|| format!("{prefix}{}", c_name(&member.name)));
            if member.ty != "pad" && !name.is_empty() {
                members.push((name, offset));
            }
        }
        let why_undeclared = why(&family.fixes.undeclared, &format!("struct {c}"));
        let family = family.spec.name.clone();
        self.structs.push(StructFact { family, c, len: layout.len, members, why_undeclared });
        Ok(())
    }

    /// Asks the compiler.
    pub(crate) fn check(&self, headers: &Path) -> Result<Report> {
        let dir = std::env::temp_dir().join(format!("families-{}", std::process::id()));
        fs::create_dir_all(&dir)?;
        let checked = self.check_in(&dir, headers);
        fs::remove_dir_all(&dir)?;
        checked
    }

    fn check_in(&self, dir: &Path, headers: &Path) -> Result<Report> {
        let includes = includes(headers)?;
        fs::write(dir.join("all.c"), &includes)?;
        let text = gcc(dir, headers, &["-E", "-dD", "-P", "all.c"])?;
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        let declared: BTreeSet<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
        let mut report = Report::default();
        let program = self.program(&declared, &text, &mut report)?;
        fs::write(dir.join("check.c"), format!("{includes}{program}"))?;
        gcc(dir, headers, &["-w", "-o", "check", "check.c"])?;
        let said = Command::new(dir.join("check")).output()?;
        report.differences = String::from_utf8_lossy(&said.stdout).lines().map(str::to_owned).collect();
        let attributes = gaps(&text, &self.attributes, |name| self.constants.contains_key(name));
        let messages = gaps(&text, &self.messages, |name| self.messages.contains(name));
        for gap in attributes.into_iter().chain(messages) {
            match why(&self.lacks, gap) {
                Some(_) => report.left_out += 1,
                None => report.differences.push(format!("C has {gap} too")),
            }
        }
        report.differences.extend(left_out::differences(headers, |name| self.messages.contains(name))?);
        Ok(report)
    }

    /// A program that prints what differs.
    fn program(&self, declared: &BTreeSet<&str>, text: &str, report: &mut Report) -> Result<String> {
        let mut out = String::from("#include <stdio.h>\n#include <stddef.h>\nint main(void) {\n");
        for (name, fact) in &self.constants {
            if declared.contains(name.as_str()) {
                report.constants += 1;
                let (family, value) = (&fact.family, fact.value);
                writeln!(
                    out,
                    "if ((unsigned int)({name}) != (unsigned int)({value}LL)) printf(\"{family}: {name} is %lld, not {value}\\n\", (long long)({name}));"
                )?;
            } else {
                report.undeclared(&fact.family, name, fact.why_undeclared.as_deref());
            }
        }
        for fact in &self.structs {
            let StructFact { family, c, len, .. } = fact;
            if !text.contains(&format!("struct {c} {{")) {
                report.undeclared(family, &format!("struct {c}"), fact.why_undeclared.as_deref());
                continue;
            }
            report.structs += 1;
            writeln!(
                out,
                "if (sizeof(struct {c}) != {len}) printf(\"{family}: struct {c} has %zu bytes, not {len}\\n\", sizeof(struct {c}));"
            )?;
            let body = body_of(text, c);
            for (member, offset) in &fact.members {
                // Of a member in a union it is the union's that stands in the body.
                let outer = member.split('.').next().unwrap_or(member);
                if !body.split(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_').any(|word| word == outer)
                {
                    report.undeclared(family, &format!("{c}.{member}"), fact.why_undeclared.as_deref());
                    continue;
                }
                report.members += 1;
                writeln!(
                    out,
                    "if (offsetof(struct {c}, {member}) != {offset}) printf(\"{family}: {c}.{member} is at %zu, not {offset}\\n\", offsetof(struct {c}, {member}));"
                )?;
            }
        }
        out.push_str("return 0;\n}\n");
        Ok(out)
    }
}

/// The reason of a name, or of what it begins with before a `*`.
fn why(reasons: &BTreeMap<String, String>, name: &str) -> Option<String> {
    let found = reasons.iter().find(|(pattern, _)| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => *pattern == name,
    });
    found.map(|(_, reason)| reason.clone())
}

/// What stands between the braces of a struct.
fn body_of<'t>(text: &'t str, c: &str) -> &'t str {
    let Some(start) = text.find(&format!("struct {c} {{")) else { return "" };
    let rest = text.get(start..).unwrap_or_default();
    let mut depth = 0;
    for (at, char) in rest.char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth == 1 => return rest.get(..at).unwrap_or_default(),
            '}' => depth -= 1,
            _ => {}
        }
    }
    rest
}

/// All headers that specifications may mean.
fn includes(headers: &Path) -> Result<String> {
    let mut out = String::from(
        "#include <stddef.h>\n#include <stdint.h>\n#include <sys/socket.h>\n#include <netinet/in.h>\n",
    );
    let wanted = include_str!("../headers.txt");
    for header in wanted.lines().filter(|line| !line.is_empty() && !LEFT_OUT.contains(line)) {
        if headers.join(header).exists() {
            writeln!(out, "#include <{header}>")?;
        }
    }
    Ok(out)
}

fn gcc(dir: &Path, headers: &Path, arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new("gcc");
    let headers = headers.canonicalize()?;
    // Debian keeps what depends on the architecture aside.
    let asm = headers.join(format!("{}-linux-gnu", std::env::consts::ARCH));
    command.arg("-isystem").arg(&headers).arg("-isystem").arg(asm).args(arguments).current_dir(dir);
    let output = command.output()?;
    if !output.status.success() {
        bail!("gcc {arguments:?}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output)
}

impl Report {
    fn undeclared(&mut self, family: &str, name: &str, why: Option<&str>) {
        let line = match why {
            Some(why) => format!("{name} ({why})"),
            None => name.to_owned(),
        };
        self.undeclared.entry(family.to_owned()).or_default().push(line);
    }

    /// # Errors
    ///
    /// If something differs.
    pub(crate) fn verdict(&self) -> Result<()> {
        match self.differences.len() {
            0 => Ok(()),
            count => bail!("{count} differences between the specifications and C"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (family, names) in &self.undeclared {
            writeln!(f, "{family}: not declared in C: {}", names.join(", "))?;
        }
        for line in &self.differences {
            writeln!(f, "DIFFERS: {line}")?;
        }
        let undeclared: usize = self.undeclared.values().map(Vec::len).sum();
        let Self { constants, structs, members, differences, left_out, .. } = self;
        let count = differences.len();
        write!(
            f,
            "{structs} structs, {members} members and {constants} constants compared with C: {count} differ, {undeclared} are not declared; {left_out} attributes, messages and groups of C are left out"
        )
    }
}
