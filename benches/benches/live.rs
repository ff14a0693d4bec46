//! A dump of 10,000 routes from this machine's kernel, in a network namespace of its own: the CPU time of the dump loop
//! beside that of a loop that only receives, turn by turn, and the number of receives of each.
//!
//! Most of both is the kernel's work. `cargo bench -p nl-tlv-benches --bench live`

use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use nl_tlv::Header;
use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, Protocol};
use nl_tlv_benches::live::{self, RouteGet};
use nl_tlv_sys::{Address, NetlinkSocket, SocketOption};
use rustix::net::{RecvFlags, recv};
use rustix::time::{ClockId, clock_gettime};

/// How often each has a turn.
const ROUNDS: usize = 201;
/// Says that the process is inside the namespace.
const INSIDE: &str = "NL_TLV_LIVE";

/// The CPU time of this process so far.
fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        now.tv_sec.try_into().expect("since the start"),
        now.tv_nsec.try_into().expect("below a second"),
    )
}

/// A socket with the options that a connection sets, to be read with `recv(2)`.
fn bare() -> NetlinkSocket {
    let socket = NetlinkSocket::open(0).expect("a socket");
    for option in [SocketOption::CapAck, SocketOption::ExtAck, SocketOption::GetStrictChk] {
        socket.set_option(option, true).expect("an option of any kernel since 4.20");
    }
    socket.autobind().expect("a port id");
    socket
}

/// Requests the dump and throws away what comes; how many datagrams and bytes that was.
fn discard(socket: &NetlinkSocket, request: &[u8], buffer: &mut [u8]) -> (usize, usize) {
    socket.send_to(request, Address::KERNEL).expect("sent");
    let (mut datagrams, mut bytes) = (0, 0);
    loop {
        let (len, _) = recv(socket, &mut *buffer, RecvFlags::empty()).expect("received");
        (datagrams, bytes) = (datagrams + 1, bytes + len);
        if live::is_done(&buffer[..len]) {
            return (datagrams, bytes);
        }
    }
}

/// Best and median, in milliseconds.
fn summary(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    (times[0].as_secs_f64() * 1e3, times[times.len() / 2].as_secs_f64() * 1e3)
}

fn measure() {
    live::add_routes();
    let mut buffer = vec![0; 32 * 1024];
    let mut request = [0; 64];
    let request =
        RouteGet::default().emit(&mut request, Header::request().flags(nl_tlv::GetFlags::DUMP).seq(1));
    let request = request.expect("there is room");
    let (socket, mut connection) = (bare(), Connection::open(Protocol::ROUTE).expect("a connection"));
    let (datagrams, bytes) = discard(&socket, request, &mut buffer);
    let found = live::dump(&mut connection).expect("a dump");
    assert_eq!(found.messages, live::ROUTES);
    let (mut discarding, mut dumping) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        let start = cpu_time();
        discard(&socket, request, &mut buffer);
        let middle = cpu_time();
        assert_eq!(live::dump(&mut connection).expect("a dump"), found);
        discarding.push(middle - start);
        dumping.push(cpu_time() - middle);
    }
    let ((bare_best, bare_median), (best, median)) = (summary(&mut discarding), summary(&mut dumping));
    println!("{} routes, {datagrams} datagrams, {bytes} bytes, {ROUNDS} rounds; CPU ms", found.messages);
    println!("| {:<20} | {:>6} | {:>6} |", "contender", "best", "median");
    println!("| {:<20} | {bare_best:>6.3} | {bare_median:>6.3} |", "receive and discard");
    println!("| {:<20} | {best:>6.3} | {median:>6.3} |", "nl-tlv");
    println!("| {:<20} | {:>6.3} | {:>6.3} |", "ratio", best / bare_best, median / bare_median);
}

fn main() -> ExitCode {
    if std::env::var_os(INSIDE).is_some() {
        measure();
        return ExitCode::SUCCESS;
    }
    let may_unshare = Command::new("unshare").args(["-Urn", "true"]).stderr(Stdio::null()).status();
    if !may_unshare.is_ok_and(|status| status.success()) {
        println!("SKIP: cannot make a network namespace with unshare");
        return ExitCode::SUCCESS;
    }
    let program = std::env::current_exe().expect("path of this program");
    let status = Command::new("unshare").arg("-Urn").arg(program).env(INSIDE, "1").status();
    ExitCode::from(u8::from(!status.is_ok_and(|status| status.success())))
}
