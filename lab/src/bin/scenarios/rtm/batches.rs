//! What the rules common to all protocols come to for RTM: what is ignored, what is answered, several in one datagram.

use super::client::{Client, EINVAL, ENOENT, EOPNOTSUPP, Refusal, expect_ack, new};
use super::object::via;
use crate::harness::{Bench, datagram, message};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, Header, MessageType, NewFlags, NlMessage};
use nl_tlv_lab::rtm::{TableDel, TableGet, TableNew};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("NLMSG_NOOP gets NLMSG_DONE with an s32 of 0, and no ACK", noop),
    Scenario::both("a request without REQUEST is ignored, with ACK too", without_request),
    Scenario::both("types below 16 are ignored, with REQUEST and ACK too", control_types),
    Scenario::both("an unknown type gets EOPNOTSUPP, without ACK asked too", unknown_type),
    Scenario::both("success without ACK is silent, an error never is", silence),
    Scenario::both(
        "messages of one datagram are handled in order, a failure stops none of them",
        one_datagram,
    ),
    Scenario::both("a wrong length ends the datagram silently, what came before is done", wrong_length),
    Scenario::both("a forged nlmsg_pid changes not who is answered", forged_port_id),
    Scenario::both("a batch of 100 requests in one datagram gets 100 ACKs", batch),
    Scenario::module("groups beyond 1 and 2 are refused with EINVAL", "peers have no groups", unknown_group),
];

fn noop(bench: &Bench) -> Outcome {
    for flags in [Flags::empty(), Flags::ACK, Flags::REQUEST | Flags::ACK] {
        let noop = message(MessageType::NOOP, Header::new().flags(flags).seq(3), &[]);
        let replies = bench.speaker()?.ask(&noop)?;
        ensure!(replies.len() == 1, "{} answers: {replies:?}", replies.len());
        let done = replies[0].message();
        ensure!(done.ty() == MessageType::DONE && done.seq() == 3 && done.flags().is_empty(), "{done:?}");
        ensure!(done.payload() == [0; 4], "payload {:?}", done.payload());
    }
    Ok(())
}

fn emitted(message: &impl NlMessage, header: Header) -> Vec<u8> {
    let mut buf = [0; 256];
    match message.emit(&mut buf, header) {
        Ok(bytes) => bytes.to_vec(),
        Err(err) => unreachable!("the scenario's own request: {err}"),
    }
}

fn without_request(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for flags in [NewFlags::CREATE.into(), NewFlags::CREATE | Flags::ACK] {
        let ignored = emitted(&TableNew { name: "ignored" }, Header::new().flags(flags).seq(1));
        let replies = client.speaker.ask(&ignored)?;
        ensure!(replies.is_empty(), "{replies:?}");
    }
    let unknown = message(MessageType(99), Header::new().flags(Flags::ACK).seq(1), &[]);
    ensure!(client.speaker.ask(&unknown)?.is_empty(), "an unknown type without REQUEST was answered");
    ensure!(client.dump_tables()?.objects.is_empty(), "a table was made");
    Ok(())
}

fn control_types(bench: &Bench) -> Outcome {
    let speaker = bench.speaker()?;
    for ty in (0..16).filter(|&ty| ty != MessageType::NOOP.0) {
        let header = Header::request().flags(Flags::ACK).seq(1);
        let replies = speaker.ask(&message(MessageType(ty), header, &[0; 4]))?;
        ensure!(replies.is_empty(), "type {ty}: {replies:?}");
    }
    Ok(())
}

fn unknown_type(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for ty in [16, 20, 28, 999] {
        for flags in [Flags::empty(), Flags::ACK] {
            client.refusal_of(&client.request_of(ty, flags, |w| w.put(1, b"x\0")))?.expect(
                EOPNOTSUPP,
                "",
                "unknown message type",
            )?;
        }
    }
    Ok(())
}

fn silence(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let created = client.ask(&client.request(&TableNew { name: "quiet" }, NewFlags::CREATE))?;
    ensure!(created.is_empty(), "{created:?}");
    let shown = client.ask(&client.request(&TableGet { name: Some("quiet") }, Flags::empty()))?;
    ensure!(shown.len() == 1 && shown[0].message().ty().0 == 21, "{shown:?}");
    client.refused(&TableDel { name: "unknown" }, Flags::empty())?.expect(
        ENOENT,
        "TableDel.name",
        "no table \"unknown\"",
    )
}

