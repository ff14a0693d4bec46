//! A transaction: all of several changes are made, or none of them. nftables works like this.
//!
//! It adds a table to the firewall, and deletes it again. Changes need root, or a network of one's own: `unshare -rn`.

use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv::{DeleteFlags, NewFlags};
use nl_tlv_families::nftables::{
    BatchBegin, BatchEnd, Chain, ChainAttrs, DelTable, GetTable, NfGenMsg, PROTOCOL, Table, TableAttrs,
};

/// The address family that the tables are for.
const IPV4: u8 = 2;

fn main() -> Result<(), RequestError> {
    let mut conn = Connection::open(Protocol::new(PROTOCOL))?;
    add(&mut conn, "example", "example")?;
    match add(&mut conn, "another", "no such table") {
        Err(RequestError::Aborted(refusals)) => {
            for (at, refusal) in refusals {
                println!("message {at} of the transaction is refused: {refusal}");
            }
        }
        other => other?,
    }
    // Of the second transaction nothing was carried out.
    let mut tables = conn.dump(&GetTable { header: NfGenMsg::family(IPV4), ..GetTable::default() })?;
    while let Some(table) = tables.next::<Table>()? {
        println!("there is the table {}", table.name.unwrap_or_default());
    }
    drop(tables);
    delete(&mut conn, "example")
}

/// Adds a table, and a chain to a table, as one transaction.
fn add(conn: &mut Connection, table: &str, table_of_chain: &str) -> Result<(), RequestError> {
    let header = NfGenMsg::family(IPV4);
    let (begin, end) = (BatchBegin::of_nftables(), BatchEnd::of_nftables());
    let mut transaction = conn.transaction(&begin, &end)?;
    let attrs = TableAttrs { name: Some(table.into()), ..TableAttrs::default() };
    transaction.push(&Table { header, attrs }, NewFlags::CREATE | NewFlags::EXCL)?;
    let attrs = ChainAttrs {
        table: Some(table_of_chain.into()),
        name: Some("input".into()),
        ..ChainAttrs::default()
    };
    transaction.push(&Chain { header, attrs }, NewFlags::CREATE)?;
    transaction.commit()
}

/// Deletes a table, and the chains in it.
fn delete(conn: &mut Connection, table: &str) -> Result<(), RequestError> {
    let (begin, end) = (BatchBegin::of_nftables(), BatchEnd::of_nftables());
    let mut transaction = conn.transaction(&begin, &end)?;
    let attrs = TableAttrs { name: Some(table.into()), ..TableAttrs::default() };
    transaction.push(&DelTable { header: NfGenMsg::family(IPV4), attrs }, DeleteFlags::default())?;
    transaction.commit()
}
