//! How much code each contender's function for a job is, in bytes: the function with all that is inlined into it, and
//! everything that it calls, taken from the disassembly (binutils) of this very program. What belongs to the standard
//! library (also dropping of values), to shared libraries, or is called through a pointer is left out.
//! `cargo run --release -p nl-tlv-benches --features peers --bin code-size`; `-- list` names the functions counted.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::process::{Command, ExitCode};

use nl_tlv_benches::contenders::{self, Contender};

/// A function of this program.
#[derive(Default)]
struct Function {
    size: u64,
    name: String,
    calls: BTreeSet<u64>,
}

/// By address in the file.
type Program = BTreeMap<u64, Function>;

/// What a tool of binutils says of this program.
fn tool(name: &str, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = Command::new(name).args(arguments).arg(std::env::current_exe()?).output()?;
    if !output.status.success() {
        return Err(format!("{name} failed").into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn hex(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

/// Where the slots lie through which functions of other crates are called, and what they point at.
fn slots() -> Result<BTreeMap<u64, u64>, Box<dyn Error>> {
    let line = |line: &str| {
        let (slot, target) = line.split_once(" R_X86_64_RELATIVE")?;
        Some((hex(slot.trim())?, hex(target.trim().strip_prefix("*ABS*+0x")?)?))
    };
    Ok(tool("objdump", &["-R"])?.lines().filter_map(line).collect())
}

/// All functions, without their calls.
fn functions() -> Result<Program, Box<dyn Error>> {
    let line = |line: &str| {
        let mut words = line.splitn(4, ' ');
        let (address, size) = (hex(words.next()?)?, hex(words.next()?)?);
        let code = matches!(words.next()?, "t" | "T" | "w" | "W");
        let name = words.next()?.to_owned();
        code.then_some((address, Function { size, name, ..Function::default() }))
    };
    Ok(tool("nm", &["-S", "-C"])?.lines().filter_map(line).collect())
}

/// The address that a call or a jump goes to, through a slot or not.
fn target(instruction: &str, slots: &BTreeMap<u64, u64>) -> Option<u64> {
    let (mnemonic, operands) = instruction.split_once(' ')?;
    if !mnemonic.starts_with("call") && !mnemonic.starts_with('j') {
        return None;
    }
    match operands.split_once("# ") {
        Some((_, slot)) => slots.get(&hex(slot.split(' ').next()?)?).copied(),
        None => hex(operands.trim_start().split(' ').next()?),
    }
}

/// This program with all calls.
fn program() -> Result<Program, Box<dyn Error>> {
    let (mut program, slots) = (functions()?, slots()?);
    let starts: BTreeSet<u64> = program.keys().copied().collect();
    for line in tool("objdump", &["-d", "--no-show-raw-insn"])?.lines() {
        let Some((address, instruction)) = line.split_once(":\t") else { continue };
        let Some(address) = hex(address.trim()) else { continue };
        let Some((_, caller)) = program.range_mut(..=address).next_back() else { continue };
        caller.calls.extend(target(instruction, &slots).filter(|target| starts.contains(target)));
    }
    Ok(program)
}

/// Whether a function comes with the compiler, as do those that drop values.
fn is_standard(name: &str) -> bool {
    let name = name.trim_start_matches(['<', '&']);
    let standard = ["core::", "alloc::", "std::", "__rust", "_R", "rust_", "_Unwind", "__rdl", "__rg"];
    standard.iter().any(|prefix| name.starts_with(prefix))
}

/// Bytes of the function at `start` and of all that it reaches; with `list`, their names on standard error.
fn reached(program: &Program, start: u64, list: bool) -> u64 {
    let (mut seen, mut open, mut bytes) = (BTreeSet::from([start]), vec![start], 0);
    while let Some(function) = open.pop().and_then(|address| program.get(&address)) {
        bytes += function.size;
        if list {
            eprintln!("{:6} {}", function.size, function.name);
        }
        for &callee in &function.calls {
            let standard = program.get(&callee).is_none_or(|callee| is_standard(&callee.name));
            if !standard && seen.insert(callee) {
                open.push(callee);
            }
        }
    }
    bytes
}

/// Where a contender's functions are in memory: walk, route typed, link typed, genl typed, emit.
fn jobs(contender: &Contender) -> [Option<usize>; 5] {
    [
        contender.walk.map(|job| job as usize),
        contender.routes.map(|job| job as usize),
        contender.links.map(|job| job as usize),
        contender.families.map(|job| job as usize),
        contender.emit.map(|job| job as usize),
    ]
}

fn run() -> Result<(), Box<dyn Error>> {
    let program = program()?;
    let known = program.iter().find(|(_, function)| function.name == "nl_tlv_benches::contenders::all");
    let (&known, _) = known.ok_or("no symbols")?;
    let base = (contenders::all as fn() -> Vec<Contender> as usize as u64).wrapping_sub(known);
    let list = std::env::args().nth(1).is_some_and(|argument| argument == "list");
    println!(
        "| contender | walk | route typed | link typed | genl typed | emit |\n|---|--:|--:|--:|--:|--:|"
    );
    for contender in contenders::all() {
        let cells = jobs(&contender).map(|job| {
            job.map_or(String::new(), |job| {
                reached(&program, (job as u64).wrapping_sub(base), list).to_string()
            })
        });
        println!("| {} | {} |", contender.name, cells.join(" | "));
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("{err}");
            ExitCode::FAILURE
        }
    }
}
