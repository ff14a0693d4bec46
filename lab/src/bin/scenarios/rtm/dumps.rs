//! Dumps: complete, in order, of any size, and honest about what changed meanwhile.

use super::client::{Client, Dumped, EBUSY, Refusal, new};
use super::object::{Object, Route, Table, dev, prefix};
use crate::harness::{Bench, PATIENCE, Reply, datagram};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::socket::{Connection, RequestError, Socket};
use nl_tlv::{Flags, GetFlags, MessageType, NewFlags};
use nl_tlv_lab::rtm::{NextHop, RouteDel, RouteGet, RouteReply, TableClear, TableDel, TableGet};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("a dump of nothing is its end alone", empty),
    Scenario::both("a dump shows all tables, and all routes in order", complete),
    Scenario::both("a dump of one table shows its routes, and says that it is filtered", filtered),
    Scenario::both("a dump is not acknowledged", no_ack),
    Scenario::both("a dump of 20,000 routes in many datagrams is complete and in order", many),
    Scenario::both("any route fits a dump, with 32 next hops too", largest_routes),
    Scenario::both("a dump goes on behind what is deleted and added meanwhile, and says so", interrupted),
    Scenario::both("a dump of one table is not interrupted by changes of another", other_table),
    Scenario::both("a table that is deleted under its dump ends the dump", deleted_table),
    Scenario::module(
        "a dump of tables is interrupted by changes of any table",
        "a peer sends so few at once",
        interrupted_tables,
    ),
    Scenario::module(
        "a change behind the last object is said at the end of the dump",
        "a peer sends the end with the last object",
        interrupted_end,
    ),
    Scenario::both("a second dump on a socket gets EBUSY, and the first goes on", second_dump),
    Scenario::both("other requests are answered while a dump is under way", other_requests),
    Scenario::both("a socket closed in the middle of a dump harms nothing", closed),
    Scenario::both("the library's dumps tell filtered, interrupted and refused ones apart", library),
];

fn empty(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for dump in [client.dump_tables()?.flags.0, client.dump_routes(None)?.flags.0] {
        ensure!(dump == Flags::MULTI, "flags of the end: {dump:?}");
    }
    client.create(&["blue"])?;
    let dump = client.dump_routes(Some("blue"))?;
    ensure!(dump.objects.is_empty() && dump.flags.0 == Flags::MULTI | Flags::DUMP_FILTERED, "{dump:?}");
    Ok(())
}

const DESTINATIONS: [&str; 9] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/9",
    "10.1.0.0/16",
    "255.255.255.255/32",
    "::/0",
    "::/1",
    "::1/128",
    "2001:db8::/32",
];

fn complete(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let names = ["red", "green", "blue"];
    client.create(&names)?;
    for dst in DESTINATIONS.iter().rev() {
        names.iter().try_for_each(|name| client.add(name, dst, &[dev("eth0")]))?;
    }
    let mut tables: Vec<_> = client.dump_tables()?.objects.into_iter().map(|table| table.name).collect();
    let dump = client.dump_routes(None)?;
    ensure!(dump.flags == (Flags::MULTI, Flags::MULTI), "flags {:?}", dump.flags);
    let expected: Vec<_> = DESTINATIONS.iter().map(|dst| prefix(dst)).collect();
    for routes in dump.objects.chunks(expected.len()) {
        let name = &routes[0].table;
        ensure!(routes.iter().all(|route| route.table == *name), "{name} is mixed with others");
        let found: Vec<_> = routes.iter().map(|route| route.dst).collect();
        ensure!(found == expected, "{name}: {found:?}");
    }
    ensure!(dump.objects.len() == 3 * expected.len(), "{} routes", dump.objects.len());
    tables.sort();
    ensure!(tables == ["blue", "green", "red"], "{tables:?}");
    Ok(())
}

