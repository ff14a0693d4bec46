//! Those who read what others change.

use super::{CHANGERS, NETWORKS, STABLE, Stage, TABLE, first_of_pair, second_of_pair, stable};
use crate::dice::Dice;
use crate::{Failure, connect, ensure};
use nl_tlv::socket::RequestError;
use nl_tlv_lab::rtm::{Prefix, RouteGet, RouteReply, TableGet, TableReply};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// How the dumps ended.
#[derive(Default)]
struct Dumps {
    whole: usize,
    interrupted: usize,
}

impl Dumps {
    /// Counts one by its end, and says whether it was whole.
    fn count(&mut self, end: Option<RequestError>) -> Result<bool, Failure> {
        match end {
            None => self.whole += 1,
            Some(RequestError::Interrupted) => self.interrupted += 1,
            Some(err) => return Err(err.into()),
        }
        Ok(end.is_none())
    }

    /// Whether there shall be another: at least one has to be whole, and when nothing changes any more, the next one is.
    fn go_on(&self, stage: &Stage) -> bool {
        stage.is_open() || self.whole == 0 && !stage.has_failed()
    }

    fn report(&self) -> String {
        format!("{} whole, {} interrupted", self.whole, self.interrupted)
    }
}

/// Dumps the routes of a table, or of all.
pub(super) fn routes(stage: &Stage, _: Dice, table: Option<&str>) -> Result<String, Failure> {
    let mut conn = connect()?;
    let mut dumps = Dumps::default();
    while dumps.go_on(stage) {
        // By table, in the order in which they came.
        let mut found: BTreeMap<String, Vec<Prefix>> = BTreeMap::new();
        let mut last = String::new();
        let mut routes = conn.dump(&RouteGet { table, ..RouteGet::default() })?;
        let end = loop {
            let route = match routes.next::<RouteReply<'_>>() {
                Ok(Some(route)) => route,
                Ok(None) => break None,
                Err(err) => break Some(err),
            };
            let is_new = last != route.table;
            ensure!(!is_new || !found.contains_key(route.table), "{} comes in two parts", route.table);
            last.replace_range(.., route.table);
            found.entry(last.clone()).or_default().push(route.dst);
        };
        drop(routes);
        let is_whole = dumps.count(end)?;
        for (table, routes) in &found {
            ensure!(routes.is_sorted_by(|a, b| a < b), "{table} is out of order: {routes:?}");
        }
        if is_whole {
            is_right(&found.remove(TABLE).unwrap_or_default().into_iter().collect())?;
        }
    }
    Ok(dumps.report())
}

/// Whether the table could have looked like this at one moment.
fn is_right(found: &BTreeSet<Prefix>) -> Result<(), Failure> {
    if let Some(missing) = stable().find(|dst| !found.contains(dst)) {
        return Err(format!("{missing:?} is missing").into());
    }
    for changer in 0..CHANGERS {
        for slot in 0..NETWORKS {
            let (first, second) = (first_of_pair(changer, slot), second_of_pair(changer, slot));
            ensure!(
                found.contains(&first) || !found.contains(&second),
                "{second:?} is there without {first:?}"
            );
        }
    }
    let most = usize::from(NETWORKS) * usize::from(STABLE + 2 * CHANGERS);
    ensure!(found.len() <= most, "{} routes", found.len());
    Ok(())
}

/// Dumps the tables.
pub(super) fn tables(stage: &Stage, _: Dice) -> Result<String, Failure> {
    let mut conn = connect()?;
    let mut dumps = Dumps::default();
    while dumps.go_on(stage) {
        let (mut names, mut count) = (BTreeSet::new(), 0);
        let mut tables = conn.dump(&TableGet::default())?;
        let end = loop {
            match tables.next::<TableReply<'_>>() {
                Ok(Some(table)) => names.insert(table.name.to_owned()),
                Ok(None) => break None,
                Err(err) => break Some(err),
            };
            count += 1;
        };
        drop(tables);
        ensure!(names.len() == count, "{count} tables, but the names {names:?}");
        // Others come and go, one at a time.
        if dumps.count(end)? {
            ensure!(names.contains(TABLE) && count <= 2, "{names:?}");
        }
    }
    Ok(dumps.report())
}

/// Looks up addresses whose longest prefix stays the same, whatever comes and goes around it.
pub(super) fn lookups(stage: &Stage, mut dice: Dice) -> Result<String, Failure> {
    let mut conn = connect()?;
    let stable: Vec<_> = stable().collect();
    let mut lookups = 0;
    while stage.is_open() {
        let dst = *dice.choose(&stable);
        let host = 128 + u32::try_from(dice.roll(128))?;
        let addr = match dst.addr {
            std::net::IpAddr::V4(addr) => Ipv4Addr::from_bits(addr.to_bits() | host).into(),
            addr => addr,
        };
        let request = RouteGet { table: Some(TABLE), lookup: Some(addr), dst: None };
        let found = conn.get::<RouteReply<'_>>(&request)?.dst;
        ensure!(found == dst, "{addr}: {found:?} instead of {dst:?}");
        lookups += 1;
    }
    Ok(format!("{lookups} lookups"))
}
