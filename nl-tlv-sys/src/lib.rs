//! The system calls of `nl-tlv`: one owned netlink socket, its options, and a receive that hides nothing.
//!
//! A datagram arrives with its sender, its real length, its multicast group and its network namespace
//! ([`Received`]); a buffer that was too small, an overrun (`ENOBUFS`) and a missing sender address are all seen.
//! This is the only crate of the workspace with `unsafe` code. It knows nothing of messages: bytes go in and out.
//!
//! ```
//! use nl_tlv_sys::{Address, NetlinkSocket, SocketOption};
//!
//! # fn main() -> std::io::Result<()> {
//! const NETLINK_USERSOCK: u32 = 2; // carries messages between processes, needs no kernel module
//! let server = NetlinkSocket::open(NETLINK_USERSOCK)?;
//! let server_port_id = server.autobind()?;
//! let client = NetlinkSocket::open(NETLINK_USERSOCK)?;
//! client.set_option(SocketOption::ExtAck, true)?;
//! let client_port_id = client.autobind()?;
//!
//! client.send_to(b"sixteen bytes ..", Address::port(server_port_id))?;
//! let mut buffer = [0; 7];
//! let received = server.recv(&mut buffer)?;
//! assert_eq!(received.sender.port_id, client_port_id);
//! assert!(received.is_truncated());
//! assert_eq!((received.len, received.full_len), (7, 16));
//! # Ok(())
//! # }
//! ```
#![cfg(target_os = "linux")]
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

mod call;
mod namespace;
mod option;
#[cfg(feature = "tokio")]
mod ready;
mod receive;
mod socket;

pub use libc::sock_filter;
pub use namespace::enter_network_namespace;
pub use option::SocketOption;
#[cfg(feature = "tokio")]
pub use ready::ReadySocket;
pub use receive::Received;
pub use socket::{Address, NetlinkSocket};
