//! What is said about the connection, and when nothing is.

use std::time::Duration;

use crate::core::{ConnectionState, Error, Phase};

/// A state of the connection that the visitor should know of.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The first connection is being made.
    Connecting,
    /// The visitor's device has no network.
    Offline,
    /// It was lost and comes back: now, or after this time from when it was told.
    Reconnecting(Option<Duration>),
    /// It does not come back by itself.
    Stopped(Option<Error>),
}

impl Notice {
    /// What to show; `None` where there is nothing to say. `had` tells whether there has been a
    /// connection before.
    #[must_use]
    pub fn of(state: Option<&ConnectionState>, online: bool, had: bool) -> Option<Self> {
        let state = state?;
        match state.phase {
            Phase::Connected => None,
            Phase::Stopped => {
                // The visitor's own doing needs no explanation.
                let cancelled = matches!(state.reason, None | Some(Error::Cancelled));
                (!cancelled).then(|| Self::Stopped(state.reason.clone()))
            }
            Phase::Connecting | Phase::Waiting if !online => Some(Self::Offline),
            Phase::Connecting if !had && state.attempt == 0 => Some(Self::Connecting),
            Phase::Connecting => Some(Self::Reconnecting(None)),
            Phase::Waiting => Some(Self::Reconnecting(state.retry_in)),
        }
    }

    /// Tells the states apart.
    #[must_use]
    pub const fn number(&self) -> u32 {
        match self {
            Self::Connecting => 1,
            Self::Offline => 2,
            Self::Reconnecting(None) => 3,
            Self::Reconnecting(Some(_)) => 4,
            Self::Stopped(_) => 5,
        }
    }

    /// The word in the `data-phase` attribute.
    #[must_use]
    pub const fn phase(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Offline => "offline",
            Self::Reconnecting(_) => "waiting",
            Self::Stopped(_) => "stopped",
        }
    }
}

/// Whole seconds until a deadline (both in milliseconds since 1970), rounded up; 0 once it is past.
#[must_use]
pub const fn seconds_left(deadline: u64, now: u64) -> u64 {
    deadline.saturating_sub(now).div_ceil(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(phase: Phase, attempt: u32) -> ConnectionState {
        ConnectionState { attempt, ..ConnectionState::of(phase) }
    }

    #[test]
    fn a_connection_that_stands_is_not_worth_a_word() {
        assert_eq!(Notice::of(Some(&state(Phase::Connected, 0)), true, true), None);
        assert_eq!(Notice::of(None, true, false), None);
    }

    #[test]
    fn the_first_attempt_connects_and_any_later_one_reconnects() {
        let connecting =
            |attempt, had| Notice::of(Some(&state(Phase::Connecting, attempt)), true, had);
        assert_eq!(connecting(0, false), Some(Notice::Connecting));
        assert_eq!(connecting(1, false), Some(Notice::Reconnecting(None)));
        assert_eq!(connecting(0, true), Some(Notice::Reconnecting(None)));
    }

    #[test]
    fn without_a_network_there_is_nothing_to_count_down() {
        let waiting =
            ConnectionState { retry_in: Some(Duration::from_secs(7)), ..state(Phase::Waiting, 2) };
        assert_eq!(Notice::of(Some(&waiting), false, true), Some(Notice::Offline));
        let counting = Notice::Reconnecting(Some(Duration::from_secs(7)));
        assert_eq!(Notice::of(Some(&waiting), true, true), Some(counting));
    }

    #[test]
    fn an_end_that_was_asked_for_is_not_an_alarm() {
        let stopped = |reason| ConnectionState { reason, ..ConnectionState::of(Phase::Stopped) };
        assert_eq!(Notice::of(Some(&stopped(Some(Error::Cancelled))), true, true), None);
        assert_eq!(Notice::of(Some(&stopped(None)), true, true), None);
        let error = Error::Protocol("x");
        let notice = Notice::of(Some(&stopped(Some(error.clone()))), true, true);
        assert_eq!(notice, Some(Notice::Stopped(Some(error))));
    }

    #[test]
    fn a_countdown_shows_no_second_too_few_and_never_less_than_none() {
        assert_eq!(seconds_left(10_000, 0), 10);
        assert_eq!(seconds_left(10_000, 100), 10);
        assert_eq!(seconds_left(10_000, 9_999), 1);
        assert_eq!(seconds_left(10_000, 20_000), 0);
    }
}
