//! What refusals say of the object that they are about: whose name, whose address, and how much of it.

use super::client::{Client, ENOENT, TABLE_EXISTS, new};
use super::object::{address, dev, prefix};
use crate::harness::Bench;
use crate::{Outcome, Scenario};
use nl_tlv::{Flags, NewFlags};
use nl_tlv_lab::rtm::{RouteDel, RouteGet, TableNew};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("a refusal quotes the name of the table, the longest too", names),
    Scenario::both("a refusal names the destination as the kernel prints addresses", addresses),
    Scenario::both("a text beyond 79 bytes is cut", cut),
];

fn names(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for name in ["b\"l\\u%s", &"x".repeat(31)] {
        let absent = client.refused(&TableNew { name }, NewFlags::EXCL)?;
        absent.expect(ENOENT, "TableNew.name", &format!("no table \"{name}\", and NLM_F_CREATE not set"))?;
        client.create(&[name])?;
        let twice = client.refused(&TableNew { name }, NewFlags::CREATE)?;
        twice.expect(TABLE_EXISTS, "TableNew.name", &format!("table \"{name}\" already exists"))?;
    }
    Ok(())
}

/// Addresses, and how `%pI4` and `%pI6c` print them.
const PRINTED: [(&str, &str); 15] = [
    ("0.0.0.0", "0.0.0.0"),
    ("255.255.255.255", "255.255.255.255"),
    ("::", "::"),
    ("::1", "::1"),
    ("1::", "1::"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("::a01:101", "::a01:101"),
    ("::ffff:a01:101", "::ffff:10.1.1.1"),
    ("fe80::5efe:a01:101", "fe80::5efe:10.1.1.1"),
    ("2001:db8:1:2:200:5efe:a01:101", "2001:db8:1:2:200:5efe:10.1.1.1"),
    ("::5efe:a01:101", "::5efe:10.1.1.1"),
    ("2001:db8::100:5efe:a01:101", "2001:db8::100:5efe:a01:101"),
    ("2001:db8::5efe:0:0", "2001:db8::5efe:0.0.0.0"),
];

fn addresses(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    for (text, printed) in PRINTED {
        let len = if address(text).is_ipv4() { 32 } else { 128 };
        let dst = prefix(&format!("{text}/{len}"));
        let del = client.refused(&RouteDel { table: "blue", dst }, Flags::empty())?;
        del.expect(ENOENT, "RouteDel.dst", &format!("no route {printed}/{len}"))?;
        let get = RouteGet { table: Some("blue"), dst: None, lookup: Some(address(text)) };
        let get = client.refused(&get, Flags::empty())?;
        get.expect(ENOENT, "RouteGet.lookup", &format!("no route to {printed}"))?;
    }
    Ok(())
}

fn cut(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    let dst = "ffff:ffff:ffff:ffff:200:5efe:ffff:ffff/128";
    let text = "no route ffff:ffff:ffff:ffff:200:5efe:255.255.255.255/128, and NLM_F_CREATE not";
    assert_eq!(text.len(), 79);
    client.refused(&new("blue", dst, &[dev("eth0")]), NewFlags::REPLACE)?.expect(ENOENT, "RouteNew.dst", text)
}
