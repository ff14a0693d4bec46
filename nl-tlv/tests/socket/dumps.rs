//! Dumps of many routes: what is in them, and what they cost.

use crate::common::*;
use nl_tlv::socket::{Address, Connection, Protocol, RequestError, Socket, Transport};
use nl_tlv::wire::NlMsgHdr;
use nl_tlv::{Error, Flags, GetFlags, Header, Message, MessageType, Messages, NewFlags, NlMessage, NlStruct};
use nl_tlv_testing::network::Network;
use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

fn open() -> Connection {
    Connection::open(Protocol::ROUTE).unwrap()
}

/// Has a process, which this program or one that runs it is, play another part in a test.
fn play<'c>(command: &'c mut Command, test: &str, role: &str) -> &'c mut Command {
    command.args(["--exact", test, "--nocapture"]).env(ROLE, role)
}

fn plays(role: &str) -> bool {
    env::var(ROLE).as_deref() == Ok(role)
}

/// Adds routes to every second address.
fn add_routes(conn: &mut Connection, count: u32) {
    conn.request(&loopback(true)).unwrap();
    let mut batch = conn.batch();
    (0..count).for_each(|at| batch.push(&RouteNew::to(at * 2), NewFlags::CREATE).unwrap());
    assert!(batch.finish().unwrap().iter().all(Result::is_ok));
}

/// Adds and deletes the routes in between, until standard input ends.
fn add_and_delete() {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
            stop.store(true, Ordering::Relaxed);
        });
        let (mut conn, mut at, mut changes) = (open(), 0, 0);
        while !stop.load(Ordering::Relaxed) {
            at = (at + 977) % STABLE;
            let route = RouteNew::to(at * 2 + 1);
            conn.request_with(&route, NewFlags::CREATE | NewFlags::EXCL).unwrap();
            conn.request(&route.delete()).unwrap();
            changes += 2;
            if changes == 100 {
                println!("\nchanging");
            }
        }
        println!("\n{changes} changes");
    });
}

