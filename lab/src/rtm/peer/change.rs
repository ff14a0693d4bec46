//! Tables and routes as messages: in answers, in dumps, and in the events that tell of changes.

use super::tables::{Hop, Route, Table};
use crate::peer::Outbox;
use crate::rtm::{GROUP_ROUTES, GROUP_TABLES, NextHop, Prefix, RouteAttr, RouteReply, TableAttr, TableReply};
use nl_tlv::{AttrWriter, Error, Flags, Header, Message, NewFlags, NlAttrs, Repeat};

/// A change that was made: the object as it is then, or as it was if it is no more.
#[derive(Debug)]
pub(super) enum Change {
    Table { name: String, routes: u32, generation: u64 },
    Route { table: String, dst: Prefix, route: Route },
}

impl Change {
    pub(super) fn table(table: &Table) -> Self {
        let TableReply { routes, generation, .. } = table_reply(table);
        Self::Table { name: table.name.clone(), routes, generation }
    }

    pub(super) fn route(table: &str, dst: Prefix, route: &Route) -> Self {
        Self::Route { table: table.to_owned(), dst, route: route.clone() }
    }

    /// Tells the subscribers, and the requester if it wants an echo. The message has the type of the request, and its
    /// modifiers where it is one that has those of a NEW.
    pub(super) fn announce(&self, request: &Message<'_>, sender: u32, out: &mut Outbox) {
        let (group, creation) = match self {
            Self::Table { .. } => (GROUP_TABLES, 21),
            Self::Route { .. } => (GROUP_ROUTES, 25),
        };
        let is_new = request.ty().0 == creation;
        let modifiers = if is_new { NewFlags::of(request.flags()) } else { NewFlags::empty() };
        let header = Header::new().seq(request.seq()).port_id(sender).flags(modifiers);
        let echo = request.flags().contains(Flags::ECHO).then_some(sender);
        let ty = request.ty().into();
        out.announce_with(group, echo, |w| w.message(ty, header, |w| self.emit(w)));
    }

    fn emit(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self {
            Self::Table { name, routes, generation } => {
                TableAttr::Name(name).emit_attrs(w)?;
                TableAttr::Routes(*routes).emit_attrs(w)?;
                TableAttr::Generation(*generation).emit_attrs(w)
            }
            Self::Route { table, dst, route } => {
                RouteAttr::Table(table).emit_attrs(w)?;
                RouteAttr::Dst(*dst).emit_attrs(w)?;
                let mut hops = route.nexthops.iter().map(Hop::view);
                hops.try_for_each(|hop| RouteAttr::Nexthop(hop).emit_attrs(w))?;
                RouteAttr::Metric(route.metric).emit_attrs(w)?;
                RouteAttr::Generation(route.generation).emit_attrs(w)
            }
        }
    }
}

pub(super) fn table_reply(table: &Table) -> TableReply<'_> {
    let routes = u32::try_from(table.routes.len()).unwrap_or(u32::MAX);
    TableReply { name: &table.name, routes, generation: table.generation }
}

/// The route with its next hops, which the caller has made views of.
pub(super) fn route_reply<'a>(
    table: &'a str,
    dst: Prefix,
    route: &Route,
    nexthop: &'a [NextHop<'a>],
) -> RouteReply<'a> {
    let Route { metric, generation, .. } = *route;
    RouteReply { table, dst, nexthop: Repeat::new(nexthop), metric, generation }
}
