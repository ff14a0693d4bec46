//! Connections for tasks (feature `tokio`): many requests in flight on one socket, dumps and events on sockets of their
//! own.
//!
//! [`Connection`] is a handle that can be cloned and used by several tasks at once. It spawns no task: whichever of its
//! futures is polled receives what has arrived, and hands the others their answers. So it works in runtimes of either
//! flavour, and ends when its last handle and future are dropped. The runtime needs I/O and time (`enable_all`).
//!
//! - **Requests in flight:** at most as many as the receive buffer certainly holds answers for; further ones wait for
//!   their turn.
//! - **Dropping a future** at any point leaves the connection usable. A request that was sent may have been carried out;
//!   its answer is recognised and discarded.
//! - **Lost datagrams** fail the requests whose answers may be among them ([`RequestError::Overrun`]), and no others.
//! - **Errors** are those of the blocking methods of the same names, and those of opening a socket.
//! - **No queue grows without a limit.** Events stay in the receive buffer of their socket until they are read; when it is
//!   full, some are lost, and [`RequestError::Overrun`] says so.
//!
//! | you want | call | over |
//! |---|---|---|
//! | something done, one object | [`request`](Connection::request), [`get`](Connection::get) | one socket that all clones share |
//! | all objects | [`dump`](Connection::dump), [`collect`](Connection::collect) | a socket for each dump |
//! | many things done | [`batch`](Connection::batch), [`transaction`](Connection::transaction) | a socket for each of them |
//! | events | [`join`](Connection::join) | a socket for each subscriber |
//! | a table that follows the kernel's | [`watch`](Connection::watch) | a socket for each watch |
//!
//! ```
//! use nl_tlv::socket::Protocol;
//! use nl_tlv::socket::tokio::Connection;
//! use nl_tlv_families::rt_link::{GetLink, Link};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let conn = Connection::open(Protocol::ROUTE)?;
//! let (lo, none) = (GetLink::named("lo"), GetLink::named("no-such-link"));
//! let (lo, none) = tokio::join!(conn.get(&lo), conn.get(&none)); // both are in flight at the same time
//! assert_eq!(lo?.parse::<Link>()?.header.index, 1);
//! println!("{}", none.unwrap_err()); // refused: no such device (ENODEV, error code -19)
//!
//! let mut links = conn.dump(&GetLink::default()).await?;
//! while let Some(link) = links.next::<Link>().await? {
//!     println!("{}", link.ifname.unwrap_or_default());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`RequestError::Overrun`]: super::RequestError::Overrun

mod connection;
mod conversations;
mod events;
mod generic;
mod in_flight;
mod lend;
mod namespace;
mod reply;
mod requests;

pub use connection::Connection;
pub use events::Events;
pub use reply::Reply;
