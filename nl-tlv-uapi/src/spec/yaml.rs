//! YAML in the layout of the kernel's specifications.

use crate::text::summary;
use core::fmt::{self, Arguments, Formatter, Write};

/// The width of a line of text.
const WIDTH: usize = 100;

/// A mapping or a list that is being written.
pub(super) struct Block<'b, 'f> {
    f: &'b mut Formatter<'f>,
    depth: usize,
}

impl<'b, 'f> Block<'b, 'f> {
    pub(super) fn new(f: &'b mut Formatter<'f>) -> Self {
        Self { f, depth: 0 }
    }

    /// An empty line between the parts of a document.
    pub(super) fn gap(&mut self) -> fmt::Result {
        self.f.write_str("\n")
    }

    pub(super) fn line(&mut self, text: Arguments<'_>) -> fmt::Result {
        let depth = self.depth;
        writeln!(self.f, "{:depth$}{text}", "")
    }

    /// A name and a string.
    pub(super) fn key(&mut self, name: &str, text: &str) -> fmt::Result {
        self.line(format_args!("{name}: {}", Scalar(text)))
    }

    /// The first paragraph of a doc comment, if there is one.
    pub(super) fn doc(&mut self, doc: &str) -> fmt::Result {
        let text = summary(doc);
        let room = WIDTH.saturating_sub(self.depth);
        match text.len().saturating_add("doc: \"\"".len()) {
            _ if text.is_empty() => Ok(()),
            len if len <= room => self.key("doc", &text),
            _ => {
                self.line(format_args!("doc: >-"))?;
                Block { f: self.f, depth: self.depth.saturating_add(2) }.folded(&text)
            }
        }
    }

    fn folded(&mut self, text: &str) -> fmt::Result {
        let mut line = String::new();
        for word in text.split(' ') {
            let len = line.len().saturating_add(word.len()).saturating_add(self.depth);
            if len >= WIDTH && !line.is_empty() {
                self.line(format_args!("{line}"))?;
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(format_args!("{line}"))
    }

    /// A name, and what is under it.
    pub(super) fn open(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Block<'_, 'f>) -> fmt::Result,
    ) -> fmt::Result {
        self.line(format_args!("{name}:"))?;
        write(&mut Block { f: self.f, depth: self.depth.saturating_add(2) })
    }

    /// An entry of a list.
    pub(super) fn item(&mut self, write: impl FnOnce(&mut Block<'_, 'f>) -> fmt::Result) -> fmt::Result {
        self.line(format_args!("-"))?;
        write(&mut Block { f: self.f, depth: self.depth.saturating_add(2) })
    }

    /// A list of names.
    pub(super) fn names(&mut self, name: &str, names: &[String]) -> fmt::Result {
        if names.is_empty() {
            return self.line(format_args!("{name}: []"));
        }
        self.open(name, |yaml| {
            names.iter().try_for_each(|name| yaml.line(format_args!("- {}", Scalar(name))))
        })
    }
}

/// A string; in quotes where it would be something else without.
struct Scalar<'a>(&'a str);

impl Scalar<'_> {
    fn is_plain(&self) -> bool {
        let text = self.0;
        let is_word = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && !is_word
            && !text.contains(": ")
            && !text.contains(" #")
            && !text.ends_with(':')
            && text.chars().all(|c| !c.is_control())
    }
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.is_plain() {
            return f.write_str(self.0);
        }
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_control() => write!(f, "\\x{:02x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::shown;

    #[test]
    fn strings_that_mean_something_else_are_quoted() {
        for (text, yaml) in [
            ("next-hop", "next-hop"),
            ("off", "\"off\""),
            ("12", "\"12\""),
            ("a: b", "\"a: b\""),
            ("say \"x\" #1", "\"say \\\"x\\\" #1\""),
            ("", "\"\""),
        ] {
            assert_eq!(Scalar(text).to_string(), yaml);
        }
    }

    #[test]
    fn long_text_is_folded_within_the_width() {
        let text = "word ".repeat(60);
        let folded = shown(|f| Block::new(f).doc(&text)).to_string();
        assert!(folded.starts_with("doc: >-\n  word word"), "{folded}");
        assert!(folded.lines().all(|line| line.len() <= WIDTH), "{folded}");
        assert_eq!(folded.matches("word").count(), 60);
    }
}
