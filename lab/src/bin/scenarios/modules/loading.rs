//! The parameters of the modules.

use super::{AsBefore, NO_MODULE, expect_logged, is_loaded, load, unload, unload_all};
use crate::harness::{Bench, Speaker, message};
use crate::rtm::client::{Client, ENOSPC, new};
use crate::rtm::object::via;
use crate::{Outcome, Scenario, ensure};
use nl_tlv::socket::{Address, Protocol, Socket};
use nl_tlv::{Flags, GetFlags, Header, MessageType, NewFlags};
use nl_tlv_lab::rtm::TableNew;
use std::fs;

/// The scenarios of this file.
pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::module("the modules take the protocol numbers 17 and 23 to 31", NO_MODULE, other_numbers),
    Scenario::module("other protocol numbers refuse the load with EINVAL", NO_MODULE, bad_numbers),
    Scenario::module("a protocol number that is taken refuses the load with ENOMEM", NO_MODULE, taken),
    Scenario::module("two modules work at once under other numbers", NO_MODULE, two_at_once),
    Scenario::module("limits can be set when the module is loaded", NO_MODULE, limits),
];

fn parameter(module: &str, name: &str) -> Result<String, String> {
    let path = format!("/sys/module/{module}/parameters/{name}");
    let text = fs::read_to_string(&path).map_err(|err| format!("{path}: {err}"))?;
    Ok(text.trim().to_owned())
}

fn other_numbers(_: &Bench) -> Outcome {
    let _end = AsBefore;
    unload_all()?;
    for module in ["greet", "rtm"] {
        for number in [17, 23, 31] {
            load(module, &[&format!("protocol={number}")])?;
            ensure!(parameter(module, "protocol")? == number.to_string(), "{module} is not at {number}");
            Socket::open(Protocol::new(number)).map_err(|err| format!("{module} at {number}: {err}"))?;
            unload(module)?;
        }
    }
    Ok(())
}

/// That loading is refused with this errno and that line in the kernel's log.
fn refused(module: &str, number: &str, errno: &str, logged: &str) -> Outcome {
    let said = load(module, &[&format!("protocol={number}")]);
    ensure!(
        said.as_ref().is_err_and(|err| err.contains(errno)) && !is_loaded(module),
        "{module} at {number}: expected {errno:?}, found {said:?}"
    );
    expect_logged(&format!("{module}: netlink protocol {number}: {logged}"))
}

fn bad_numbers(_: &Bench) -> Outcome {
    let _end = AsBefore;
    unload_all()?;
    for (module, number) in [
        ("greet", "0"),
        ("rtm", "16"),
        ("greet", "18"),
        ("rtm", "22"),
        ("greet", "32"),
        ("rtm", "4294967295"),
    ] {
        refused(module, number, "Invalid argument", "not 17 or 23 to 31")?;
    }
    Ok(())
}

fn taken(_: &Bench) -> Outcome {
    let _end = AsBefore;
    unload("rtm")?;
    refused("rtm", "31", "Cannot allocate memory", "taken or no memory")?;
    load("rtm", &[])?;
    unload("greet")?;
    refused("greet", "30", "Cannot allocate memory", "taken or no memory")?;
    // The other one did not suffer.
    Socket::open(Protocol::new(nl_tlv_lab::rtm::PROTOCOL)).map(drop).map_err(|err| err.to_string())
}

fn speaker(number: u32) -> Result<Speaker, String> {
    let socket = Socket::open(Protocol::new(number)).map_err(|err| format!("protocol {number}: {err}"))?;
    Ok(Speaker { socket, to: Address::KERNEL })
}

fn two_at_once(_: &Bench) -> Outcome {
    let _end = AsBefore;
    unload_all()?;
    load("greet", &["protocol=30"])?;
    load("rtm", &["protocol=17"])?;
    let (greeter, manager) = (speaker(30)?, Client::of(speaker(17)?));
    for name in ["blue", "red"] {
        manager.create(&[name])?;
        let replies = greeter.ask(&message(MessageType(20), Header::new().flags(Flags::ACK), b"Hello"))?;
        ensure!(replies.len() == 1 && replies[0].bytes.len() == 272, "greet at 30: {replies:?}");
    }
    ensure!(manager.dump_tables()?.objects.len() == 2, "rtm at 17 has other tables");
    // What the one knows is unknown to the other.
    let dump = message(MessageType(23), Header::request().flags(GetFlags::DUMP), &[]);
    let (errno, _) = greeter.ask(&dump)?.first().ok_or("no answer")?.refusal()?;
    ensure!(errno == 95, "greet answers a request of rtm with {errno}");
    Ok(())
}

fn limits(bench: &Bench) -> Outcome {
    let _end = AsBefore;
    unload("rtm")?;
    load("rtm", &["max_tables=2", "max_routes=3"])?;
    let client = Client::new(bench)?;
    client.create(&["blue", "red"])?;
    let more = client.refused(&TableNew { name: "green" }, NewFlags::CREATE)?;
    more.expect(ENOSPC, "TableNew.name", "too many tables, the limit is 2")?;
    (0..3).try_for_each(|n| client.add("blue", &format!("10.{n}.0.0/16"), &[via("11.1.1.1")]))?;
    let more = client.refused(&new("red", "10.0.0.0/8", &[via("11.1.1.1")]), NewFlags::CREATE)?;
    more.expect(ENOSPC, "RouteNew.dst", "too many routes, the limit is 3")?;
    drop(client);
    unload("rtm")?;
    load("rtm", &[])?;
    let found = (parameter("rtm", "max_tables")?, parameter("rtm", "max_routes")?);
    ensure!(found == ("1024".into(), "1048576".into()), "the limits are {found:?}");
    Ok(())
}
