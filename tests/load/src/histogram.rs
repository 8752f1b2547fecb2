//! Latencies by the million in a few kilobytes.

use std::time::Duration;

/// Values up to this are counted one by one; above it each octave has half as many buckets, so
/// that what is read back is at most 1/64 too large.
const LINEAR: u64 = 128;
const HALF: u64 = LINEAR / 2;

/// Counts durations in microseconds; what is read back is within 1.6 % above what was put in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    most: u64,
}

impl Histogram {
    /// Takes note of one.
    pub(crate) fn record(&mut self, duration: Duration) {
        let value = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = bucket(value);
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.count += 1;
        self.most = self.most.max(value);
    }

    /// How many there are.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// The longest.
    pub(crate) const fn most(&self) -> Duration {
        Duration::from_micros(self.most)
    }

    /// What so many per thousand do not exceed; zero if there are none.
    pub(crate) fn permille(&self, permille: u64) -> Duration {
        let rank = (self.count * permille).div_ceil(1000).max(1);
        let mut seen = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Duration::from_micros(upper(bucket as u64).min(self.most));
            }
        }
        Duration::ZERO
    }
}

/// In which bucket a value belongs.
fn bucket(value: u64) -> usize {
    let octave = (value / LINEAR).checked_ilog2().map_or(0, |octave| u64::from(octave) + 1);
    // Below `LINEAR` the value itself; above, its first seven bits and the octave they stand in.
    usize::try_from(octave * HALF + (value >> octave)).unwrap_or(usize::MAX)
}

/// The largest value of a bucket.
fn upper(bucket: u64) -> u64 {
    let octave = (bucket / HALF).saturating_sub(1);
    (((bucket - octave * HALF) + 1) << octave) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_back_is_at_most_a_sixtyfourth_too_large() {
        let mut value = 0_u64;
        while value < 10_000_000_000 {
            let back = upper(bucket(value) as u64);
            assert!(back >= value && back - value <= value / 64, "{value} became {back}");
            value += 1 + value / 7;
        }
    }

    #[test]
    fn percentiles_of_the_numbers_to_a_thousand_are_themselves() {
        let mut histogram = Histogram::default();
        (1..=1000).for_each(|value| histogram.record(Duration::from_micros(value)));
        assert_eq!(histogram.count(), 1000);
        for permille in [500, 950, 990, 1000] {
            let back = u64::try_from(histogram.permille(permille).as_micros()).unwrap_or(0);
            assert!(back >= permille && back <= permille + permille / 64, "{permille}: {back}");
        }
        assert_eq!(histogram.most(), Duration::from_millis(1));
    }

    #[test]
    fn nothing_has_no_latency() {
        assert_eq!(Histogram::default().permille(990), Duration::ZERO);
    }
}
