//! A conversation as a picture: a line for each program, one for the kernel, and an arrow for each datagram.

use super::svg::{FONT, escaped};
use std::fmt::Write;

/// Sizes, in pixels.
const LINE: usize = 17;
const CHARACTER: usize = 7;
const HEAD: usize = 64;
const EDGE: usize = 54;
const LANE: usize = 92;
const ROOM: usize = 372;

/// More arrows than this do not fit into one picture.
const MAX_ARROWS: usize = 200;

/// Longest line of a label, in characters.
const MAX_LABEL: usize = 60;

const STYLE: &str = "\
.g{fill:#fbfcfe}.h{stroke:#fbfcfe;stroke-width:4px;paint-order:stroke}.t{fill:#1b2330}.f{fill:#6b7686}\
.n{font-weight:600}.v{stroke:#c3cad4;stroke-width:1.5}.u{fill:#d6e6fb}.w{fill:#e4dafa}.z{fill:#fbd5d5}\
.q,.a,.e,.d{fill:currentColor}.q{color:#2a66c4}.a{color:#1d7d46}.e{color:#7c5cd6}.d{color:#c02626}\
@media (prefers-color-scheme:dark){.g{fill:#12171f}.h{stroke:#12171f}.t{fill:#e6ebf2}.f{fill:#8e9aab}\
.v{stroke:#3d4754}.u{fill:#1d3a5f}.w{fill:#3f3268}.z{fill:#672626}\
.q{color:#7db1ff}.a{color:#67d391}.e{color:#b8a0ff}.d{color:#ff8a8a}}";

/// What a message is to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A program asks.
    Request,
    /// The kernel answers: objects, an acknowledgement, the end of a dump.
    Answer,
    /// The kernel tells what has changed, unasked.
    Event,
    /// A refusal, messages that were lost, or a list that may be wrong.
    Bad,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Request => "q",
            Self::Answer => "a",
            Self::Event => "e",
            Self::Bad => "d",
        }
    }
}

/// A message, or several that look the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub title: String,
    /// Its flags and its number.
    pub detail: String,
}

/// A datagram, or several events in a row.
#[derive(Debug)]
struct Arrow {
    program: usize,
    /// The number of its packet; 0 if nothing was sent.
    datagram: u64,
    lines: Vec<(usize, Line)>,
}

impl Arrow {
    fn push(&mut self, line: Line) {
        match self.lines.last_mut() {
            Some((count, last)) if *last == line => *count += 1,
            _ => self.lines.push((1, line)),
        }
    }

    /// What decides its direction and its colour.
    fn kind(&self) -> Kind {
        self.lines.first().map_or(Kind::Answer, |(_, line)| line.kind)
    }

    fn height(&self) -> usize {
        self.lines.len() * LINE + LINE
    }
}

/// Who says what, in order.
#[derive(Debug, Default)]
pub struct Talk {
    /// The names of the programs, in the order in which they appear.
    names: Vec<String>,
    /// The sockets that were seen, each with its process.
    programs: Vec<(u64, Option<u32>)>,
    arrows: Vec<Arrow>,
    left_out: usize,
}

impl Talk {
    /// Nothing was said yet; the programs will have these names.
    pub fn new(names: &[String]) -> Self {
        Self { names: names.to_vec(), ..Self::default() }
    }

    /// Adds a message of a datagram, which has this number.
    pub fn add(&mut self, socket: u64, process: Option<u32>, datagram: u64, line: Line) {
        let program = self.program(socket, process);
        let belongs = |last: &Arrow| {
            let is_same = last.datagram == datagram && datagram != 0;
            last.program == program && (is_same || (line.kind == Kind::Event && last.kind() == Kind::Event))
        };
        let is_full = self.arrows.len() >= MAX_ARROWS;
        match self.arrows.last_mut() {
            Some(last) if belongs(last) => last.push(line),
            _ if is_full => self.left_out += 1,
            _ => self.arrows.push(Arrow { program, datagram, lines: vec![(1, line)] }),
        }
    }

    fn program(&mut self, socket: u64, process: Option<u32>) -> usize {
        let known = self.programs.iter().position(|(known, _)| *known == socket);
        known.unwrap_or_else(|| {
            self.programs.push((socket, process));
            self.programs.len() - 1
        })
    }

    fn name(&self, program: usize) -> String {
        match (self.names.get(program), self.programs.get(program)) {
            (Some(name), _) => name.clone(),
            (None, Some((_, Some(process)))) if self.programs.len() > 1 => format!("pid {process}"),
            _ => "program".to_owned(),
        }
    }

    fn x(program: usize) -> usize {
        EDGE + program * LANE
    }

    fn kernel(&self) -> usize {
        Self::x(self.programs.len().max(1) - 1) + ROOM
    }

