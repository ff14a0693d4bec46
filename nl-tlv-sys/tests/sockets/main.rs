//! Tests on real netlink sockets: of the kernel's own family, between processes, and in fresh network namespaces.

mod common;
mod namespace;
mod ready;
mod route;
mod usersock;
