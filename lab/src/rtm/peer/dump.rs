//! Dumps: of any size, resumed by key, so that they need no memory of their own and survive changes.

use super::change::{route_reply, table_reply};
use super::tables::{Hop, Tables};
use crate::peer::Filled;
use crate::rtm::Prefix;
use nl_tlv::{Flags, Header, NlMessage, Writer};

/// A dump that is under way.
#[derive(Clone, Copy, Debug)]
pub struct RtmDump {
    covers: Covers,
    /// The generation of what it covers when it began.
    generation: Option<u64>,
    is_interrupted: bool,
    /// The last object that was shown: the table, and the route in it.
    shown: (Option<u32>, Option<Prefix>),
}

#[derive(Clone, Copy, Debug)]
enum Covers {
    Tables,
    Routes,
    RoutesOf(u32),
}

impl RtmDump {
    pub(super) fn tables(tables: &Tables) -> Self {
        Self::new(Covers::Tables, tables)
    }

    /// Of all routes, or those of one table.
    pub(super) fn routes(tables: &Tables, table: Option<u32>) -> Self {
        Self::new(table.map_or(Covers::Routes, Covers::RoutesOf), tables)
    }

    fn new(covers: Covers, tables: &Tables) -> Self {
        Self { covers, generation: covers.generation(tables), is_interrupted: false, shown: (None, None) }
    }

    /// As [`Service::fill`](crate::peer::Service::fill).
    pub(super) fn fill(&mut self, tables: &Tables, w: &mut Writer<'_>, header: Header) -> Filled {
        self.is_interrupted |= self.covers.generation(tables) != self.generation;
        let flags = self.flags();
        let header = header.flags(flags);
        let is_complete = loop {
            let more = match self.covers {
                Covers::Tables => self.next_table(tables, w, header),
                Covers::Routes | Covers::RoutesOf(_) => self.next_route(tables, w, header),
            };
            match more {
                Next::Shown => {}
                Next::Full => break false,
                Next::None => break true,
            }
        };
        Filled { is_complete, flags }
    }

    fn flags(&self) -> Flags {
        let mut flags = Flags::empty();
        flags.set(Flags::DUMP_INTR, self.is_interrupted);
        flags.set(Flags::DUMP_FILTERED, matches!(self.covers, Covers::RoutesOf(_)));
        flags
    }

    fn next_table(&mut self, tables: &Tables, w: &mut Writer<'_>, header: Header) -> Next {
        let Some((id, table)) = tables.after(self.shown.0) else { return Next::None };
        if table_reply(table).emit_into(w, header).is_err() {
            return Next::Full;
        }
        self.shown.0 = Some(id);
        Next::Shown
    }

    fn next_route(&mut self, tables: &Tables, w: &mut Writer<'_>, header: Header) -> Next {
        loop {
            let id = match (self.covers, self.shown.0) {
                (Covers::RoutesOf(id), _) => Some(id),
                (_, None) => tables.after(None).map(|(id, _)| id),
                (_, shown) => shown,
            };
            let Some(id) = id else { return Next::None };
            let next = tables.table(id).and_then(|table| Some((table, table.after(self.shown.1)?)));
            if let Some((table, (dst, route))) = next {
                let nexthops: Vec<_> = route.nexthops.iter().map(Hop::view).collect();
                if route_reply(&table.name, dst, route, &nexthops).emit_into(w, header).is_err() {
                    return Next::Full;
                }
                self.shown = (Some(id), Some(dst));
                return Next::Shown;
            }
            // Behind the last route of a table comes the first one of the next table.
            match tables.after(Some(id)) {
                Some((next, _)) if matches!(self.covers, Covers::Routes) => self.shown = (Some(next), None),
                _ => return Next::None,
            }
        }
    }
}

enum Next {
    Shown,
    Full,
    None,
}

impl Covers {
    /// Changes with every change of what is covered; `None` if that is no more.
    fn generation(self, tables: &Tables) -> Option<u64> {
        match self {
            Self::Tables | Self::Routes => Some(tables.generation()),
            Self::RoutesOf(id) => tables.table(id).map(|table| table.generation),
        }
    }
}
