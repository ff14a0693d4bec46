//! Tables and routes as replies and events show them: read, and put into words.

use nl_tlv::{Error, ErrorKind, Message};
use nl_tlv_lab::rtm::{NextHop, Prefix, RouteAttr, RouteReply, TableAttr, TableReply, WEIGHT_DEFAULT};
use serde_json::{Value, json};
use std::fmt;

/// A table. It is read from messages of any type, because events have the same attributes as replies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Table<'a> {
    pub(crate) name: &'a str,
    pub(crate) routes: u32,
    pub(crate) generation: u64,
}

impl<'a> Table<'a> {
    pub(crate) fn read(message: &Message<'a>) -> Result<Self, Error> {
        let (mut name, mut routes, mut generation) = (None, 0, 0);
        for attr in message.attrs().typed::<TableAttr<'_>>() {
            match attr? {
                TableAttr::Name(found) => name = Some(found),
                TableAttr::Routes(found) => routes = found,
                TableAttr::Generation(found) => generation = found,
                _ => {}
            }
        }
        Ok(Self { name: name.ok_or(missing(1))?, routes, generation })
    }

    pub(crate) fn of(reply: TableReply<'a>) -> Self {
        let TableReply { name, routes, generation } = reply;
        Self { name, routes, generation }
    }

    pub(crate) fn to_json(self) -> Value {
        json!({ "table": self.name, "routes": self.routes, "generation": self.generation })
    }
}

/// A route, read from messages of any type, as a table is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Route<'a> {
    pub(crate) table: &'a str,
    pub(crate) dst: Prefix,
    pub(crate) nexthops: Vec<NextHop<'a>>,
    pub(crate) metric: u32,
    pub(crate) generation: u64,
}

impl<'a> Route<'a> {
    pub(crate) fn read(message: &Message<'a>) -> Result<Self, Error> {
        let (mut table, mut dst, mut nexthops) = (None, None, Vec::new());
        let (mut metric, mut generation) = (0, 0);
        for attr in message.attrs().typed::<RouteAttr<'_>>() {
            match attr? {
                RouteAttr::Table(name) => table = Some(name),
                RouteAttr::Dst(prefix) => dst = Some(prefix),
                RouteAttr::Nexthop(hop) => nexthops.push(hop),
                RouteAttr::Metric(found) => metric = found,
                RouteAttr::Generation(found) => generation = found,
                _ => {}
            }
        }
        let (table, dst) = (table.ok_or(missing(1))?, dst.ok_or(missing(2))?);
        Ok(Self { table, dst, nexthops, metric, generation })
    }

    pub(crate) fn of(reply: RouteReply<'a>) -> Result<Self, Error> {
        let RouteReply { table, dst, nexthop, metric, generation } = reply;
        Ok(Self { table, dst, nexthops: nexthop.iter().collect::<Result<_, _>>()?, metric, generation })
    }

    pub(crate) fn to_json(&self) -> Value {
        let hop = |hop: &NextHop<'_>| {
            json!({
                "gateway": hop.gateway.map(|gateway| gateway.to_string()),
                "oif": hop.oif,
                "weight": weight(hop),
            })
        };
        json!({
            "table": self.table,
            "dst": format!("{}/{}", self.dst.addr, self.dst.len),
            "nexthops": self.nexthops.iter().map(hop).collect::<Vec<_>>(),
            "metric": self.metric,
            "generation": self.generation,
        })
    }
}

/// In the words of `ip route`, which `rtm route add` takes.
impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.dst.addr, self.dst.len)?;
        for (nr, hop) in self.nexthops.iter().enumerate() {
            if nr > 0 {
                f.write_str(" nexthop")?;
            }
            if let Some(gateway) = hop.gateway {
                write!(f, " via {gateway}")?;
            }
            if let Some(oif) = hop.oif {
                write!(f, " dev {}", Printable(oif))?;
            }
            if weight(hop) != 1 {
                write!(f, " weight {}", weight(hop))?;
            }
        }
        write!(f, " table {}", Printable(self.table))?;
        if self.metric != 0 { write!(f, " metric {}", self.metric) } else { Ok(()) }
    }
}

