//! A clock reading that works on every target (`std::time::Instant::now()` panics in a browser).

use std::ops::{Add, Sub};
use std::time::Duration;

/// Milliseconds on a monotonic clock whose origin means nothing.
///
/// Time is always an argument here: a platform reads its clock, the core only compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The clock's origin.
    pub const ZERO: Self = Self(0);

    /// From a clock reading in milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The reading in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; zero if it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, after: Duration) -> Self {
        Self(self.0.saturating_add(millis(after)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, before: Duration) -> Self {
        Self(self.0.saturating_sub(millis(before)))
    }
}

/// A duration as whole milliseconds, the unit of the wire and of every browser timer.
#[must_use]
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The earlier of two deadlines, where `None` means never.
#[must_use]
pub fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_before_the_other_is_no_time_after_it() {
        let early = Timestamp::from_millis(5);
        let late = early + Duration::from_secs(1);
        assert_eq!(late.since(early), Duration::from_secs(1));
        assert_eq!(early.since(late), Duration::ZERO);
    }

    #[test]
    fn a_deadline_beats_no_deadline() {
        let some = Some(Timestamp::from_millis(1));
        assert_eq!(earliest(None, some), some);
        assert_eq!(earliest(some, None), some);
        assert_eq!(earliest(None, None), None);
    }
}
