//! Why a request brought no answer, or another one than was asked for.

use super::RecvError;
use crate::Error;
use crate::control::Refusal;
use crate::exchange::Busy;
use crate::schema::Located;
use std::boxed::Box;
use std::format;
use std::io;
use std::string::String;
use std::vec::Vec;

/// Why a request of a [`Connection`](super::Connection) failed.
///
/// It owns what it says. The connection can be used on after each of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The peer refused the request, or the dump failed: its number, and the place in the request if it named one.
    #[error("refused: {0}")]
    Refused(Box<Refusal>),
    /// The request cannot be written.
    #[error("request: {0}")]
    Emit(Box<Located>),
    /// The answer cannot be read.
    #[error("answer: {0}")]
    Answer(Box<Located>),
    /// The framing of what arrived is damaged.
    #[error("damaged answer: {0}")]
    Damaged(Error),
    /// No answer came in time. Whether the request was carried out is not known.
    #[error("no answer in time")]
    Timeout,
    /// The kernel had to drop datagrams, and the answer may be one of them. Whether the request was carried out is not
    /// known.
    #[error("receive buffer overrun: the answer may be lost")]
    Overrun,
    /// The datagram with the answer did not fit the buffer and is lost. The buffer has grown for the next time.
    #[error("answer of {needed} bytes is lost: the buffer was too small")]
    Truncated {
        /// Its length in bytes.
        needed: usize,
    },
    /// The request was acknowledged where a reply was expected.
    #[error("acknowledged, but not answered")]
    NoReply,
    /// What the dump covers changed meanwhile: objects may be missing from it or come twice. It is to be repeated.
    #[error("the dump was interrupted by a change")]
    Interrupted,
    /// The request cannot be made now.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The generic netlink family has no multicast group of this name, or the connection is for no family.
    #[error("no multicast group is called {name:?}: there {}", there_are(groups))]
    NoSuchGroup {
        /// The name.
        name: String,
        /// The groups that the family has.
        groups: Vec<String>,
    },
    /// The system refused to send or receive.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What there is instead of a group.
fn there_are(groups: &[String]) -> String {
    match groups {
        [] => "are none".into(),
        [only] => format!("is only {only:?}"),
        groups => format!("are {}", groups.join(", ")),
    }
}

impl RequestError {
    /// The refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl From<RecvError> for RequestError {
    fn from(err: RecvError) -> Self {
        match err {
            RecvError::Truncated { needed } => Self::Truncated { needed },
            RecvError::Overrun => Self::Overrun,
            RecvError::Timeout => Self::Timeout,
            RecvError::Io(err) => Self::Io(err),
        }
    }
}
