//! A picture of bytes for a terminal: what bytes are is told by colour, and without colours by the columns.

use super::{Cell, Picture, Role, Row};
use crate::paint::{Ink, Style, hex_to};

/// How many bytes stand on a line.
const PER_LINE: usize = 16;

/// How many lines of a payload are shown.
const MAX_LINES: usize = 4;

/// The width of the column of bytes.
const COLUMN: usize = PER_LINE * 3 + 8;

/// Appends the picture.
pub fn draw(picture: &Picture<'_>, ink: &mut Ink) {
    ink.paint(Style::Message, &picture.title);
    ink.paint(Style::Faint, &format!("  {} bytes\n", picture.len));
    for row in &picture.rows {
        draw_row(row, ink);
    }
    if ink.is_coloured() {
        legend(ink);
    }
}

fn draw_row(row: &Row<'_>, ink: &mut Ink) {
    ink.paint(Style::Faint, &format!("{:>5}  ", row.offset));
    let indent = "  ".repeat(row.depth);
    let mut lines = Lines { ink, indent: &indent, column: 0, lines: 0, hidden: 0, is_labelled: false, row };
    for cell in &row.cells {
        lines.cell(cell);
    }
    lines.label();
    if lines.hidden > 0 {
        let text = format!("       {indent}.. {} bytes more\n", lines.hidden);
        ink.paint(Style::Faint, &text);
    }
}

struct Lines<'i, 'r> {
    ink: &'i mut Ink,
    indent: &'r str,
    /// How wide the line of bytes is so far.
    column: usize,
    lines: usize,
    hidden: usize,
    is_labelled: bool,
    row: &'r Row<'r>,
}

impl Lines<'_, '_> {
    fn cell(&mut self, cell: &Cell<'_>) {
        for chunk in cell.bytes.chunks(PER_LINE) {
            let width = chunk.len() * 3;
            if self.column + width > PER_LINE * 3 + 3 && self.column > 0 {
                self.next_line();
            }
            if self.lines >= MAX_LINES {
                self.hidden += chunk.len();
                continue;
            }
            if self.column == 0 {
                self.ink.put(self.indent);
            }
            self.bytes(cell.role, chunk);
            self.column += width;
        }
    }

    fn bytes(&mut self, role: Role, bytes: &[u8]) {
        let is_coloured = self.ink.is_coloured();
        if is_coloured {
            self.ink.put(colour(role));
        }
        for (i, byte) in bytes.iter().enumerate() {
            let open = if i == 0 && !is_coloured { bracket(role) } else { " " };
            self.ink.put(open);
            hex_to(&mut self.ink.bytes, &[*byte]);
        }
        if is_coloured {
            self.ink.put("\x1b[0m");
        }
    }

    /// Ends the first line with the label, and others without.
    fn next_line(&mut self) {
        self.label();
        self.lines += 1;
        self.column = 0;
        if self.lines < MAX_LINES {
            self.ink.put("       ");
        }
    }

    fn label(&mut self) {
        if self.column == 0 && self.is_labelled {
            return;
        }
        if !self.is_labelled {
            let used = self.indent.len() + self.column;
            (used..COLUMN).for_each(|_| self.ink.put(" "));
            self.ink.put(self.indent);
            self.ink.paint(Style::Name, &self.row.name);
            if !self.row.value.is_empty() {
                self.ink.put(if self.row.name.is_empty() { "" } else { "  " });
                self.ink.paint(if self.row.is_damaged { Style::Bad } else { Style::Value }, &self.row.value);
            }
            self.is_labelled = true;
        }
        self.ink.put("\n");
    }
}

/// What separates parts where there are no colours.
fn bracket(role: Role) -> &'static str {
    match role {
        Role::Header | Role::Attribute | Role::Nest => " ",
        Role::Payload => "|",
        Role::Padding => "~",
        Role::Damage => "!",
    }
}

fn colour(role: Role) -> &'static str {
    match role {
        Role::Header => "\x1b[38;5;75m",
        Role::Attribute => "\x1b[38;5;179m",
        Role::Nest => "\x1b[1;38;5;141m",
        Role::Payload => "\x1b[38;5;114m",
        Role::Padding => "\x1b[38;5;244m",
        Role::Damage => "\x1b[1;38;5;203m",
    }
}

fn legend(ink: &mut Ink) {
    let parts = [
        (Role::Header, "header"),
        (Role::Attribute, "attribute"),
        (Role::Nest, "nest"),
        (Role::Payload, "payload"),
        (Role::Padding, "padding"),
    ];
    ink.put("      ");
    for (role, name) in parts {
        ink.put(" ");
        ink.put(colour(role));
        ink.put(name);
        ink.put("\x1b[0m");
    }
    ink.put("\n");
}
