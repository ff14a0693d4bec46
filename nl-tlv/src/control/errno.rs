//! Error numbers of the kernel, with their names.

use crate::ErrorKind;
use core::fmt;

/// An error number (`errno`), never 0.
///
/// Any number is kept: protocols have error codes of their own beside the kernel's, and those are shown as numbers. Only the
/// number is sent, so an own code that the kernel has too gets the kernel's name: the -100 of a table that exists, in this
/// project's RTM, reads `ENETDOWN`. A program of such a protocol compares the number before it prints the name; a new protocol
/// takes the kernel's code for a fault, or one above 4095, which the kernel never uses.
///
/// ```
/// use nl_tlv::control::Errno;
/// assert_eq!(Errno::new(-17), Some(Errno::EEXIST));
/// assert_eq!(Errno::EEXIST.to_string(), "object exists (EEXIST, error code -17)");
///
/// const NO_HEATING: Errno = Errno::new(5000).unwrap(); // an error code of one's own
/// assert_eq!(NO_HEATING.to_string(), "error code -5000");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Errno(u32);

impl Errno {
    /// The error number of a message: usually negative, but some families write it positive. 0 means that there is no error.
    #[must_use]
    pub const fn new(error: i32) -> Option<Self> {
        match error.unsigned_abs() {
            0 => None,
            number => Some(Self(number)),
        }
    }

    /// The number with which the kernel's policies refuse the same fault.
    ///
    /// ```
    /// use nl_tlv::ErrorKind;
    /// use nl_tlv::control::Errno;
    ///
    /// let errno = Errno::of(ErrorKind::OutOfRange);
    /// assert_eq!((errno.name(), errno.get(), errno.to_wire()), (Some("ERANGE"), 34, -34));
    /// ```
    #[must_use]
    pub const fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::TooLong | ErrorKind::TooShort | ErrorKind::OutOfRange => Self::ERANGE,
            ErrorKind::WrongType => Self::EOPNOTSUPP,
            ErrorKind::NestTooLong | ErrorKind::MessageTooLong | ErrorKind::PayloadTooLong => Self::EMSGSIZE,
            _ => Self::EINVAL,
        }
    }

    /// The number, positive: 22 for `EINVAL`.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The number as a message has it: -22 for `EINVAL`.
    #[must_use]
    pub const fn to_wire(self) -> i32 {
        0_i32.wrapping_sub_unsigned(self.0)
    }

    /// The name of the number in the kernel's headers, for the common ones.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.known().map(|known| known.1)
    }

    /// What it means, in words, for the common ones.
    #[must_use]
    pub fn description(self) -> Option<&'static str> {
        self.known().map(|known| known.2)
    }

    fn known(self) -> Option<&'static (Self, &'static str, &'static str)> {
        BASE.iter().chain(GENERIC).find(|known| known.0 == self)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some((_, name, description)) => write!(f, "{description} ({name}, error code -{})", self.0),
            None => write!(f, "error code -{}", self.0),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

/// The constants, and the table of their names.
macro_rules! errnos {
    ($($table:ident: $(#[$cfg:meta])? { $($name:ident $number:literal $description:literal;)* })*) => {
        $(
            $(#[$cfg])?
            impl Errno {
                $(
                    #[doc = concat!("The number ", $number, ": ", $description, ".")]
                    pub const $name: Self = Self($number);
                )*
            }

            $(#[$cfg])?
            const $table: &[(Errno, &str, &str)] = &[
                $((Errno::$name, stringify!($name), $description),)*
            ];
        )*
    };
}

// Source: include/uapi/asm-generic/errno-base.h, which all architectures share, and errno.h, which MIPS and SPARC number
// differently: there only the names are known that this crate needs. A protocol that has other codes under these numbers
// shows them by itself, from `Errno::get`.
errnos! {
    BASE: {
        EPERM 1 "operation not permitted";
        ENOENT 2 "no such object";
        ESRCH 3 "no such object or process";
        EINTR 4 "interrupted";
        EIO 5 "input or output error";
        ENXIO 6 "no such device or address";
        E2BIG 7 "argument list too long";
        EBADF 9 "bad file descriptor";
        EAGAIN 11 "try again";
        ENOMEM 12 "out of memory";
        EACCES 13 "access denied";
        EFAULT 14 "bad address";
        EBUSY 16 "busy";
        EEXIST 17 "object exists";
        EXDEV 18 "not on the same device";
        ENODEV 19 "no such device";
        EINVAL 22 "invalid argument";
        ENFILE 23 "too many open files in the system";
        EMFILE 24 "too many open files";
        EFBIG 27 "too large";
        ENOSPC 28 "no space or quota left";
        EROFS 30 "read-only";
        EDOM 33 "argument outside the domain";
        ERANGE 34 "out of range";
    }
    GENERIC: #[cfg(not(any(target_arch = "mips", target_arch = "mips64", target_arch = "sparc64")))] {
        ENOTEMPTY 39 "not empty";
        ELOOP 40 "too many levels";
        ENODATA 61 "no data";
        EPROTO 71 "protocol error";
        EBADMSG 74 "bad message";
        EOVERFLOW 75 "value too large";
        EMSGSIZE 90 "message too long";
        ENOPROTOOPT 92 "no such option";
        EPROTONOSUPPORT 93 "protocol not supported";
        EOPNOTSUPP 95 "operation not supported";
        EAFNOSUPPORT 97 "address family not supported";
        EADDRINUSE 98 "address in use";
        EADDRNOTAVAIL 99 "address not available";
        ENETDOWN 100 "network is down";
        ENETUNREACH 101 "network unreachable";
        ECONNRESET 104 "connection reset";
        ENOBUFS 105 "no buffer space";
        EISCONN 106 "connected already";
        ENOTCONN 107 "not connected";
        ETIMEDOUT 110 "timed out";
        ECONNREFUSED 111 "connection refused";
        EHOSTDOWN 112 "host is down";
        EHOSTUNREACH 113 "host unreachable";
        EALREADY 114 "already in progress";
        EINPROGRESS 115 "in progress";
        ESTALE 116 "stale handle";
        ECANCELED 125 "cancelled";
    }
    GENERIC: #[cfg(any(target_arch = "mips", target_arch = "mips64"))] {
        EMSGSIZE 97 "message too long";
        EOPNOTSUPP 122 "operation not supported";
        ENOBUFS 132 "no buffer space";
    }
    GENERIC: #[cfg(target_arch = "sparc64")] {
        EMSGSIZE 40 "message too long";
        EOPNOTSUPP 45 "operation not supported";
        ENOBUFS 55 "no buffer space";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::format;

    #[test]
    fn both_signs_are_the_same_number_and_zero_is_none() {
        assert_eq!(Errno::new(0), None);
        assert_eq!(Errno::new(-22), Errno::new(22));
        assert_eq!(Errno::EINVAL.to_wire(), -22);
        let worst = Errno::new(i32::MIN).unwrap();
        assert_eq!((worst.get(), worst.to_wire()), (1 << 31, i32::MIN));
    }

    #[test]
    fn numbers_without_a_name_are_shown_as_numbers() {
        let own = Errno::new(-1000).unwrap();
        assert_eq!((format!("{own}"), own.name()), ("error code -1000".into(), None));
        assert_eq!(format!("{:?} {:?}", own, Errno::ENODEV), "Errno(1000) ENODEV");
    }

    #[test]
    fn table_ascends_so_no_number_has_two_names() {
        let numbers = BASE.iter().chain(GENERIC).map(|known| known.0);
        assert!(numbers.is_sorted_by(|a, b| a < b));
    }
}
