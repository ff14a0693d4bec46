//! What all system calls have in common: the error number, and the repetition after a signal.

use std::io;

use libc::c_int;

/// The result of a call that returns 0, or -1 and sets `errno`.
pub(crate) fn done(status: c_int) -> io::Result<()> {
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Repeats a system call that a signal interrupts.
pub(crate) fn retry(mut call: impl FnMut() -> isize) -> io::Result<usize> {
    loop {
        match usize::try_from(call()).map_err(|_| io::Error::last_os_error()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
