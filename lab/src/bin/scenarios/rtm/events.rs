//! Events: each change, once, in order, to whoever asked for it; and echoes.

use super::client::{Client, EEXIST, expect_ack, new};
use super::object::{Object, Route, Table, dev, prefix, via};
use crate::harness::{Bench, PATIENCE, Reply, Speaker, datagram};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::socket::RecvError;
use nl_tlv::{Flags, NewFlags};
use nl_tlv_lab::rtm::{GROUP_ROUTES, GROUP_TABLES, RouteDel, RouteNew, TableClear, TableDel, TableNew};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("each change is an event of its request's type, with the resulting object", each_change),
    Scenario::both("an event has the requester's port id and sequence number, and the NEW flags", header),
    Scenario::both("each group gets its own events only", groups),
    Scenario::both("clearing or deleting a full table is one event", one_event),
    Scenario::both("what is refused, and what only reads, is no event", no_event),
    Scenario::both("with ECHO the requester gets the event before the ACK, once", echo),
    Scenario::both("an echo does not take the event from the subscribers", echo_and_subscribers),
    Scenario::both("a requester that is subscribed gets its events once, without ECHO too", own_events),
    Scenario::both("events come in the order of the changes, which the generation tells", order),
    Scenario::both("a subscriber that does not read fails no change", no_reader),
    Scenario::module("a subscriber that did not read is told so", "a peer cannot mark listeners", overrun),
    Scenario::module(
        "events are sent to their group by port id 0",
        "a peer sends to each subscriber",
        sender,
    ),
];

fn subscriber(bench: &Bench, groups: &[u32]) -> Result<Speaker, String> {
    let speaker = bench.speaker()?;
    groups.iter().try_for_each(|&group| speaker.subscribe(bench, group))?;
    Ok(speaker)
}

fn both(bench: &Bench) -> Result<Speaker, String> {
    subscriber(bench, &[GROUP_TABLES, GROUP_ROUTES])
}

/// Nothing more has come: the next event is that of a table that is made for it.
fn expect_no_more(client: &Client, listener: &Speaker) -> Outcome {
    client.create(&["the-end"])?;
    let reply = listener.receive()?;
    let table = Table::read(&reply.message())?;
    ensure!(table.name == "the-end", "one event too many: {:?}", reply.message());
    client.ok(&TableDel { name: "the-end" }, Flags::empty())?;
    listener.receive().map(drop)
}

fn read<T: Object>(reply: &Reply, ty: u16) -> Result<T, String> {
    let message = reply.message();
    ensure!(message.ty().0 == ty, "expected message type {ty}, found {message:?}");
    T::read(&message)
}

fn each_change(bench: &Bench) -> Outcome {
    let (client, listener) = (Client::new(bench)?, both(bench)?);
    client.create(&["blue"])?;
    let table: Table = read(&listener.receive()?, 21)?;
    ensure!(table == client.table("blue")?, "{table:?}");

    let (one, two) = ([via("11.1.1.1")], [dev("eth0")]);
    let route = RouteNew { metric: Some(7), ..new("blue", "10.0.0.0/8", &one) };
    let changes = [
        (route.clone(), NewFlags::CREATE),
        (new("blue", "10.0.0.0/8", &two), NewFlags::APPEND),
        (RouteNew { metric: Some(9), ..route.clone() }, NewFlags::REPLACE),
        (RouteNew { metric: Some(1), ..route.clone() }, NewFlags::CREATE | NewFlags::REPLACE),
    ];
    for (request, flags) in changes {
        client.ok(&request, flags)?;
        let (event, now): (Route, _) = (read(&listener.receive()?, 25)?, client.route("blue", "10.0.0.0/8")?);
        ensure!(event == now, "the event says {event:?}, the route is {now:?}");
    }
    let before = client.route("blue", "10.0.0.0/8")?;
    client.ok(&RouteDel { table: "blue", dst: route.dst }, Flags::empty())?;
    let removed: Route = read(&listener.receive()?, 26)?;
    ensure!(removed.generation > before.generation, "{removed:?} after {before:?}");
    ensure!(removed == Route { generation: removed.generation, ..before }, "{removed:?}");

    client.add("blue", "20.0.0.0/8", &two)?;
    let added: Route = read(&listener.receive()?, 25)?;
    client.ok(&TableClear { name: "blue" }, Flags::empty())?;
    let cleared: Table = read(&listener.receive()?, 24)?;
    ensure!(cleared == client.table("blue")?, "{cleared:?}, now it is {:?}", client.table("blue"));
    client.add("blue", "20.0.0.0/8", &two)?;
    let again: Route = read(&listener.receive()?, 25)?;
    client.ok(&TableDel { name: "blue" }, Flags::empty())?;
    let deleted: Table = read(&listener.receive()?, 22)?;
    ensure!((deleted.name.as_str(), deleted.routes) == ("blue", 1), "{deleted:?}");
    let generations = [added.generation, cleared.generation, again.generation, deleted.generation];
    ensure!(generations.is_sorted_by(|a, b| a < b), "generations {generations:?}");
    expect_no_more(&client, &listener)
}

