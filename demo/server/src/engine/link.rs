//! A connection, as the engine sees it.

use super::time::Timestamp;
use super::topic::Topic;
use crate::settings::Rate;
use crate::wire::id::{OperatorId, VisitorId};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Names a connection. Never used twice, so that what is said of an old one falls through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);

/// Through which door it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `/tvox/widget`.
    Visitor,
    /// `/tvox/operator`.
    Operator,
    /// From inside of the server: an operator that is a program, with the operators' wire and no token.
    Automatic,
}

/// Who a connection speaks for, once it said hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Party {
    Visitor(VisitorId),
    Operator(OperatorId),
}

pub(super) struct Link {
    pub(super) door: Door,
    pub(super) origin: String,
    pub(super) address: IpAddr,
    pub(super) party: Option<Party>,
    pub(super) heard: Timestamp,
    /// Between two pings.
    pub(super) interval: Duration,
    /// Silence that ends it.
    pub(super) patience: Duration,
    pub(super) requests: Bucket,
    pub(super) frames: Bucket,
    /// Unreadable frames in a row.
    pub(super) malformed: u32,
    pub(super) subscriptions: BTreeMap<u32, Topic>,
    next_subscription: u32,
}

impl Link {
    pub(super) fn new(
        door: Door,
        origin: String,
        address: IpAddr,
        rates: (Rate, Rate),
        patience: Duration,
        now: Timestamp,
    ) -> Self {
        Self {
            door,
            origin,
            address,
            party: None,
            heard: now,
            interval: patience,
            patience,
            requests: Bucket::new(rates.0, now),
            frames: Bucket::new(rates.1, now),
            malformed: 0,
            subscriptions: BTreeMap::new(),
            next_subscription: 1,
        }
    }

    pub(super) fn follow(&mut self, topic: Topic) -> u32 {
        let number = self.next_subscription;
        self.next_subscription += 1;
        self.subscriptions.insert(number, topic);
        number
    }
}

/// So many at once, so many a second. Whole tokens are counted in thousandths, so that no time is lost between two frames.
pub(super) struct Bucket {
    rate: Rate,
    thousandths: u64,
    filled: Timestamp,
}

impl Bucket {
    pub(super) fn new(rate: Rate, now: Timestamp) -> Self {
        Self { rate, thousandths: u64::from(rate.burst) * 1000, filled: now }
    }

    /// Takes one, or says how long to wait for it.
    pub(super) fn take(&mut self, now: Timestamp) -> Result<(), Duration> {
        let passed = u64::try_from(now.since(self.filled).as_millis()).unwrap_or(u64::MAX);
        self.filled = self.filled.max(now);
        let per_second = u64::from(self.rate.per_second);
        self.thousandths = passed
            .saturating_mul(per_second)
            .saturating_add(self.thousandths)
            .min(u64::from(self.rate.burst) * 1000);
        match self.thousandths.checked_sub(1000) {
            Some(left) => {
                self.thousandths = left;
                Ok(())
            }
            None => {
                Err(Duration::from_millis((1000 - self.thousandths).div_ceil(per_second.max(1))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let mut now = Timestamp::from_millis(1_000);
        let mut bucket = Bucket::new(Rate { per_second: 10, burst: 20 }, now);
        assert!((0..20).all(|_| bucket.take(now).is_ok()));
        assert_eq!(bucket.take(now), Err(Duration::from_millis(100)));
        now = now.after(Duration::from_millis(60));
        assert_eq!(bucket.take(now), Err(Duration::from_millis(40)));
        now = now.after(Duration::from_millis(40));
        assert_eq!(bucket.take(now), Ok(()));
        now = now.after(Duration::from_secs(60));
        assert!((0..20).all(|_| bucket.take(now).is_ok()));
        assert!(bucket.take(now).is_err());
    }

    #[test]
    fn a_clock_that_goes_back_fills_no_bucket() {
        let mut bucket =
            Bucket::new(Rate { per_second: 1, burst: 1 }, Timestamp::from_millis(10_000));
        assert!(bucket.take(Timestamp::from_millis(10_000)).is_ok());
        assert!(bucket.take(Timestamp::from_millis(5_000)).is_err());
        assert!(bucket.take(Timestamp::from_millis(10_500)).is_err());
    }
}
