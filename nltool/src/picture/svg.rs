//! A picture of bytes as SVG, readable on light and on dark ground.

use super::{Cell, Picture, Role, Row};
use nl_tlv::value::NlStr;
use std::fmt::Write;

/// Sizes, in pixels.
const BYTE: usize = 24;
const LINE: usize = 26;
const GAP: usize = 3;
const LEFT: usize = 64;
const INDENT: usize = 16;
const CHARACTER: f64 = 7.3;
const TOP: usize = 58;
const MARGIN: usize = 24;

/// How many bytes stand on a line, and how many lines of one row are shown.
const PER_LINE: usize = 16;
const MAX_LINES: usize = 4;

/// Longest label, in characters.
const MAX_LABEL: usize = 84;

/// The type of all pictures.
pub(super) const FONT: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

const STYLE: &str = "\
.g{fill:#fbfcfe}.t{fill:#1b2330}.f{fill:#6b7686}.n{font-weight:600;fill:#1b2330}.b{fill:#1b2330}\
.c{font-size:9px;fill:#6b7686}.ch rect{fill:#d6e6fb}.ca rect{fill:#fbe7c6}.cn rect{fill:#e4dafa}.cp rect{fill:#d5f0dc}\
.cz rect{fill:#eceff3}.cz text{fill:#9aa4b2}.cd rect{fill:#fbd5d5}.d{fill:#c02626;font-weight:600}\
.k{fill:#7c5cd6;opacity:.04}.l{fill:#7c5cd6;opacity:.55}.e{stroke:#dfe4ea}\
@media (prefers-color-scheme:dark){.g{fill:#12171f}.t,.n,.b{fill:#e6ebf2}.f,.c{fill:#8e9aab}\
.ch rect{fill:#1d3a5f}.ca rect{fill:#54401a}.cn rect{fill:#3f3268}.cp rect{fill:#1d4a30}.cz rect{fill:#242b35}\
.cz text{fill:#66717f}.cd rect{fill:#672626}.d{fill:#ff8a8a}.k{fill:#a98bff;opacity:.055}.l{fill:#a98bff;opacity:.6}\
.e{stroke:#2a323d}}";

/// Appends the pictures as one document.
pub fn document(pictures: &[Picture<'_>], out: &mut Vec<u8>) {
    let drafts: Vec<Draft> = pictures.iter().map(Draft::new).collect();
    let width = drafts.iter().map(|draft| draft.width).max().unwrap_or(0).max(520);
    let height: usize = drafts.iter().map(|draft| draft.height + MARGIN).sum::<usize>() + LINE;
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONT}\" font-size=\"12\">\n\
         <style>{STYLE}</style>\n<rect class=\"g\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>\n"
    );
    let mut top = 0;
    for draft in drafts {
        let _ = writeln!(text, "<g transform=\"translate(0 {top})\">\n{}</g>", draft.text);
        top += draft.height + MARGIN;
    }
    legend(&mut text, top);
    text.push_str("</svg>\n");
    out.extend_from_slice(text.as_bytes());
}

/// What colours mean.
fn legend(text: &mut String, top: usize) {
    let parts = [
        (Role::Header, "header"),
        (Role::Attribute, "attribute"),
        (Role::Nest, "nest"),
        (Role::Payload, "payload"),
        (Role::Padding, "padding"),
    ];
    let mut x = LEFT;
    for (role, name) in parts {
        let class = class(role);
        let _ = writeln!(
            text,
            "<g class=\"{class}\"><rect x=\"{x}\" y=\"{}\" width=\"14\" height=\"14\" rx=\"3\"/></g>\
             <text class=\"f\" x=\"{}\" y=\"{}\">{name}</text>",
            top.saturating_sub(6),
            x + 20,
            top + 5
        );
        x += 36 + name.len() * 8;
    }
}

fn class(role: Role) -> &'static str {
    match role {
        Role::Header => "ch",
        Role::Attribute => "ca",
        Role::Nest => "cn",
        Role::Payload => "cp",
        Role::Padding => "cz",
        Role::Damage => "cd",
    }
}

/// A picture that is being drawn.
struct Draft {
    text: String,
    width: usize,
    height: usize,
}

/// A row whose place is known.
struct Placed<'p> {
    row: &'p Row<'p>,
    top: usize,
    bottom: usize,
}

impl Draft {
    fn new(picture: &Picture<'_>) -> Self {
        let mut new = Self { text: String::new(), width: 0, height: 0 };
        let mut top = TOP;
        let mut rows = Vec::new();
        for row in &picture.rows {
            let bottom = top + height(row);
            rows.push(Placed { row, top, bottom });
            top = bottom;
        }
        new.height = top;
        let label = LEFT
            + PER_LINE * BYTE
            + 4 * GAP
            + picture.rows.iter().map(|row| row.depth).max().unwrap_or(0) * INDENT
            + 20;
        for placed in &rows {
            new.row(placed, label);
        }
        let drawn = std::mem::take(&mut new.text);
        new.title(picture);
        new.nests(picture, &rows);
        new.text += &drawn;
        new
    }

    fn title(&mut self, picture: &Picture<'_>) {
        let _ = writeln!(
            self.text,
            "<text class=\"t\" x=\"{LEFT}\" y=\"32\" font-size=\"17\" font-weight=\"700\">{}</text>\
             <text class=\"f\" x=\"{}\" y=\"32\">{} bytes</text>",
            escaped(&picture.title, 60),
            LEFT + picture.title.len().min(60) * 11 + 14,
            picture.len
        );
    }