/// The weight of a next hop, the default unless it says otherwise.
pub(crate) fn weight(hop: &NextHop<'_>) -> u8 {
    hop.weight.unwrap_or(WEIGHT_DEFAULT)
}

/// Text for a terminal: control characters in names are escaped, so that they cannot move its cursor.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c.is_control() {
            true => write!(f, "{}", c.escape_default()),
            false => write!(f, "{c}"),
        })
    }
}

fn missing(ty: u16) -> Error {
    Error::new(ErrorKind::MissingAttr, 16, 0, 0).of_attr(ty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::{Header, Messages, NlMessage, Repeat};
    use nl_tlv_lab::rtm::{RouteDel, TableGet, words};

    fn first(bytes: &[u8]) -> Message<'_> {
        Messages::new(bytes).next().unwrap().unwrap()
    }

    #[test]
    fn a_route_in_words_is_read_back_as_the_same_route() {
        let text = "10.1.1.0/24 via 11.1.1.1 dev eth0/6 nexthop dev eth1 weight 2 table blue metric 5";
        let words: Vec<_> = text.split(' ').collect();
        let words::Route { table, dst, nexthops, metric } = words::Route::parse(&words, None).unwrap();
        let route = Route { table, dst, nexthops, metric: metric.unwrap(), generation: 7 };
        assert_eq!(route.to_string(), text);
    }

    #[test]
    fn what_is_the_default_is_not_said() {
        let hops = [NextHop { gateway: "fe80::1".parse().ok(), oif: None, weight: Some(1) }];
        let dst = Prefix { addr: "2001:db8::".parse().unwrap(), len: 32 };
        let route = Route { table: "t", dst, nexthops: hops.to_vec(), metric: 0, generation: 1 };
        assert_eq!(route.to_string(), "2001:db8::/32 via fe80::1 table t");
    }

    #[test]
    fn control_characters_are_shown_escaped() {
        assert_eq!(Printable("a\x1b[2Jb\n").to_string(), "a\\u{1b}[2Jb\\n");
    }

    #[test]
    fn the_type_of_the_message_does_not_matter_but_what_is_in_it_does() {
        let dst = Prefix { addr: [10, 0, 0, 0].into(), len: 8 };
        let mut buf = [0xa5; 512];
        let deleted = first(RouteDel { table: "t", dst }.emit(&mut buf, Header::new()).unwrap());
        assert_eq!(Route::read(&deleted).unwrap().to_string(), "10.0.0.0/8 table t");
        let reply = TableReply { name: "t", routes: 3, generation: 9 };
        let table = first(reply.emit(&mut buf, Header::new()).unwrap());
        let json = json!({ "table": "t", "routes": 3, "generation": 9 });
        assert_eq!(Table::read(&table).map(Table::to_json), Ok(json));
        let nothing = first(TableGet { name: None }.emit(&mut buf, Header::new()).unwrap());
        let err = Route::read(&nothing).unwrap_err();
        assert_eq!((err.kind(), err.attr_type()), (ErrorKind::MissingAttr, Some(1)));
    }

    #[test]
    fn json_has_every_value_of_a_route() {
        let hops = [NextHop { gateway: Some([11, 1, 1, 1].into()), oif: None, weight: None }];
        let dst = Prefix { addr: [10, 0, 0, 0].into(), len: 8 };
        let reply =
            RouteReply { table: "t", dst, nexthop: Repeat::new(&hops), metric: 5, generation: u64::MAX };
        let mut buf = [0; 256];
        let bytes = reply.emit(&mut buf, Header::new()).unwrap();
        let route = Route::read(&first(bytes)).unwrap();
        let hop = json!({ "gateway": "11.1.1.1", "oif": null, "weight": 1 });
        let all = json!({ "table": "t", "dst": "10.0.0.0/8", "nexthops": [hop], "metric": 5, "generation": u64::MAX });
        assert_eq!(route.to_json(), all);
    }
}