fn header(bench: &Bench) -> Outcome {
    let (client, listener) = (Client::new(bench)?, both(bench)?);
    let hops = [via("11.1.1.1")];
    let more = [dev("eth0")];
    let (table, route) = (TableNew { name: "blue" }, new("blue", "10.0.0.0/8", &hops));
    let append = new("blue", "10.0.0.0/8", &more);
    let requests = [
        (client.request(&table, NewFlags::CREATE), NewFlags::CREATE),
        (client.request(&route, NewFlags::CREATE | NewFlags::EXCL), NewFlags::CREATE | NewFlags::EXCL),
        (client.request(&route, NewFlags::CREATE | NewFlags::REPLACE), NewFlags::CREATE | NewFlags::REPLACE),
        (client.request(&append, NewFlags::APPEND | Flags::ACK), NewFlags::APPEND),
        (client.request(&TableClear { name: "blue" }, Flags::empty()), NewFlags::empty()),
        (client.request(&TableDel { name: "blue" }, Flags::ACK), NewFlags::empty()),
    ];
    for (request, flags) in requests {
        client.ask(&request)?;
        let reply = listener.receive()?;
        let message = reply.message();
        let found = (message.seq(), message.port_id(), message.flags());
        let expected = (request.1, client.speaker.port_id(), Flags::from(flags));
        ensure!(found == expected, "expected {expected:?}, found {found:?}");
    }
    Ok(())
}

fn groups(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let (tables, routes) = (subscriber(bench, &[GROUP_TABLES])?, subscriber(bench, &[GROUP_ROUTES])?);
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    client.ok(&RouteDel { table: "blue", dst: prefix("10.0.0.0/8") }, Flags::empty())?;
    client.ok(&TableClear { name: "blue" }, Flags::empty())?;
    client.ok(&TableDel { name: "blue" }, Flags::empty())?;
    for (listener, expected) in [(tables, [21, 24, 22].as_slice()), (routes, &[25, 26])] {
        for ty in expected {
            let reply = listener.receive()?;
            ensure!(reply.message().ty().0 == *ty, "expected {ty}, found {:?}", reply.message());
        }
        ensure!(listener.ask(&[])?.is_empty(), "one event too many");
    }
    Ok(())
}

fn one_event(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    for is_cleared in [true, false] {
        for n in 0..50 {
            client.add("blue", &format!("10.0.{n}.0/24"), &[via("11.1.1.1")])?;
        }
        let listener = both(bench)?;
        if is_cleared {
            client.ok(&TableClear { name: "blue" }, Flags::empty())?;
        } else {
            client.ok(&TableDel { name: "blue" }, Flags::empty())?;
        }
        let table: Table = read(&listener.receive()?, if is_cleared { 24 } else { 22 })?;
        ensure!(table.routes == if is_cleared { 0 } else { 50 }, "{table:?}");
        expect_no_more(&client, &listener)?;
    }
    Ok(())
}

fn no_event(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let listener = both(bench)?;
    client.refused(&TableNew { name: "blue" }, NewFlags::CREATE | Flags::ECHO)?;
    let again =
        client.refused(&new("blue", "10.0.0.0/8", &[via("12.1.1.1")]), NewFlags::CREATE | Flags::ECHO)?;
    again.expect(EEXIST, "RouteNew.dst", "route 10.0.0.0/8 already exists")?;
    client.table("blue")?;
    client.route("blue", "10.0.0.0/8")?;
    client.dump_routes(None)?;
    expect_no_more(&client, &listener)
}

fn echo(bench: &Bench) -> Outcome {
    for is_subscribed in [false, true] {
        super::delete_all(bench)?;
        let client = Client::new(bench)?;
        if is_subscribed {
            client.speaker.subscribe(bench, GROUP_TABLES)?;
            client.speaker.subscribe(bench, GROUP_ROUTES)?;
        }
        let hops = [via("11.1.1.1")];
        let requests = [
            client.request(&TableNew { name: "blue" }, NewFlags::CREATE | Flags::ECHO | Flags::ACK),
            client.request(&new("blue", "10.0.0.0/8", &hops), NewFlags::CREATE | Flags::ECHO | Flags::ACK),
            client.request(&TableDel { name: "blue" }, Flags::ECHO | Flags::ACK),
        ];
        for (request, ty) in requests.iter().zip([21, 25, 22]) {
            let replies = client.ask(request)?;
            ensure!(replies.len() == 2, "subscribed: {is_subscribed}, type {ty}: {replies:?}");
            ensure!(replies[0].message().ty().0 == ty, "{:?}", replies[0].message());
            expect_ack(&replies[1])?;
        }
    }
    Ok(())
}

