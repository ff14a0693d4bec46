//! RTM, answered in user space: the same behaviour as the kernel module.

mod change;
mod dump;
mod request;
mod tables;

use super::{
    NEXTHOPS_MAX, Prefix, ROUTES_MAX, RouteDel, RouteGet, RouteNew, TABLE_EXISTS, TABLES_MAX, TableClear,
    TableDel, TableGet, TableNew,
};
use crate::peer::{Answer, Filled, Outbox, Refused, Service};
use change::{Change, route_reply, table_reply};
use dump::RtmDump;
use nl_tlv::control::Errno;
use nl_tlv::schema::{MessageSchema, Strictness, validate};
use nl_tlv::{DeleteFlags, GetFlags, Header, Message, MessageType, NewFlags, NlMessage, Writer};
use request::{
    DST, LOOKUP, NAME, NewRoute, Placed, Printed, Wanted, dst, modifiers, name, not_in_dump, optional_name,
    too_many_nexthops,
};
use std::fmt;
use tables::{Hop, Route, Tables};

/// The port id at which processes look for a peer: "rtm" in the bytes of a number.
pub const PORT_ID: u32 = 0x0072_746d;

/// The RTM protocol at the peer.
#[derive(Debug)]
pub struct RtmService {
    tables: Tables,
    max_tables: usize,
    max_routes: usize,
}

impl Default for RtmService {
    /// With the limits that a module has unless told otherwise.
    fn default() -> Self {
        Self::with_limits(TABLES_MAX, ROUTES_MAX)
    }
}

impl RtmService {
    /// With so many tables, and routes in all tables, at most.
    #[must_use]
    pub fn with_limits(max_tables: usize, max_routes: usize) -> Self {
        Self { tables: Tables::default(), max_tables, max_routes }
    }
}

impl Service for RtmService {
    type Dump = RtmDump;

    fn is_request_optional(&self, _: MessageType) -> bool {
        false
    }

    fn handle(
        &mut self,
        request: &Message<'_>,
        sender: u32,
        out: &mut Outbox,
    ) -> Result<Answer<RtmDump>, Refused> {
        let ty = request.ty();
        let is = |schema: &MessageSchema| schema.id == ty.into();
        let schema = REQUESTS.iter().find(|schema| is(schema));
        let schema = schema.ok_or_else(|| Refused::new(Errno::EOPNOTSUPP, "unknown message type"))?;
        // The header comes before the attributes.
        let policy = || Ok::<_, Refused>(validate(schema, request, Strictness::STRICT)?);
        let change = match ty {
            _ if is(TableGet::SCHEMAS[0]) || is(RouteGet::SCHEMAS[0]) => {
                let is_dump = is_dump(request)?;
                policy()?;
                return match (is(TableGet::SCHEMAS[0]), is_dump) {
                    (true, true) => self.table_dump(request),
                    (true, false) => self.table_get(request, sender, out),
                    (false, true) => self.route_dump(request),
                    (false, false) => self.route_get(request, sender, out),
                };
            }
            _ if is(RouteNew::SCHEMAS[0]) => {
                let flags = modifiers(request)?;
                policy()?;
                self.route_new(request, flags)?
            }
            _ => {
                policy()?;
                match ty {
                    _ if is(TableNew::SCHEMAS[0]) => self.table_new(request)?,
                    _ if is(TableDel::SCHEMAS[0]) => self.table_del(request)?,
                    _ if is(TableClear::SCHEMAS[0]) => self.table_clear(request)?,
                    _ => self.route_del(request)?,
                }
            }
        };
        change.announce(request, sender, out);
        Ok(Answer::Ack)
    }

    fn fill(&self, dump: &mut RtmDump, w: &mut Writer<'_>, header: Header) -> Filled {
        dump.fill(&self.tables, w, header)
    }
}

/// What can be asked for.
const REQUESTS: &[&MessageSchema] = &[
    TableNew::SCHEMAS[0],
    TableDel::SCHEMAS[0],
    TableGet::SCHEMAS[0],
    TableClear::SCHEMAS[0],
    RouteNew::SCHEMAS[0],
    RouteDel::SCHEMAS[0],
    RouteGet::SCHEMAS[0],
];

