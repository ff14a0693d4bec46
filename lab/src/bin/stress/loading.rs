//! Requests that come while a module is being loaded: its socket can be found before its own init has ended.
//!
//! Loads and unloads both modules, so nobody else must use them, and in the end they are loaded.

use crate::report::{Failed, Report};
use crate::{Failure, PATIENCE, ensure};
use clap::Args;
use nl_tlv::socket::{Connection, Protocol, Socket};
use nl_tlv::{Flags, Header, Messages, NewFlags, NlMessage};
use nl_tlv_lab::greet::{self, Greeting};
use nl_tlv_lab::rtm::{self, TableDel, TableGet, TableNew, TableReply};
use std::fs;
use std::io;
use std::process::Command;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

/// How often.
#[derive(Args)]
pub(crate) struct Options {
    /// How often each module is loaded
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Fail unless a request was answered before the module's init had ended
    #[arg(long)]
    need_early: bool,
}

/// What is asked of a module that is being loaded.
type Ask = fn() -> Result<(), Failure>;

const MODULES: [(&str, Ask); 2] = [("rtm", tables), ("greet", greeting)];

/// Each module in turn.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failed> {
    for (module, ask) in MODULES {
        let fact = format!("{module} answers a request that comes while it is being loaded");
        report.check(&fact, || early(options, module, ask))?;
    }
    Ok(())
}

fn early(options: &Options, module: &str, ask: Ask) -> Result<String, Failure> {
    let mut early = 0;
    for _ in 0..options.rounds {
        command("rmmod", module)?;
        early += u32::from(load(module, ask)?);
    }
    ensure!(early > 0 || !options.need_early, "no request came before the end of {} loads", options.rounds);
    Ok(format!("{early} requests were answered before the end of {} loads", options.rounds))
}

/// Loads it, and asks as soon as there is somebody to ask; whether that was before the end.
fn load(module: &str, ask: Ask) -> Result<bool, Failure> {
    thread::scope(|scope| {
        let loading = scope.spawn(|| command("modprobe", module));
        wait(module)?;
        // The socket comes a moment later. Whoever asks before that may wait for the end of the load.
        sleep(Duration::from_millis(20));
        ask()?;
        let was_early = is_coming(module);
        loading.join().unwrap_or_else(|_| Err("the thread has panicked".into()))?;
        Ok(was_early)
    })
}

fn is_coming(module: &str) -> bool {
    fs::read_to_string(format!("/sys/module/{module}/initstate")).is_ok_and(|state| state.trim() == "coming")
}

/// Until the module is in the kernel, whatever its state.
fn wait(module: &str) -> Result<(), Failure> {
    let end = Instant::now() + PATIENCE;
    while fs::metadata(format!("/sys/module/{module}/initstate")).is_err() {
        ensure!(Instant::now() < end, "{module} does not come");
        thread::yield_now();
    }
    Ok(())
}

fn command(program: &str, module: &str) -> Result<(), Failure> {
    let output = Command::new(program).arg(module).output()?;
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// Tries until the protocol is there.
fn opened<T>(open: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        match open() {
            Err(err) if err.raw_os_error() == Some(EPROTONOSUPPORT) && Instant::now() < end => {
                sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

const EPROTONOSUPPORT: i32 = 93;

/// A dump, an answer, an event and a refusal.
fn tables() -> Result<(), Failure> {
    let mut conn = opened(|| Connection::open(Protocol::new(rtm::PROTOCOL)))?;
    conn.set_timeout(Some(PATIENCE));
    let mut dump = conn.dump(&TableGet::default())?;
    ensure!(dump.next::<TableReply<'_>>()?.is_none(), "there is a table");
    drop(dump);
    conn.join(rtm::GROUP_TABLES)?;
    let name = "early";
    conn.request_with(&TableNew { name }, NewFlags::CREATE)?;
    let table = conn.get::<TableReply<'_>>(&TableGet { name: Some(name) })?;
    ensure!(table.routes == 0, "{table:?}");
    conn.request(&TableDel { name })?;
    ensure!(conn.request(&TableDel { name }).is_err(), "it is there twice");
    Ok(())
}

fn greeting() -> Result<(), Failure> {
    let socket = opened(|| Socket::open(Protocol::new(greet::PROTOCOL)))?;
    socket.join(greet::GROUP_EVENTS)?;
    let mut buf = [0; 64];
    socket.send(Greeting { text: b"early" }.emit(&mut buf, Header::new().flags(Flags::ACK))?)?;
    // The event, and then the answer.
    let mut buffer = vec![0; Socket::RECV_BUFFER];
    let end = Instant::now() + PATIENCE;
    for ty in [22, 3] {
        let (datagram, _) = socket.recv_deadline(&mut buffer, end)?;
        let message = Messages::new(datagram).next().ok_or("an empty datagram")??;
        ensure!(message.ty().0 == ty, "expected type {ty}, found {message:?}");
    }
    Ok(())
}
