//! RTM, answered in user space: the same behaviour as the kernel module.

mod change;
mod dump;
mod request;
mod tables;

use super::{
    NEXTHOPS_MAX, RouteDel, RouteGet, RouteNew, TABLE_EXISTS, TableClear, TableDel, TableGet, TableNew,
};
use crate::peer::{Answer, Filled, Outbox, Refused, Service};
use change::{Change, route_reply, table_reply};
use dump::RtmDump;
use nl_tlv::control::Errno;
use nl_tlv::schema::{MessageSchema, Mode, validate};
use nl_tlv::{DeleteFlags, GetFlags, Header, Message, MessageType, NewFlags, NlMessage, Writer};
use request::{LOOKUP, NewRoute, Placed, dst, modifiers, name, optional_dst, optional_lookup, optional_name};
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
        Self::with_limits(1024, 1 << 20)
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
        validate(schema, request, Mode::STRICT)?;
        let change = match ty {
            _ if is(TableGet::SCHEMA) => return self.table_get(request, sender, out),
            _ if is(RouteGet::SCHEMA) => return self.route_get(request, sender, out),
            _ if is(TableNew::SCHEMA) => self.table_new(request)?,
            _ if is(TableDel::SCHEMA) => self.table_del(request)?,
            _ if is(TableClear::SCHEMA) => self.table_clear(request)?,
            _ if is(RouteNew::SCHEMA) => self.route_new(request)?,
            _ => self.route_del(request)?,
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
    TableNew::SCHEMA,
    TableDel::SCHEMA,
    TableGet::SCHEMA,
    TableClear::SCHEMA,
    RouteNew::SCHEMA,
    RouteDel::SCHEMA,
    RouteGet::SCHEMA,
];

impl RtmService {
    fn table_new(&mut self, request: &Message<'_>) -> Result<Change, Refused> {
        let name = name(request)?;
        let refused = |errno, text| Err(Refused::at(errno, text, name.attr));
        if self.tables.id(name.value).is_some() {
            let exists = Errno::new(TABLE_EXISTS).unwrap_or(Errno::EEXIST);
            return refused(exists, "table exists already");
        }
        if !NewFlags::of(request.flags()).contains(NewFlags::CREATE) {
            return refused(Errno::ENOENT, "no such table, and none is to be created");
        }
        if self.tables.len() >= self.max_tables {
            return refused(Errno::ENOSPC, "too many tables");
        }
        Ok(Change::table(&self.tables.add(name.value)))
    }

    fn table_del(&mut self, request: &Message<'_>) -> Result<Change, Refused> {
        let name = name(request)?;
        let id = self.existing(name)?;
        let is_empty = self.tables.table(id).is_none_or(|table| table.routes.is_empty());
        if DeleteFlags::of(request.flags()).contains(DeleteFlags::NONREC) && !is_empty {
            return Err(Refused::at(Errno::ENOTEMPTY, "table has routes", name.attr));
        }
        self.tables.remove(id).as_ref().map(Change::table).ok_or(VANISHED)
    }

    fn table_clear(&mut self, request: &Message<'_>) -> Result<Change, Refused> {
        let id = self.existing(name(request)?)?;
        self.tables.clear(id).map(Change::table).ok_or(VANISHED)
    }

    fn route_new(&mut self, request: &Message<'_>) -> Result<Change, Refused> {
        let name = name(request)?;
        let new = NewRoute::parse(request)?;
        let flags = modifiers(request)?;
        let id = self.existing(name)?;
        let dst = new.dst.value;
        let old = self.tables.table(id).and_then(|table| table.routes.get(&dst));
        let (nexthops, metric) = match old {
            Some(old) if flags.contains(NewFlags::APPEND) => (appended(old, &new)?, old.metric),
            Some(_) if !flags.contains(NewFlags::REPLACE) => {
                return Err(Refused::at(Errno::EEXIST, "route exists already", new.dst.attr));
            }
            None if !flags.contains(NewFlags::CREATE) => {
                return Err(Refused::at(Errno::ENOENT, "no such route", new.dst.attr));
            }
            _ => (limited(&new, &[])?, new.metric.map_or(0, |metric| metric.value)),
        };
        if old.is_none() && self.tables.routes() >= self.max_routes {
            return Err(Refused::at(Errno::ENOSPC, "too many routes", new.dst.attr));
        }
        let route = self.tables.set(id, dst, nexthops, metric).ok_or(VANISHED)?;
        Ok(Change::route(name.value, dst, route))
    }

