//! The tables and their routes.

use crate::rtm::{NextHop, Prefix, WEIGHT_DEFAULT};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::collections::BTreeMap;
use std::ops::Bound;

/// All tables, by the number in whose order dumps show them.
#[derive(Debug, Default)]
pub(super) struct Tables {
    tables: BTreeMap<u32, Table>,
    names: BTreeMap<String, u32>,
    next_id: u32,
    generation: u64,
    routes: usize,
}

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) generation: u64,
    pub(super) routes: BTreeMap<Prefix, Route>,
}

/// What there is to say of a destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) nexthops: Vec<Hop>,
    pub(super) metric: u32,
    pub(super) generation: u64,
}

/// A next hop that outlives its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) gateway: Option<IpAddr>,
    pub(super) oif: Option<String>,
    pub(super) weight: u8,
}

impl Hop {
    pub(super) fn new(hop: &NextHop<'_>) -> Self {
        Self {
            gateway: hop.gateway,
            oif: hop.oif.map(str::to_owned),
            weight: hop.weight.unwrap_or(WEIGHT_DEFAULT),
        }
    }

    pub(super) fn view(&self) -> NextHop<'_> {
        NextHop { gateway: self.gateway, oif: self.oif.as_deref(), weight: Some(self.weight) }
    }

    /// Whether they lead to the same place, whatever their weights.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (self.gateway, &self.oif) == (other.gateway, &other.oif)
    }
}

impl Tables {
    pub(super) fn id(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    pub(super) fn table(&self, id: u32) -> Option<&Table> {
        self.tables.get(&id)
    }

    pub(super) fn len(&self) -> usize {
        self.tables.len()
    }

    /// The number of routes in all tables.
    pub(super) fn routes(&self) -> usize {
        self.routes
    }

    /// The generation of the last change of all.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// The first table behind a number.
    pub(super) fn after(&self, id: Option<u32>) -> Option<(u32, &Table)> {
        let from = id.map_or(Bound::Unbounded, Bound::Excluded);
        self.tables.range((from, Bound::Unbounded)).next().map(|(&id, table)| (id, table))
    }

    /// Adds a table, which must not exist.
    pub(super) fn add(&mut self, name: &str) -> Table {
        let (id, generation) = (self.next_id, self.rise());
        self.next_id += 1;
        let table = Table { name: name.to_owned(), generation, routes: BTreeMap::new() };
        self.names.insert(name.to_owned(), id);
        self.tables.insert(id, table.clone());
        table
    }

    /// Removes a table; what it was, with the generation of its removal.
    pub(super) fn remove(&mut self, id: u32) -> Option<Table> {
        let generation = self.rise();
        let table = self.tables.remove(&id)?;
        self.names.remove(&table.name);
        self.routes -= table.routes.len();
        Some(Table { generation, ..table })
    }

    /// Removes the routes of a table; what it is then.
    pub(super) fn clear(&mut self, id: u32) -> Option<&Table> {
        let generation = self.rise();
        let table = self.tables.get_mut(&id)?;
        self.routes -= table.routes.len();
        table.routes.clear();
        table.generation = generation;
        Some(table)
    }

    /// Adds a route or puts it in the place of another; what it is then.
    pub(super) fn set(&mut self, id: u32, dst: Prefix, nexthops: Vec<Hop>, metric: u32) -> Option<&Route> {
        let generation = self.rise();
        let table = self.tables.get_mut(&id)?;
        table.generation = generation;
        if table.routes.insert(dst, Route { nexthops, metric, generation }).is_none() {
            self.routes += 1;
        }
        table.routes.get(&dst)
    }

    /// Removes a route; what it was, with the generation of its removal.
    pub(super) fn unset(&mut self, id: u32, dst: &Prefix) -> Option<Route> {
        let generation = self.rise();
        let table = self.tables.get_mut(&id)?;
        let route = table.routes.remove(dst)?;
        self.routes -= 1;
        table.generation = generation;
        Some(Route { generation, ..route })
    }

    fn rise(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }
}

impl Table {
    /// The route with the longest prefix that matches an address. Costs one search for each possible length.
    pub(super) fn lookup(&self, address: IpAddr) -> Option<(Prefix, &Route)> {
        (0..=bits(address)).rev().find_map(|len| {
            let prefix = Prefix { addr: network(address, len), len };
            self.routes.get(&prefix).map(|route| (prefix, route))
        })
    }

    /// The first route behind a destination.
    pub(super) fn after(&self, dst: Option<Prefix>) -> Option<(Prefix, &Route)> {
        let from = dst.map_or(Bound::Unbounded, Bound::Excluded);
        self.routes.range((from, Bound::Unbounded)).next().map(|(&dst, route)| (dst, route))
    }
}

/// The length of an address in bits.
pub(super) fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The address with all bits behind the first `len` cleared.
pub(super) fn network(address: IpAddr, len: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(len.into())).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(len.into())).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_keeps_the_first_bits() {
        let address: IpAddr = "10.1.2.255".parse().unwrap();
        assert_eq!(network(address, 32), address);
        assert_eq!(network(address, 24), "10.1.2.0".parse::<IpAddr>().unwrap());
        assert_eq!(network(address, 0), "0.0.0.0".parse::<IpAddr>().unwrap());
        let address: IpAddr = "fe80::ffff".parse().unwrap();
        assert_eq!(network(address, 127), "fe80::fffe".parse::<IpAddr>().unwrap());
        assert_eq!(network(address, 0), "::".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn the_number_of_routes_follows_every_change() {
        let mut tables = Tables::default();
        tables.add("a");
        tables.add("b");
        let prefix = |text: &str| Prefix { addr: text.parse().unwrap(), len: 32 };
        for (id, dst) in [(0, "1.1.1.1"), (0, "2.2.2.2"), (0, "2.2.2.2"), (1, "1.1.1.1"), (1, "3.3.3.3")] {
            tables.set(id, prefix(dst), Vec::new(), 0);
        }
        assert_eq!(tables.routes(), 4);
        assert!(tables.unset(1, &prefix("1.1.1.1")).is_some());
        assert!(tables.unset(1, &prefix("1.1.1.1")).is_none());
        assert_eq!(tables.routes(), 3);
        tables.clear(0);
        assert_eq!(tables.routes(), 1);
        tables.remove(1);
        assert_eq!((tables.routes(), tables.len()), (0, 1));
    }
}
