//! Text: what a function writes, and comments in C from doc comments.

use core::fmt::{self, Write};

/// The width of text that is broken into lines, tabs being eight columns.
const WIDTH: usize = 80;

/// The width of a line that need not be broken; what the kernel's `checkpatch.pl` allows.
const MAX_WIDTH: usize = 100;

/// What a function writes, as a value with `Display`. (`core::fmt::from_fn` needs a newer compiler.)
pub(crate) fn shown(write: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result) -> impl fmt::Display {
    struct Shown<F>(F);
    impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Shown<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            (self.0)(f)
        }
    }
    Shown(write)
}

/// The first paragraph of a doc comment as a comment on lines of its own, or nothing if there is none.
pub(crate) fn comment(f: &mut fmt::Formatter<'_>, tabs: usize, doc: &str) -> fmt::Result {
    let paragraph = doc.split("\n\n").next().unwrap_or_default();
    let indented = tabs.saturating_mul(8);
    match Words(paragraph).len() {
        0 => Ok(()),
        len if len.saturating_add("/*  */".len()) <= MAX_WIDTH.saturating_sub(indented) => {
            indent(f, tabs)?;
            f.write_str("/*")?;
            words(paragraph).try_for_each(|word| write!(f, " {}", Word(word)))?;
            f.write_str(" */\n")
        }
        _ => block(f, tabs, paragraph, WIDTH.saturating_sub(indented)),
    }
}

fn block(f: &mut fmt::Formatter<'_>, tabs: usize, paragraph: &str, width: usize) -> fmt::Result {
    indent(f, tabs)?;
    f.write_str("/*")?;
    let mut column = width;
    for word in words(paragraph) {
        let len = Word(word).len().saturating_add(1);
        column = column.saturating_add(len);
        if column > width {
            f.write_str("\n")?;
            indent(f, tabs)?;
            f.write_str(" *")?;
            column = len.saturating_add(2);
        }
        write!(f, " {}", Word(word))?;
    }
    f.write_str("\n")?;
    indent(f, tabs)?;
    f.write_str(" */\n")
}

pub(crate) fn indent(f: &mut fmt::Formatter<'_>, tabs: usize) -> fmt::Result {
    (0..tabs).try_for_each(|_| f.write_char('\t'))
}

/// The first paragraph of a doc comment on one line, without the marks of Rust's doc comments.
pub(crate) fn summary(doc: &str) -> String {
    let paragraph = doc.split("\n\n").next().unwrap_or_default();
    words(paragraph).map(|word| Word(word).to_string()).collect::<Vec<_>>().join(" ")
}

fn words(paragraph: &str) -> impl Iterator<Item = &str> {
    paragraph.split_whitespace()
}

/// A paragraph on one line.
struct Words<'a>(&'a str);

impl Words<'_> {
    fn len(&self) -> usize {
        let len = words(self.0).map(|word| Word(word).len().saturating_add(1)).fold(0, usize::saturating_add);
        len.saturating_sub(1)
    }
}

/// A word without the marks of Rust's doc comments, and without what would end the comment or begin another in it.
struct Word<'a>(&'a str);

impl Word<'_> {
    fn chars(&self) -> impl Iterator<Item = char> {
        let is_code = self.0.contains('`');
        let mut last = ' ';
        self.0.chars().filter(move |&c| {
            let is_dropped =
                is_code && matches!(c, '`' | '[' | ']') || matches!((last, c), ('*', '/') | ('/', '*'));
            if !is_dropped {
                last = c;
            }
            !is_dropped
        })
    }

    fn len(&self) -> usize {
        self.chars().count()
    }
}

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|c| f.write_char(c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};

    fn text(tabs: usize, doc: &str) -> String {
        shown(|f| comment(f, tabs, doc)).to_string()
    }

    #[test]
    fn a_short_comment_is_one_line() {
        assert_eq!(
            text(1, "Answered with a [`Reply`],\nonce.\n\nMore."),
            "\t/* Answered with a Reply, once. */\n"
        );
        assert_eq!(text(0, ""), "");
    }

    #[test]
    fn a_long_comment_is_a_block_within_the_width() {
        let doc = "word ".repeat(40);
        let block = text(1, &doc);
        assert!(block.starts_with("\t/*\n\t * word word"), "{block}");
        assert!(block.ends_with("word\n\t */\n"), "{block}");
        assert_eq!(block.matches("word").count(), 40);
        assert!(block.lines().all(|line| line.replace('\t', "        ").len() <= WIDTH), "{block}");
        let widest = block.lines().map(|line| line.replace('\t', "        ").len()).max();
        assert!(widest > Some(WIDTH - 5), "{block}");
    }

    #[test]
    fn nothing_ends_the_comment_early_or_begins_another() {
        assert_eq!(text(0, "a */ b"), "/* a * b */\n");
        assert_eq!(text(0, "a /* b"), "/* a / b */\n");
        assert_eq!(text(0, "`*`/ b"), "/* * b */\n");
        assert_eq!(text(0, "*/*/ /*/"), "/* ** // */\n");
    }
}
