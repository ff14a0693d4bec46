//! Events, and those that arrived while something else was waited for.

use crate::exchange::Address;
use std::boxed::Box;
use std::collections::VecDeque;
use std::ops::Range;

/// Events that arrived while an answer was waited for, as bytes.
#[derive(Debug, Default)]
pub(in crate::socket) struct Backlog {
    events: VecDeque<Kept>,
    len: usize,
}

/// An event that is kept.
#[derive(Debug)]
pub(in crate::socket) enum Kept {
    Message(Box<[u8]>, Address),
    Overrun,
}

/// Where an event is that was found.
#[derive(Debug)]
pub(in crate::socket) enum FoundEvent {
    /// In the connection, because it had been kept.
    Kept,
    /// In the datagram that was received last.
    Received(Range<usize>),
    /// Nowhere: events were lost.
    Overrun,
}

impl Backlog {
    /// Keeps an event, or that one was lost if there are too many.
    pub(in crate::socket) fn push(&mut self, message: &[u8], sender: Address) {
        let len = self.len.saturating_add(message.len());
        if len > Self::MAX {
            return self.overrun();
        }
        self.len = len;
        self.events.push_back(Kept::Message(message.into(), sender));
    }

    /// Keeps that events were lost, once for several in a row.
    pub(in crate::socket) fn overrun(&mut self) {
        if !matches!(self.events.back(), Some(Kept::Overrun)) {
            self.events.push_back(Kept::Overrun);
        }
    }

    pub(in crate::socket) fn pop(&mut self) -> Option<Kept> {
        let kept = self.events.pop_front()?;
        if let Kept::Message(message, _) = &kept {
            self.len = self.len.saturating_sub(message.len());
        }
        Some(kept)
    }

    /// Bytes of events that are kept at most.
    const MAX: usize = 1 << 20;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backlog_that_is_full_says_once_that_events_were_lost() {
        let mut backlog = Backlog::default();
        for _ in 0..5 {
            backlog.push(&[0; Backlog::MAX / 3], Address::KERNEL);
        }
        let kept: [_; 4] = std::array::from_fn(|_| matches!(backlog.pop(), Some(Kept::Message(..))));
        assert_eq!(kept, [true, true, true, false]);
        assert!(backlog.pop().is_none(), "one overrun for two lost events");
        backlog.push(&[0; Backlog::MAX], Address::KERNEL);
        assert!(matches!(backlog.pop(), Some(Kept::Message(..))), "there is room again");
    }
}
