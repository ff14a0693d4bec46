//! Network namespaces.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use crate::call::done;

/// Moves the calling thread, and no other, to a network namespace, given as an open `/proc/<pid>/ns/net` or
/// `/run/netns/<name>`.
///
/// # Errors
///
/// `EPERM` without `CAP_SYS_ADMIN` in that namespace, `EINVAL` if it is not a network namespace.
#[doc(alias = "setns")]
pub fn enter_network_namespace(namespace: impl AsFd) -> io::Result<()> {
    let namespace = namespace.as_fd();
    // SAFETY: no argument is a pointer, and the descriptor is borrowed, and open therefore, through the call.
    done(unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) })
}
