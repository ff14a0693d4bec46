//! A conversation with the kernel module `greet.ko`, or with a peer in user space where the module is not loaded.

use clap::{CommandFactory, Parser};
use nl_tlv::Messages;
use nl_tlv::socket::RecvError;
use nl_tlv::value::NlStr;
use nl_tlv_examples::program::is_closed;
use nl_tlv_lab::greet::client::{Answerer, Client, Heard, Options};
use nl_tlv_lab::greet::peer::{GreetService, PORT_ID};
use nl_tlv_lab::greet::{PROTOCOL, TEXT_MAX};
use nl_tlv_lab::peer::{Peer, serve};
use serde_json::json;
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

/// Says something to the kernel and prints its answer.
///
/// The kernel module greet.ko answers where it is loaded; otherwise a peer in user space does, which speaks the same
/// protocol over NETLINK_USERSOCK and is started if none is running. A line on standard error says which one it is.
#[derive(Parser)]
#[command(
    name = "greet",
    version,
    after_help = "\
Examples:
  greet \"Hello, how are you?\"      one greeting, one answer
  greet                            a greeting for each line that you type, until end of file
  greet --subscribe                what all processes say, as it happens
  greet --genl Hello               the generic netlink way to the same module
  greet --serve                    be the peer for other processes

Exit status: 0 if all greetings were answered, 1 if one was refused or not answered, 2 for wrong arguments."
)]
struct Args {
    /// What to say, at most 1024 bytes; each argument is one greeting. Without any, each line of standard input is one
    #[arg(allow_negative_numbers = true)]
    text: Vec<String>,
    /// Print the events that greetings cause, of other processes too, until interrupted
    #[arg(short, long)]
    subscribe: bool,
    /// With --subscribe, stop after so many events
    #[arg(long, value_name = "N", requires = "subscribe", allow_negative_numbers = true)]
    count: Option<usize>,
    /// Use the generic netlink family instead of the protocol of its own
    #[arg(short, long)]
    genl: bool,
    /// Netlink protocol number of the module, if not 31; nobody else is asked then
    #[arg(long, value_name = "N", conflicts_with_all = ["peer", "genl"])]
    protocol: Option<u32>,
    /// Talk to a peer in user space even if the module is loaded
    #[arg(long)]
    peer: bool,
    /// Be the peer for other processes, until interrupted
    #[arg(long, conflicts_with_all = ["text", "subscribe", "peer"])]
    serve: bool,
    /// Show every message that is sent and received as a tree, on standard error
    #[arg(short, long)]
    dissect: bool,
    /// Print a JSON object a line
    #[arg(short, long)]
    json: bool,
    /// Print a script that completes the arguments of this program in a shell
    #[arg(long, value_name = "SHELL", exclusive = true)]
    completions: Option<clap_complete::Shell>,
    /// Print the manual page
    #[arg(long, exclusive = true)]
    man: bool,
}

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = match args.completions {
        Some(shell) => completions(shell),
        None if args.man => manual(),
        None if args.serve => be_the_peer(),
        None => converse(&args),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads has enough.
        Err(err) if is_closed(&*err) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("greet: {err}");
            ExitCode::FAILURE
        }
    }
}

fn completions(shell: clap_complete::Shell) -> Result<bool, Box<dyn Error>> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "greet", &mut script);
    io::stdout().write_all(&script)?;
    Ok(true)
}

fn manual() -> Result<bool, Box<dyn Error>> {
    clap_mangen::Man::new(Args::command()).render(&mut io::stdout())?;
    Ok(true)
}

fn be_the_peer() -> Result<bool, Box<dyn Error>> {
    use nl_tlv::socket::{Protocol, Socket};
    let socket = Socket::open_at(Protocol::USERSOCK, PORT_ID)?;
    eprintln!("greet: answering at port id {PORT_ID} of NETLINK_USERSOCK until interrupted");
    serve(&socket, Peer::new(GreetService), None)?;
    Ok(true)
}

/// What the receiver thread tells the sender.
enum Outcome {
    Answered,
    Refused,
    Event,
    Broken(Box<dyn Error + Send + Sync>),
}

/// Sends on this thread, prints on another. True if every greeting was answered.
fn converse(args: &Args) -> Result<bool, Box<dyn Error>> {
    let Args { genl, protocol, peer, dissect, .. } = *args;
    let client = Client::open(Options { genl, protocol: protocol.unwrap_or(PROTOCOL), peer, dissect })?;
    if let (Some(protocol), Answerer::Peer | Answerer::OwnPeer) = (protocol, client.answerer()) {
        return Err(nobody(protocol).into());
    }
    eprintln!("greet: talking to {}, as port id {}", client.answerer(), client.port_id());
    if args.subscribe {
        client.subscribe()?;
    }
    let (tell, outcomes) = mpsc::channel();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| receive(&client, args, &stop, tell));
        let result = speak(args, &client, &outcomes);
        stop.store(true, Ordering::Relaxed);
        result
    })
}

fn nobody(protocol: u32) -> String {
    format!("no module answers at netlink protocol {protocol}; without --protocol, a peer in user space does")
}

