//! Tables: created, shown, cleared, deleted, and what they may be called.

use super::client::{Client, EINVAL, ENOENT, ENOTEMPTY, ERANGE, FAILED, NO_NAME, TABLE_EXISTS, new};
use super::object::via;
use crate::harness::Bench;
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{DeleteFlags, Flags, NewFlags};
use nl_tlv_lab::rtm::{TableClear, TableDel, TableGet, TableNew};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("a table that was created is shown, empty", created),
    Scenario::both("a table that exists gets error code -100, whatever the flags", exists),
    Scenario::both("a table that does not exist is not created without CREATE", not_created),
    Scenario::both("a table that does not exist cannot be shown, cleared or deleted", unknown),
    Scenario::both("deleting a table deletes its routes", deleted),
    Scenario::both("with NONREC only an empty table is deleted", deleted_if_empty),
    Scenario::both("clearing a table leaves it empty", cleared),
    Scenario::both("a name is 1 to 31 graphic ASCII bytes", names),
    Scenario::both(
        "a name may be followed by NULs up to 32 bytes, and is shown in the shortest form",
        zero_filled,
    ),
    Scenario::both("other names, and bytes behind the first NUL, get EINVAL", bad_names),
    Scenario::both("a name of 33 bytes gets ERANGE, NULs included", too_long),
    Scenario::both("the last of several names counts", last_name),
    Scenario::both("the generation rises with every change and is never reused", generation),
    Scenario::both("a table's generation is that of the last change in it", generation_of_a_table),
];

fn created(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue", "red"])?;
    for name in ["blue", "red"] {
        let table = client.table(name)?;
        ensure!((table.name.as_str(), table.routes) == (name, 0), "{table:?}");
    }
    Ok(())
}

fn exists(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let before = client.table("blue")?;
    for modifiers in 0..16 {
        for ack in [Flags::empty(), Flags::ACK] {
            let flags = Flags::from_bits_retain(modifiers << 8) | ack;
            let refused = client.refused(&TableNew { name: "blue" }, flags)?;
            refused.expect(TABLE_EXISTS, "TableNew.name", "table \"blue\" already exists")?;
        }
    }
    ensure!(client.table("blue")? == before, "the table changed: {:?}", client.table("blue"));
    Ok(())
}

fn not_created(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for flags in [NewFlags::empty(), NewFlags::EXCL, NewFlags::REPLACE] {
        let refused = client.refused(&TableNew { name: "blue" }, flags)?;
        refused.expect(ENOENT, "TableNew.name", "no table \"blue\", and NLM_F_CREATE not set")?;
    }
    ensure!(client.dump_tables()?.objects.is_empty(), "a table was made");
    Ok(())
}

fn unknown(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let none = Flags::empty();
    for name in ["blu", "blue2", "Blue"] {
        let text = format!("no table \"{name}\"");
        client.refused(&TableGet { name: Some(name) }, none)?.expect(ENOENT, "TableGet.name", &text)?;
        client.refused(&TableClear { name }, none)?.expect(ENOENT, "TableClear.name", &text)?;
        client.refused(&TableDel { name }, none)?.expect(ENOENT, "TableDel.name", &text)?;
    }
    Ok(())
}

fn deleted(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue", "red"])?;
    for table in ["blue", "red"] {
        client.add(table, "10.0.0.0/8", &[via("11.1.1.1")])?;
        client.add(table, "2001:db8::/32", &[via("fe80::1")])?;
    }
    client.ok(&TableDel { name: "blue" }, Flags::empty())?;
    client.refused(&TableGet { name: Some("blue") }, Flags::empty())?.expect(
        ENOENT,
        "TableGet.name",
        "no table \"blue\"",
    )?;
    ensure!(client.dump_routes(None)?.objects.iter().all(|route| route.table == "red"), "routes are left");
    client.create(&["blue"])?;
    ensure!(client.table("blue")?.routes == 0, "the new table has routes");
    ensure!(client.table("red")?.routes == 2, "the other table changed");
    Ok(())
}

fn deleted_if_empty(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    let refused = client.refused(&TableDel { name: "blue" }, DeleteFlags::NONREC)?;
    refused.expect(ENOTEMPTY, "TableDel.name", "table \"blue\" is not empty")?;
    ensure!(client.table("blue")?.routes == 1, "the route is gone");
    client.ok(&TableClear { name: "blue" }, Flags::empty())?;
    client.ok(&TableDel { name: "blue" }, DeleteFlags::NONREC)?;
    ensure!(client.dump_tables()?.objects.is_empty(), "the table is there");
    Ok(())
}

fn cleared(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    for n in 0..100 {
        client.add("blue", &format!("10.0.{n}.0/24"), &[via("11.1.1.1")])?;
        client.add("blue", &format!("2001:db8:{n}::/48"), &[via("fe80::1")])?;
    }
    ensure!(client.table("blue")?.routes == 200, "{:?}", client.table("blue"));
    client.ok(&TableClear { name: "blue" }, Flags::empty())?;
    ensure!(client.table("blue")?.routes == 0, "{:?}", client.table("blue"));
    ensure!(client.dump_routes(Some("blue"))?.objects.is_empty(), "routes are left");
    client.add("blue", "10.0.0.0/24", &[via("11.1.1.1")])?;
    ensure!(client.table("blue")?.routes == 1, "{:?}", client.table("blue"));
    Ok(())
}

fn names(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let graphic: Vec<char> = (0x21..=0x7e_u8).map(char::from).collect();
    let mut names: Vec<String> = graphic.chunks(31).map(|some| some.iter().collect()).collect();
    names.extend(["x".to_owned(), "y".repeat(31)]);
    for name in &names {
        client.create(&[name])?;
        ensure!(client.table(name)?.name == *name, "{:?}", client.table(name));
    }
    Ok(())
}