    /// Appends the picture, and says how many datagrams found no place in it.
    pub fn draw(&self, out: &mut Vec<u8>) -> usize {
        let (width, bottom) =
            (self.kernel() + EDGE, HEAD + self.arrows.iter().map(Arrow::height).sum::<usize>() + 6);
        let height = bottom + 34;
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"{FONT}\" font-size=\"12\">\n\
             <style>{STYLE}</style>\n<rect class=\"g\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>\n"
        );
        for program in 0..self.programs.len() {
            life(&mut text, Self::x(program), bottom, &self.name(program), "u");
        }
        life(&mut text, self.kernel(), bottom, "kernel", "w");
        let mut top = HEAD;
        for arrow in &self.arrows {
            self.arrow(&mut text, arrow, top, width);
            top += arrow.height();
        }
        legend(&mut text, bottom + 18);
        text.push_str("</svg>\n");
        out.extend_from_slice(text.as_bytes());
        self.left_out
    }

    fn arrow(&self, text: &mut String, arrow: &Arrow, top: usize, width: usize) {
        let (left, right) = (Self::x(arrow.program), self.kernel());
        let y = top + arrow.lines.len() * LINE + 2;
        if arrow.datagram == 0 {
            let _ = write!(
                text,
                "<rect class=\"z\" x=\"{}\" y=\"{}\" width=\"14\" height=\"{}\" rx=\"3\"/>",
                left - 7,
                top,
                arrow.height() - 8
            );
        } else {
            let class = arrow.kind().class();
            let (from, to, back) = match arrow.kind() {
                Kind::Request => (left, right, "-9"),
                _ => (right, left, "9"),
            };
            let _ = write!(
                text,
                "<line class=\"{class}\" x1=\"{from}\" y1=\"{y}\" x2=\"{to}\" y2=\"{y}\" stroke=\"currentColor\" stroke-width=\"1.5\"/>\
                 <path class=\"{class}\" d=\"M{to} {y}l{back} -4v8z\"/>"
            );
        }
        for (at, (count, line)) in arrow.lines.iter().enumerate() {
            label(text, (*count, line), (left, right, top + at * LINE + 13), width);
        }
        text.push('\n');
    }
}

/// A participant: its name, and the line below it.
fn life(text: &mut String, x: usize, bottom: usize, name: &str, class: &str) {
    let half = EDGE - 12;
    let _ = writeln!(
        text,
        "<line class=\"v\" x1=\"{x}\" y1=\"40\" x2=\"{x}\" y2=\"{bottom}\"/>\
         <rect class=\"{class}\" x=\"{}\" y=\"16\" width=\"{}\" height=\"25\" rx=\"5\"/>\
         <text class=\"t n\" x=\"{x}\" y=\"33\" text-anchor=\"middle\">{}</text>",
        x - half,
        half * 2,
        escaped(name, half * 2 / CHARACTER)
    );
}

/// What is said, above its arrow.
fn label(
    text: &mut String,
    (count, line): (usize, &Line),
    (left, right, y): (usize, usize, usize),
    width: usize,
) {
    let title = match count {
        1 => line.title.clone(),
        _ => format!("{count} × {}", line.title),
    };
    let characters = (title.chars().count() + 1 + line.detail.chars().count()).min(MAX_LABEL);
    let half = characters * CHARACTER / 2 + 6;
    let middle = usize::midpoint(left, right).min(width.saturating_sub(half)).max(half);
    let _ = write!(
        text,
        "<text class=\"h\" x=\"{middle}\" y=\"{y}\" text-anchor=\"middle\"><tspan class=\"{} n\">{}</tspan>\
         <tspan class=\"f\"> {}</tspan></text>",
        line.kind.class(),
        escaped(&title, MAX_LABEL),
        escaped(&line.detail, MAX_LABEL)
    );
}

/// What colours mean.
fn legend(text: &mut String, y: usize) {
    let parts = [
        (Kind::Request, "request"),
        (Kind::Answer, "answer"),
        (Kind::Event, "event"),
        (Kind::Bad, "refused, lost, interrupted"),
    ];
    let mut x = EDGE - 42;
    for (kind, name) in parts {
        let _ = write!(
            text,
            "<rect class=\"{}\" x=\"{x}\" y=\"{}\" width=\"14\" height=\"3\" rx=\"1\"/>\
             <text class=\"f\" x=\"{}\" y=\"{y}\">{name}</text>",
            kind.class(),
            y - 5,
            x + 20
        );
        x += 36 + name.len() * CHARACTER;
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: Kind, title: &str) -> Line {
        Line { kind, title: title.into(), detail: "seq 1".into() }
    }

    #[test]
    fn messages_of_one_datagram_are_one_arrow() {
        let mut talk = Talk::default();
        talk.add(7, Some(40), 1, line(Kind::Request, "GetLink"));
        for _ in 0..3 {
            talk.add(7, Some(40), 2, line(Kind::Answer, "Link"));
        }
        talk.add(7, Some(40), 2, line(Kind::Answer, "DONE"));
        talk.add(7, Some(40), 3, line(Kind::Answer, "Link"));
        let lines: Vec<Vec<usize>> =
            talk.arrows.iter().map(|arrow| arrow.lines.iter().map(|line| line.0).collect()).collect();
        assert_eq!(lines, [vec![1], vec![3, 1], vec![1]]);
    }

    #[test]
    fn events_in_a_row_are_one_arrow_and_losses_stand_alone() {
        let mut talk = Talk::default();
        talk.add(7, None, 1, line(Kind::Event, "Route"));
        talk.add(7, None, 2, line(Kind::Event, "Route"));
        talk.add(7, None, 0, line(Kind::Bad, "ENOBUFS"));
        talk.add(7, None, 0, line(Kind::Bad, "ENOBUFS"));
        talk.add(8, None, 3, line(Kind::Event, "Route"));
        assert_eq!(talk.arrows.len(), 4);
        assert_eq!(talk.programs.len(), 2);
    }

    #[test]
    fn a_picture_is_bounded() {
        let mut talk = Talk::default();
        for datagram in 1..=1000 {
            talk.add(1, None, datagram, line(Kind::Answer, "Link"));
        }
        assert_eq!(talk.draw(&mut Vec::new()), 1000 - MAX_ARROWS);
    }
}