fn echo_and_subscribers(bench: &Bench) -> Outcome {
    let (client, listener) = (Client::new(bench)?, both(bench)?);
    let request = client.request(&TableNew { name: "blue" }, NewFlags::CREATE | Flags::ECHO);
    let echoed = client.ask(&request)?;
    ensure!(echoed.len() == 1, "{echoed:?}");
    let event = listener.receive()?;
    let tables: [Table; 2] = [read(&echoed[0], 21)?, read(&event, 21)?];
    ensure!(tables[0] == tables[1], "{tables:?}");
    expect_no_more(&client, &listener)
}

fn own_events(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.speaker.subscribe(bench, GROUP_TABLES)?;
    let replies = client.ask(&client.request(&TableNew { name: "blue" }, NewFlags::CREATE | Flags::ACK))?;
    let types: Vec<_> = replies.iter().map(|reply| reply.message().ty().0).collect();
    ensure!(types == [21, 2], "message types {types:?}");
    Ok(())
}

fn order(bench: &Bench) -> Outcome {
    let (client, listener) = (Client::new(bench)?, both(bench)?);
    client.create(&["blue"])?;
    let hops = [via("11.1.1.1")];
    let mut requests = Vec::new();
    for n in 0..20 {
        let dst = format!("10.{n}.0.0/16");
        requests.push((25, client.request(&new("blue", &dst, &hops), NewFlags::CREATE)));
        requests.push((25, client.request(&new("blue", &dst, &hops), NewFlags::REPLACE)));
        requests.push((26, client.request(&RouteDel { table: "blue", dst: prefix(&dst) }, Flags::empty())));
    }
    requests.push((24, client.request(&TableClear { name: "blue" }, Flags::empty())));
    let bytes: Vec<_> = requests.iter().map(|(_, request)| request.0.clone()).collect();
    client.speaker.send(&datagram(&bytes))?;
    let mut last = read::<Table>(&listener.receive()?, 21)?.generation;
    for (ty, (_, seq)) in requests {
        let reply = listener.receive()?;
        ensure!(reply.message().seq() == seq, "expected the event of {seq}: {:?}", reply.message());
        let generation = match ty {
            24 => read::<Table>(&reply, ty)?.generation,
            _ => read::<Route>(&reply, ty)?.generation,
        };
        ensure!(generation > last, "generation {generation} after {last}");
        last = generation;
    }
    Ok(())
}

/// More changes than any receive buffer holds.
fn flood(client: &Client) -> Outcome {
    client.create(&["blue"])?;
    let hops = [via("11.1.1.1")];
    for _ in 0..100 {
        let some = [(); 50].map(|()| {
            client.request(&new("blue", "10.0.0.0/8", &hops), NewFlags::CREATE | NewFlags::REPLACE).0
        });
        let replies = client.speaker.ask(&datagram(&some))?;
        ensure!(replies.is_empty(), "{:?}", replies[0]);
    }
    Ok(())
}

fn no_reader(bench: &Bench) -> Outcome {
    let (client, deaf) = (Client::new(bench)?, both(bench)?);
    flood(&client)?;
    client.add("blue", "20.0.0.0/8", &[dev("eth0")])?;
    drop(deaf);
    client.add("blue", "30.0.0.0/8", &[dev("eth0")])
}

fn overrun(bench: &Bench) -> Outcome {
    let (client, deaf) = (Client::new(bench)?, both(bench)?);
    flood(&client)?;
    let mut buffer = vec![0; 4096];
    let told = deaf.socket.recv_deadline(&mut buffer, std::time::Instant::now() + PATIENCE);
    ensure!(matches!(told, Err(RecvError::Overrun)), "{told:?}");
    let first: Table = read(&deaf.receive()?, 21)?;
    ensure!(first.name == "blue", "{first:?}");
    Ok(())
}

fn sender(bench: &Bench) -> Outcome {
    let (client, listener) = (Client::new(bench)?, both(bench)?);
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    for group in [GROUP_TABLES, GROUP_ROUTES] {
        let reply = listener.receive()?;
        ensure!(reply.group == Some(group), "expected group {group}, found {:?}", reply.group);
    }
    Ok(())
}
