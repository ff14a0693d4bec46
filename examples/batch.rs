//! A batch: many requests at once, each of which is carried out or refused by itself.
//!
//! It adds rules (which say in which table a route is looked up), so run it in a network of its own: `unshare -rn`.

use nl_tlv::NewFlags;
use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv_families::rt_rule::Rule;

fn main() -> Result<(), RequestError> {
    let mut conn = Connection::open(Protocol::ROUTE)?;

    // EXCL: a rule that exists already is an error.
    let flags = NewFlags::CREATE | NewFlags::EXCL;
    let priorities = [100, 200, 100, 300];
    let mut batch = conn.batch();
    for priority in priorities {
        batch.push(&Rule::to_table(50).priority(priority), flags)?;
    }

    // A result for each request, in the order in which they were pushed.
    for (result, priority) in batch.finish()?.iter().zip(priorities) {
        match result {
            Ok(()) => println!("rule {priority}: added"),
            Err(err) => println!("rule {priority}: {err}"),
        }
    }
    Ok(())
}
