//! Removing a module, also while it is in use.

use super::{AsBefore, MODULES, NO_MODULE, expect_logged, is_loaded, load, run, unload, unload_all};
use crate::harness::Bench;
use crate::rtm::client::Client;
use crate::rtm::object::via;
use crate::{Outcome, Scenario, ensure};
use nl_tlv::GetFlags;
use nl_tlv::socket::{Connection, Protocol, Socket};
use nl_tlv_lab::greet;
use nl_tlv_lab::rtm::RouteGet;
use std::process::Command;

/// The scenarios of this file.
pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::module("a module with open sockets cannot be removed, without them it can", NO_MODULE, in_use),
    Scenario::module("a dump that nobody reads keeps its module", NO_MODULE, in_a_dump),
    Scenario::module("removal releases all tables and routes", NO_MODULE, forgets),
    Scenario::module("opening a socket loads the right module", NO_MODULE, autoload),
];

/// That removing it is refused because it is in use.
fn refused(module: &str) -> Outcome {
    let said = run(Command::new("rmmod").arg(module));
    let is_busy = said.as_ref().is_err_and(|err| err.contains("Resource temporarily unavailable"));
    ensure!(is_busy && is_loaded(module), "removing {module}: {said:?}");
    Ok(())
}

fn in_use(bench: &Bench) -> Outcome {
    let _end = AsBefore;
    let sockets = [greet::PROTOCOL, nl_tlv_lab::rtm::PROTOCOL].map(|n| Socket::open(Protocol::new(n)));
    MODULES.iter().try_for_each(|module| refused(module))?;
    ensure!(sockets.iter().all(Result::is_ok), "{sockets:?}");
    // Refusing to go has harmed nothing.
    Client::new(bench)?.create(&["blue"])?;
    drop(sockets);
    for module in MODULES {
        unload(module)?;
        ensure!(!is_loaded(module), "{module} is still there");
    }
    expect_logged("greet: released netlink protocol 31 and generic netlink family greet")?;
    expect_logged("rtm: released netlink protocol 30")
}

fn in_a_dump(bench: &Bench) -> Outcome {
    let _end = AsBefore;
    let client = Client::new(bench)?;
    client.create(&["blue"])?;
    for n in 0..2000 {
        client.add("blue", &format!("10.{}.{}.0/24", n / 256, n % 256), &[via("11.1.1.1")])?;
    }
    let (dump, _) = client.request(&RouteGet::default(), GetFlags::DUMP);
    client.speaker.send(&dump)?;
    refused("rtm")?;
    drop(client);
    unload("rtm")
}

fn forgets(bench: &Bench) -> Outcome {
    let _end = AsBefore;
    let client = Client::new(bench)?;
    client.create(&["blue", "red"])?;
    for n in 0..100 {
        client.add("blue", &format!("10.0.{n}.0/24"), &[via("11.1.1.1")])?;
        client.add("red", &format!("2001:db8:{n}::/48"), &[via("fe80::1")])?;
    }
    drop(client);
    unload("rtm")?;
    load("rtm", &[])?;
    expect_logged("rtm: registered netlink protocol 30")?;
    let client = Client::new(bench)?;
    ensure!(client.dump_tables()?.objects.is_empty(), "tables are left");
    client.create(&["blue"])?;
    ensure!(client.table("blue")?.generation == 1, "the generation goes on: {:?}", client.table("blue"));
    Ok(())
}

fn autoload(_: &Bench) -> Outcome {
    let _end = AsBefore;
    for (module, protocol) in MODULES.into_iter().zip([greet::PROTOCOL, nl_tlv_lab::rtm::PROTOCOL]) {
        unload_all()?;
        Socket::open(Protocol::new(protocol)).map_err(|err| format!("protocol {protocol}: {err}"))?;
        let loaded = MODULES.map(is_loaded);
        ensure!(loaded == MODULES.map(|name| name == module), "protocol {protocol} has loaded {loaded:?}");
    }
    unload_all()?;
    let mut generic = Connection::open(Protocol::GENERIC).map_err(|err| err.to_string())?;
    generic.resolve(greet::FAMILY).map_err(|err| format!("the family: {err}"))?;
    ensure!(is_loaded("greet") && !is_loaded("rtm"), "the family has loaded another module");
    Ok(())
}
