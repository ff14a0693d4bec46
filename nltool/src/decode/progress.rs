//! How far a large file was read, on a terminal.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// A file that tells on standard error how much of it was read.
pub(super) struct Watched {
    file: File,
    name: String,
    len: u64,
    done: u64,
    told: Instant,
    is_told: bool,
}

/// Files that are smaller than this are read before anybody looks.
const LARGE: u64 = 64 << 20;

impl Watched {
    pub(super) fn new(file: File, path: &Path) -> Self {
        let len = file.metadata().map_or(0, |data| data.len());
        // Where the messages themselves go to the terminal, they are the progress.
        let is_wanted = len >= LARGE && io::stderr().is_terminal() && !io::stdout().is_terminal();
        let name = path.display().to_string();
        Self {
            file,
            name,
            len: if is_wanted { len } else { 0 },
            done: 0,
            told: Instant::now(),
            is_told: false,
        }
    }

    fn tell(&mut self) {
        if self.told.elapsed() < Duration::from_millis(200) {
            return;
        }
        self.told = Instant::now();
        self.is_told = true;
        let percent = self.done.saturating_mul(100).checked_div(self.len).unwrap_or(100);
        // That nobody sees it is no reason to stop.
        drop(write!(io::stderr(), "\r{}: {percent} %", self.name));
    }
}

impl Read for Watched {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let found = self.file.read(to)?;
        self.done = self.done.saturating_add(u64::try_from(found).unwrap_or(0));
        if self.len > 0 {
            self.tell();
        }
        Ok(found)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if self.is_told {
            drop(write!(io::stderr(), "\r\x1b[K"));
        }
    }
}
