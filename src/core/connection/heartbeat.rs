//! Alive means: the last ping was answered in time. Nothing else counts.

use std::time::Duration;

use crate::core::time::Timestamp;

/// After a wake the page wants to know soon whether its socket is still worth anything.
const PROBE: Duration = Duration::from_secs(2);

/// The heartbeat of one link.
#[derive(Clone, Debug)]
pub(super) struct Heartbeat {
    interval: Duration,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Resting { next: Timestamp },
    Asked { id: u64, patience: Duration, until: Timestamp },
}

/// What the time asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    Nothing,
    /// Send a ping and tell [`Heartbeat::asked`].
    Ping(Duration),
    Dead,
}

impl Heartbeat {
    pub(super) fn new(interval: Duration, now: Timestamp) -> Self {
        Self { interval, state: State::Resting { next: now + interval } }
    }

    pub(super) const fn deadline(&self) -> Timestamp {
        match self.state {
            State::Resting { next } => next,
            State::Asked { until, .. } => until,
        }
    }

    pub(super) fn tick(&self, now: Timestamp) -> Beat {
        match self.state {
            State::Resting { next } if now >= next => Beat::Ping(self.interval),
            State::Asked { until, .. } if now < until => Beat::Nothing,
            // Timers of hidden tabs run once a minute, and a suspended laptop stops them: the answer
            // may lie unread before us. Only a timer that came in time may declare death.
            State::Asked { patience, until, .. } if now.since(until) > patience => {
                Beat::Ping(PROBE)
            }
            State::Asked { .. } => Beat::Dead,
            State::Resting { .. } => Beat::Nothing,
        }
    }

    /// What a wake asks for: a ping at once with little patience, unless one is out already.
    pub(super) fn wake(&self, now: Timestamp) -> Beat {
        match self.state {
            State::Asked { until, .. } if until <= now + PROBE && until > now => Beat::Nothing,
            State::Asked { .. } | State::Resting { .. } => Beat::Ping(PROBE),
        }
    }

    pub(super) fn asked(&mut self, id: u64, patience: Duration, now: Timestamp) {
        self.state = State::Asked { id, patience, until: now + patience };
    }

    /// Not the answer to the ping, and taken for it: a mistake ([`Mutant::AnyInbound`]).
    ///
    /// [`Mutant::AnyInbound`]: crate::core::mutant::Mutant::AnyInbound
    pub(super) fn heard(&mut self, now: Timestamp) {
        if let State::Asked { id, .. } = self.state {
            self.answered(id, now);
        }
    }

    pub(super) fn answered(&mut self, id: u64, now: Timestamp) {
        if let State::Asked { id: asked, .. } = self.state
            && asked == id
        {
            self.state = State::Resting { next: now + self.interval };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(5);

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn asked_at(millis: u64) -> Heartbeat {
        let mut heart = Heartbeat::new(INTERVAL, at(0));
        heart.asked(7, INTERVAL, at(millis));
        heart
    }

    #[test]
    fn an_unanswered_ping_is_death_one_interval_later() {
        let heart = asked_at(5_000);
        assert_eq!(heart.tick(at(9_999)), Beat::Nothing);
        assert_eq!(heart.tick(at(10_000)), Beat::Dead);
    }

    #[test]
    fn a_timer_that_comes_a_minute_late_asks_again_instead_of_declaring_death() {
        let heart = asked_at(5_000);
        assert_eq!(heart.tick(at(65_000)), Beat::Ping(PROBE));
    }

    #[test]
    fn only_the_answer_to_the_last_ping_counts() {
        let mut heart = asked_at(5_000);
        heart.asked(8, PROBE, at(6_000));
        heart.answered(7, at(6_500));
        assert_eq!(heart.tick(at(8_000)), Beat::Dead);
        let mut heart = asked_at(5_000);
        heart.answered(7, at(6_500));
        assert_eq!(heart.tick(at(10_000)), Beat::Nothing);
        assert_eq!(heart.deadline(), at(11_500));
    }

    #[test]
    fn a_wake_asks_at_once_and_not_twice() {
        let mut heart = Heartbeat::new(INTERVAL, at(0));
        assert_eq!(heart.wake(at(100)), Beat::Ping(PROBE));
        heart.asked(1, PROBE, at(100));
        assert_eq!(heart.wake(at(200)), Beat::Nothing);
    }
}