fn speak(args: &Args, client: &Client, outcomes: &mpsc::Receiver<Outcome>) -> Result<bool, Box<dyn Error>> {
    let mut sent = 0;
    let mut say = |text: &str| -> Result<(), Box<dyn Error>> {
        client.say(text.as_bytes()).map_err(|err| match err.kind() {
            io::ErrorKind::ConnectionRefused => nobody(args.protocol.unwrap_or(PROTOCOL)),
            io::ErrorKind::InvalidInput => {
                format!("a greeting has at most {TEXT_MAX} bytes and no NUL; {}", shortened(text))
            }
            _ => format!("{err}; {}", shortened(text)),
        })?;
        sent += 1;
        Ok(())
    };
    let said = if args.text.is_empty() && !args.subscribe {
        (1..).zip(io::stdin().lock().lines()).try_for_each(|(number, line)| {
            say(&line.map_err(|err| format!("line {number} of standard input: {err}"))?)
        })
    } else {
        args.text.iter().try_for_each(|text| say(text))
    };
    // What was said before a mistake is answered.
    let (mut answered, mut refused, mut events) = (0, 0, 0);
    loop {
        let listening = said.is_ok() && args.subscribe && args.count.is_none_or(|count| events < count);
        if answered + refused == sent && !listening {
            return said.map(|()| refused == 0);
        }
        let patience = if answered + refused == sent { Duration::MAX } else { PATIENCE };
        match outcomes.recv_timeout(patience) {
            Ok(Outcome::Answered) => answered += 1,
            Ok(Outcome::Refused) => refused += 1,
            Ok(Outcome::Event) => events += 1,
            Ok(Outcome::Broken(err)) => return Err(err),
            Err(_) => {
                return Err(
                    format!("{} of {sent} greetings were not answered", sent - answered - refused).into()
                );
            }
        }
    }
}

/// A greeting as an error shows it: its length and how it begins.
fn shortened(text: &str) -> String {
    let start: String = text.chars().take(20).collect();
    format!("this one has {} bytes and begins {start:?}", text.len())
}

/// Prints what arrives, until told to stop.
fn receive(client: &Client, args: &Args, stop: &AtomicBool, tell: Sender<Outcome>) {
    let mut buffer = vec![0; nl_tlv::socket::Socket::RECV_BUFFER];
    while !stop.load(Ordering::Relaxed) {
        match client.receive(&mut buffer, Duration::from_millis(100)) {
            Ok((datagram, _)) => {
                for message in Messages::new(datagram) {
                    match message.and_then(|message| client.understand(&message)) {
                        Ok(heard) => {
                            if let Err(err) = print(&heard, client.answerer(), args) {
                                let _ = tell.send(Outcome::Broken(err.into()));
                                return;
                            }
                            outcome(&heard).map(|outcome| tell.send(outcome));
                        }
                        Err(err) => eprintln!("greet: a message that cannot be read: {err}"),
                    }
                }
            }
            Err(RecvError::Timeout) => {}
            Err(RecvError::Overrun) => eprintln!("greet: events were lost: this process reads too slowly"),
            Err(err) => {
                let _ = tell.send(Outcome::Broken(err.into()));
                return;
            }
        }
    }
}

fn outcome(heard: &Heard<'_>) -> Option<Outcome> {
    match heard {
        Heard::Reply { .. } => Some(Outcome::Answered),
        Heard::Refused(_) => Some(Outcome::Refused),
        Heard::Event { .. } => Some(Outcome::Event),
        Heard::Ack { .. } | Heard::Other(_) => None,
    }
}

/// Prints what was received. The answer's text always says "kernel"; what is printed says who answered. Beside a tree,
/// which has the text as it came, that is a remark.
fn print(heard: &Heard<'_>, answerer: Answerer, args: &Args) -> io::Result<()> {
    let (json, mut out) = (args.json, io::stdout());
    let by = if answerer == Answerer::Module { "by kernel" } else { "by a peer in user space" };
    match heard {
        Heard::Reply { seq, text } if json => {
            writeln!(out, "{}", json!({ "seq": seq, "reply": lossy(text).replace("by kernel", by) }))
        }
        Heard::Reply { text, .. } if args.dissect && answerer != Answerer::Module => {
            writeln!(out, "{} (this answer is from a peer in user space)", NlStr::from(*text))
        }
        Heard::Reply { text, .. } => {
            writeln!(out, "{}", NlStr::from(*text).to_string().replace("by kernel", by))
        }
        Heard::Event { port, text } if json => {
            writeln!(out, "{}", json!({ "port": port, "said": lossy(text) }))
        }
        Heard::Event { port, text } => writeln!(out, "process {port} said: {}", NlStr::from(*text)),
        Heard::Refused(refused) if json => {
            writeln!(out, "{}", json!({ "error": refused.errno().get(), "message": refused.message() }))
        }
        Heard::Refused(refused) => writeln!(out, "Failure, {refused}"),
        Heard::Ack { .. } => Ok(()),
        Heard::Other(message) => {
            eprintln!("greet: a message that was not expected: {message:?}");
            Ok(())
        }
    }
}

fn lossy(text: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(text)
}