    fn route_del(&mut self, request: &Message<'_>) -> Result<Change, Refused> {
        let (name, dst) = (name(request)?, dst(request)?);
        let id = self.existing(name)?;
        if self.tables.table(id).is_none_or(|table| !table.routes.contains_key(&dst.value)) {
            return Err(Refused::at(Errno::ENOENT, "no such route", dst.attr));
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
        if is_dump(request)? {
            return match optional_name(request)? {
                Some(name) => Err(Refused::at(Errno::EINVAL, "a dump shows all tables", name.attr)),
                None => Ok(Answer::Dump(RtmDump::tables(&self.tables))),
            };
        }
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
        let (is_dump, table) = (is_dump(request)?, optional_name(request)?);
        let (dst, lookup) = (optional_dst(request)?, optional_lookup(request)?);
        let one = dst.map(|dst| dst.attr).or(lookup.map(|lookup| lookup.attr));
        if is_dump {
            if let Some(attr) = one {
                return Err(Refused::at(Errno::EINVAL, "a dump shows all routes", attr));
            }
            let id = table.map(|name| self.existing(name)).transpose()?;
            return Ok(Answer::Dump(RtmDump::routes(&self.tables, id)));
        }
        let name = name(request)?;
        let attr = match (one, dst.and(lookup)) {
            (None, _) => return Err(Refused::missing(LOOKUP, None, "neither address nor destination")),
            (_, Some(lookup)) => {
                return Err(Refused::at(Errno::EINVAL, "both address and destination", lookup.attr));
            }
            (Some(attr), None) => attr,
        };
        let table = self.tables.table(self.existing(name)?).ok_or(VANISHED)?;
        let exact = dst.and_then(|dst| Some((dst.value, table.routes.get(&dst.value)?)));
        let found = exact.or_else(|| table.lookup(lookup?.value));
        let (dst, route) = found.ok_or_else(|| Refused::at(Errno::ENOENT, "no such route", attr))?;
        let nexthops: Vec<_> = route.nexthops.iter().map(Hop::view).collect();
        let reply = route_reply(name.value, dst, route, &nexthops);
        out.send(sender, &reply, reply_header(request, sender));
        Ok(Answer::Ack)
    }

    fn existing(&self, name: Placed<'_, &str>) -> Result<u32, Refused> {
        let id = self.tables.id(name.value);
        id.ok_or_else(|| Refused::at(Errno::ENOENT, "no such table", name.attr))
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
    Err(Refused::new(Errno::EINVAL, "one of the two bits of a dump"))
}

/// The next hops of a route with those that a request appends.
fn appended(old: &Route, new: &NewRoute<'_>) -> Result<Vec<Hop>, Refused> {
    if let Some(metric) = new.metric.filter(|metric| metric.value != old.metric) {
        return Err(Refused::at(Errno::EINVAL, "metric is not that of the route", metric.attr));
    }
    let is_there = |hop: &&Placed<'_, Hop>| old.nexthops.iter().any(|other| other.is_same(&hop.value));
    match new.nexthops.iter().find(is_there) {
        Some(hop) => Err(Refused::at(Errno::EEXIST, "route has this next hop already", hop.attr)),
        None => limited(new, &old.nexthops),
    }
}

/// The next hops of a request behind others, as long as there are not too many.
fn limited(new: &NewRoute<'_>, before: &[Hop]) -> Result<Vec<Hop>, Refused> {
    if let Some(hop) = new.nexthops.get(NEXTHOPS_MAX.saturating_sub(before.len())) {
        return Err(Refused::at(Errno::ENOSPC, "route has more than 32 next hops", hop.attr));
    }
    Ok(before.iter().chain(new.nexthops.iter().map(|hop| &hop.value)).cloned().collect())
}
