//! Owned types: what was received is kept, sorted and given to another thread, without a lifetime.
//!
//! It lists the network interfaces. No privilege is needed.

use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv::value::NlString;
use nl_tlv::{NlAttrs, NlMessage};
use nl_tlv_families::rt_link::{GetLink, IfInfoMsg};
use std::thread;

/// A network interface (`RTM_NEWLINK`), of which this definition reads three attributes.
#[derive(NlMessage, Debug, Clone)]
#[nl(ty = 16)]
struct Link {
    #[nl(fixed_header)]
    header: IfInfoMsg,
    #[nl(attr = 3)]
    name: NlString, // a name need not be UTF-8
    #[nl(attr = 4)]
    mtu: u32,
    #[nl(attr = 18)]
    info: Option<LinkInfo>,
}

/// What sort of interface it is. A hardware interface does not have this nest.
#[derive(NlAttrs, Debug, Clone)]
struct LinkInfo {
    #[nl(attr = 1)]
    kind: Option<String>,
}

fn main() -> Result<(), RequestError> {
    let mut conn = Connection::open(Protocol::ROUTE)?;
    let (mut links, _) = conn.collect(&GetLink::default(), |message| Ok(Some(Link::parse(message)?)))?;
    links.sort_by(|a, b| a.name.cmp(&b.name));

    // Nothing borrows from the connection: it can be closed, and the list can move.
    drop(conn);
    let printing = thread::spawn(move || {
        for link in &links {
            let kind = link.info.as_ref().and_then(|info| info.kind.as_deref());
            println!(
                "{} (index {}): mtu {}, {}",
                link.name,
                link.header.index,
                link.mtu,
                kind.unwrap_or("hardware")
            );
        }
    });
    printing.join().expect("the thread prints");
    Ok(())
}
