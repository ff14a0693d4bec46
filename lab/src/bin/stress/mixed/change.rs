//! Those who change something.

use super::{NETWORKS, Stage, first_of_pair, hop, prefix, route, second_of_pair};
use crate::dice::Dice;
use crate::{Failure, connect, ensure};
use nl_tlv::socket::Connection;
use nl_tlv::{DeleteFlags, Flags, NewFlags};
use nl_tlv_lab::rtm::{Prefix, RouteDel, RouteNew, TableClear, TableDel, TableNew};
use std::thread::sleep;
use std::time::Duration;

/// Adds pairs of routes, changes and extends them, and deletes them again.
pub(super) fn routes(stage: &Stage, mut dice: Dice, changer: u8) -> Result<String, Failure> {
    let mut conn = connect()?;
    let mut is_there = [false; NETWORKS as usize];
    let mut changes = 0;
    while stage.is_open() {
        let slot = dice.roll(is_there.len());
        let number = u8::try_from(slot)?;
        let (first, second) = (first_of_pair(changer, number), second_of_pair(changer, number));
        if !is_there[slot] {
            add(&mut conn, [first, second], dice.once_in(2))?;
            is_there[slot] = true;
        } else if dice.once_in(3) {
            change(&mut conn, second)?;
        } else {
            delete(&mut conn, [second, first], dice.once_in(2))?;
            is_there[slot] = false;
        }
        changes += 2;
        pause(&mut dice);
    }
    let slots = (0..NETWORKS).filter(|&slot| is_there[usize::from(slot)]);
    let pairs = slots.flat_map(|slot| [first_of_pair(changer, slot), second_of_pair(changer, slot)]);
    stage.left.lock().map_err(|_| "another changer has panicked")?.extend(pairs);
    Ok(format!("{changes} changes"))
}

/// Two after each other, in one datagram or in two.
fn add(conn: &mut Connection, pair: [Prefix; 2], together: bool) -> Result<(), Failure> {
    let (hops, flags) = ([hop(1)], NewFlags::CREATE | NewFlags::EXCL);
    if !together {
        return pair
            .iter()
            .try_for_each(|&dst| Ok(conn.request_with(&route(dst, &hops), flags).map(drop)?));
    }
    let mut batch = conn.batch();
    for dst in pair {
        batch.push(&route(dst, &hops), flags)?;
    }
    ensure!(batch.finish()?.iter().all(|outcome| outcome.is_ok()), "refused: {:?}", batch.results());
    Ok(())
}

fn change(conn: &mut Connection, dst: Prefix) -> Result<(), Failure> {
    conn.request_with(&RouteNew { metric: Some(7), ..route(dst, &[hop(2)]) }, NewFlags::REPLACE)?;
    conn.request_with(&route(dst, &[hop(3), hop(4)]), NewFlags::APPEND)?;
    Ok(())
}

fn delete(conn: &mut Connection, pair: [Prefix; 2], together: bool) -> Result<(), Failure> {
    let requests = pair.map(|dst| RouteDel { table: super::TABLE, dst });
    if !together {
        return requests.iter().try_for_each(|del| Ok(conn.request(del).map(drop)?));
    }
    let mut batch = conn.batch();
    for request in &requests {
        batch.push(request, Flags::empty())?;
    }
    ensure!(batch.finish()?.iter().all(|outcome| outcome.is_ok()), "refused: {:?}", batch.results());
    Ok(())
}

/// Tables with another name each time.
pub(super) fn tables(stage: &Stage, mut dice: Dice) -> Result<String, Failure> {
    let mut conn = connect()?;
    let mut tables = 0;
    while stage.is_open() {
        let name = &*format!("t{tables}");
        conn.request_with(&TableNew { name }, NewFlags::CREATE)?;
        let hops = [hop(1)];
        let mut batch = conn.batch();
        for n in 0..100 {
            let route = RouteNew { table: name, ..route(prefix([20, n, 0, 0], 16), &hops) };
            batch.push(&route, NewFlags::CREATE)?;
        }
        ensure!(batch.finish()?.iter().all(|outcome| outcome.is_ok()), "refused: {:?}", batch.results());
        match dice.once_in(2) {
            true => conn.request(&TableDel { name }).map(drop)?,
            false => {
                conn.request(&TableClear { name })?;
                conn.request_with(&TableDel { name }, DeleteFlags::NONREC).map(drop)?;
            }
        }
        tables += 1;
        sleep(Duration::from_millis(20));
    }
    Ok(format!("{tables} tables"))
}

/// Now and then there is time for others, and for dumps that no change falls into.
fn pause(dice: &mut Dice) {
    if dice.once_in(20) {
        sleep(Duration::from_millis(u64::try_from(dice.roll(40)).unwrap_or(0)));
    }
}
