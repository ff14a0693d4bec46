//! The client of RTM, the routing table manager: tables and routes that the kernel module `rtm.ko` holds, or a peer in
//! user space where the module is not loaded.

mod change;
mod cli;
mod load;
mod manual;
mod menu;
mod monitor;
mod objects;
mod run;
mod show;

use clap::{CommandFactory, Parser};
use cli::{Cli, Command, Options};
use nl_tlv_lab::rtm::client::{self, Answerer};
use run::{RunError, Session};
use show::Form;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let Cli { options, command } = Cli::parse();
    let form = Form { json: options.json, color: options.color.is_on() };
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = carry_out(options, form, &command, &mut out);
    let said = match outcome {
        Ok(is_done) => Ok(if is_done { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
        Err(RunError::Refused(refusal)) => form.failure(&refusal, &mut out).map(|()| ExitCode::FAILURE),
        Err(RunError::Io(err)) => Err(err),
        Err(err) => {
            eprintln!("rtm: {err}");
            Ok(if matches!(err, RunError::Arguments(_)) { ExitCode::from(2) } else { ExitCode::FAILURE })
        }
    };
    match said.and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => code,
        // Whoever reads has enough.
        Err(err) if err.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("rtm: {err}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(options: Options, form: Form, command: &Command, out: &mut dyn Write) -> Result<bool, RunError> {
    match command {
        Command::Serve { idle } => client::serve(idle.map(Duration::from_secs))?,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "rtm", &mut script);
            out.write_all(&script)?;
        }
        Command::Man => manual::write(&Cli::command(), out)?,
        command => {
            run::check(command)?;
            let Options { protocol, peer, dissect, echo, .. } = options;
            let (conn, answerer) = client::open(protocol, peer, dissect)?;
            // A peer that is running was announced when it was started.
            if answerer == Answerer::StartedPeer || dissect {
                eprintln!("rtm: talking to {answerer}");
            }
            return Session { conn, answerer, form, echo }.run(command, out);
        }
    }
    Ok(true)
}
