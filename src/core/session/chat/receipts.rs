//! What we have received and read, as watermarks: wished for, and said again after each connect.

use std::time::Duration;

use crate::core::model::MessageId;
use crate::core::time::{Timestamp, earliest};

/// `received` is said at most this often.
const RECEIVED_EVERY: Duration = Duration::from_millis(300);
/// Reading is gathered for this long.
const READ_AFTER: Duration = Duration::from_secs(1);

/// Both watermarks of this side.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    received: Mark,
    read: Mark,
    last_received: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Mark {
    seq: u64,
    message: Option<MessageId>,
    due: Option<Timestamp>,
}

impl Receipts {
    pub(super) fn received(&mut self, message: &MessageId, seq: Option<u64>, now: Timestamp) {
        let soonest = self.last_received.map_or(now, |last| now.max(last + RECEIVED_EVERY));
        self.received.raise(message, seq, soonest);
    }

    pub(super) fn read(&mut self, message: &MessageId, seq: Option<u64>, now: Timestamp) {
        self.read.raise(message, seq, now + READ_AFTER);
        // Read implies received: one word is enough.
        if self.read.seq >= self.received.seq {
            self.received.due = None;
        }
    }

    /// The connection is new: the server may not have heard the last words.
    pub(super) fn again(&mut self, now: Timestamp) {
        for mark in [&mut self.received, &mut self.read] {
            mark.due = mark.message.is_some().then_some(now);
        }
        if self.read.message.is_some() && self.read.seq >= self.received.seq {
            self.received.due = None;
        }
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        earliest(self.received.due, self.read.due)
    }

    /// What is to be said now: up to where received, up to where read.
    pub(super) fn due(&mut self, now: Timestamp) -> [Option<MessageId>; 2] {
        let received = self.received.take(now);
        if received.is_some() {
            self.last_received = Some(now);
        }
        [received, self.read.take(now)]
    }
}

impl Mark {
    fn raise(&mut self, message: &MessageId, seq: Option<u64>, due: Timestamp) {
        // A message whose place is not known (the log is not watched) counts as the latest.
        let seq = seq.unwrap_or(self.seq);
        if self.message.as_ref() == Some(message) || seq < self.seq {
            return;
        }
        self.seq = seq;
        self.message = Some(message.clone());
        self.due.get_or_insert(due);
    }

    fn take(&mut self, now: Timestamp) -> Option<MessageId> {
        self.due.take_if(|due| now >= *due)?;
        self.message.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn received_is_said_at_once_and_then_at_most_every_300_ms() {
        let mut receipts = Receipts::default();
        receipts.received(&"m_1".into(), Some(1), at(0));
        assert_eq!(receipts.due(at(0)), [Some("m_1".into()), None]);
        receipts.received(&"m_2".into(), Some(2), at(10));
        receipts.received(&"m_3".into(), Some(3), at(20));
        assert_eq!(receipts.due(at(299)), [None, None]);
        assert_eq!(receipts.deadline(), Some(at(300)));
        assert_eq!(receipts.due(at(300)), [Some("m_3".into()), None]);
    }

    #[test]
    fn read_is_gathered_for_a_second_and_implies_received() {
        let mut receipts = Receipts::default();
        receipts.received(&"m_1".into(), Some(1), at(0));
        receipts.read(&"m_1".into(), Some(1), at(0));
        receipts.read(&"m_2".into(), Some(2), at(500));
        assert_eq!(receipts.due(at(999)), [None, None]);
        assert_eq!(receipts.due(at(1_000)), [None, Some("m_2".into())]);
    }

    #[test]
    fn a_watermark_never_falls() {
        let mut receipts = Receipts::default();
        receipts.read(&"m_5".into(), Some(5), at(0));
        assert_eq!(receipts.due(at(1_000)), [None, Some("m_5".into())]);
        receipts.read(&"m_4".into(), Some(4), at(1_000));
        assert_eq!(receipts.deadline(), None);
    }

    #[test]
    fn a_new_connection_hears_the_watermarks_again() {
        let mut receipts = Receipts::default();
        receipts.read(&"m_5".into(), Some(5), at(0));
        assert_eq!(receipts.due(at(1_000)).iter().flatten().count(), 1);
        receipts.again(at(9_000));
        assert_eq!(receipts.due(at(9_000)), [None, Some("m_5".into())]);
    }
}