/// A name in a field of this many bytes.
fn filled(name: &str, size: usize) -> Vec<u8> {
    let mut bytes = name.as_bytes().to_vec();
    bytes.resize(size, 0);
    bytes
}

fn zero_filled(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let ok = |ty, flags, name: &[u8]| {
        let replies = client.speaker.ask(&client.request_of(ty, flags, |w| w.put(1, name)).0)?;
        ensure!(replies.is_empty(), "type {ty}, {name:?}: {:?}", replies[0]);
        Ok(())
    };
    for name in ["b", "blue", &"x".repeat(30), &"y".repeat(31)] {
        for size in name.len() + 1..=32 {
            let long = filled(name, size);
            ok(21, NewFlags::CREATE.into(), &long)?;
            // It is the same table as that of the shortest form, for each of the requests.
            client.refused(&TableNew { name }, NewFlags::CREATE)?.expect(
                TABLE_EXISTS,
                "TableNew.name",
                &format!("table \"{name}\" already exists"),
            )?;
            let answers =
                client.speaker.ask(&client.request_of(23, Flags::empty(), |w| w.put(1, &long)).0)?;
            let shown = answers
                .first()
                .and_then(|answer| answer.message().attrs().next()?.ok().map(|a| a.payload().to_vec()));
            ensure!(shown == Some(filled(name, name.len() + 1)), "{name} is shown as {shown:?}");
            ok(24, Flags::empty(), &long)?;
            ok(22, Flags::empty(), &long)?;
        }
    }
    Ok(())
}

fn too_long(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for (ty, place) in [(21, "TableNew.name"), (22, "TableDel.name"), (24, "TableClear.name")] {
        let request = client.request_of(ty, Flags::ACK, |w| w.put(1, &filled("blue", 33)));
        client.refusal_of(&request)?.expect(ERANGE, place, FAILED)?;
    }
    Ok(())
}

fn bad_names(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let long = [[b'x'; 32].as_slice(), &[0]].concat();
    let names: [(&[u8], &str); 15] = [
        (b"", FAILED),
        (b"\0", NO_NAME),
        (b"blue", FAILED),
        (b"\0blue\0", NO_NAME),
        (b"bl\0ue", NO_NAME),
        (&[0; 32], NO_NAME),
        (b"bl\0ue\0", NO_NAME),
        (b"bl ue\0", NO_NAME),
        (b"bl\tue\0", NO_NAME),
        (b"bl\x7fue\0", NO_NAME),
        (b"bl\xffue\0", NO_NAME),
        // A letter in Latin-1, which is what the kernel's own isgraph() takes for graphic.
        (b"bl\xfc\0", NO_NAME),
        ("bl\u{fc}\0".as_bytes(), NO_NAME),
        (&long, FAILED),
        (&long[..32], FAILED),
    ];
    for (name, text) in names {
        let places = ["TableNew.name", "TableDel.name", "TableGet.name", "TableClear.name"];
        for (ty, place) in (21..).zip(places) {
            let request = client.request_of(ty, NewFlags::CREATE | Flags::ACK, |w| w.put(1, name));
            // A dump bit would come before the name.
            let request =
                if ty == 23 { client.request_of(ty, Flags::ACK, |w| w.put(1, name)) } else { request };
            let refused = client.refusal_of(&request)?;
            refused.expect(EINVAL, place, text).map_err(|err| format!("type {ty}, {name:?}: {err}"))?;
        }
    }
    ensure!(client.dump_tables()?.objects.is_empty(), "a table was made");
    Ok(())
}

fn last_name(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let request = client.request_of(21, NewFlags::CREATE | Flags::ACK, |w| {
        w.put(1, b"first\0")?;
        w.put(1, b"last\0")
    });
    ensure!(client.ask(&request)?.len() == 1, "no ACK");
    let tables = client.dump_tables()?.objects;
    ensure!(tables.len() == 1 && tables[0].name == "last", "{tables:?}");
    Ok(())
}

fn generation(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let mut last = 0;
    let mut expect_rise = |generation: u64| {
        ensure!(generation > last, "generation {generation} after {last}");
        last = generation;
        Ok(())
    };
    let hops = [via("11.1.1.1")];
    for _ in 0..3 {
        client.create(&["blue"])?;
        expect_rise(client.table("blue")?.generation)?;
        client.add("blue", "10.0.0.0/8", &hops)?;
        expect_rise(client.route("blue", "10.0.0.0/8")?.generation)?;
        client.ok(&new("blue", "10.0.0.0/8", &hops), NewFlags::REPLACE)?;
        expect_rise(client.route("blue", "10.0.0.0/8")?.generation)?;
        client.ok(&TableClear { name: "blue" }, Flags::empty())?;
        expect_rise(client.table("blue")?.generation)?;
        client.ok(&TableDel { name: "blue" }, Flags::empty())?;
    }
    Ok(())
}

fn generation_of_a_table(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue", "red"])?;
    let red = client.table("red")?;
    client.add("blue", "10.0.0.0/8", &[via("11.1.1.1")])?;
    client.add("blue", "11.0.0.0/8", &[via("11.1.1.1")])?;
    let (table, route) = (client.table("blue")?, client.route("blue", "11.0.0.0/8")?);
    ensure!(table.generation == route.generation, "{table:?}, and its last change {route:?}");
    ensure!(client.table("red")? == red, "the other table changed");
    Ok(())
}
