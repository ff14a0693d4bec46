//! Changes as they happen, in the words of the commands that cause them.

use super::change::verb;
use super::objects::{Printable, Route, Table};
use super::run::{RunError, Session};
use super::show::{Form, Paint};
use nl_tlv::socket::RequestError;
use nl_tlv::{Error, Message, MessageId, NlMessage};
use nl_tlv_lab::peer::Subscribe;
use nl_tlv_lab::rtm::client::{Answerer, Connection};
use nl_tlv_lab::rtm::{RouteDel, RouteNew, TableClear, TableDel, TableNew};
use serde_json::{Value, json};
use std::io::Write;

/// Prints the events of the groups, as many as are asked for, or for ever.
pub(crate) fn follow(
    session: &mut Session,
    groups: &[u32],
    count: Option<usize>,
    out: &mut dyn Write,
) -> Result<(), RunError> {
    let is_module = session.answerer == Answerer::Module;
    for &group in groups {
        match is_module {
            true => session.conn.join(group)?,
            false => subscribe_at_peer(&mut session.conn, group)?,
        }
    }
    eprintln!("rtm: following changes");
    let followed = print_events(session, count, out);
    if !is_module {
        // A peer sends to port ids, and the next socket may get the same one.
        subscribe_at_peer(&mut session.conn, 0)?;
    }
    followed
}

/// A peer has no groups to join: it sends to those who ask for it.
fn subscribe_at_peer(conn: &mut Connection, group: u32) -> Result<(), RunError> {
    conn.request(&Subscribe { group })?;
    Ok(())
}

fn print_events(session: &mut Session, count: Option<usize>, out: &mut dyn Write) -> Result<(), RunError> {
    let mut seen = 0;
    while count.is_none_or(|count| seen < count) {
        match session.conn.event() {
            Ok(message) => {
                match print(session.form, &message, out) {
                    Err(RunError::Object(err)) => eprintln!("rtm: a change that cannot be read: {err}"),
                    printed => printed?,
                }
                out.flush()?;
                seen += 1;
            }
            Err(RequestError::Overrun) => {
                eprintln!("rtm: changes were lost, because they came faster than they were read");
            }
            Err(RequestError::Truncated { .. }) => eprintln!("rtm: a change was too long to be read"),
            Err(err) => return Err(err.into()),
        }
    }
    Ok(())
}

/// Prints one event, or echo.
pub(crate) fn print(form: Form, message: &Message<'_>, out: &mut dyn Write) -> Result<(), RunError> {
    let Some(change) = Seen::read(message)? else {
        eprintln!("rtm: a message that was not expected: {message:?}");
        return Ok(());
    };
    Ok(match form.json {
        true => writeln!(out, "{}", change.to_json(message)),
        false => writeln!(out, "{}", change.line(form, message)),
    }?)
}

/// What has changed, and how.
#[derive(Debug)]
enum Seen<'a> {
    Table(&'static str, Table<'a>),
    Route(&'static str, Route<'a>),
}

impl<'a> Seen<'a> {
    fn read(message: &Message<'a>) -> Result<Option<Self>, Error> {
        let id = MessageId::from(message.ty());
        let tables = [
            (TableNew::SCHEMAS[0].id, "add"),
            (TableDel::SCHEMAS[0].id, "del"),
            (TableClear::SCHEMAS[0].id, "clear"),
        ];
        if let Some((_, what)) = tables.iter().find(|(of, _)| *of == id) {
            return Table::read(message).map(|table| Some(Self::Table(what, table)));
        }
        let routes = [(RouteNew::SCHEMAS[0].id, verb(message.flags())), (RouteDel::SCHEMAS[0].id, "del")];
        match routes.iter().find(|(of, _)| *of == id) {
            Some((_, what)) => Route::read(message).map(|route| Some(Self::Route(what, route))),
            None => Ok(None),
        }
    }

    fn line(&self, form: Form, message: &Message<'_>) -> String {
        let (what, object, generation) = match self {
            Self::Table(what, table) => (*what, Printable(table.name).to_string(), table.generation),
            Self::Route(what, route) => (*what, route.to_string(), route.generation),
        };
        let paint = match what {
            "add" => Paint::Green,
            "del" | "clear" => Paint::Red,
            _ => Paint::Yellow,
        };
        let kind = if matches!(self, Self::Table(..)) { "table" } else { "route" };
        let what = form.paint(paint, format_args!("{kind} {what}"));
        format!("{what} {object}   # generation {generation}, by port id {}", message.port_id())
    }

    fn to_json(&self, message: &Message<'_>) -> Value {
        let (what, object) = match self {
            Self::Table(what, table) => (format!("table {what}"), table.to_json()),
            Self::Route(what, route) => (format!("route {what}"), route.to_json()),
        };
        json!({ "change": what, "object": object, "port_id": message.port_id(), "seq": message.seq() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::Flags;
    use nl_tlv::{Header, Messages, NewFlags, Repeat, Writer};
    use nl_tlv_lab::rtm::{NextHop, Prefix, RouteReply, TableReply};

    fn printed(form: Form, event: &[u8]) -> String {
        let mut out = Vec::new();
        print(form, &Messages::new(event).next().unwrap().unwrap(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn header(flags: impl Into<Flags>) -> Header {
        Header::new().flags(flags).seq(3).port_id(4242)
    }

    #[test]
    fn a_change_of_a_route_is_the_command_that_causes_it() {
        let hops = [NextHop { gateway: Some([11, 1, 1, 1].into()), oif: None, weight: Some(1) }];
        let dst = Prefix { addr: [10, 0, 0, 0].into(), len: 8 };
        let route = RouteReply { table: "t", dst, nexthop: Repeat::new(&hops), metric: 5, generation: 9 };
        let mut buf = [0; 256];
        let event = route.emit(&mut buf, header(NewFlags::CREATE | NewFlags::REPLACE)).unwrap();
        let line =
            "route replace 10.0.0.0/8 via 11.1.1.1 table t metric 5   # generation 9, by port id 4242\n";
        assert_eq!(printed(Form::default(), event), line);
        let json: Value = serde_json::from_str(&printed(Form { json: true, color: false }, event)).unwrap();
        assert_eq!(
            (&json["change"], &json["port_id"], &json["seq"]),
            (&"route replace".into(), &4242.into(), &3.into())
        );
        assert_eq!(json["object"]["generation"], 9);
    }

    #[test]
    fn a_change_of_a_table_is_told_by_the_type_of_the_message() {
        let table = TableReply { name: "t", routes: 2, generation: 9 };
        let mut buf = [0; 256];
        let template = table.emit(&mut buf, header(Flags::empty())).unwrap();
        let attrs = Messages::new(template).next().unwrap().unwrap().attrs();
        for (id, what) in [
            (TableNew::SCHEMAS[0].id, "add"),
            (TableDel::SCHEMAS[0].id, "del"),
            (TableClear::SCHEMAS[0].id, "clear"),
        ] {
            let mut buf = [0; 256];
            let mut w = Writer::new(&mut buf);
            w.message(id, header(Flags::empty()), |w| attrs.clone().try_for_each(|attr| w.copy(attr?)))
                .unwrap();
            let line = format!("table {what} t   # generation 9, by port id 4242\n");
            assert_eq!(printed(Form::default(), w.as_bytes()), line);
        }
    }
}