fn filtered(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue", "red"])?;
    client.add("blue", "10.0.0.0/8", &[dev("eth0")])?;
    client.add("red", "20.0.0.0/8", &[dev("eth0")])?;
    let dump = client.dump_routes(Some("red"))?;
    let flags = Flags::MULTI | Flags::DUMP_FILTERED;
    ensure!(dump.flags == (flags, flags), "flags {:?}", dump.flags);
    ensure!(dump.objects.len() == 1 && dump.objects[0].dst == prefix("20.0.0.0/8"), "{:?}", dump.objects);
    Ok(())
}

fn no_ack(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let (bytes, seq) = client.request(&TableGet { name: None }, GetFlags::DUMP | Flags::ACK);
    client.speaker.send(&bytes)?;
    // Whatever comes behind the end is an error there.
    let dump: Dumped<Table> = client.finish_dump(seq, Vec::new())?;
    ensure!(dump.objects.len() == 1, "{:?}", dump.objects);
    Ok(())
}

/// Fills a table with /24 networks, `hops` next hops each.
fn fill(client: &Client, table: &str, routes: u32, hops: usize) -> Outcome {
    let names: Vec<String> = (0..hops).map(|n| format!("interface-with-a-long-name-{n}")).collect();
    let hops: Vec<NextHop<'_>> = names.iter().map(|name| dev(name)).collect();
    let requests: Vec<_> =
        (0..routes).map(|n| client.request(&new(table, &network(n), &hops), NewFlags::CREATE).0).collect();
    for some in requests.chunks(40) {
        let replies = client.speaker.ask(&datagram(some))?;
        ensure!(replies.is_empty(), "{:?}", replies[0]);
    }
    Ok(())
}

fn network(n: u32) -> String {
    format!("{}.{}.{}.0/24", n >> 16, n >> 8 & 0xff, n & 0xff)
}

fn many(bench: &Bench) -> Outcome {
    const ROUTES: u32 = 20_000;
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    fill(&client, "blue", ROUTES, 1)?;
    let dump = client.dump_routes(None)?;
    let expected = (0..ROUTES).map(|n| prefix(&network(n)));
    ensure!(dump.objects.len() == ROUTES as usize, "{} routes", dump.objects.len());
    ensure!(dump.objects.iter().map(|route| route.dst).eq(expected), "out of order");
    ensure!(dump.datagrams > 20, "{} datagrams", dump.datagrams);
    ensure!(dump.flags == (Flags::MULTI, Flags::MULTI), "flags {:?}", dump.flags);
    Ok(())
}

fn largest_routes(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    fill(&client, "blue", 30, 32)?;
    let dump = client.dump_routes(Some("blue"))?;
    ensure!(dump.objects.len() == 30 && dump.objects.iter().all(|route| route.hops.len() == 32), "{dump:?}");
    Ok(())
}

/// A dump that is too large for the receive buffer, of which one datagram has been read.
struct Begun {
    client: Client,
    seq: u32,
    first: Vec<Reply>,
}

const LARGE: u32 = 3_000;

fn begin(bench: &Bench, table: Option<&str>) -> Result<Begun, String> {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    fill(&client, "blue", LARGE, 8)?;
    let (bytes, seq) = client.request(&RouteGet { table, ..RouteGet::default() }, GetFlags::DUMP);
    client.speaker.send(&bytes)?;
    let first = client.speaker.receive_datagram(PATIENCE)?;
    ensure!(first.len() < 1_000, "{} routes in a datagram", first.len());
    Ok(Begun { client, seq, first })
}

fn interrupted(bench: &Bench) -> Outcome {
    let Begun { client, seq, first } = begin(bench, None)?;
    let shown = Route::read(&first[first.len() - 1].message())?.dst;
    let other = Client::new(bench)?;
    // The route where the dump stands, all odd ones behind it, and new ones at the end.
    other.ok(&RouteDel { table: "blue", dst: shown }, Flags::empty())?;
    for n in (0..LARGE).filter(|n| n % 2 == 1 && prefix(&network(*n)) > shown) {
        other.ok(&RouteDel { table: "blue", dst: prefix(&network(n)) }, Flags::empty())?;
    }
    other.add("blue", "250.0.0.0/8", &[dev("eth0")])?;
    let dump: Dumped<Route> = client.finish_dump(seq, first)?;
    ensure!(dump.flags.1.contains(Flags::DUMP_INTR), "not marked: {:?}", dump.flags);
    ensure!(dump.objects.is_sorted_by(|a, b| a.dst < b.dst), "out of order, or twice");
    for n in (0..LARGE).filter(|n| n % 2 == 0) {
        let dst = prefix(&network(n));
        ensure!(dump.objects.binary_search_by(|route| route.dst.cmp(&dst)).is_ok(), "{dst:?} was skipped");
    }
    let last = dump.objects.last().map(|route| route.dst);
    ensure!(last == Some(prefix("250.0.0.0/8")), "the last one is {last:?}");
    let again = client.dump_routes(None)?;
    ensure!(!again.flags.1.contains(Flags::DUMP_INTR), "a dump without changes is marked");
    Ok(())
}

