//! Requests to this machine's kernel, which says what the loopback link is like: one at a time, and 64 at once. CPU time
//! of the whole process, most of which is the kernel's work. `cargo bench -p nl-tlv-benches --bench requests`

use std::time::Duration;

use nl_tlv::socket::{Connection, Protocol, tokio as tasks};
use nl_tlv::{Header, NlMessage};
use nl_tlv_families::rt_link::{GetLink, Link};
use nl_tlv_sys::{Address, NetlinkSocket};
use rustix::net::{RecvFlags, recv};
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Builder;

/// How often each has a turn.
const ROUNDS: usize = 101;
/// Requests of a turn, and how many of them are under way at once where not one at a time.
const REQUESTS: u32 = 256;
const AT_ONCE: usize = 64;
/// The index of `lo`.
const LOOPBACK: u32 = 1;

/// The CPU time of this process so far.
fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        now.tv_sec.try_into().expect("since the start"),
        now.tv_nsec.try_into().expect("below a second"),
    )
}

/// Sends the same bytes again and again, and throws away what comes.
fn bare(socket: &NetlinkSocket, request: &[u8], buffer: &mut [u8]) {
    for _ in 0..REQUESTS {
        socket.send_to(request, Address::KERNEL).expect("sent");
        assert!(recv(socket, &mut *buffer, RecvFlags::empty()).expect("received").0 > 0);
    }
}

fn blocking(connection: &mut Connection) {
    for _ in 0..REQUESTS {
        let link: Link<'_> = connection.get(&GetLink::at(LOOPBACK)).expect("a link");
        assert!(link.ifname.is_some());
    }
}

async fn one(connection: &tasks::Connection) {
    let reply = connection.get(&GetLink::at(LOOPBACK)).await.expect("a reply");
    assert!(reply.parse::<Link<'_>>().expect("a link").ifname.is_some());
}

async fn one_at_a_time(connection: &tasks::Connection) {
    for _ in 0..REQUESTS {
        one(connection).await;
    }
}

async fn many_at_once(connection: &tasks::Connection) {
    let each = REQUESTS as usize / AT_ONCE;
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move {
                for _ in 0..each {
                    one(&connection).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a task ends");
    }
}

/// Best and median of the turns, in microseconds of a request.
fn print(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let of_request = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(REQUESTS);
    let (best, median) = (of_request(times[0]), of_request(times[times.len() / 2]));
    println!("| {name:<18} | {best:>6.2} | {median:>6.2} |");
}

fn main() {
    let mut request = [0; 64];
    let request = GetLink::at(LOOPBACK).emit(&mut request, Header::request().seq(1)).expect("there is room");
    let (socket, mut buffer) = (NetlinkSocket::open(0).expect("a socket"), vec![0; 32 * 1024]);
    let mut connection = Connection::open(Protocol::ROUTE).expect("a connection");
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let waiting = runtime.block_on(async { tasks::Connection::open(Protocol::ROUTE).expect("a connection") });
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        let mut turn = |at: usize, run: &mut dyn FnMut()| {
            let start = cpu_time();
            run();
            times[at].push(cpu_time() - start);
        };
        turn(0, &mut || bare(&socket, request, &mut buffer));
        turn(1, &mut || blocking(&mut connection));
        turn(2, &mut || runtime.block_on(one_at_a_time(&waiting)));
        turn(3, &mut || runtime.block_on(many_at_once(&waiting)));
    }
    println!("CPU µs of a request for `lo`, {ROUNDS} turns of {REQUESTS}");
    println!(
        "| {:<18} | {:>6} | {:>6} |\n|{:-<20}|{:->7}:|{:->7}:|",
        "contender", "best", "median", "", "", ""
    );
    let names = ["send and receive", "nl-tlv", "nl-tlv, tokio", "nl-tlv, 64 at once"];
    names.iter().zip(&mut times).for_each(|(name, times)| print(name, times));
}
