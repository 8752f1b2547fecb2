//! A wanted topic: a declaration that outlives every connection.

use crate::core::model::{Epoch, SubscriptionId};
use crate::core::mutant::{self, Mutant};
use crate::core::rpc::{Cursor, LogEntry, LogPage, TopicEvent};
use crate::core::time::Timestamp;

/// One wanted topic, and how far it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    epoch: Option<Epoch>,
    last: u64,
    pub(super) hold: Hold,
}

/// How the present connection stands to a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Hold {
    /// To be asked for.
    #[default]
    Wanted,
    /// Asked for, in the call of this number.
    Asked(u64),
    /// News will come.
    Live(SubscriptionId),
    /// Refused for now; to be asked for again then.
    Later(Timestamp),
}

/// What a stretch of a log comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Applied {
    /// The events that are new, in order.
    pub(super) events: Vec<LogEntry>,
    /// Whether they replace everything known before.
    pub(super) reset: bool,
    /// Whether the log has to be asked for again, from the cursor.
    pub(super) again: bool,
}

impl Watch {
    /// A topic that is known up to there.
    pub(super) fn since(cursor: Option<Cursor>) -> Self {
        let (epoch, last) = cursor.map(|cursor| (cursor.epoch, cursor.seq)).unzip();
        Self { epoch, last: last.unwrap_or_default(), hold: Hold::Wanted }
    }

    /// From where the log is wanted; nothing for a topic that was never read.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        let epoch = self.epoch.clone().filter(|_| !mutant::is_made(Mutant::NoSince))?;
        Some(Cursor { epoch, seq: self.last })
    }

    /// Takes the answer to a subscription of a log.
    #[inline(never)]
    pub(super) fn page(&mut self, page: LogPage) -> Applied {
        let fresh = self.epoch.is_none();
        let reset = !fresh && (!page.recovered || self.epoch.as_ref() != Some(&page.epoch));
        if fresh || reset {
            // The server may have let old events go: the log begins with the first one it has.
            let first = page.result.first().and_then(LogEntry::seq).unwrap_or(1);
            self.last = first.saturating_sub(1);
        }
        self.epoch = Some(page.epoch);
        let mut applied = Applied { reset, again: page.more, ..Applied::default() };
        for event in page.result {
            match self.place(&event) {
                Place::Next => applied.events.push(event),
                Place::Known => {}
                Place::Beyond => {
                    applied.again = true;
                    break;
                }
            }
        }
        // A page that brings nothing new and asks for more would be asked for without end.
        applied.again &= !applied.events.is_empty() || applied.reset;
        applied
    }

    /// Takes what was pushed: only a log has places, everything else is always next.
    pub(super) fn follow(&mut self, event: &TopicEvent) -> Place {
        let TopicEvent::Log { events, .. } = event else { return Place::Next };
        events.first().map_or(Place::Known, |event| self.place(event))
    }

    /// Takes a live event: whether it is the next, one already known, or one after a gap.
    pub(super) fn place(&mut self, event: &LogEntry) -> Place {
        match event.seq() {
            Some(seq) if mutant::is_made(Mutant::NoSeqCheck) => {
                self.last = self.last.max(seq);
                Place::Next
            }
            Some(seq) if seq == self.last + 1 => {
                self.last = seq;
                Place::Next
            }
            Some(seq) if seq <= self.last => Place::Known,
            Some(_) => Place::Beyond,
            None => Place::Known,
        }
    }

    /// The connection went away: what is wanted stays wanted.
    pub(super) fn disconnected(&mut self) {
        self.hold = Hold::Wanted;
    }
}

/// Where an event stands in its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Next,
    Known,
    Beyond,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::ChatChannelEventMessage;

    fn event(seq: u64) -> LogEntry {
        let event =
            ChatChannelEventMessage { seq: Some(seq), ..ChatChannelEventMessage::default() };
        LogEntry::Chat(event)
    }

    fn page(epoch: &str, seqs: std::ops::RangeInclusive<u64>) -> LogPage {
        let result = seqs.map(event).collect();
        LogPage { epoch: epoch.into(), recovered: true, more: false, result }
    }

    fn seqs(applied: &Applied) -> Vec<u64> {
        applied.events.iter().filter_map(LogEntry::seq).collect()
    }

    #[test]
    fn what_was_known_is_dropped_and_what_follows_is_applied() {
        let mut watch = Watch::default();
        assert_eq!(watch.cursor(), None);
        assert_eq!(seqs(&watch.page(page("e", 1..=3))), [1, 2, 3]);
        assert_eq!(seqs(&watch.page(page("e", 2..=5))), [4, 5]);
        assert_eq!(watch.cursor(), Some(Cursor { epoch: "e".into(), seq: 5 }));
        assert_eq!(watch.place(&event(5)), Place::Known);
        assert_eq!(watch.place(&event(7)), Place::Beyond);
        assert_eq!(watch.place(&event(6)), Place::Next);
    }

    #[test]
    fn another_epoch_replaces_everything() {
        let mut watch = Watch::default();
        let _ = watch.page(page("e1", 1..=9));
        let applied = watch.page(LogPage { recovered: false, ..page("e2", 1..=2) });
        assert!(applied.reset);
        assert_eq!(seqs(&applied), [1, 2]);
    }

    #[test]
    fn a_log_whose_beginning_was_let_go_begins_where_it_begins() {
        let mut watch = Watch::default();
        let applied = watch.page(page("e", 40..=42));
        assert!(!applied.reset);
        assert_eq!(seqs(&applied), [40, 41, 42]);
    }

    #[test]
    fn a_gap_inside_a_page_asks_again_from_before_it() {
        let mut watch = Watch::default();
        let mut gapped = page("e", 1..=2);
        gapped.result.push(event(4));
        let applied = watch.page(gapped);
        assert!(applied.again);
        assert_eq!(watch.cursor().map(|cursor| cursor.seq), Some(2));
    }

    #[test]
    fn an_empty_page_that_promises_more_is_not_asked_for_without_end() {
        let mut watch = Watch::default();
        let _ = watch.page(page("e", 1..=2));
        let empty = LogPage { more: true, result: Vec::new(), ..page("e", 1..=1) };
        assert!(!watch.page(empty).again);
    }
}
