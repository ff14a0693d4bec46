//! Sockets and connections: against the kernel's own families, against a server of our own over `NETLINK_USERSOCK`, and
//! in fresh network namespaces.
#![cfg(all(feature = "socket", feature = "derive", target_os = "linux"))]

#[cfg(feature = "tokio")]
mod adverse;
mod agree;
mod answers;
mod batch;
mod collect;
mod common;
mod dumps;
mod generic;
mod hostile;
mod namespace;
mod options;
mod route;
mod server;
mod stalled;
#[cfg(feature = "tokio")]
mod tasks;
mod unprivileged;
mod usersock;
mod watch;
