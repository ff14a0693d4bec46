//! Where things are in the checkout.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// What is kept between runs. Not `CARGO_TARGET_DIR`: a kernel is fetched once for a checkout.
pub(crate) fn cache() -> PathBuf {
    root().join("target")
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(cache, PathBuf::from)
}

/// The directory of one kernel lane.
pub(crate) fn lane(name: &str) -> PathBuf {
    cache().join("kernels").join(name)
}

/// Waits until no other run fetches or builds in the cache. The lock lasts as long as the file is open.
pub(crate) fn lock() -> io::Result<File> {
    fs::create_dir_all(cache())?;
    let file = File::create(cache().join("xtask.lock"))?;
    if file.try_lock().is_err() {
        eprintln!("waiting for another run of xtask");
        file.lock()?;
    }
    Ok(file)
}
