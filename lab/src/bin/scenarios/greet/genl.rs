//! The generic netlink family: the modern way to the same greetings.

use crate::harness::{Bench, PATIENCE};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::socket::{RecvError, Socket};
use nl_tlv::{Flags, Header, Messages, Writer};
use nl_tlv_lab::greet::TEXT_MAX;
use nl_tlv_lab::greet::client::{Client, Heard};

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("HELLO is answered with the same text", hello),
    Scenario::both("a greeting by either way causes both events", both_events),
    Scenario::both("HELLO without TEXT gets EINVAL and says which attribute is missing", missing_text),
    Scenario::both("HELLO with a text of 1,025 bytes gets ERANGE", too_long),
    Scenario::both("an unknown command gets EOPNOTSUPP", unknown_command),
];

/// What the next message means, as text.
pub(super) fn hear(client: &Client) -> Result<String, String> {
    let mut buffer = vec![0; Socket::RECV_BUFFER];
    let datagram = match client.receive(&mut buffer, PATIENCE) {
        Ok((datagram, _)) => datagram,
        Err(RecvError::Timeout) => return Err("nothing came".into()),
        Err(err) => return Err(err.to_string()),
    };
    let message =
        Messages::new(datagram).next().ok_or("an empty datagram")?.map_err(|err| err.to_string())?;
    Ok(match client.understand(&message).map_err(|err| err.to_string())? {
        Heard::Reply { text, .. } => format!("reply {}", String::from_utf8_lossy(text)),
        Heard::Event { port, text } => format!("event {port} {}", String::from_utf8_lossy(text)),
        Heard::Refused(refused) => {
            let (missing, offset) = (refused.ext_ack().missing_type, refused.ext_ack().offset);
            format!("refused {} missing {missing:?} offset {offset:?}", refused.errno().get())
        }
        Heard::Ack { .. } => "ack".into(),
        Heard::Other(message) => format!("other {message:?}"),
    })
}

fn expect(client: &Client, expected: &str) -> Outcome {
    let heard = hear(client)?;
    ensure!(heard == expected, "heard {heard:?}, expected {expected:?}");
    Ok(())
}

/// The reply comes first, then the ACK.
fn expect_reply(client: &Client) -> Outcome {
    expect(client, &format!("reply Msg from Process {} has been processed by kernel", client.port_id()))?;
    expect(client, "ack")
}

fn hello(bench: &Bench) -> Outcome {
    let client = bench.client(true)?;
    client.say(b"Hello").map_err(|err| err.to_string())?;
    expect_reply(&client)
}

fn both_events(bench: &Bench) -> Outcome {
    let (raw, genl) = (bench.client(false)?, bench.client(true)?);
    for listener in [&raw, &genl] {
        listener.subscribe().map_err(|err| err.to_string())?;
        if bench.target() == crate::Target::Peer {
            expect(listener, "ack")?;
        }
    }
    let speaker = bench.client(true)?;
    speaker.say(b"modern").map_err(|err| err.to_string())?;
    expect_reply(&speaker)?;
    let classic = bench.client(false)?;
    classic.say(b"classic").map_err(|err| err.to_string())?;
    for listener in [&raw, &genl] {
        expect(listener, &format!("event {} modern", speaker.port_id()))?;
        expect(listener, &format!("event {} classic", classic.port_id()))?;
    }
    Ok(())
}

/// Sends a command of the family whose attributes `fill` writes.
fn command(
    client: &Client,
    cmd: u8,
    fill: impl FnOnce(&mut nl_tlv::AttrWriter<'_>) -> Result<(), nl_tlv::Error>,
) -> Outcome {
    let family = client.family_id().ok_or("not generic netlink")?;
    let header = Header::request().flags(Flags::ACK).seq(9).family(family);
    let mut buf = [0; 4096];
    let mut w = Writer::new(&mut buf);
    w.message(nl_tlv::MessageId::Command { cmd, version: 1 }, header, fill).map_err(|err| err.to_string())?;
    client.socket().send_to(w.as_bytes(), client.to()).map_err(|err| err.to_string())
}

fn missing_text(bench: &Bench) -> Outcome {
    let client = bench.client(true)?;
    command(&client, 1, |_| Ok(()))?;
    expect(&client, "refused 22 missing Some(2) offset None")
}

fn too_long(bench: &Bench) -> Outcome {
    let client = bench.client(true)?;
    command(&client, 1, |w| w.put(2, &[b'x'; TEXT_MAX + 1]))?;
    expect(&client, "refused 34 missing None offset Some(20)")
}

fn unknown_command(bench: &Bench) -> Outcome {
    let client = bench.client(true)?;
    command(&client, 99, |_| Ok(()))?;
    expect(&client, "refused 95 missing None offset None")
}