fn interrupted_tables(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let names: Vec<String> = (0..500).map(|n| format!("table-{n}")).collect();
    client.create(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
    let changes: [fn(&Client) -> Outcome; 3] = [
        |other| other.create(&["more"]),
        |other| other.add("table-0", "10.0.0.0/8", &[dev("eth0")]),
        |other| other.ok(&TableDel { name: "table-499" }, Flags::empty()),
    ];
    let other = Client::new(bench)?;
    for (number, change) in changes.iter().enumerate() {
        let (bytes, seq) = client.request(&TableGet { name: None }, GetFlags::DUMP);
        client.speaker.send(&bytes)?;
        // The kernel fills the first part when it is asked, and the next one when the first is received.
        change(&other)?;
        let dump: Dumped<Table> = client.finish_dump(seq, Vec::new())?;
        ensure!(dump.flags.1.contains(Flags::DUMP_INTR), "change {number}: not marked: {:?}", dump.flags);
    }
    Ok(())
}

fn interrupted_end(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[dev("eth0")])?;
    let (bytes, seq) = client.request(&RouteGet::default(), GetFlags::DUMP);
    client.speaker.send(&bytes)?;
    Client::new(bench)?.add("blue", "20.0.0.0/8", &[dev("eth0")])?;
    let first = client.speaker.receive_datagram(PATIENCE)?;
    let is_over = first.iter().any(|reply| reply.message().ty() == MessageType::DONE);
    let dump: Dumped<Route> = client.finish_dump(seq, first)?;
    let is_marked = dump.flags.1.contains(Flags::DUMP_INTR);
    // Where the end came with the object, the change came behind the dump.
    ensure!(is_marked != is_over, "the dump was over: {is_over}, it is marked: {is_marked}");
    Ok(())
}

fn other_table(bench: &Bench) -> Outcome {
    let Begun { client, seq, first } = begin(bench, Some("blue"))?;
    let other = Client::new(bench)?;
    other.create(&["red"])?;
    other.add("red", "10.0.0.0/8", &[dev("eth0")])?;
    let dump: Dumped<Route> = client.finish_dump(seq, first)?;
    ensure!(!dump.flags.1.contains(Flags::DUMP_INTR), "marked: {:?}", dump.flags);
    ensure!(dump.objects.len() == LARGE as usize, "{} routes", dump.objects.len());
    Ok(())
}

fn deleted_table(bench: &Bench) -> Outcome {
    for is_cleared in [true, false] {
        super::delete_all(bench)?;
        let Begun { client, seq, first } = begin(bench, Some("blue"))?;
        let other = Client::new(bench)?;
        if is_cleared {
            other.ok(&TableClear { name: "blue" }, Flags::empty())?;
        } else {
            other.ok(&TableDel { name: "blue" }, Flags::empty())?;
            other.create(&["blue"])?;
            other.add("blue", "250.0.0.0/8", &[dev("eth0")])?;
        }
        let dump: Dumped<Route> = client.finish_dump(seq, first)?;
        ensure!(dump.flags.1.contains(Flags::DUMP_INTR), "not marked: {:?}", dump.flags);
        ensure!(dump.objects.iter().all(|route| route.dst.len == 24), "it shows a route of the new table");
        ensure!(dump.objects.len() < LARGE as usize, "it shows routes that are deleted");
    }
    Ok(())
}

