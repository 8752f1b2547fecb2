//! What everybody tells while it happens.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::histogram::Histogram;

/// What is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timed {
    /// From the first dial to the answered hello.
    Connect,
    /// From the question for an operator to his answer.
    Answered,
    /// A heartbeat, there and back.
    Ping,
    /// From a visitor's message to its tick mark.
    VisitorAck,
    /// From a visitor's message to the operator's screen.
    OperatorSees,
    /// From an operator's message to its acknowledgement.
    OperatorAck,
    /// From an operator's message to the visitor's screen.
    VisitorSees,
}

impl Timed {
    /// In words.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Answered => "asked, answered",
            Self::Ping => "ping",
            Self::VisitorAck => "visitor sends, ack",
            Self::OperatorSees => "visitor sends, seen",
            Self::OperatorAck => "operator sends, ack",
            Self::VisitorSees => "operator sends, seen",
        }
    }
}

/// What is counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Visitors that are connected.
    pub(crate) connected: AtomicU64,
    /// Conversations with somebody on the other side.
    pub(crate) talking: AtomicU64,
    /// Messages that visitors wrote, that were acknowledged, that operators saw.
    pub(crate) by_visitors: [AtomicU64; 3],
    /// Messages that operators wrote, that were acknowledged, that visitors saw.
    pub(crate) by_operators: [AtomicU64; 3],
    /// Frames of the visitors, to the server and from it.
    pub(crate) frames: [AtomicU64; 2],
    /// Frames of the flood, and how often it was thrown out.
    pub(crate) flood: [AtomicU64; 2],
}

/// Where it is put down.
#[derive(Debug)]
pub(crate) struct Meter {
    began: Instant,
    pub(crate) counts: Counts,
    flooded: AtomicBool,
    latencies: Mutex<BTreeMap<(Timed, bool), Histogram>>,
    errors: Mutex<BTreeMap<String, u64>>,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            counts: Counts::default(),
            flooded: AtomicBool::new(false),
            latencies: Mutex::default(),
            errors: Mutex::default(),
        }
    }

    /// Takes note of a latency.
    pub(crate) fn took(&self, what: Timed, duration: Duration) {
        let flooded = self.flooded.load(Ordering::Relaxed);
        lock(&self.latencies).entry((what, flooded)).or_default().record(duration);
    }

    /// Takes note of something that went wrong. Kinds only: nothing of what people write.
    pub(crate) fn wrong(&self, kind: impl Into<String>) {
        *lock(&self.errors).entry(kind.into()).or_default() += 1;
    }

    /// From now on latencies are those beside a flood.
    pub(crate) fn flood_begins(&self) {
        self.flooded.store(true, Ordering::Relaxed);
    }

    pub(crate) fn errors(&self) -> BTreeMap<String, u64> {
        lock(&self.errors).clone()
    }

    /// Without the flood first, then beside it.
    pub(crate) fn latencies(&self) -> Vec<((Timed, bool), Histogram)> {
        let mut all: Vec<_> = lock(&self.latencies).clone().into_iter().collect();
        all.sort_by_key(|((what, flooded), _)| (*flooded, *what));
        all
    }

    /// The text of somebody's `number`th message, meant to be sent at that moment. What came late
    /// because the sender was busy is late as well.
    pub(crate) fn text(&self, number: u64, meant: Instant) -> String {
        let at = meant.saturating_duration_since(self.began).as_micros();
        format!("message {number} of {at}, and a few words more, as people write them")
    }

    /// Which message it is, and how long ago it was meant to be sent.
    pub(crate) fn read(&self, text: &str) -> Option<(u64, Duration)> {
        let mut words = text.strip_prefix("message ")?.split([' ', ',']);
        let number = words.next()?.parse().ok()?;
        let at = words.nth(1)?.parse().ok()?;
        let meant = self.began + Duration::from_micros(at);
        Some((number, Instant::now().saturating_duration_since(meant)))
    }
}

/// One side's messages as the other sees them: each once, in order.
#[derive(Debug, Default)]
pub(crate) struct Order {
    next: u64,
}

impl Order {
    /// Whether this is the one that had to come; if not, what is wrong.
    pub(crate) fn take(&mut self, number: u64) -> Result<(), &'static str> {
        let expected = self.next;
        if number < expected {
            return Err("doubled or reordered");
        }
        self.next = number + 1;
        if number == expected { Ok(()) } else { Err("lost or overtaken") }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_message_says_which_it_is_and_when_it_was_meant() {
        let meter = Meter::new();
        let (number, age) = meter.read(&meter.text(7, Instant::now())).unwrap();
        assert_eq!(number, 7);
        assert!(age < Duration::from_secs(60), "{age:?}");
        assert_eq!(meter.read("Ciao"), None);
    }

    #[test]
    fn what_is_missing_and_what_comes_twice_is_noticed() {
        let mut order = Order::default();
        assert_eq!([order.take(0), order.take(1)], [Ok(()), Ok(())]);
        assert_eq!(order.take(1), Err("doubled or reordered"));
        assert_eq!(order.take(3), Err("lost or overtaken"));
        assert_eq!(order.take(4), Ok(()));
    }
}
