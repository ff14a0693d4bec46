//! Where things are in the checkout.

use std::path::{Path, PathBuf};

/// The workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// What is kept between runs. Not `CARGO_TARGET_DIR`: a kernel is fetched once for a checkout.
pub(crate) fn cache() -> PathBuf {
    root().join("target")
}

/// The directory of one kernel lane.
pub(crate) fn lane(name: &str) -> PathBuf {
    cache().join("kernels").join(name)
}
