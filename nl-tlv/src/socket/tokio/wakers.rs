//! The tasks that wait for answers over one transport, which wakes only one.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

/// The waker of each request that is waited for, by sequence number. As a waker itself it wakes all of them: any may be
/// the one that is polled next, and that one receives for the others.
#[derive(Debug, Default)]
pub(super) struct Wakers(Mutex<BTreeMap<u32, Waker>>);

impl Wakers {
    pub(super) fn register(&self, seq: u32, waker: &Waker) {
        let mut wakers = self.wakers();
        match wakers.get_mut(&seq) {
            Some(known) => known.clone_from(waker),
            None => drop(wakers.insert(seq, waker.clone())),
        }
    }

    pub(super) fn remove(&self, seq: u32) -> Option<Waker> {
        self.wakers().remove(&seq)
    }

    fn wakers(&self) -> MutexGuard<'_, BTreeMap<u32, Waker>> {
        // Whoever panicked has changed one entry, or none.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // They are woken without the lock, because that may run anything.
        let wakers = mem::take(&mut *self.wakers());
        wakers.into_values().for_each(Waker::wake);
    }
}