    /// The ground of nests, the outer ones first.
    fn nests(&mut self, picture: &Picture<'_>, rows: &[Placed<'_>]) {
        let mut nests = picture.nests.clone();
        nests.sort_unstable();
        for (first, last, depth) in nests {
            let (Some(first), Some(last)) = (rows.get(first), rows.get(last)) else { continue };
            let (x, top) = (LEFT + depth * INDENT - 6, first.top);
            let height = last.bottom - top - 2;
            let _ = writeln!(
                self.text,
                "<rect class=\"k\" x=\"{x}\" y=\"{top}\" width=\"{}\" height=\"{height}\" rx=\"4\"/>\
                 <rect class=\"l\" x=\"{x}\" y=\"{top}\" width=\"2.5\" height=\"{height}\" rx=\"1\"/>",
                (self.width - MARGIN / 2).saturating_sub(x)
            );
        }
    }

    fn row(&mut self, placed: &Placed<'_>, label: usize) {
        let Placed { row, top, .. } = placed;
        let _ = write!(
            self.text,
            "<text class=\"f\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 18,
            top + 17,
            row.offset
        );
        let left = LEFT + row.depth * INDENT;
        let mut pen = Pen { column: 0, shift: 0, line: 0, hidden: 0 };
        for cell in &row.cells {
            self.cell(cell, &mut pen, left, *top);
        }
        let x = label + row.depth * INDENT;
        let value = match pen.hidden {
            0 => row.value.clone(),
            hidden => format!("{} (+{hidden} bytes)", row.value),
        };
        let class = if row.is_damaged { "d" } else { "t" };
        let name = escaped(&row.name, 40);
        let value_x = x + length(row.name.chars().count().min(40)) + if row.name.is_empty() { 0 } else { 12 };
        let _ = writeln!(
            self.text,
            "<text class=\"n\" x=\"{x}\" y=\"{0}\">{name}</text><text class=\"{class}\" x=\"{value_x}\" y=\"{0}\">{1}</text>",
            top + 17,
            escaped(&value, MAX_LABEL)
        );
        let end = value_x + length(value.chars().count().min(MAX_LABEL));
        self.width = self.width.max(end + MARGIN);
    }

    fn cell(&mut self, cell: &Cell<'_>, pen: &mut Pen, left: usize, top: usize) {
        for (i, chunk) in cell.bytes.chunks(PER_LINE).enumerate() {
            if pen.column + chunk.len() > PER_LINE && pen.column > 0 {
                *pen = Pen { column: 0, shift: 0, line: pen.line + 1, hidden: pen.hidden };
            }
            if pen.line >= MAX_LINES {
                pen.hidden += chunk.len();
                continue;
            }
            let (x, y) = (left + pen.column * BYTE + pen.shift, top + pen.line * line_height(cell) + 2);
            let width = chunk.len() * BYTE - GAP;
            let _ = write!(
                self.text,
                "<g class=\"{}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"21\" rx=\"4\"/>",
                class(cell.role)
            );
            for (at, byte) in chunk.iter().enumerate() {
                let middle = x + at * BYTE + (BYTE - GAP) / 2;
                let _ = write!(
                    self.text,
                    "<text class=\"b\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{byte:02x}</text>",
                    y + 15
                );
            }
            self.text.push_str("</g>");
            if i == 0 && !cell.caption.is_empty() && cell.role == Role::Header {
                self.caption(cell, x + width / 2, y + 31, width);
            }
            pen.column += chunk.len();
        }
    }

    /// The name of a header's field below it, if there is room.
    fn caption(&mut self, cell: &Cell<'_>, x: usize, y: usize, width: usize) {
        let room = width * 10 / 56;
        let caption: String = cell.caption.chars().take(room.max(3)).collect();
        let class = "c";
        let _ = write!(
            self.text,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
            escaped(&caption, 40)
        );
    }
}

/// Where the next cell goes.
struct Pen {
    column: usize,
    shift: usize,
    line: usize,
    hidden: usize,
}

/// Lines with captions below are higher.
fn line_height(cell: &Cell<'_>) -> usize {
    if cell.role == Role::Header { LINE + 14 } else { LINE }
}

fn height(row: &Row<'_>) -> usize {
    let (mut column, mut lines) = (0, 1);
    for chunk in row.cells.iter().flat_map(|cell| cell.bytes.chunks(PER_LINE)) {
        if column + chunk.len() > PER_LINE && column > 0 {
            (column, lines) = (0, lines + 1);
        }
        column += chunk.len();
    }
    let of_line = row.cells.first().map_or(LINE, line_height);
    lines.min(MAX_LINES) * of_line + if of_line > LINE { 4 } else { 0 }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixels"
)]
fn length(characters: usize) -> usize {
    (characters as f64 * CHARACTER) as usize
}

/// Text for XML, cut; what would not be seen, or turns the direction of what is around it, is escaped.
pub(super) fn escaped(text: &str, most: usize) -> String {
    let text = NlStr::new(text).to_string();
    let mut out = String::new();
    for letter in text.chars().take(most) {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    if text.chars().count() > most {
        out.push('…');
    }
    out
}
