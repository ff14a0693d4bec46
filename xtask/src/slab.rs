//! What the kernel has in its slab caches, as `/proc/slabinfo` says it.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result, ensure};

/// Objects in use, and their size in bytes, by the name of the cache.
#[derive(Debug)]
pub(crate) struct Slabs(BTreeMap<String, (i64, i64)>);

impl Slabs {
    /// From lines as `kmalloc-64 1234 1280 64 ...`: name, objects in use, objects, bytes of one.
    pub(crate) fn parse<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self> {
        let mut caches = BTreeMap::new();
        for line in lines {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [name, used, _, size, ..] = words[..] else { continue };
            let number = |word: &str| word.parse().context(format!("slabinfo: {line}"));
            caches.insert(name.to_owned(), (number(used)?, number(size)?));
        }
        ensure!(!caches.is_empty(), "the guest did not count its slabs");
        Ok(Self(caches))
    }

    /// Names of the caches.
    pub(crate) fn caches(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there is such a cache.
    pub(crate) fn has(&self, cache: &str) -> bool {
        self.0.contains_key(cache)
    }

    /// The caches that hold more objects later, and how many.
    pub(crate) fn growth<'a>(&'a self, later: &'a Self) -> impl Iterator<Item = (&'a str, i64)> {
        later.0.iter().filter_map(|(cache, (objects, _))| {
            let more = objects - self.0.get(cache).map_or(0, |(before, _)| *before);
            (more > 0).then_some((cache.as_str(), more))
        })
    }
}

impl fmt::Display for Slabs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objects: i64 = self.0.values().map(|(objects, _)| objects).sum();
        let bytes: i64 = self.0.values().map(|(objects, size)| objects * size).sum();
        write!(f, "{objects} objects of {} KiB", bytes / 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slabs(text: &str) -> Slabs {
        Slabs::parse(text.lines()).unwrap()
    }

    #[test]
    fn objects_in_use_are_counted() {
        let slabs = slabs("rtm_node 10 20 64 64 1 : tunables 0 0 0\nkmalloc-1k 3 4 1024 16 4 : tunables");
        assert_eq!(slabs.caches().collect::<Vec<_>>(), ["kmalloc-1k", "rtm_node"]);
        assert!(slabs.has("rtm_node") && !slabs.has("rtm"));
        assert_eq!(slabs.to_string(), "13 objects of 3 KiB");
    }

    #[test]
    fn growth_is_what_was_not_there_before() {
        let (before, after) = (slabs("a 10 10 8\nb 5 5 8\nc 1 1 8"), slabs("a 12 12 8\nb 4 4 8\nd 3 3 8"));
        assert_eq!(before.growth(&after).collect::<Vec<_>>(), [("a", 2), ("d", 3)]);
    }

    #[test]
    fn nothing_counted_is_an_error() {
        assert!(Slabs::parse("".lines()).is_err());
        assert!(Slabs::parse("a x 10 8".lines()).is_err());
    }
}
