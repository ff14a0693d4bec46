//! Things that are listed once each.

/// Things, each once and in the order in which they came.
pub(crate) struct Distinct<T>(Vec<T>);

impl<T: Copy> Distinct<T> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = T> {
        self.0.iter().copied()
    }

    /// Adds a thing unless one is there that is the same; whether it is new.
    pub(crate) fn insert(&mut self, thing: T, is_same: impl Fn(T) -> bool) -> bool {
        let is_new = !self.iter().any(is_same);
        if is_new {
            self.0.push(thing);
        }
        is_new
    }
}
