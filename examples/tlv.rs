//! The course's TLV buffer of 222 bytes: written, pictured, and iterated.

use clap::Parser;
use nl_tlv::tlv::{T8L8, Tlv, Tlvs};
use nl_tlv::{Error, Writer, iterate_tlv};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Writes the course's TLV buffer, shows its bytes, and walks it.
///
/// Each record is one byte of type, one byte of length (of the value alone), and the value, which holds one or more
/// units of a size that the type decides: names of 32 bytes, web sites of 64 bytes, employee ids of 8 bytes.
#[derive(Parser)]
#[command(
    after_help = "Examples:\n  tlv\n  tlv --json\n  tlv --cut 100     a record that claims more than there is"
)]
struct Args {
    /// Print what was found as JSON instead
    #[arg(long)]
    json: bool,
    /// Cut the buffer to so many bytes first, of 222, and see which error the iteration finds
    #[arg(long, value_name = "BYTES")]
    cut: Option<usize>,
}

const NAME: u8 = 1;
const WEBSITE: u8 = 2;
const EMP_ID: u8 = 3;

fn main() -> ExitCode {
    let args = Args::parse();
    let mut buf = [0; 222];
    let outcome = write(&mut buf).and_then(|bytes| {
        let bytes = &bytes[..args.cut.unwrap_or(bytes.len()).min(bytes.len())];
        if args.json { print_json(bytes) } else { print(bytes) }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("tlv: {err}");
            ExitCode::FAILURE
        }
    }
}

fn write(buf: &mut [u8]) -> Result<&[u8], Error> {
    let mut w = Writer::new(buf);
    w.record::<T8L8>(NAME, [unit::<32>("Abhishek Sagar"), unit("Shivani")].as_flattened())?;
    let sites = [unit::<64>("www.csepracticals.com"), unit("www.facebook.com")];
    w.record::<T8L8>(WEBSITE, sites.as_flattened())?;
    w.record::<T8L8>(EMP_ID, [52437, 52438, 52439].map(u64::to_ne_bytes).as_flattened())?;
    Ok(w.finish())
}

/// A text in a unit of fixed size, filled with zeros.
fn unit<const N: usize>(text: &str) -> [u8; N] {
    let mut unit = [0; N];
    for (to, from) in unit.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    unit
}

fn print(bytes: &[u8]) -> Result<(), Error> {
    println!("{} bytes\n", bytes.len());
    for tlv in Tlvs::<T8L8>::new(bytes).map_while(Result::ok) {
        let (offset, payload) = (tlv.offset(), tlv.payload());
        println!("{offset:>4}  type {} {:<8} length {}", tlv.ty(), name(tlv.ty()), payload.len());
        for (row, bytes) in payload.chunks(16).enumerate() {
            println!("{:>4}  {:<48} {}", offset as usize + 2 + row * 16, hex(bytes), printable(bytes));
        }
    }
    println!();
    iterate_tlv!(T8L8, bytes => |ty, tlv| match units(ty, tlv)? {
        Some(units) => units.iter().for_each(|unit| println!("{:<8} {unit}", name(ty))),
        None => println!("type {ty} is not known: {} bytes skipped", tlv.payload().len()),
    })
}

fn print_json(bytes: &[u8]) -> Result<(), Error> {
    let mut records = Vec::new();
    iterate_tlv!(T8L8, bytes => |ty, tlv| {
        let units = units(ty, tlv)?;
        records.push(json!({ "type": ty, "name": name(ty), "length": tlv.payload().len(), "units": units }));
    })?;
    println!("{}", json!({ "bytes": bytes.len(), "records": records }));
    Ok(())
}

/// The units of a record, or `None` for a type that is not known.
fn units(ty: u8, tlv: Tlv<'_, T8L8>) -> Result<Option<Vec<Value>>, Error> {
    Ok(Some(match ty {
        NAME => tlv.units::<[u8; 32]>()?.map(text).collect(),
        WEBSITE => tlv.units::<[u8; 64]>()?.map(text).collect(),
        EMP_ID => tlv.units()?.map(|id| u64::from_ne_bytes(*id).into()).collect(),
        _ => return Ok(None),
    }))
}

fn text<const N: usize>(unit: &[u8; N]) -> Value {
    let end = unit.iter().position(|&b| b == 0).unwrap_or(N);
    String::from_utf8_lossy(&unit[..end]).into()
}

fn name(ty: u8) -> &'static str {
    match ty {
        NAME => "NAME",
        WEBSITE => "WEBSITE",
        EMP_ID => "EMP_ID",
        _ => "?",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x} ")).collect()
}

fn printable(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| if byte.is_ascii_graphic() || byte == b' ' { byte as char } else { '.' })
        .collect()
}