fn second_dump(bench: &Bench) -> Outcome {
    let Begun { client, seq, first } = begin(bench, None)?;
    let second = client.request(&TableGet { name: None }, GetFlags::DUMP);
    client.speaker.send(&second.0)?;
    let mut before = first;
    let refusal = loop {
        let mut more = client.speaker.receive_datagram(PATIENCE)?;
        match more.iter().position(|reply| reply.message().seq() == second.1) {
            Some(at) => break more.remove(at),
            None => before.append(&mut more),
        }
    };
    Refusal::read(&refusal, &second.0)?.expect(EBUSY, "", "a dump is already running on this socket")?;
    let dump: Dumped<Route> = client.finish_dump(seq, before)?;
    ensure!(dump.objects.len() == LARGE as usize, "{} routes", dump.objects.len());
    ensure!(client.dump_tables()?.objects.len() == 1, "no dump is possible any more");
    Ok(())
}

fn other_requests(bench: &Bench) -> Outcome {
    let Begun { client, seq, first } = begin(bench, None)?;
    let get = client.request(&TableGet { name: Some("blue") }, Flags::ACK);
    client.speaker.send(&get.0)?;
    let mut before = first;
    let mut answers = Vec::new();
    while answers.len() < 2 {
        for reply in client.speaker.receive_datagram(PATIENCE)? {
            if reply.message().seq() == get.1 { answers.push(reply) } else { before.push(reply) }
        }
    }
    ensure!(answers[0].message().ty().0 == 21, "{answers:?}");
    super::client::expect_ack(&answers[1])?;
    let is_over = before.iter().any(|reply| reply.message().ty() == MessageType::DONE);
    ensure!(!is_over, "the dump was over before it was answered");
    let dump: Dumped<Route> = client.finish_dump(seq, before)?;
    ensure!(dump.objects.len() == LARGE as usize, "{} routes", dump.objects.len());
    Ok(())
}

fn closed(bench: &Bench) -> Outcome {
    for _ in 0..5 {
        super::delete_all(bench)?;
        drop(begin(bench, None)?);
    }
    let client = Client::new(bench)?;
    ensure!(client.dump_routes(None)?.objects.len() == LARGE as usize, "routes are missing");
    client.ok(&TableDel { name: "blue" }, Flags::empty())
}

fn library(bench: &Bench) -> Outcome {
    let (protocol, to) = bench.address();
    let socket = Socket::open(protocol).map_err(|err| err.to_string())?;
    let mut connection = Connection::new(socket, to.port_id);
    let other = Client::new(bench)?;
    other.create(&["blue"])?;
    fill(&other, "blue", LARGE, 8)?;
    let of_one = RouteGet { table: Some("blue"), ..RouteGet::default() };

    let mut dump = connection.dump(&of_one).map_err(|err| err.to_string())?;
    let mut routes = 0;
    while dump.next::<RouteReply<'_>>().map_err(|err| err.to_string())?.is_some() {
        routes += 1;
    }
    ensure!(routes == LARGE && dump.is_filtered(), "{routes} routes, filtered: {}", dump.is_filtered());
    drop(dump);

    let mut dump = connection.dump(&of_one).map_err(|err| err.to_string())?;
    dump.next::<RouteReply<'_>>().map_err(|err| err.to_string())?;
    other.add("blue", "250.0.0.0/8", &[dev("eth0")])?;
    let end = loop {
        match dump.next::<RouteReply<'_>>() {
            Ok(Some(_)) => {}
            Ok(None) => break None,
            Err(err) => break Some(err),
        }
    };
    ensure!(matches!(end, Some(RequestError::Interrupted)), "the dump ended with {end:?}");
    drop(dump);

    let mut dump =
        connection.dump(&RouteGet { table: Some("red"), ..of_one }).map_err(|err| err.to_string())?;
    let refused = dump.next_message().err().map(|err| err.to_string()).unwrap_or_default();
    ensure!(refused.contains("ENOENT") && refused.contains("RouteGet.table"), "{refused:?}");
    Ok(())
}
