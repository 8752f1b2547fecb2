//! Deadlines. One entry a timer: arming for later what fires earlier anyway does nothing, since whoever is woken looks at the
//! facts and arms again. So a deadline may be postponed with every frame at no cost.

use super::link::LinkId;
use super::time::Timestamp;
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use std::collections::{BTreeMap, BTreeSet};

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// Has the connection said anything lately?
    Link(LinkId),
    /// Has the visitor been gone for long?
    Visitor(VisitorId),
    /// Has the operator?
    Operator(OperatorId),
    /// Is a step of the session over?
    Session(SessionId),
    /// Is a trial call over?
    Trial(SessionId),
    /// May somebody be rung, has a place in the queue fallen free?
    Lists,
    /// Has a service opened or closed?
    Calendar,
    /// Leave word that the server was alive.
    Alive,
}

#[derive(Default)]
pub(super) struct Timers {
    by_time: BTreeSet<(Timestamp, Timer)>,
    by_timer: BTreeMap<Timer, Timestamp>,
}

impl Timers {
    /// Wakes at that time, or before.
    pub(super) fn arm(&mut self, timer: Timer, at: Timestamp) {
        match self.by_timer.get(&timer) {
            Some(set) if *set <= at => return,
            Some(set) => {
                self.by_time.remove(&(*set, timer.clone()));
            }
            None => {}
        }
        self.by_time.insert((at, timer.clone()));
        self.by_timer.insert(timer, at);
    }

    /// Forgets it.
    pub(super) fn disarm(&mut self, timer: &Timer) {
        if let Some(at) = self.by_timer.remove(timer) {
            self.by_time.remove(&(at, timer.clone()));
        }
    }

    /// Takes the next one that is due.
    pub(super) fn due(&mut self, now: Timestamp) -> Option<Timer> {
        if self.by_time.first()?.0 > now {
            return None;
        }
        let (_, timer) = self.by_time.pop_first()?;
        self.by_timer.remove(&timer);
        Some(timer)
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }
}
