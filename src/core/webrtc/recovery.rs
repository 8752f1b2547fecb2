//! When a lost way is looked for again: first by an ICE restart, then with a new peer connection.
//!
//! What browsers say of a lost way comes late, in some never (a `failed` after 16 to 30 s): bytes that
//! do not come any more say it within a few seconds.

use std::time::Duration;

use crate::core::ports::IceState;
use crate::core::time::Timestamp;

/// A way is lost when nothing came for so long.
const SILENCE: Duration = Duration::from_secs(3);

/// Two samples count for no longer than this: a page that slept has not listened meanwhile.
const BETWEEN: Duration = Duration::from_millis(1_500);

/// A browser's `disconnected` may pass by itself.
const DISCONNECTED: Duration = Duration::from_secs(5);

/// After a restart, or on a new peer connection, something comes within this time, or it is tried again.
const PATIENCE: Duration = Duration::from_secs(8);

/// How often a new peer connection is tried before the call is given up.
const REBUILDS: u32 = 5;

/// How the way of one call is.
#[derive(Debug)]
pub(super) struct Recovery {
    state: State,
    bytes: f64,
    /// For how long no more came, as far as was listened.
    silent: Duration,
    sampled: Timestamp,
    lost_at: Option<Timestamp>,
    rebuilds: u32,
    held: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nobody is there to hear.
    Idle,
    /// An offer is under way; the time counts from when both sides have settled.
    Looking { until: Option<Timestamp> },
    /// Bytes come.
    Flowing,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// An ICE restart, with fresh credentials.
    Restart,
    /// A new peer connection.
    Rebuild,
    /// Nothing helps.
    GiveUp,
}

