//! What builds cost.

use std::fs;
use std::io;

/// CPU seconds of the processes that this one has waited for.
///
/// # Errors
///
/// If `/proc` cannot be read.
pub fn children_seconds() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit_once(") ").map_or("", |(_, behind)| behind);
    let ticks: Result<Vec<f64>, _> = behind_name.split(' ').skip(13).take(2).map(str::parse).collect();
    Ok(ticks.map_err(io::Error::other)?.iter().sum::<f64>() / 100.0)
}
