//! Events: what is said reaches every subscriber, in other processes too.

use crate::harness::{Bench, message};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, Header, MessageType, NlMessage};
use nl_tlv_lab::greet::{GROUP_EVENTS, GreetEvent};

const GREET: MessageType = MessageType(20);

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("a subscriber sees what is said, with and without ACK, and by whom", event),
    Scenario::both("a speaker that is subscribed gets the event before the answer", speaker_too),
    Scenario::both("who is not subscribed gets no event", not_subscribed),
    Scenario::both("a refused greeting causes no event", refused_is_silent),
    Scenario::both("three subscribed processes all see what a fourth says", three_processes),
    Scenario::module("an event is sent to group 1 by port id 0", "a peer sends to each subscriber", group),
];

fn greeting(flags: Flags, seq: u32, text: &[u8]) -> Vec<u8> {
    message(GREET, Header::new().flags(flags).seq(seq), text)
}

fn event(bench: &Bench) -> Outcome {
    let (speaker, listener) = (bench.speaker()?, bench.speaker()?);
    listener.subscribe(bench, GROUP_EVENTS)?;
    for (seq, flags, text) in
        [(1, Flags::ACK, &b"one"[..]), (2, Flags::empty(), b"t\xffwo\0three"), (3, Flags::ACK, b"")]
    {
        speaker.ask(&greeting(flags, seq, text))?;
        let reply = listener.receive()?;
        let message = reply.message();
        let event = GreetEvent::parse(&message).map_err(|err| err.to_string())?;
        let said = text.split(|&byte| byte == 0).next().unwrap_or_default();
        ensure!(event == GreetEvent { port: speaker.port_id(), text: said }, "{event:?}");
        ensure!(message.seq() == seq && message.port_id() == speaker.port_id(), "{message:?}");
    }
    Ok(())
}

fn speaker_too(bench: &Bench) -> Outcome {
    let speaker = bench.speaker()?;
    speaker.subscribe(bench, GROUP_EVENTS)?;
    let replies = speaker.ask(&greeting(Flags::ACK, 5, b"Hello"))?;
    let types: Vec<_> = replies.iter().map(|reply| reply.message().ty().0).collect();
    ensure!(types == [22, 3], "message types {types:?}");
    Ok(())
}

fn not_subscribed(bench: &Bench) -> Outcome {
    let (speaker, other) = (bench.speaker()?, bench.speaker()?);
    speaker.ask(&greeting(Flags::ACK, 1, b"Hello"))?;
    let seen = other.ask(&greeting(Flags::empty(), 1, b"quiet"))?;
    ensure!(seen.is_empty(), "{seen:?}");
    Ok(())
}

fn refused_is_silent(bench: &Bench) -> Outcome {
    let (speaker, listener) = (bench.speaker()?, bench.speaker()?);
    listener.subscribe(bench, GROUP_EVENTS)?;
    speaker.ask(&greeting(Flags::ACK, 1, &[b'x'; 1025]))?;
    speaker.ask(&greeting(Flags::ACK, 2, b"after"))?;
    let seq = listener.receive()?.message().seq();
    ensure!(seq == 2, "the first event is of greeting {seq}");
    Ok(())
}

fn three_processes(bench: &Bench) -> Outcome {
    let mut listeners = (0..3).map(|_| bench.process(&[], "listener")).collect::<Result<Vec<_>, _>>()?;
    listeners.iter_mut().try_for_each(|listener| listener.expect("ready"))?;
    let speaker = bench.speaker()?;
    speaker.ask(&greeting(Flags::ACK, 1, b"to all of you"))?;
    let expected = format!("{} to all of you", speaker.port_id());
    listeners.iter_mut().try_for_each(|listener| listener.expect(&expected))?;
    listeners.into_iter().try_for_each(|listener| listener.finish())
}

/// What a subscribed process does: says when it is, and prints the first event.
pub(crate) fn listen(bench: &Bench) -> Outcome {
    let listener = bench.speaker()?;
    listener.subscribe(bench, GROUP_EVENTS)?;
    println!("ready");
    let reply = listener.receive()?;
    let event = GreetEvent::parse(&reply.message()).map_err(|err| err.to_string())?;
    println!("{} {}", event.port, String::from_utf8_lossy(event.text));
    Ok(())
}

fn group(bench: &Bench) -> Outcome {
    let (speaker, listener) = (bench.speaker()?, bench.speaker()?);
    listener.subscribe(bench, GROUP_EVENTS)?;
    speaker.ask(&greeting(Flags::ACK, 1, b"Hello"))?;
    let reply = listener.receive()?;
    ensure!(reply.group == Some(GROUP_EVENTS), "group {:?}", reply.group);
    Ok(())
}