fn one_datagram(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    let hops = [via("11.1.1.1")];
    let requests = [
        client.request(&TableNew { name: "one" }, NewFlags::CREATE | Flags::ACK),
        client.request(&new("two", "10.0.0.0/8", &hops), NewFlags::CREATE | Flags::ACK),
        client.request(&new("one", "10.0.0.0/8", &hops), NewFlags::CREATE | Flags::ACK),
        client.request(&new("one", "10.0.0.1/8", &hops), NewFlags::CREATE),
        client.request(&TableGet { name: Some("one") }, Flags::empty()),
    ];
    let bytes: Vec<_> = requests.iter().map(|request| request.0.clone()).collect();
    let replies = client.speaker.ask(&datagram(&bytes))?;
    ensure!(replies.len() == 5, "{} answers: {replies:?}", replies.len());
    for (reply, (_, seq)) in replies.iter().zip(&requests) {
        ensure!(reply.message().seq() == *seq, "expected the answer to {seq}: {:?}", reply.message());
    }
    expect_ack(&replies[0])?;
    // Offsets count from the message's own header, wherever it lies in the datagram.
    Refusal::read(&replies[1], &bytes[1])?.expect(ENOENT, "RouteNew.table", "no table \"two\"")?;
    expect_ack(&replies[2])?;
    Refusal::read(&replies[3], &bytes[3])?.expect(
        EINVAL,
        "RouteNew.dst.addr",
        "address has bits beyond the prefix length",
    )?;
    ensure!(replies[4].message().ty().0 == 21, "{:?}", replies[4]);
    ensure!(client.table("one")?.routes == 1, "not one route");
    Ok(())
}

fn wrong_length(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for (number, len) in [0_u32, 15, 0x8000_0000, 200].into_iter().enumerate() {
        let names = ["before", "broken", "behind"].map(|when| format!("{when}{number}"));
        let flags = NewFlags::CREATE | Flags::ACK;
        let mut parts: Vec<_> =
            names.iter().map(|name| client.request(&TableNew { name }, flags).0).collect();
        parts[1][..4].copy_from_slice(&len.to_ne_bytes());
        let replies = client.speaker.ask(&datagram(&parts))?;
        ensure!(replies.len() == 1, "length {len}: {replies:?}");
        expect_ack(&replies[0])?;
        client.table(&names[0])?;
        client.refused(&TableGet { name: Some(&names[2]) }, Flags::empty())?.expect(
            ENOENT,
            "TableGet.name",
            &format!("no table \"{}\"", names[2]),
        )?;
    }
    Ok(())
}

fn forged_port_id(bench: &Bench) -> Outcome {
    let (client, victim) = (Client::new(bench)?, bench.speaker()?);
    for forged in [0, victim.port_id(), u32::MAX] {
        let header = Header::request().flags(Flags::ACK).seq(9).port_id(forged);
        let replies = client.speaker.ask(&emitted(&TableGet { name: Some("unknown") }, header))?;
        ensure!(replies.len() == 1, "{replies:?}");
        ensure!(replies[0].message().port_id() == client.speaker.port_id(), "{:?}", replies[0].message());
    }
    ensure!(victim.ask(&[])?.is_empty(), "another socket was answered");
    Ok(())
}

fn batch(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    client.create(&["batch"])?;
    let hops = [via("11.1.1.1")];
    let requests: Vec<_> = (0..100)
        .map(|n| {
            client.request(&new("batch", &format!("10.0.{n}.0/24"), &hops), NewFlags::CREATE | Flags::ACK).0
        })
        .collect();
    let replies = client.speaker.ask(&datagram(&requests))?;
    ensure!(replies.len() == 100, "{} ACKs", replies.len());
    replies.iter().try_for_each(expect_ack)?;
    ensure!(client.table("batch")?.routes == 100, "{:?}", client.table("batch"));
    Ok(())
}

fn unknown_group(bench: &Bench) -> Outcome {
    let speaker = bench.speaker()?;
    for group in [3, 31, 32] {
        let refused = speaker.socket.join(group).map_err(|err| err.raw_os_error());
        ensure!(refused == Err(Some(22)), "group {group}: {refused:?}");
    }
    Ok(())
}
