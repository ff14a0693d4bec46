//! `nltool`: see and speak any netlink.

#![allow(missing_docs, unreachable_pub, reason = "the modules of a program see each other only")]

mod addresses;
mod arguments;
mod by_number;
mod capture;
mod catalogue;
mod cli;
mod complete;
mod conversation;
mod decode;
mod describe;
mod encode;
mod error;
mod fields;
mod filter;
mod flags;
mod guess;
mod input;
mod interfaces;
mod json;
mod kernel;
mod line;
mod meaning;
mod monitor;
mod mpls;
mod paint;
mod picture;
mod policies;
mod refusal;
mod request;
mod spec;
mod trace;
mod verdict;

use catalogue::Catalogue;
use clap::{CommandFactory, Parser};
use cli::{Cli, Command};
use error::Failure;
use paint::Ink;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
    let result = run(cli, &mut out).and_then(|()| Ok(out.flush()?));
    let Err(failure) = result else { return ExitCode::SUCCESS };
    let (code, is_told) = failure.code();
    drop(out.flush());
    if is_told {
        eprintln!("nltool: {failure}");
    }
    ExitCode::from(code)
}

fn run(cli: Cli, out: &mut dyn Write) -> Result<(), Failure> {
    let mut catalogue = Catalogue::new();
    spec::load(&cli.spec, &mut catalogue)?;
    let ink = Ink::new(cli.color.is_on());
    match cli.command {
        Command::Decode { files, options, ask_kernel } => {
            if ask_kernel {
                kernel::learn(&mut catalogue)?;
            }
            decode::run(&files, &options, catalogue, ink, out)
        }
        Command::Encode { file: Some(file) } if file.as_os_str() != "-" => {
            let named = |err: Failure| err.about(&file.display().to_string());
            let input = File::open(&file).map_err(Failure::from).map_err(named)?;
            encode::run(&mut BufReader::new(input), &catalogue, out).map_err(named)
        }
        Command::Encode { .. } => encode::run(&mut io::stdin().lock(), &catalogue, out),
        Command::Monitor(mut options) => {
            options.options.filter.selection.ask_kernel();
            monitor::run(&options, catalogue, ink, out)
        }
        Command::Trace(options) => trace::run(&options, catalogue, ink, out),
        Command::Do { request, modifiers, mut selection } => {
            selection.ask_kernel();
            request::run(&request, request::do_flags(&modifiers), &selection, catalogue, ink, out)
        }
        Command::Dump { request, mut selection } => {
            selection.ask_kernel();
            request::run(&request, request::dump_flags(), &selection, catalogue, ink, out)
        }
        Command::Families => describe::families(&catalogue, ink, out),
        Command::Describe { family, operation } => {
            describe::describe(&catalogue, &family, operation.as_deref(), ink, out)
        }
        Command::Policies { families } => policies::run(&families, out),
        Command::PolicyDiff { old, new } => match policies::diff(&old, new.as_deref(), out)? {
            true => Ok(()),
            false => Err(Failure::Different),
        },
        Command::Completions { shell } => Ok(out.write_all(shell.script().as_bytes())?),
        Command::Complete { shell, words } => complete::run(shell, &words, catalogue, out),
        Command::Man => Ok(manual(out)?),
    }
}

/// The manual page: of the program, and of each command.
fn manual(out: &mut dyn Write) -> io::Result<()> {
    let command = Cli::command();
    let page = clap_mangen::Man::new(command.clone());
    page.render(out)?;
    for mut command in command.get_subcommands().filter(|command| !command.is_hide_set()).cloned() {
        let name = format!("nltool {}", command.get_name());
        writeln!(out, ".SH \"{}\"", name.to_uppercase())?;
        command = command.display_name(name);
        let page = clap_mangen::Man::new(command);
        page.render_synopsis_section(out)?;
        page.render_description_section(out)?;
        page.render_options_section(out)?;
        page.render_extra_section(out)?;
    }
    Ok(())
}
