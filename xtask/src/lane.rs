//! The kernels that everything has to work on.

use std::fmt;
use std::str::FromStr;

use anyhow::{Error, bail};

/// A kernel lane: a name, and where its packages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// The pinned kernel: Debian 12's own.
    Pinned,
    /// The long-term kernel that Debian 12's security suite offers as well.
    LongTerm,
    /// The newest kernel of the backports suite; the name is that of the first one seen there.
    Newest,
    /// The long-term kernel with PREEMPT_RT, where locks sleep and almost everything can be preempted.
    RealTime,
    /// The long-term kernel, built here with everything that finds mistakes; see `guest/sanitized.config`.
    Sanitized,
}

impl Lane {
    /// Debian's own.
    pub(crate) const ALL: [Self; 4] = [Self::Pinned, Self::LongTerm, Self::Newest, Self::RealTime];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pinned => "6.1",
            Self::LongTerm => "6.12",
            Self::Newest => "7.2",
            Self::RealTime => "6.12-rt",
            Self::Sanitized => "sanitized",
        }
    }

    /// Seconds that a boot may take, the suites included: several times what it takes on an idle machine. (The time that it
    /// waits for a processor of a busy one does not count.)
    pub(crate) fn limit(self) -> u64 {
        match self {
            Self::Sanitized => 2400,
            Self::RealTime => 1200,
            _ => 600,
        }
    }

    /// How often the modules are loaded and unloaded before the suite.
    pub(crate) fn loads(self) -> u32 {
        match self {
            // Each time takes seconds here.
            Self::Sanitized => 20,
            _ => 100,
        }
    }

    /// Seconds that everything happens at once, and that random messages are sent, beside the scenarios.
    pub(crate) fn stress(self) -> (u32, u32) {
        match self {
            // Where mistakes show that are none elsewhere.
            Self::Sanitized => (30, 60),
            _ => (5, 5),
        }
    }

    /// Seconds that everybody is at the limit of tables.
    pub(crate) fn at_limit(self) -> u32 {
        match self {
            // Where a reader that waits for a writer stops the kernel; a minute has shown it.
            Self::RealTime => 60,
            Self::Sanitized => 20,
            _ => 5,
        }
    }

    /// Options of the scenario suite.
    pub(crate) fn scenario_options(self) -> &'static str {
        match self {
            Self::Sanitized => " --small-kernel",
            _ => "",
        }
    }

    /// Suites to look into.
    pub(crate) fn suites(self) -> &'static [&'static str] {
        match self {
            Self::Pinned | Self::LongTerm | Self::RealTime | Self::Sanitized => {
                &["bookworm", "bookworm-security"]
            }
            Self::Newest => &["trixie", "trixie-backports"],
        }
    }

    /// What the name of the headers package starts with.
    pub(crate) fn headers_prefix(self) -> &'static str {
        match self {
            Self::Pinned => "linux-headers-6.1.",
            Self::LongTerm | Self::RealTime | Self::Sanitized => "linux-headers-6.12.",
            Self::Newest => "linux-headers-",
        }
    }

    /// What it ends with: the flavour, where there is one, and the architecture.
    pub(crate) fn headers_suffix(self) -> &'static str {
        match self {
            Self::RealTime => "-rt-amd64",
            _ => "-amd64",
        }
    }

    /// The libraries that the lane's build tools ask for, for machines whose own are older.
    pub(crate) fn libraries(self) -> &'static [&'static str] {
        match self {
            Self::Pinned | Self::LongTerm | Self::RealTime | Self::Sanitized => {
                &["libc6", "libelf1", "zlib1g"]
            }
            Self::Newest => &["libc6", "libelf1t64", "zlib1g", "libzstd1"],
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Lane {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match Self::ALL.into_iter().chain([Self::Sanitized]).find(|lane| lane.name() == name) {
            Some(lane) => Ok(lane),
            None => bail!("no kernel lane {name}: there are 6.1, 6.12, 7.2, 6.12-rt and sanitized"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_is_found_by_its_name() {
        for lane in Lane::ALL.into_iter().chain([Lane::Sanitized]) {
            assert_eq!(lane.to_string().parse::<Lane>().unwrap(), lane);
        }
    }

    #[test]
    fn an_unknown_lane_is_an_error_that_names_the_known_ones() {
        let error = "5.10".parse::<Lane>().unwrap_err().to_string();
        assert!(error.contains("5.10") && error.contains("6.12"), "{error}");
    }
}
