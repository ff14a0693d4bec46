//! With the kernel's own families, in fresh network namespaces.

use super::*;
use crate::common::*;
use nl_tlv::control::genl::Family;
use nl_tlv::socket::{Address, Protocol, RequestError, Socket};
use nl_tlv::{Header, MessageType, Messages, NewFlags};
use std::fs::{File, read_link};
use std::process::{Child, Command};
use tokio::task::JoinSet;

const ADD: NewFlags = NewFlags::CREATE.union(NewFlags::EXCL);

async fn up() -> Connection {
    let conn = Connection::open(Protocol::ROUTE).unwrap();
    conn.request(&loopback(true)).await.unwrap();
    conn
}

/// Adds the routes with even numbers below twice `count`.
async fn add(conn: &Connection, count: u32) {
    let mut batch = conn.batch().unwrap();
    for number in 0..count {
        batch.push(&RouteNew::to(2 * number), ADD).await.unwrap();
    }
    assert!(batch.finish().await.unwrap().iter().all(Result::is_ok));
}

async fn join(mut tasks: JoinSet<()>) {
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

#[test]
fn hundred_tasks_share_a_socket_while_others_dump() {
    in_namespace("tasks::kernel::hundred_tasks_share_a_socket_while_others_dump", || {
        for runtime in runtimes() {
            runtime.block_on(async {
                let conn = up().await;
                let mut tasks = JoinSet::new();
                for number in 0..100 {
                    let conn = conn.clone();
                    tasks.spawn(async move {
                        let route = RouteNew::to(number);
                        for _ in 0..5 {
                            conn.request_with(&route, ADD).await.unwrap();
                            let again = conn.request_with(&route, ADD).await.unwrap_err();
                            assert_eq!(again.refusal().map(|refusal| refusal.errno()), Some(Errno::EEXIST));
                            let link = conn.get(&LinkGet::index(1)).await.unwrap();
                            assert_eq!(link.parse::<LinkNew<'_>>().unwrap().ifname, Some("lo"));
                            let err = conn.get(&LinkGet::index(i32::MAX)).await.unwrap_err();
                            assert_eq!(err.refusal().map(|refusal| refusal.errno()), Some(Errno::ENODEV));
                            conn.request(&route.delete()).await.unwrap();
                        }
                    });
                }
                for _ in 0..4 {
                    let conn = conn.clone();
                    tasks.spawn(async move {
                        for _ in 0..10 {
                            let index = |message: &nl_tlv::socket::Object<'_>| {
                                Ok(Some(LinkNew::parse(message)?.header.index))
                            };
                            assert!(conn.collect(&LinkGet::index(0), index).await.unwrap().0.contains(&1));
                        }
                    });
                }
                join(tasks).await;
            });
        }
    });
}

#[test]
fn four_thousand_requests_have_four_thousand_results() {
    in_namespace("tasks::kernel::four_thousand_requests_have_four_thousand_results", || {
        run(async {
            let conn = up().await;
            for number in (0..4000).step_by(7) {
                conn.request_with(&RouteNew::to(number), ADD).await.unwrap();
            }
            let mut batch = conn.batch().unwrap();
            for number in 0..4000 {
                batch.push(&RouteNew::to(number), ADD).await.unwrap();
            }
            let results = batch.finish().await.unwrap();
            assert_eq!(results.len(), 4000);
            for (number, outcome) in results.iter().enumerate() {
                let errno = outcome.as_ref().err().and_then(|err| err.errno());
                assert_eq!(errno, (number % 7 == 0).then_some(Errno::EEXIST), "{number}: {outcome:?}");
                assert_eq!(outcome.is_ok(), number % 7 != 0, "{number}: {outcome:?}");
            }
            let dst = |message: &nl_tlv::socket::Object<'_>| Ok(RouteNew::parse(message)?.dst);
            assert_eq!(conn.collect(&RouteGet::table(), dst).await.unwrap().0.len(), 4000);
        });
    });
}

#[test]
fn stable_routes_are_in_every_dump_while_requests_of_the_same_handle_change_others() {
    let name =
        "tasks::kernel::stable_routes_are_in_every_dump_while_requests_of_the_same_handle_change_others";
    in_namespace(name, || {
        const STABLE: u32 = 10_000;
        for runtime in runtimes() {
            runtime.block_on(async {
                let conn = up().await;
                add(&conn, STABLE).await;
                let other = conn.clone();
                let changing = tokio::spawn(async move {
                    for at in (0..).map(|at| at * 977 % STABLE) {
                        let route = RouteNew::to(2 * at + 1);
                        other.request_with(&route, ADD).await.unwrap();
                        other.request(&route.delete()).await.unwrap();
                        tokio::task::yield_now().await;
                    }
                });
                let mut tasks = JoinSet::new();
                for _ in 0..3 {
                    let conn = conn.clone();
                    tasks.spawn(async move {
                        let mut dump = conn.dump(&RouteGet::table()).await.unwrap();
                        let mut found = Vec::new();
                        while let Some(route) = dump.next::<RouteNew>().await.unwrap() {
                            found.extend(route.dst.map(|dst| dst.to_bits() & 0xff_ffff));
                        }
                        assert!(found.is_sorted_by(|a, b| a < b), "no route twice");
                        assert_eq!(found.iter().filter(|&at| at % 2 == 0).count(), STABLE as usize);
                    });
                }
                join(tasks).await;
                changing.abort();
                assert!(changing.await.unwrap_err().is_cancelled());
                // Aborted wherever it was, it left the handle usable.
                let mut batch = conn.batch().unwrap();
                for number in 0..STABLE {
                    batch.push(&RouteNew::to(2 * number).delete(), Flags::empty()).await.unwrap();
                }
                assert!(batch.finish().await.unwrap().iter().all(Result::is_ok));
                conn.request(&loopback(true)).await.unwrap();
                let rest = RouteNew::to(1).delete();
                drop(conn.request(&rest).await);
            });
        }
    });
}

#[test]
fn dump_that_is_dropped_early_leaves_nothing_behind() {
    in_namespace("tasks::kernel::dump_that_is_dropped_early_leaves_nothing_behind", || {
        run(async {
            let conn = up().await;
            add(&conn, 2000).await;
            for _ in 0..50 {
                let mut dump = conn.dump(&RouteGet::table()).await.unwrap();
                assert!(dump.next_message().await.unwrap().is_some());
            }
            let count = |_: &nl_tlv::socket::Object<'_>| Ok(Some(()));
            assert_eq!(conn.collect(&RouteGet::table(), count).await.unwrap().0.len(), 2000);
        });
    });
}

#[test]
fn requests_that_are_dropped_do_not_fill_the_receive_buffer() {
    in_namespace("tasks::kernel::requests_that_are_dropped_do_not_fill_the_receive_buffer", || {
        run(async {
            let conn = up().await;
            // The first poll sends, and mostly has the answer; replies that come with an acknowledgement leave that.
            for _ in 0..1000 {
                conn.get_with(&LinkGet::index(1), Flags::ACK).await.unwrap();
                let mut get = Box::pin(async { conn.get_with(&LinkGet::index(1), Flags::ACK).await });
                drop(poll_once(&mut get));
            }
            let link = conn.get(&LinkGet::index(1)).await.unwrap();
            assert_eq!(link.parse::<LinkNew<'_>>().unwrap().ifname, Some("lo"));
        });
    });
}

#[test]
fn lost_events_are_told_and_the_next_ones_come() {
    in_namespace("tasks::kernel::lost_events_are_told_and_the_next_ones_come", || {
        run(async {
            let conn = Connection::open(Protocol::ROUTE).unwrap();
            let mut events = conn.join(1).unwrap(); // RTNLGRP_LINK
            events.transport().as_sys().set_recv_buffer(4096).unwrap();
            for at in 0..50 {
                conn.request(&loopback(at % 2 == 0)).await.unwrap();
            }
            assert!(matches!(events.next().await, Err(RequestError::Overrun)));
            let mut queued = 0;
            while let Ok(event) = tokio::time::timeout(Duration::ZERO, events.next()).await {
                event.unwrap();
                queued += 1;
            }
            assert!((1..50).contains(&queued), "{queued} events");
            let waiting = tokio::spawn(async move { events.next().await.is_ok() });
            tokio::task::yield_now().await;
            conn.request(&loopback(true)).await.unwrap();
            assert!(waiting.await.unwrap());
        });
    });
}

#[test]
fn answer_among_lost_events_is_said_to_be_lost_and_at_once() {
    in_namespace("tasks::kernel::answer_among_lost_events_is_said_to_be_lost_and_at_once", || {
        run(async {
            let mut conn = Connection::open(Protocol::ROUTE).unwrap();
            conn.set_timeout(None);
            // As no one should: events on the socket of the requests.
            conn.transport().join(1).unwrap();
            conn.transport().as_sys().set_recv_buffer(4096).unwrap();
            let other = Connection::open(Protocol::ROUTE).unwrap();
            for at in 0..50 {
                other.request(&loopback(at % 2 == 0)).await.unwrap();
            }
            // The queue is full, so that the kernel has no room for the answers.
            let request = LinkGet::index(1);
            let (first, second) = tokio::join!(conn.request(&request), conn.request(&request));
            assert!(matches!(first, Err(RequestError::Overrun)), "{first:?}");
            // Sent when the first had been given up, and the queue was read.
            second.unwrap();
        });
    });
}

#[test]
fn receive_buffer_of_the_least_size_loses_no_answer() {
    in_namespace("tasks::kernel::receive_buffer_of_the_least_size_loses_no_answer", || {
        for runtime in runtimes() {
            runtime.block_on(async {
                let small = || {
                    let socket = Socket::open(Protocol::ROUTE)?;
                    socket.set_recv_buffer(0)?;
                    Ok(socket)
                };
                let conn = Connection::new(small, 0).unwrap();
                let mut tasks = JoinSet::new();
                for number in 0..100 {
                    let conn = conn.clone();
                    tasks.spawn(async move {
                        let refused = conn.request(&RouteNew::to(number).delete()).await;
                        assert!(refused.unwrap_err().refusal().is_some());
                        conn.get_with(&LinkGet::index(1), Flags::ACK).await.unwrap();
                    });
                }
                join(tasks).await;
            });
        }
    });
}

#[test]
fn forged_answer_of_a_privileged_socket_is_skipped() {
    in_namespace("tasks::kernel::forged_answer_of_a_privileged_socket_is_skipped", || {
        run(async {
            let conn = Connection::open(Protocol::ROUTE).unwrap();
            let forger = Socket::open(Protocol::ROUTE).unwrap();
            let port_id = conn.transport().port_id();
            // A refusal of the first request, as the kernel would send it.
            let numbers = [1_u32, port_id].map(u32::to_ne_bytes).concat();
            let error = (-1_i32).to_ne_bytes();
            let header = |len: u32, ty: u16| [&len.to_ne_bytes()[..], &ty.to_ne_bytes(), &[0, 1]].concat();
            let forged = [header(36, 2), numbers.clone(), error.to_vec(), header(32, 18), numbers].concat();
            forger.send_to(&forged, Address::port(port_id)).unwrap();
            let link = conn.get(&LinkGet::index(1)).await.unwrap();
            assert_eq!(link.parse::<LinkNew<'_>>().unwrap().ifname, Some("lo"));
        });
    });
}

#[test]
fn connection_stays_in_the_namespace_that_it_was_opened_in() {
    in_namespace("tasks::kernel::connection_stays_in_the_namespace_that_it_was_opened_in", || {
        run(async {
            let here = File::open("/proc/self/ns/net").unwrap();
            let conn = Connection::open_in(here, Protocol::ROUTE).unwrap();
            conn.request(&loopback(true)).await.unwrap();
            add(&conn, 3).await;
            let other = up().await;
            let count = |_: &nl_tlv::socket::Object<'_>| Ok(Some(()));
            assert_eq!(other.collect(&RouteGet::table(), count).await.unwrap().0.len(), 3);
        });
    });
}

/// A process in a fresh network namespace, which ends with the value.
struct Elsewhere(Child);

impl Elsewhere {
    fn new() -> Self {
        let own = read_link("/proc/self/ns/net").unwrap();
        let child = Self(Command::new("unshare").args(["-n", "sleep", "20"]).spawn().unwrap());
        while read_link(child.path()).unwrap() == own {
            thread::sleep(Duration::from_millis(1));
        }
        child
    }

    fn path(&self) -> String {
        format!("/proc/{}/ns/net", self.0.id())
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn dump_from_a_task_is_in_the_namespace_of_the_thread_that_opened_the_connection() {
    in_namespace(
        "tasks::kernel::dump_from_a_task_is_in_the_namespace_of_the_thread_that_opened_the_connection",
        || {
            run(async {
                // The loopback interface is up here and down there.
                let here = up().await;
                let (elsewhere, runtime) = (Elsewhere::new(), tokio::runtime::Handle::current());
                let file = File::open(elsewhere.path()).unwrap();
                let opened = thread::spawn(move || {
                    nl_tlv_sys::enter_network_namespace(file).unwrap();
                    let _guard = runtime.enter();
                    Connection::open(Protocol::ROUTE).unwrap()
                });
                let there = opened.join().unwrap();
                let is_up = async |conn: &Connection| {
                    let all = LinkGet::index(0);
                    let dumped = conn.collect(&all, |link| {
                        Ok(Some(link.parse::<LinkNew<'_>>()?.header.flags.bits() & 1 == 1))
                    });
                    let got = conn.get(&LinkGet::index(1)).await.unwrap();
                    let got = got.parse::<LinkNew<'_>>().unwrap().header.flags.bits() & 1 == 1;
                    (dumped.await.unwrap().0, got)
                };
                assert_eq!(is_up(&here).await, (vec![true], true));
                // The thread is gone by now; the process that made the namespace goes too.
                drop(elsewhere);
                let task = tokio::spawn(async move {
                    let mut dumps = Vec::new();
                    for _ in 0..3 {
                        dumps.push(is_up(&there).await);
                    }
                    dumps
                });
                assert_eq!(task.await.unwrap(), [(); 3].map(|()| (vec![false], false)));
            });
        },
    );
}

#[test]
fn refusal_names_the_attribute_of_its_own_request() {
    run(async {
        let conn = Connection::open(Protocol::ROUTE).unwrap();
        let bad = LinkGet { ext_mask: Some(&[1, 2]), ..LinkGet::index(1) };
        let good = LinkGet::index(1);
        let (bad, good) = tokio::join!(conn.get(&bad), conn.get(&good));
        let refused = bad.unwrap_err();
        assert_eq!(refused.refusal().and_then(|refusal| refusal.path()), Some("LinkGet.ext_mask"));
        assert!(good.unwrap().parse::<LinkNew<'_>>().is_ok());
    });
}

/// CTRL_CMD_GETFAMILY.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 3)]
struct FamilyGet<'a> {
    #[nl(attr = 2)]
    name: Option<&'a str>,
}

/// CTRL_CMD_NEWFAMILY.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 1)]
struct FamilyNew<'a> {
    #[nl(attr = 1)]
    id: u16,
    #[nl(attr = 2)]
    name: &'a str,
}

#[test]
fn family_whose_number_has_gone_is_resolved_anew_by_all_tasks() {
    run(async {
        let conn = Connection::generic("nlctrl").await.unwrap();
        let mut buf = [0; 64];
        let message = FamilyNew { id: 0x7ff0, name: "nlctrl" };
        let message = message.emit(&mut buf, Header::new().family(MessageType(16))).unwrap();
        let message = Messages::new(message).next().unwrap().unwrap();
        let stale = Family::parse(&message).unwrap();
        conn.set_family(stale.clone());
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let conn = conn.clone();
            tasks.spawn(async move {
                let reply = conn.get(&FamilyGet { name: Some("nlctrl") }).await.unwrap();
                assert_eq!(reply.parse::<FamilyNew<'_>>().unwrap().id, 16);
            });
        }
        join(tasks).await;
        conn.set_family(stale.clone());
        let mut batch = conn.batch().unwrap();
        for name in ["nlctrl", "nothing", "nlctrl"] {
            batch.push(&FamilyGet { name: Some(name) }, Flags::empty()).await.unwrap();
        }
        let outcomes: Vec<_> = batch.finish().await.unwrap().iter().map(Result::is_ok).collect();
        assert_eq!(outcomes, [true, false, true]);
        conn.set_family(stale);
        let name =
            |message: &nl_tlv::socket::Object<'_>| Ok(Some(FamilyNew::parse(message)?.name.to_owned()));
        let (names, _) = conn.collect(&FamilyGet { name: None }, name).await.unwrap();
        assert!(names.iter().any(|name| name == "nlctrl"));
        assert_eq!(conn.family().map(|family| family.id), Some(MessageType(16)));
        drop(conn.join_named("notify").unwrap());
        assert!(matches!(conn.join_named("nothing"), Err(RequestError::NoSuchGroup { .. })));
        let unknown = Connection::generic("no such name").await.unwrap_err();
        assert!(matches!(&unknown, RequestError::NoSuchFamily(name) if name == "no such name"), "{unknown}");
    });
}

#[test]
fn connection_outside_a_runtime_is_an_error() {
    let err = Connection::open(Protocol::ROUTE).unwrap_err();
    assert_eq!(err.kind(), std::io::ErrorKind::NotConnected);
}

#[test]
fn request_of_a_subscriber_after_a_reported_overrun_gets_its_answer() {
    in_namespace("tasks::kernel::request_of_a_subscriber_after_a_reported_overrun_gets_its_answer", || {
        run(async {
            let conn = Connection::open(Protocol::ROUTE).unwrap();
            let mut events = conn.join(1).unwrap();
            events.transport().as_sys().set_recv_buffer(8192).unwrap();
            for at in 0..200 {
                conn.request(&loopback(at % 2 == 0)).await.unwrap();
            }
            while events.next().await.is_ok() {}
            events.request(&loopback(true)).await.unwrap();
        });
    });
}
