//! Connections for tasks (feature `tokio`): many requests in flight on one socket, dumps and events on sockets of their
//! own.
//!
//! [`Connection`] is a handle that can be cloned and used by several tasks at once. There is no task behind it:
//! whichever of its futures is polled receives what has come, and hands the others their answers. So it works in
//! runtimes of either flavour, and ends when its last handle and future are dropped. The runtime needs I/O and time
//! (`enable_all`).
//!
//! - **In flight** are at most as many requests as the receive buffer surely holds answers for; further ones wait for
//!   their turn.
//! - **Dropping a future** at any point leaves the connection usable. A request that was sent may have been carried out;
//!   its answer is recognised and discarded.
//! - **Lost datagrams** fail the requests whose answers may be among them ([`RequestError::Overrun`]), and no others.
//! - **Errors** are those of the blocking methods of the same names, and what opening a further socket can fail with.
//! - **Nothing queues without bound.** Events stay in the receive buffer of their socket until they are read; when it is
//!   full, some are lost, and [`Event::Overrun`] says so.
//!
//! ```
//! use nl_tlv::socket::Protocol;
//! use nl_tlv::socket::tokio::Connection;
//! # use nl_tlv::{NlMessage, nl_struct};
//! # #[nl_struct]
//! # struct IfInfoMsg { ifi_type: i32, ifi_index: i32, ifi_flags: i32, ifi_change: i32 }
//! # #[derive(NlMessage)] #[nl(ty = 18)] struct LinkGet { #[nl(fixed_header)] header: IfInfoMsg }
//! # #[derive(NlMessage, Debug)]
//! # #[nl(ty = 16)] struct LinkNew<'a> { #[nl(fixed_header)] header: IfInfoMsg, #[nl(attr = 3)] ifname: &'a str }
//! # fn link(index: i32) -> LinkGet {
//! #     LinkGet { header: IfInfoMsg { ifi_index: index, ..IfInfoMsg::default() } }
//! # }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let conn = Connection::open(Protocol::ROUTE)?;
//! let (lo, none) = (link(1), link(i32::MAX));
//! let (lo, none) = tokio::join!(conn.get(&lo), conn.get(&none));
//! assert_eq!(lo?.parse::<LinkNew<'_>>()?.ifname, "lo");
//! println!("{}", none.unwrap_err()); // refused: no such device (ENODEV, error code -19)
//!
//! let mut links = conn.dump(&link(0)).await?;
//! while let Some(link) = links.next::<LinkNew<'_>>().await? {
//!     println!("{}", link.ifname);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`RequestError::Overrun`]: super::RequestError::Overrun
//! [`Event::Overrun`]: super::Event::Overrun

mod batch;
mod connection;
mod dump;
mod events;
mod exclusive;
mod generic;
mod in_flight;
mod namespace;
mod opener;
mod reply;
mod requests;
mod transaction;
mod transport;
mod wakers;
mod watch;

pub use connection::Connection;
pub use events::Events;
pub use reply::Reply;
pub use transport::{AsyncSocket, AsyncTransport};
