//! The raw protocol: greetings, their answers, and what must be ignored or refused.

use crate::harness::{Bench, Reply, Speaker, datagram, message};
use crate::{Outcome, Scenario, ensure};
use nl_tlv::{Flags, Header, MessageType};
use nl_tlv_lab::greet::{REPLY_LEN, TEXT_MAX};

const GREET: MessageType = MessageType(20);

const EINVAL: i32 = 22;
const EMSGSIZE: u32 = 90;
const EOPNOTSUPP: u32 = 95;

/// The scenarios of this file.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::both("a greeting with ACK gets one NLMSG_DONE of 272 bytes", one_answer),
    Scenario::both("a greeting without ACK gets no answer", no_ack_no_answer),
    Scenario::both("two greetings in one datagram get two answers", two_in_one_datagram),
    Scenario::both("NLMSG_NOOP gets NLMSG_DONE with an s32 of 0", noop),
    Scenario::both("a text of 1,024 bytes is answered", longest_text),
    Scenario::both("a text of 1,025 bytes gets EMSGSIZE with an extended ack, ACK asked or not", too_long),
    Scenario::both("a text of 1,024 bytes, a NUL and anything after it is answered", nul_and_more),
    Scenario::both("an empty greeting is answered", empty_text),
    Scenario::both("the course's client, padded with zeros and without REQUEST, is answered", course_client),
    Scenario::both("a forged nlmsg_pid changes neither who is answered nor what is said", forged_port_id),
    Scenario::both("an unknown type with REQUEST gets EOPNOTSUPP", unknown_type),
    Scenario::both("an unknown type without REQUEST is ignored, with ACK too", unknown_without_request),
    Scenario::both("types below 16 are ignored, with REQUEST and ACK too", control_types),
    Scenario::both("a wrong length ends the datagram silently, what came before is answered", wrong_length),
    Scenario::both("runts of 1 to 15 bytes are ignored", runts),
    Scenario::module(
        "a group that the protocol does not have is refused with EINVAL",
        "peers have no groups",
        unknown_group,
    ),
];

fn greeting(flags: Flags, seq: u32, text: &[u8]) -> Vec<u8> {
    message(GREET, Header::new().flags(flags).seq(seq), text)
}

/// The answer that a greeting has to get.
fn check_answer(reply: &Reply, speaker: &Speaker, seq: u32) -> Outcome {
    let message = reply.message();
    let expected = format!("Msg from Process {} has been processed by kernel", speaker.port_id());
    ensure!(message.ty() == MessageType::DONE, "expected NLMSG_DONE, found {message:?}");
    ensure!(message.as_bytes().len() == 16 + REPLY_LEN, "length {}", message.as_bytes().len());
    ensure!(message.flags().is_empty(), "flags {:?}", message.flags());
    ensure!(message.seq() == seq, "sequence number {}, expected {seq}", message.seq());
    ensure!(message.port_id() == 0, "nlmsg_pid {}", message.port_id());
    let (text, zeros) = message.payload().split_at(expected.len());
    ensure!(text == expected.as_bytes(), "text {:?}", String::from_utf8_lossy(text));
    ensure!(zeros.iter().all(|&byte| byte == 0), "bytes behind the text: {zeros:?}");
    Ok(())
}

fn expect_answers(speaker: &Speaker, datagram: &[u8], seqs: &[u32]) -> Outcome {
    let replies = speaker.ask(datagram)?;
    ensure!(replies.len() == seqs.len(), "{} answers, expected {}: {replies:?}", replies.len(), seqs.len());
    replies.iter().zip(seqs).try_for_each(|(reply, &seq)| check_answer(reply, speaker, seq))
}

fn one_answer(bench: &Bench) -> Outcome {
    expect_answers(&bench.speaker()?, &greeting(Flags::ACK, 7, b"Hello"), &[7])?;
    expect_answers(
        &bench.speaker()?,
        &greeting(Flags::REQUEST | Flags::ACK, u32::MAX, b"Hello\0"),
        &[u32::MAX],
    )
}

fn no_ack_no_answer(bench: &Bench) -> Outcome {
    expect_answers(&bench.speaker()?, &greeting(Flags::empty(), 7, b"Hello"), &[])?;
    expect_answers(&bench.speaker()?, &greeting(Flags::REQUEST, 7, b"Hello"), &[])
}

fn two_in_one_datagram(bench: &Bench) -> Outcome {
    let both = datagram(&[greeting(Flags::ACK, 1, b"one"), greeting(Flags::ACK, 2, b"two!!")]);
    expect_answers(&bench.speaker()?, &both, &[1, 2])
}

fn noop(bench: &Bench) -> Outcome {
    for flags in [Flags::empty(), Flags::ACK, Flags::REQUEST | Flags::ACK] {
        let replies =
            bench.speaker()?.ask(&message(MessageType::NOOP, Header::new().flags(flags).seq(3), &[]))?;
        ensure!(replies.len() == 1, "{} answers: {replies:?}", replies.len());
        let done = replies[0].message();
        ensure!(done.ty() == MessageType::DONE && done.seq() == 3 && done.flags().is_empty(), "{done:?}");
        ensure!(done.payload() == [0; 4], "payload {:?}", done.payload());
    }
    Ok(())
}

