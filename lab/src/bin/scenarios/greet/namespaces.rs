//! Network namespaces: each has a greet of its own.

use super::genl::hear;
use crate::harness::{Bench, message};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, Header, MessageType, NlMessage};
use nl_tlv_lab::greet::client::Client;
use nl_tlv_lab::greet::{GROUP_EVENTS, GreetEvent};
use std::io::Read;

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[Scenario::module(
    "two network namespaces do not see each other",
    "a peer is in one namespace",
    two_namespaces,
)];

fn two_namespaces(bench: &Bench) -> Outcome {
    let (listener, family) = (bench.speaker()?, bench.client(true)?);
    listener.subscribe(bench, GROUP_EVENTS)?;
    family.subscribe().map_err(|err| err.to_string())?;
    let mut other = bench.process(&["unshare", "-n"], "isolated")?;
    other.expect("ready")?;
    say(&bench.speaker()?, b"outside")?;
    other.go_on();
    other.expect("inside")?;
    other.finish()?;
    say(&bench.speaker()?, b"the end")?;
    for expected in ["outside", "the end"] {
        let reply = listener.receive()?;
        let event = GreetEvent::parse(&reply.message()).map_err(|err| err.to_string())?;
        ensure!(event.text == expected.as_bytes(), "{event:?}, expected {expected:?}");
        expect_event(&family, expected)?;
    }
    Ok(())
}

/// The next event of the generic netlink family, which has a group in each namespace, too.
fn expect_event(family: &Client, expected: &str) -> Outcome {
    let heard = hear(family)?;
    let is_right = heard.starts_with("event ") && heard.ends_with(&format!(" {expected}"));
    ensure!(is_right, "by the family: {heard:?}, expected {expected:?}");
    Ok(())
}

fn say(speaker: &crate::harness::Speaker, text: &[u8]) -> Outcome {
    speaker.ask(&message(MessageType(20), Header::new().flags(Flags::ACK), text)).map(|_| ())
}

/// What the process in the other namespace does: subscribes, waits, speaks to itself, and prints what it heard first.
pub(crate) fn stay_alone(bench: &Bench) -> Outcome {
    let (listener, family) = (bench.speaker()?, bench.client(true)?);
    listener.subscribe(bench, GROUP_EVENTS)?;
    family.subscribe().map_err(|err| err.to_string())?;
    println!("ready");
    std::io::stdin().read_to_end(&mut Vec::new()).map_err(|err| err.to_string())?;
    say(&bench.speaker()?, b"inside")?;
    let reply = listener.receive()?;
    let event = GreetEvent::parse(&reply.message()).map_err(|err| err.to_string())?;
    expect_event(&family, "inside")?;
    println!("{}", String::from_utf8_lossy(event.text));
    Ok(())
}
