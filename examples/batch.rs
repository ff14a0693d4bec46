//! A batch: many requests at once, each of which is carried out or refused by itself.
//!
//! It adds rules (which say in which table a route is looked up), and deletes them again. Changes need root, or a network
//! of one's own: `unshare -rn`.

use nl_tlv::socket::{Connection, Protocol};
use nl_tlv::{DeleteFlags, NewFlags};
use nl_tlv_families::rt_rule::{DelRule, Rule};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut conn = Connection::open(Protocol::ROUTE)?;

    // EXCL: a rule that exists already is an error.
    let flags = NewFlags::CREATE | NewFlags::EXCL;
    let priorities = [100, 200, 100, 300];
    let mut batch = conn.batch();
    for priority in priorities {
        batch.push(&Rule::to_table(50).priority(priority), flags)?;
    }

    // A result for each request, in the order in which they were pushed.
    let mut added = Vec::new();
    for (result, priority) in batch.finish()?.iter().zip(priorities) {
        match result {
            Ok(()) => added.push(priority),
            Err(err) => println!("rule {priority}: {err}"),
        }
    }
    println!("added: {added:?}");

    // Only the rules that were added are deleted.
    let mut batch = conn.batch();
    for priority in added {
        batch.push(&DelRule::of(&Rule::to_table(50).priority(priority))?, DeleteFlags::default())?;
    }
    for result in batch.finish()? {
        if let Err(err) = result {
            println!("not deleted: {err}");
        }
    }
    Ok(())
}
