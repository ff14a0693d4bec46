//! How a command fails: one line on standard error, and an exit code.

use crate::capture::CaptureError;
use crate::json::read::Mistake;
use std::io;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was given is wrong: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// The kernel refused the request: exit code 3.
    #[error("{0}")]
    Refused(String),
    /// A part of the input could not be read: exit code 4.
    #[error("{0}")]
    Partial(String),
    /// A command that was run has failed: its own exit code.
    #[error("the command ended with exit code {0}")]
    Command(u8),
    /// Two things differ, as was shown: exit code 1.
    #[error("there are differences")]
    Different,
    /// Something else: exit code 1.
    #[error("{0}")]
    Other(String),
    /// The system's: exit code 1; nothing at all if nobody reads the output any more.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Failure {
    /// The exit code, and whether there is something to say.
    pub fn code(&self) -> (u8, bool) {
        match self {
            Self::Usage(_) => (2, true),
            Self::Refused(_) => (3, true),
            Self::Partial(_) => (4, true),
            Self::Command(code) => (*code, true),
            Self::Different => (1, false),
            Self::Io(err) if err.kind() == io::ErrorKind::BrokenPipe => (0, false),
            Self::Other(_) | Self::Io(_) => (1, true),
        }
    }

    /// The same, after a part of the input was read.
    pub fn partial(self) -> Self {
        match self {
            Self::Other(text) => Self::Partial(text),
            other => other,
        }
    }

    /// The same, said of something: a file.
    pub fn about(self, what: &str) -> Self {
        match self {
            Self::Io(err) if err.kind() == io::ErrorKind::BrokenPipe => Self::Io(err),
            Self::Usage(text) => Self::Usage(format!("{what}: {text}")),
            other => Self::Other(format!("{what}: {other}")),
        }
    }
}

impl From<CaptureError> for Failure {
    fn from(err: CaptureError) -> Self {
        match err {
            CaptureError::Io(err) => Self::Io(err),
            CaptureError::Form(text) => Self::Other(text),
        }
    }
}

impl From<Mistake> for Failure {
    fn from(err: Mistake) -> Self {
        Self::Usage(err.to_string())
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self::Usage(text)
    }
}