impl RtmService {
    fn table_new(&mut self, request: &Message<'_>) -> Result<Change, Refused> {
        let Placed { value: name, attr } = name(request)?;
        let refused = |errno, text: fmt::Arguments<'_>| Err(Refused::with(errno, text).of(attr));
        if self.tables.id(name).is_some() {
            let exists = Errno::new(TABLE_EXISTS).unwrap_or(Errno::EEXIST);
            return refused(exists, format_args!("table \"{name}\" already exists"));
        }
        if !NewFlags::of(request.flags()).contains(NewFlags::CREATE) {
            return refused(Errno::ENOENT, format_args!("no table \"{name}\", and NLM_F_CREATE not set"));
        }
        if self.tables.len() >= self.max_tables {
            let max = self.max_tables;
            return refused(Errno::ENOSPC, format_args!("too many tables, the limit is {max}"));
        }
        Ok(Change::table(&self.tables.add(name)))
    }

    fn table_del(&mut self, request: &Message<'_>) -> Result<Change, Refused> {
        let name = name(request)?;
        let id = self.existing(name)?;
        let is_empty = self.tables.table(id).is_none_or(|table| table.routes.is_empty());
        if DeleteFlags::of(request.flags()).contains(DeleteFlags::NONREC) && !is_empty {
            let text = format_args!("table \"{}\" is not empty", name.value);
            return Err(Refused::with(Errno::ENOTEMPTY, text).of(name.attr));
        }
        self.tables.remove(id).as_ref().map(Change::table).ok_or(VANISHED)
    }

    fn table_clear(&mut self, request: &Message<'_>) -> Result<Change, Refused> {
        let id = self.existing(name(request)?)?;
        self.tables.clear(id).map(Change::table).ok_or(VANISHED)
    }

    fn route_new(&mut self, request: &Message<'_>, flags: NewFlags) -> Result<Change, Refused> {
        let name = name(request)?;
        let new = NewRoute::parse(request)?;
        let id = self.existing(name)?;
        let dst = new.dst.value;
        let old = self.tables.table(id).and_then(|table| table.routes.get(&dst));
        let (nexthops, metric) = match old {
            Some(old) if flags.contains(NewFlags::APPEND) => (appended(old, &new)?, old.metric),
            Some(_) if !flags.contains(NewFlags::REPLACE) => {
                return Err(refused_dst(Errno::EEXIST, "route", &new.dst, " already exists"));
            }
            None if !flags.contains(NewFlags::CREATE) => {
                return Err(refused_dst(Errno::ENOENT, "no route", &new.dst, ", and NLM_F_CREATE not set"));
            }
            _ => (joined(&[], &new), new.metric.map_or(0, |metric| metric.value)),
        };
        if old.is_none() && self.tables.routes() >= self.max_routes {
            let text = format_args!("too many routes, the limit is {}", self.max_routes);
            return Err(Refused::with(Errno::ENOSPC, text).of(new.dst.attr));
        }
        let route = self.tables.set(id, dst, nexthops, metric).ok_or(VANISHED)?;
        Ok(Change::route(name.value, dst, route))
    }

    fn route_del(&mut self, request: &Message<'_>) -> Result<Change, Refused> {
        let (name, dst) = (name(request)?, dst(request)?);
        let id = self.existing(name)?;
        if self.tables.table(id).is_none_or(|table| !table.routes.contains_key(&dst.value)) {
            return Err(refused_dst(Errno::ENOENT, "no route", &dst, ""));
        }
        let route = self.tables.unset(id, &dst.value).ok_or(VANISHED)?;
        Ok(Change::route(name.value, dst.value, &route))
    }

    fn table_get(
        &self,
        request: &Message<'_>,
        sender: u32,
        out: &mut Outbox,
    ) -> Result<Answer<RtmDump>, Refused> {
        let id = self.existing(name(request)?)?;
        let table = self.tables.table(id).ok_or(VANISHED)?;
        out.send(sender, &table_reply(table), reply_header(request, sender));
        Ok(Answer::Ack)
    }

