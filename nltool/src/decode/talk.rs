//! What each message of a conversation is called in its picture.

use super::Shown;
use super::text::errno_words;
use crate::capture::Packet;
use crate::conversation::{Exchange, Role};
use crate::flags;
use crate::picture::conversation::{Kind, Line, Talk};
use crate::refusal::Explained;
use nl_tlv::Flags;
use nl_tlv::control::Control;

/// A message, in the packet with this number.
pub(super) fn message(talk: &mut Talk, number: u64, packet: &Packet<'_>, shown: &Shown<'_>, role: &Role) {
    for line in lines(shown, role) {
        talk.add(packet.socket, packet.process, number, line);
    }
}

/// The receiver's queue was full.
pub(super) fn overrun(talk: &mut Talk, packet: &Packet<'_>) {
    let line = Line {
        kind: Kind::Bad,
        title: "ENOBUFS".into(),
        detail: "the queue was full: messages are lost".into(),
    };
    talk.add(packet.socket, packet.process, 0, line);
}

/// The system has refused to send a request.
pub(super) fn unsent(talk: &mut Talk, packet: &Packet<'_>, code: i32) {
    let detail = "the request was not sent".into();
    talk.add(packet.socket, packet.process, 0, Line { kind: Kind::Bad, title: errno_words(code), detail });
}

fn lines(shown: &Shown<'_>, role: &Role) -> Vec<Line> {
    let line = |kind: Kind, title: String| vec![Line { kind, title, detail: detail(shown) }];
    match role {
        Role::Request(_) => line(Kind::Request, shown.title().into_owned()),
        Role::Answer(_) | Role::Last(_) | Role::Orphan
            if shown.message.flags().contains(Flags::DUMP_INTR) =>
        {
            line(Kind::Bad, shown.title().into_owned())
        }
        Role::Answer(_) | Role::Last(_) | Role::Orphan => line(Kind::Answer, shown.title().into_owned()),
        // Its number and flags are those of somebody else's request.
        Role::Event => {
            vec![Line { kind: Kind::Event, title: shown.title().into_owned(), detail: "event".into() }]
        }
        Role::Ack(_) => {
            let detail = format!("seq {}", shown.message.seq());
            vec![Line { kind: Kind::Answer, title: "ERROR 0 (ACK)".into(), detail }]
        }
        Role::Refusal(exchange) => refusal(shown, exchange.as_deref()),
        Role::Done(_) => match Control::parse(&shown.message) {
            Ok(Control::Done(Some(_))) => line(Kind::Bad, "DONE with an error".into()),
            _ => line(Kind::Answer, "DONE".into()),
        },
    }
}

/// The flags, and the number that answers have in common with their request.
fn detail(shown: &Shown<'_>) -> String {
    let message = &shown.message;
    match message.flags().bits() {
        0 => format!("seq {}", message.seq()),
        bits => format!("{}, seq {}", flags::names(bits, message.ty(), shown.schema), message.seq()),
    }
}

/// A refusal has a line for each thing that it says.
fn refusal(shown: &Shown<'_>, exchange: Option<&Exchange>) -> Vec<Line> {
    let (schema, request) = exchange.map_or((None, &[][..]), |exchange| (exchange.schema, &exchange.request));
    let line = |title: String, detail: String| Line { kind: Kind::Bad, title, detail };
    let Some(explained) = Explained::of_message(&shown.message, schema, request) else {
        return vec![line("ERROR".into(), detail(shown))];
    };
    let mut lines = vec![line(
        format!("ERROR {} ({})", explained.code, explained.errno),
        format!("seq {}", shown.message.seq()),
    )];
    lines.extend(explained.text.map(|text| line(String::new(), format!("“{text}”"))));
    lines.extend(explained.path.map(|path| line(String::new(), format!("at {path}"))));
    lines.extend(explained.missing.map(|missing| line(String::new(), format!("{missing} is missing"))));
    lines
}
