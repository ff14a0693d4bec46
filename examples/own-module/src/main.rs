//! The client: adds, hears of it, asks for everything, and shows what a refusal says.

use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, RequestError};
use own_module::{Add, Counter, FAMILY, GROUP, Get};
use std::error::Error;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut conn = Connection::generic(FAMILY)?;
    conn.join_named(GROUP)?;

    conn.request(&Add { name: "apples", amount: 3 })?;
    conn.request(&Add { name: "pears", amount: 5 })?;
    conn.request(&Add { name: "apples", amount: 4 })?;

    for _ in 0..3 {
        let event = conn.event_deadline(Instant::now() + Duration::from_secs(5))?;
        let counter = Counter::parse(&event)?;
        println!("event: {} is {}", counter.name, counter.value);
    }

    let mut counters = conn.dump(&Get {})?;
    while let Some(counter) = counters.next::<Counter<'_>>()? {
        println!("{}: {}", counter.name, counter.value);
    }
    drop(counters);

    match conn.request(&Add { name: "apples", amount: 1000 }) {
        Err(RequestError::Refused(refusal)) => println!("refused: {refusal}"),
        other => return Err(format!("1007 apples: {other:?}").into()),
    }
    Ok(())
}
