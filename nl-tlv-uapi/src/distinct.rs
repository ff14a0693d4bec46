//! Things that are listed once each.

use core::fmt;

/// Up to 64 things, each once and in the order in which they came.
pub(crate) struct Distinct<T>([Option<T>; MAX]);

/// How many sets, or types of numbers, a protocol can have; one more is an error of the formatter.
const MAX: usize = 64;

impl<T: Copy> Distinct<T> {
    pub(crate) const fn new() -> Self {
        Self([None; MAX])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = T> {
        self.0.iter().copied().flatten()
    }

    /// Adds a thing unless one is there that is the same; whether it is new.
    pub(crate) fn insert(&mut self, thing: T, is_same: impl Fn(T) -> bool) -> Result<bool, fmt::Error> {
        if self.iter().any(is_same) {
            return Ok(false);
        }
        let slot = self.0.iter_mut().find(|slot| slot.is_none()).ok_or(fmt::Error)?;
        *slot = Some(thing);
        Ok(true)
    }
}