fn longest_text(bench: &Bench) -> Outcome {
    expect_answers(&bench.speaker()?, &greeting(Flags::ACK, 7, &[b'x'; TEXT_MAX]), &[7])
}

fn too_long(bench: &Bench) -> Outcome {
    for flags in [Flags::ACK, Flags::empty(), Flags::REQUEST] {
        let replies = bench.speaker()?.ask(&greeting(flags, 7, &[b'x'; TEXT_MAX + 1]))?;
        ensure!(replies.len() == 1, "{} answers: {replies:?}", replies.len());
        let (errno, text) = replies[0].refusal()?;
        ensure!((errno, &*text) == (EMSGSIZE, "text is longer than 1024 bytes"), "errno {errno}, {text:?}");
        ensure!(replies[0].message().seq() == 7, "sequence number {}", replies[0].message().seq());
    }
    Ok(())
}

fn nul_and_more(bench: &Bench) -> Outcome {
    let mut text = vec![b'x'; TEXT_MAX];
    text.extend(b"\0 and then anything \xff\0\0");
    expect_answers(&bench.speaker()?, &greeting(Flags::ACK, 7, &text), &[7])
}

fn empty_text(bench: &Bench) -> Outcome {
    expect_answers(&bench.speaker()?, &greeting(Flags::ACK, 7, b""), &[7])?;
    expect_answers(&bench.speaker()?, &greeting(Flags::ACK, 8, b"\0"), &[8])
}

/// It binds its process id, and sends 1,040 bytes of payload: the line with its newline, then zeros.
fn course_client(bench: &Bench) -> Outcome {
    let speaker = bench.speaker_at(std::process::id()).or_else(|_| bench.speaker())?;
    for seq in 0..3 {
        let mut payload = [0; 1040];
        payload[..20].copy_from_slice(b"Hello, how are you?\n");
        let header = Header::new().flags(Flags::ACK).seq(seq).port_id(speaker.port_id());
        let bytes = message(GREET, header, &payload);
        ensure!(bytes.len() == 1056, "{} bytes", bytes.len());
        expect_answers(&speaker, &bytes, &[seq])?;
    }
    Ok(())
}

fn forged_port_id(bench: &Bench) -> Outcome {
    let (speaker, victim) = (bench.speaker()?, bench.speaker()?);
    for forged in [0, 1, victim.port_id(), u32::MAX] {
        let header = Header::new().flags(Flags::ACK).seq(7).port_id(forged);
        expect_answers(&speaker, &message(GREET, header, b"Hello"), &[7])?;
    }
    let seen = victim.ask(&[])?;
    ensure!(seen.is_empty(), "another socket got {seen:?}");
    Ok(())
}

fn unknown_type(bench: &Bench) -> Outcome {
    for ty in [16, 21, 23, u16::MAX] {
        let header = Header::new().flags(Flags::REQUEST).seq(7);
        let replies = bench.speaker()?.ask(&message(MessageType(ty), header, b"abcd"))?;
        ensure!(replies.len() == 1, "type {ty}: {} answers: {replies:?}", replies.len());
        let (errno, text) = replies[0].refusal()?;
        ensure!(
            (errno, &*text) == (EOPNOTSUPP, "unknown message type"),
            "type {ty}: errno {errno}, {text:?}"
        );
    }
    Ok(())
}

fn unknown_without_request(bench: &Bench) -> Outcome {
    for flags in [Flags::empty(), Flags::ACK] {
        let replies = bench.speaker()?.ask(&message(MessageType(21), Header::new().flags(flags), b"abcd"))?;
        ensure!(replies.is_empty(), "answers: {replies:?}");
    }
    Ok(())
}

fn control_types(bench: &Bench) -> Outcome {
    for ty in [0, 2, 3, 4, 5, 15] {
        let header = Header::request().flags(Flags::ACK);
        let replies = bench.speaker()?.ask(&message(MessageType(ty), header, &[0; 20]))?;
        ensure!(replies.is_empty(), "type {ty}: {replies:?}");
    }
    Ok(())
}

fn wrong_length(bench: &Bench) -> Outcome {
    let speaker = bench.speaker()?;
    for nlmsg_len in [0u32, 15, 25, 1 << 31, u32::MAX] {
        let mut bad = greeting(Flags::ACK, 2, b"two");
        bad[..4].copy_from_slice(&nlmsg_len.to_ne_bytes());
        expect_answers(&speaker, &datagram(&[greeting(Flags::ACK, 1, b"one"), bad]), &[1])?;
    }
    Ok(())
}

fn runts(bench: &Bench) -> Outcome {
    let speaker = bench.speaker()?;
    (1..16).try_for_each(|len| expect_answers(&speaker, &[0x55; 15][..len], &[]))
}

fn unknown_group(bench: &Bench) -> Outcome {
    let speaker = bench.speaker()?;
    for group in [2, 3, 31, 32] {
        let refused = speaker.socket.join(group).map_err(|err| err.raw_os_error());
        ensure!(refused == Err(Some(EINVAL)), "group {group}: {refused:?}");
    }
    Ok(())
}
