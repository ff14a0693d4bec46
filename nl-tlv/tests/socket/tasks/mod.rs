//! Connections of tasks (feature `tokio`): over a network in memory, where each datagram's fate is scripted, between
//! processes' sockets, and with the kernel.

mod dropped;
mod events;
mod in_flight;
mod kernel;
mod lost;

use nl_tlv::control::{Errno, ExtAck};
use nl_tlv::socket::tokio::Connection;
use nl_tlv::socket::{RecvError, Request, Server, Transport};
use nl_tlv::{Flags, NlMessage};
use nl_tlv_testing::network::{MemorySocket, Network};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// A request, a reply, an object and an event alike.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100, deleted = 101)]
struct Thing<'a> {
    #[nl(attr = 1, key)]
    number: u32,
    #[nl(attr = 2)]
    text: Option<&'a [u8]>,
}

fn thing(number: u32) -> Thing<'static> {
    Thing { number, text: None }
}

/// A runtime of each flavour.
fn runtimes() -> [Runtime; 2] {
    [Builder::new_current_thread(), Builder::new_multi_thread()]
        .map(|mut builder| builder.worker_threads(2).enable_all().build().unwrap())
}

/// Runs a future in a runtime of one thread.
fn run<F: Future>(future: F) -> F::Output {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Answers a request as all servers here do: a dump of things 0 to `number`, a refusal of numbers that end in 9 and of what
/// is no thing, the double of the number as a reply, and otherwise an acknowledgement whose cookie is the number.
fn answer<T: Transport>(request: &Request<'_, T>) {
    let number = request.parse::<Thing<'_>>().map_or(9, |thing| thing.number);
    let answered = if request.is_dump() {
        request.dump(&(0..number).map(thing).collect::<Vec<_>>(), Flags::empty())
    } else if number % 10 == 9 {
        request.refuse(Errno::ENOENT, &ExtAck::NONE)
    } else if !request.message().flags().contains(Flags::ACK) {
        request.reply(&thing(number * 2))
    } else {
        request.ack_with(&ExtAck { cookie: Some(&number.to_ne_bytes()), ..ExtAck::NONE })
    };
    // A client that has gone wants no answer.
    let _ = answered;
}

/// Answers whatever has come, without waiting.
fn answer_all<T: Transport>(server: &mut Server<T>) {
    while let Ok(request) = server.recv_deadline(Instant::now()) {
        answer(&request);
    }
}

/// A connection in memory to port id 0, which is the kernel's elsewhere.
fn connection(network: &Network) -> Connection<MemorySocket> {
    let network = network.clone();
    let mut conn = Connection::new(move || Ok(network.open()), 0).unwrap();
    conn.set_timeout(Some(LONG));
    conn
}

/// So long waits only a test that fails.
const LONG: Duration = Duration::from_secs(30);

/// So long waits a test for what never comes.
const SHORT: Duration = Duration::from_millis(300);

/// A thread that answers until it is dropped.
struct Serving {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    fn new<T: Transport + Send + 'static>(mut server: Server<T>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&is_over);
        let thread = thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                match server.recv_deadline(Instant::now() + Duration::from_millis(5)) {
                    Ok(request) => answer(&request),
                    Err(RecvError::Timeout) => {}
                    Err(err) => panic!("{err}"),
                }
            }
        });
        Self { is_over, thread: Some(thread) }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

/// Polls a future once, and wakes nobody.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future to its end, the server answering between.
async fn served<F: Future>(future: F, server: &mut Server<MemorySocket>) -> F::Output {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(output) = poll_once(&mut future) {
            return output;
        }
        answer_all(server);
        tokio::task::yield_now().await;
    }
}