#[test]
fn stable_routes_are_in_every_dump_while_another_process_adds_and_deletes() {
    const TEST: &str = "dumps::stable_routes_are_in_every_dump_while_another_process_adds_and_deletes";
    in_namespace(TEST, || {
        if plays("changing") {
            return add_and_delete();
        }
        let mut conn = open();
        add_routes(&mut conn, STABLE);
        let mut changing = play(&mut Command::new(env::current_exe().unwrap()), TEST, "changing")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(changing.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(said.any(|line| line == "changing"));
        let mut interrupted = 0;
        for _ in 0..5 {
            let read = |route: &nl_tlv::socket::Object<'_>| Ok(RouteNew::parse(route)?.dst);
            let found: Vec<u32> = match conn.collect(&RouteGet::table(), read) {
                Ok((found, _)) => found.into_iter().map(|dst| dst.to_bits() & 0xff_ffff).collect(),
                // Said, and not hidden.
                Err(RequestError::Interrupted) => {
                    interrupted += 1;
                    continue;
                }
                Err(err) => panic!("{err}"),
            };
            assert_eq!(found.iter().filter(|&at| at % 2 == 0).count(), STABLE as usize);
            assert!(found.is_sorted_by(|a, b| a < b), "no route twice");
            assert!(found.last().is_some_and(|&last| last < STABLE * 2));
        }
        drop(changing.stdin.take());
        let changes = said.find_map(|line| line.strip_suffix(" changes")?.parse::<u32>().ok()).unwrap();
        assert!(changing.wait().unwrap().success() && changes > 1000, "{changes} changes");
        println!("{changes} changes meanwhile, {interrupted} dumps interrupted");
    });
}

/// The datagrams of the same dump in a loop that receives them and does nothing else.
fn datagrams_received() -> usize {
    let socket = Socket::open(Protocol::ROUTE).unwrap();
    let (mut request, mut buffer) = ([0; 64], vec![0; Socket::RECV_BUFFER]);
    let header = Header::request().flags(GetFlags::DUMP).seq(1);
    let request = RouteGet::table().emit(&mut request, header).unwrap();
    socket.send_to(request, Address::KERNEL).unwrap();
    let mut datagrams = 1;
    let is_end = |one: Result<Message<'_>, Error>| one.unwrap().ty() == MessageType::DONE;
    while !Messages::new(socket.recv(&mut buffer).unwrap().0).any(is_end) {
        datagrams += 1;
    }
    datagrams
}

#[test]
fn dump_takes_one_system_call_for_each_datagram() {
    const TEST: &str = "dumps::dump_takes_one_system_call_for_each_datagram";
    in_namespace(TEST, || {
        if plays("dumping") {
            let (mut conn, mut found) = (open(), 0);
            let mut routes = conn.dump(&RouteGet::table()).unwrap();
            while routes.next::<RouteNew>().unwrap().is_some() {
                found += 1;
            }
            assert_eq!(found, 10_000);
            return;
        }
        add_routes(&mut open(), 10_000);
        let trace = env::temp_dir().join(format!("nl-tlv-trace-{}", std::process::id()));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-e", "trace=%network,poll,ppoll,epoll_wait", "-o"]).arg(&trace);
        let output = play(strace.arg(env::current_exe().unwrap()), TEST, "dumping").output();
        let lines = std::fs::read_to_string(&trace).unwrap_or_default();
        let _ = std::fs::remove_file(&trace);
        match output {
            Err(err) => return skip(TEST, &format!("strace: {err}")),
            Ok(output) if String::from_utf8_lossy(&output.stderr).contains("ptrace(") => {
                return skip(TEST, "strace may not trace here");
            }
            Ok(output) => assert!(output.status.success(), "{output:?}"),
        }
        let (mut opening, mut sent, mut received) = (0, 0, 0);
        let of_socket = lines.lines().skip_while(|line| !line.contains("socket(AF_NETLINK"));
        for line in of_socket {
            match line.split_whitespace().nth(1).and_then(|call| call.split('(').next()) {
                Some("socket" | "setsockopt" | "bind" | "getsockname") => opening += 1,
                Some("sendto" | "sendmsg") => sent += 1,
                Some("recvmsg") => received += 1,
                _ => panic!("{line}"),
            }
        }
        // A socket and three options: extended acks, short ones, strict checks. The kernel binds it when it sends.
        assert_eq!((opening, sent), (4, 1), "{lines}");
        assert_eq!(received, datagrams_received(), "{lines}");
        assert!(received > 10, "{lines}");
        println!("{received} datagrams");
    });
}

#[test]
fn request_with_the_flags_of_a_dump_leaves_the_connection_usable() {
    const TEST: &str = "dumps::request_with_the_flags_of_a_dump_leaves_the_connection_usable";
    in_namespace(TEST, || {
        let mut conn = open();
        // More than is sent before the first is read.
        add_routes(&mut conn, 10_000);
        let all = RouteGet::table();
        for flags in [GetFlags::DUMP.into(), GetFlags::ROOT.into(), GetFlags::DUMP | Flags::ACK] {
            for _ in 0..20 {
                conn.get_with::<RouteNew>(&all, flags).unwrap();
            }
            conn.request(&loopback(true)).unwrap();
            assert_eq!(destinations(&mut conn).len(), 10_000);
            conn.get_with::<RouteNew>(&all, flags).unwrap();
            assert_eq!(conn.get::<LinkNew<'_>>(&LinkGet::index(1)).unwrap().ifname, Some("lo"));
            let mut replies = conn.get_until_ack(&all, flags).unwrap();
            assert!(replies.next::<RouteNew>().unwrap().is_some());
            drop(replies);
            conn.get_of_type::<RouteNew>(&all, MessageType(24), flags | Flags::REQUEST).unwrap();
            let mut batch = conn.batch();
            batch.push(&loopback(true), Flags::empty()).unwrap();
            assert!(matches!(batch.finish().unwrap(), [Ok(())]));
            conn.request_with(&all, flags).unwrap();
            assert_eq!(destinations(&mut conn).len(), 10_000);
        }
    });
}

#[cfg(feature = "tokio")]
#[test]
fn requests_of_tasks_with_the_flags_of_a_dump_leave_the_connection_usable() {
    const TEST: &str = "dumps::requests_of_tasks_with_the_flags_of_a_dump_leave_the_connection_usable";
    in_namespace(TEST, || {
        add_routes(&mut open(), 10_000);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let conn = nl_tlv::socket::tokio::Connection::open(Protocol::ROUTE).unwrap();
            for _ in 0..20 {
                let all = RouteGet::table();
                // Two that the kernel would run at the same time on one socket, of which it refuses one.
                let (first, done, other, raw) = tokio::join!(
                    conn.get_with(&all, GetFlags::DUMP),
                    conn.request_with(&all, GetFlags::DUMP),
                    conn.request_with(&all, GetFlags::DUMP),
                    conn.get_of_type(&all, MessageType(24), GetFlags::DUMP | Flags::REQUEST),
                );
                assert_eq!(first.unwrap().parse::<RouteNew>().unwrap().table, Some(TABLE));
                assert_eq!(raw.unwrap().parse::<RouteNew>().unwrap().table, Some(TABLE));
                assert!(done.is_ok() && other.is_ok(), "{done:?}, {other:?}");
                let lo = conn.get(&LinkGet::index(1)).await.unwrap();
                assert_eq!(lo.parse::<LinkNew<'_>>().unwrap().ifname, Some("lo"));
            }
        });
    });
}

/// What a process of these tests is to do.
const ROLE: &str = "NL_TLV_ROLE";

/// How many routes are always there.
const STABLE: u32 = 100_000;

/// A message with a number and a port id, as the kernel or anyone may write them.
fn message_of(ty: u16, flags: u16, seq: u32, port_id: u32) -> Vec<u8> {
    let payload = [0u8; 12];
    let header =
        NlMsgHdr { nlmsg_len: 28, nlmsg_type: ty, nlmsg_flags: flags, nlmsg_seq: seq, nlmsg_pid: port_id };
    [&header.to_bytes()[..], &payload].concat()
}

#[test]
fn other_messages_in_a_datagram_of_a_dump_are_no_objects_of_it() {
    const OBJECT: u16 = 24;
    let network = Network::new();
    let kernel = network.kernel();
    let mut conn = Connection::new(network.open(), 0);
    let serving = std::thread::spawn(move || {
        let mut buffer = [0; 256];
        let (seq, own) = {
            let (datagram, sender) = kernel.receive(&mut buffer, None).unwrap();
            let request = Messages::new(datagram).next().unwrap().unwrap();
            (request.seq(), sender.port_id)
        };
        let send = |datagram: Vec<u8>| kernel.send_to(&datagram, Address::port(own)).unwrap();
        send(message_of(OBJECT, 2, seq, own));
        let parts = [
            message_of(OBJECT, 2, seq, own),
            // Another's number, another's port, netlink's own; then one that may be ours, and one that says that the
            // dump was interrupted.
            message_of(OBJECT, 2, seq + 7, own),
            message_of(OBJECT, 2, seq, own ^ 0x55),
            message_of(1, 2, seq, own),
            message_of(OBJECT, 2, seq, 0),
            message_of(OBJECT, 2 | 0x10, seq, own),
            message_of(OBJECT, 2, seq, own),
        ];
        send(parts.concat());
        send(message_of(3, 2, seq, own));
    });
    let mut dump = conn.dump(&RouteGet::table()).unwrap();
    let mut found = 0;
    let end = loop {
        match dump.next_message() {
            Ok(Some(message)) => {
                assert_eq!(message.ty(), MessageType(OBJECT));
                found += 1;
            }
            Ok(None) => panic!("the dump was interrupted"),
            Err(err) => break err,
        }
    };
    assert!(matches!(end, RequestError::Interrupted), "{end:?}");
    assert_eq!(found, 5);
    serving.join().unwrap();
}