impl Recovery {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Idle,
            bytes: 0.0,
            silent: Duration::ZERO,
            sampled: Timestamp::ZERO,
            lost_at: None,
            rebuilds: 0,
            held: false,
        }
    }

    /// Whether bytes come, as far as is known.
    pub(super) fn is_flowing(&self) -> bool {
        self.state == State::Flowing && self.lost_at.is_none()
    }

    /// A new peer connection makes its first offer.
    pub(super) fn begun(&mut self) {
        self.state = State::Looking { until: None };
        (self.bytes, self.silent, self.lost_at) = (0.0, Duration::ZERO, None);
    }

    /// Nobody is there any more.
    pub(super) const fn ended(&mut self) {
        self.state = State::Idle;
        self.rebuilds = 0;
        self.lost_at = None;
    }

    /// Both sides have settled on something.
    pub(super) fn settled(&mut self, now: Timestamp) {
        if let State::Looking { until: until @ None } = &mut self.state {
            *until = Some(now + PATIENCE);
        }
    }

    /// The call is on hold: silence is not loss.
    pub(super) const fn hold(&mut self, held: bool) {
        self.silent = Duration::ZERO;
        self.held = held;
    }

    /// So many bytes have come in all. Answers whether they flow again only now, and what is to be done
    /// where they stand still.
    pub(super) fn received(&mut self, bytes: f64, now: Timestamp) -> (bool, Option<Remedy>) {
        let (more, since) = (bytes > self.bytes, now.since(self.sampled));
        (self.bytes, self.sampled) = (bytes, now);
        if more {
            self.silent = Duration::ZERO;
            self.lost_at = None;
            let again = matches!(self.state, State::Looking { .. });
            if again {
                self.state = State::Flowing;
                self.rebuilds = 0;
            }
            return (again, None);
        }
        if self.state == State::Flowing && !self.held {
            self.silent += since.min(BETWEEN);
        }
        let lost = self.silent >= SILENCE;
        (false, lost.then(|| self.restart()))
    }

    /// The browser says how the way is.
    pub(super) fn told(&mut self, ice: IceState, now: Timestamp) -> Option<Remedy> {
        match ice {
            IceState::Checking => None,
            IceState::Connected => {
                self.lost_at = None;
                None
            }
            IceState::Disconnected => {
                self.lost_at.get_or_insert(now);
                None
            }
            IceState::Failed => self.lost(now),
        }
    }

    /// The network is another one, perhaps.
    pub(super) fn moved(&mut self) -> Option<Remedy> {
        (self.state == State::Flowing).then(|| self.restart())
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: Timestamp) -> Option<Remedy> {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return None;
        }
        match self.state {
            State::Idle => None,
            State::Flowing => Some(self.restart()),
            State::Looking { .. } => Some(self.rebuild()),
        }
    }

    /// When a tick is due at the latest.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Idle => None,
            State::Looking { until } => until,
            State::Flowing => self.lost_at.map(|lost| lost + DISCONNECTED),
        }
    }

    fn lost(&mut self, now: Timestamp) -> Option<Remedy> {
        match self.state {
            // A browser's `failed` may still heal while the first pairs are tried.
            State::Idle | State::Looking { .. } => None,
            State::Flowing => {
                self.lost_at.get_or_insert(now);
                Some(self.restart())
            }
        }
    }

    fn restart(&mut self) -> Remedy {
        self.state = State::Looking { until: None };
        (self.silent, self.lost_at) = (Duration::ZERO, None);
        Remedy::Restart
    }

    fn rebuild(&mut self) -> Remedy {
        self.rebuilds += 1;
        if self.rebuilds > REBUILDS {
            self.state = State::Idle;
            return Remedy::GiveUp;
        }
        self.begun();
        Remedy::Rebuild
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn flowing() -> Recovery {
        let mut recovery = Recovery::new();
        recovery.begun();
        recovery.settled(at(0));
        assert_eq!(recovery.received(100.0, at(1_000)), (true, None));
        recovery
    }

    #[test]
    fn silence_of_three_seconds_asks_for_a_restart_and_hold_is_no_silence() {
        let mut recovery = flowing();
        recovery.hold(true);
        for second in 2..60 {
            assert_eq!(recovery.received(100.0, at(1_000 * second)), (false, None));
        }
        recovery.hold(false);
        assert_eq!(recovery.received(100.0, at(60_000)), (false, None));
        assert_eq!(recovery.received(100.0, at(61_000)), (false, None));
        assert_eq!(recovery.received(100.0, at(62_000)), (false, Some(Remedy::Restart)));
        assert_eq!(recovery.received(100.0, at(66_000)), (false, None), "it is being looked for");
    }

    #[test]
    fn a_page_that_slept_has_heard_no_silence() {
        let mut recovery = flowing();
        assert_eq!(recovery.received(100.0, at(3_600_000)), (false, None));
        assert_eq!(recovery.received(200.0, at(3_601_000)), (false, None));
        assert!(recovery.is_flowing());
    }

    #[test]
    fn a_restart_that_brings_nothing_is_followed_by_new_peer_connections_and_the_end() {
        let mut recovery = flowing();
        assert_eq!(recovery.told(IceState::Failed, at(2_000)), Some(Remedy::Restart));
        assert_eq!(recovery.deadline(), None, "the other side has not heard of it");
        let mut now = 3_000;
        for _ in 0..REBUILDS {
            recovery.settled(at(now));
            assert_eq!(recovery.tick(at(now + 7_999)), None);
            now += 8_000;
            assert_eq!(recovery.tick(at(now)), Some(Remedy::Rebuild));
        }
        recovery.settled(at(now));
        assert_eq!(recovery.tick(at(now + 8_000)), Some(Remedy::GiveUp));
    }

    #[test]
    fn bytes_that_come_again_end_the_search() {
        let mut recovery = flowing();
        assert_eq!(recovery.told(IceState::Disconnected, at(1_500)), None);
        assert!(!recovery.is_flowing());
        assert_eq!(recovery.received(200.0, at(2_000)), (false, None), "it never stopped for good");
        assert!(recovery.is_flowing());
        assert_eq!(recovery.told(IceState::Disconnected, at(2_500)), None);
        assert_eq!(recovery.tick(at(7_499)), None);
        assert_eq!(recovery.tick(at(7_500)), Some(Remedy::Restart));
        assert_eq!(recovery.received(300.0, at(8_000)), (true, None));
        assert_eq!(recovery.moved(), Some(Remedy::Restart));
    }

    #[test]
    fn counters_that_begin_again_are_no_bytes() {
        let mut recovery = flowing();
        assert_eq!(recovery.received(0.0, at(2_000)), (false, None));
        assert_eq!(recovery.received(50.0, at(3_000)), (false, None));
        assert!(recovery.is_flowing());
    }
}
