//! What users of other libraries have met, and what a machine in trouble does, in both flavours: requests that the kernel
//! ignores, dumps that it refuses, buffers of a page, no more file descriptors.

use crate::common::*;
use nl_tlv::control::Errno;
use nl_tlv::socket::{
    Connection, Protocol, RecvError, RequestError, Server, Socket, tokio::Connection as Tasks,
};
use nl_tlv::{Flags, NlMessage};
use nl_tlv_families::rt_link::IfInfoMsg;
use std::fs::File;
use std::future::Future;
use std::io;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// So long waits only a test that fails.
const LONG: Duration = Duration::from_secs(20);

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// RTM_GETLINK without a family header, which rtnetlink drops without a word (mdlayher/netlink#20).
#[derive(NlMessage)]
#[nl(ty = 18)]
struct Nothing {}

#[test]
fn request_that_the_kernel_ignores_ends_at_once() {
    let began = Instant::now();
    let no_reply = |result: Result<(), RequestError>| {
        assert!(matches!(result, Err(RequestError::NoReply)), "{result:?}");
    };
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    no_reply(conn.get::<LinkNew<'_>>(&Nothing {}).map(drop));
    no_reply(conn.dump(&Nothing {}).unwrap().next_message().map(drop));
    no_reply(conn.collect(&Nothing {}, |_| Ok(Some(()))).map(drop));
    conn.request(&Nothing {}).unwrap();
    run(async {
        let conn = Tasks::open(Protocol::ROUTE).unwrap();
        no_reply(conn.get(&Nothing {}).await.map(drop));
        no_reply(conn.dump(&Nothing {}).await.unwrap().next_message().await.map(drop));
        no_reply(conn.collect(&Nothing {}, |_| Ok(Some(()))).await.map(drop));
        conn.request(&Nothing {}).await.unwrap();
    });
    assert!(began.elapsed() < Connection::<Socket>::TIMEOUT, "{:?}", began.elapsed());
}

/// A strict kernel refuses a change mask in a dump (jbaublitz/neli#261), and the error is within the dump's end.
#[test]
fn dump_that_a_strict_kernel_refuses_says_why_and_the_next_one_runs() {
    let wrong = LinkGet { header: IfInfoMsg { change: 1, ..IfInfoMsg::at(0) }, ext_mask: None };
    let check = |err: RequestError| {
        let refusal = err.refusal().unwrap_or_else(|| panic!("{err}"));
        assert_eq!(refusal.errno(), Errno::EINVAL);
        assert!(refusal.message().is_some_and(|text| text.starts_with("Invalid")), "{refusal}");
    };
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    check(conn.dump(&wrong).unwrap().next_message().map(drop).unwrap_err());
    check(conn.collect(&wrong, |_| Ok(Some(()))).unwrap_err());
    assert!(!conn.collect(&LinkGet::index(0), |_| Ok(Some(()))).unwrap().0.is_empty());
    run(async {
        let conn = Tasks::open(Protocol::ROUTE).unwrap();
        check(conn.dump(&wrong).await.unwrap().next_message().await.map(drop).unwrap_err());
        check(conn.collect(&wrong, |_| Ok(Some(()))).await.unwrap_err());
        assert!(!conn.collect(&LinkGet::index(0), |_| Ok(Some(()))).await.unwrap().0.is_empty());
    });
}

#[test]
fn receive_buffer_of_a_page_holds_every_answer_that_is_waited_for() {
    let open = || {
        let socket = Socket::open(Protocol::ROUTE)?;
        socket.set_recv_buffer(2048).map(|_| socket)
    };
    let all = Connection::open(Protocol::ROUTE)
        .and_then(|mut conn| conn.collect(&LinkGet::index(0), |_| Ok(Some(()))).map_err(io::Error::other));
    let count = all.unwrap().0.len();
    let mut conn = Connection::new(open().unwrap(), 0);
    for flags in [Flags::empty(), Flags::ACK].repeat(3) {
        let link = conn.get_with::<LinkNew<'_>>(&LinkGet::index(1), flags).unwrap();
        assert_eq!(link.ifname, Some("lo"));
    }
    assert_eq!(conn.collect(&LinkGet::index(0), |_| Ok(Some(()))).unwrap().0.len(), count);
    let mut batch = conn.batch();
    (0..20).for_each(|_| batch.push(&Nothing {}, Flags::empty()).unwrap());
    assert!(batch.finish().unwrap().iter().all(Result::is_ok));
    run(async {
        let conn = Tasks::new(open, 0).unwrap();
        for flags in [Flags::empty(), Flags::ACK].repeat(3) {
            let link = conn.get_with(&LinkGet::index(1), flags).await.unwrap();
            assert_eq!(link.parse::<LinkNew<'_>>().unwrap().ifname, Some("lo"));
        }
        assert_eq!(conn.collect(&LinkGet::index(0), |_| Ok(Some(()))).await.unwrap().0.len(), count);
    });
}

/// A message whose length is up to its text.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100)]
struct Text<'a> {
    #[nl(attr = 1)]
    text: &'a [u8],
}

#[test]
fn messages_about_as_long_as_a_buffer_or_a_length_field_go_and_come() {
    const LENGTHS: [usize; 7] = [32_764, 32_768, 32_772, 65_532, 65_535, 65_536, 65_540];
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let port_id = server.port_id();
    let serving = thread::spawn(move || {
        for _ in 0..2 * LENGTHS.len() {
            let request = server.recv_deadline(Instant::now() + LONG).unwrap();
            request.reply(&request.parse::<Text<'_>>().unwrap()).unwrap();
        }
    });
    // The nlmsghdr and the nlattr before the text.
    let texts = LENGTHS.map(|len| vec![7; len - 20]);
    let mut conn = Connection::open_to(Protocol::USERSOCK, port_id).unwrap();
    for text in &texts {
        assert_eq!(conn.get::<Text<'_>>(&Text { text }).unwrap().text, text);
    }
    run(async {
        let conn = Tasks::open_to(Protocol::USERSOCK, port_id).unwrap();
        for text in &texts {
            assert_eq!(conn.get(&Text { text }).await.unwrap().parse::<Text<'_>>().unwrap().text, text);
        }
    });
    serving.join().unwrap();
}

/// How many objects a dump of the links has, and the name of the first link.
fn look(conn: &mut Connection) -> (usize, String) {
    let count = conn.collect(&LinkGet::index(0), |_| Ok(Some(()))).unwrap().0.len();
    let link = conn.get::<LinkNew<'_>>(&LinkGet::index(1)).unwrap();
    (count, link.ifname.unwrap().to_owned())
}

#[test]
fn tasks_and_threads_with_sockets_of_one_protocol_get_their_own_answers() {
    let expected = look(&mut Connection::open(Protocol::ROUTE).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let shared = runtime.block_on(async { Tasks::open(Protocol::ROUTE).unwrap() });
    let tasks = [shared.clone(), shared].map(|conn| {
        let expected = expected.clone();
        runtime.spawn(async move {
            for _ in 0..100 {
                let links = conn.collect(&LinkGet::index(0), |_| Ok(Some(()))).await.unwrap().0;
                assert_eq!(links.len(), expected.0);
                assert!(conn.get(&LinkGet::index(i32::MAX)).await.is_err());
            }
        })
    });
    let mut conn = Connection::open(Protocol::ROUTE).unwrap();
    for _ in 0..100 {
        assert_eq!(look(&mut conn), expected);
    }
    tasks.into_iter().for_each(|task| runtime.block_on(task).unwrap());
}

#[test]
fn process_without_file_descriptors_is_told_and_goes_on_with_the_sockets_it_has() {
    const TEST: &str =
        "adverse::process_without_file_descriptors_is_told_and_goes_on_with_the_sockets_it_has";
    in_namespace(TEST, || {
        let id = std::process::id().to_string();
        if !Command::new("prlimit")
            .args(["--pid", &id, "--nofile=64"])
            .status()
            .is_ok_and(|done| done.success())
        {
            return skip(TEST, "cannot limit its file descriptors with prlimit");
        }
        run(async {
            let (tasks, mut conn) =
                (Tasks::open(Protocol::ROUTE).unwrap(), Connection::open(Protocol::ROUTE).unwrap());
            let files: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
            assert!(files.len() < 64);
            let told = |err: &RequestError| assert_eq!(err.errno(), Some(Errno::EMFILE), "{err}");
            told(&Connection::open(Protocol::ROUTE).map(drop).unwrap_err().into());
            told(&tasks.dump(&LinkGet::index(0)).await.map(drop).unwrap_err());
            told(&tasks.join(1).map(drop).unwrap_err());
            assert!(tasks.get(&LinkGet::index(1)).await.is_ok());
            assert_eq!(look(&mut conn), (1, "lo".to_owned()));
            drop(files);
            assert!(tasks.dump(&LinkGet::index(0)).await.unwrap().next_message().await.unwrap().is_some());
        });
    });
}

/// A connection goes on reading what it can without its runtime (paritytech/polkadot#6619), and nothing waits for ever.
#[test]
fn connection_whose_runtime_has_ended_says_so_where_it_would_have_to_wait() {
    let silent = Socket::open(Protocol::USERSOCK).unwrap();
    let (kernel, process, mut events) = run(async {
        let kernel = Tasks::open(Protocol::ROUTE).unwrap();
        let process = Tasks::open_to(Protocol::USERSOCK, silent.port_id()).unwrap();
        let events = kernel.join(1).unwrap();
        (kernel, process, events)
    });
    run(async {
        let link = kernel.get(&LinkGet::index(1)).await.unwrap();
        assert_eq!(link.parse::<LinkNew<'_>>().unwrap().ifname, Some("lo"));
        assert!(!kernel.collect(&LinkGet::index(0), |_| Ok(Some(()))).await.unwrap().0.is_empty());
        let refused = tokio::time::timeout(LONG, process.get(&Nothing {})).await.expect("it ends");
        assert!(matches!(refused, Err(RequestError::Io(_))), "{refused:?}");
        let refused = tokio::time::timeout(LONG, events.next()).await.expect("it ends");
        assert!(matches!(refused, Err(RequestError::Io(_))), "{refused:?}");
    });
}

#[test]
fn timeout_that_ends_after_the_clock_is_none() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let port_id = server.port_id();
    let serving = thread::spawn(move || {
        for _ in 0..2 {
            let request = server.recv_deadline(Instant::now() + LONG).unwrap();
            thread::sleep(Duration::from_millis(20));
            request.ack().unwrap();
        }
    });
    let mut conn = Connection::open_to(Protocol::USERSOCK, port_id).unwrap();
    conn.set_timeout(Some(Duration::MAX));
    conn.request(&Nothing {}).unwrap();
    run(async {
        let mut conn = Tasks::open_to(Protocol::USERSOCK, port_id).unwrap();
        conn.set_timeout(Some(Duration::MAX));
        conn.request(&Nothing {}).await.unwrap();
    });
    serving.join().unwrap();
}

#[test]
fn dump_that_was_sent_and_is_awaited_by_nobody_does_not_keep_the_next_one_busy() {
    /// CTRL_CMD_GETFAMILY: the answer is several datagrams.
    #[derive(NlMessage)]
    #[nl(cmd = 3)]
    struct FamilyGet {}
    let mut conn = Connection::generic("nlctrl").unwrap();
    let families = conn.collect(&FamilyGet {}, |_| Ok(Some(()))).unwrap().0.len();
    for _ in 0..3 {
        conn.send(&FamilyGet {}, nl_tlv::GetFlags::DUMP).unwrap();
        let mut dump = conn.dump(&FamilyGet {}).unwrap();
        let mut count = 0;
        while dump.next_message().unwrap().is_some() {
            count += 1;
        }
        assert_eq!(count, families);
    }
}

/// A process that is stopped and goes on has its waiting calls interrupted, as by a signal that it handles.
#[test]
fn process_that_is_stopped_again_and_again_waits_no_longer_than_it_said() {
    const TEST: &str = "adverse::process_that_is_stopped_again_and_again_waits_no_longer_than_it_said";
    in_namespace(TEST, || {
        let own = std::process::id();
        let storm = format!(
            "for i in $(seq 300); do kill -STOP {own}; sleep 0.005; kill -CONT {own}; sleep 0.02; done"
        );
        let mut storm = Command::new("sh").args(["-c", &storm]).spawn().unwrap();
        let waited = |wait: &mut dyn FnMut() -> bool| {
            let begin = Instant::now();
            assert!(wait(), "nothing comes");
            assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
        };
        let time = Duration::from_millis(100);
        let socket = Socket::open(Protocol::USERSOCK).unwrap();
        socket.set_timeout(Some(time));
        waited(&mut || matches!(socket.recv(&mut [0; 64]), Err(RecvError::Timeout)));
        let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
        server.set_timeout(Some(time));
        waited(&mut || matches!(server.recv(), Err(RecvError::Timeout)));
        let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id()).unwrap();
        conn.set_timeout(Some(time));
        waited(&mut || matches!(conn.request(&Nothing {}), Err(RequestError::Timeout)));
        let mut route = Connection::open(Protocol::ROUTE).unwrap();
        route.join(1).unwrap();
        waited(&mut || matches!(route.event_deadline(Instant::now() + time), Err(RequestError::Timeout)));
        for _ in 0..200 {
            assert_eq!(look(&mut route), (1, "lo".to_owned()));
        }
        run(async {
            let mut tasks = Tasks::open_to(Protocol::USERSOCK, server.port_id()).unwrap();
            tasks.set_timeout(Some(time));
            let begin = Instant::now();
            assert!(matches!(tasks.request(&Nothing {}).await, Err(RequestError::Timeout)));
            assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
        });
        assert!(storm.try_wait().unwrap().is_none(), "it was stopped until here");
        storm.kill().unwrap();
        storm.wait().unwrap();
    });
}