    fn route_get(
        &self,
        request: &Message<'_>,
        sender: u32,
        out: &mut Outbox,
    ) -> Result<Answer<RtmDump>, Refused> {
        let (name, wanted) = (name(request)?, Wanted::parse(request)?);
        let table = self.tables.table(self.existing(name)?).ok_or(VANISHED)?;
        let (dst, route) = match wanted {
            Wanted::Exactly(dst) => {
                let route = table.routes.get(&dst.value).map(|route| (dst.value, route));
                route.ok_or_else(|| refused_dst(Errno::ENOENT, "no route", &dst, ""))
            }
            Wanted::RouteTo(Placed { value: address, attr }) => table.lookup(address).ok_or_else(|| {
                let text = format_args!("no route to {}", Printed(address));
                Refused::with(Errno::ENOENT, text).of(attr)
            }),
        }?;
        let nexthops: Vec<_> = route.nexthops.iter().map(Hop::view).collect();
        let reply = route_reply(name.value, dst, route, &nexthops);
        out.send(sender, &reply, reply_header(request, sender));
        Ok(Answer::Ack)
    }

    fn table_dump(&self, request: &Message<'_>) -> Result<Answer<RtmDump>, Refused> {
        not_in_dump(request, &[NAME])?;
        Ok(Answer::Dump(RtmDump::tables(&self.tables)))
    }

    fn route_dump(&self, request: &Message<'_>) -> Result<Answer<RtmDump>, Refused> {
        not_in_dump(request, &[DST, LOOKUP])?;
        let id = optional_name(request)?.map(|name| self.existing(name)).transpose()?;
        Ok(Answer::Dump(RtmDump::routes(&self.tables, id)))
    }

    fn existing(&self, name: Placed<'_, &str>) -> Result<u32, Refused> {
        let id = self.tables.id(name.value);
        let text = format_args!("no table \"{}\"", name.value);
        id.ok_or_else(|| Refused::with(Errno::ENOENT, text).of(name.attr))
    }
}

/// For what cannot be, because it was looked up before.
const VANISHED: Refused = Refused::new(Errno::ENOENT, "no such object");

fn reply_header(request: &Message<'_>, sender: u32) -> Header {
    Header::new().seq(request.seq()).port_id(sender)
}

/// A dump needs both bits; one alone means nothing.
fn is_dump(request: &Message<'_>) -> Result<bool, Refused> {
    let bits = GetFlags::of(request.flags()) & GetFlags::DUMP;
    if bits.is_empty() || bits == GetFlags::DUMP {
        return Ok(!bits.is_empty());
    }
    Err(Refused::new(Errno::EINVAL, "a dump needs both bits of NLM_F_DUMP"))
}

/// A refusal because of a destination, which the text names.
fn refused_dst(errno: Errno, what: &str, dst: &Placed<'_, Prefix>, more: &str) -> Refused {
    let Prefix { addr, len } = dst.value;
    Refused::with(errno, format_args!("{what} {}/{len}{more}", Printed(addr))).of(dst.attr)
}

/// The next hops of a route with those that a request appends.
fn appended(old: &Route, new: &NewRoute<'_>) -> Result<Vec<Hop>, Refused> {
    if let Some(metric) = new.metric.filter(|metric| metric.value != old.metric) {
        let text = format_args!("metric of the route is {}", old.metric);
        return Err(Refused::with(Errno::EINVAL, text).of(metric.attr));
    }
    let is_there = |hop: &&Placed<'_, Hop>| old.nexthops.iter().any(|other| other.is_same(&hop.value));
    match new.nexthops.iter().find(is_there) {
        Some(hop) => Err(Refused::at(Errno::EEXIST, "route already has this next hop", hop.attr)),
        None => Ok(()),
    }?;
    match new.nexthops.get(NEXTHOPS_MAX.saturating_sub(old.nexthops.len())) {
        Some(hop) => Err(too_many_nexthops(hop.attr)),
        None => Ok(joined(&old.nexthops, new)),
    }
}

/// The next hops of a request behind others.
fn joined(before: &[Hop], new: &NewRoute<'_>) -> Vec<Hop> {
    before.iter().chain(new.nexthops.iter().map(|hop| &hop.value)).cloned().collect()
}
