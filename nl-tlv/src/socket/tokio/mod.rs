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
//! - **Nothing queues without bound.** Events stay in the receive buffer of their socket until they are read; when it is
//!   full, some are lost, and [`Event::Overrun`] says so.
//!
//! ```no_run
//! use nl_tlv::NewFlags;
//! use nl_tlv::socket::Protocol;
//! use nl_tlv::socket::tokio::Connection;
//! # use nl_tlv::NlMessage;
//! # #[derive(NlMessage)] #[nl(ty = 20)] struct TableNew<'a> { #[nl(attr = 1)] name: &'a str }
//! # #[derive(NlMessage)] #[nl(ty = 26)] struct RouteGet {}
//! # #[derive(NlMessage, Debug)] #[nl(ty = 25)] struct RouteNew<'a> { #[nl(attr = 1)] table: &'a str }
//!
//! # async fn example() -> Result<(), nl_tlv::socket::RequestError> {
//! let conn = Connection::open(Protocol::new(30))?;
//! let (blue, red) = (TableNew { name: "blue" }, TableNew { name: "red" });
//! let (blue, red) = tokio::join!(conn.request(&blue, NewFlags::CREATE), conn.request(&red, NewFlags::CREATE));
//! blue?;
//! red?;
//!
//! let mut routes = conn.dump(&RouteGet {}).await?;
//! while let Some(route) = routes.next::<RouteNew<'_>>().await? {
//!     println!("{route:?}");
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
mod opener;
mod reply;
mod requests;
mod transport;
mod wakers;

pub use batch::Batch;
pub use connection::Connection;
pub use dump::Dump;
pub use events::Events;
pub use reply::{Ack, Reply};
pub use transport::{AsyncSocket, AsyncTransport};
