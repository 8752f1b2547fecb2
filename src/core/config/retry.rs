use std::time::Duration;

use super::choice::choice;
use super::rules::within;
use crate::core::error::Error;
use crate::core::json::Field;
use crate::core::time::millis;

/// Shorter than a second would be a busy loop against a server that is down.
const INTERVAL_MIN_MS: u64 = 1_000;
const INTERVAL_MAX_MS: u64 = 86_400_000;
const TIMEOUT_MIN_MS: u64 = 1_000;
const TIMEOUT_MAX_MS: u64 = 120_000;

const TEN_SECONDS: Duration = Duration::from_millis(10_000);
const MINUTE: Duration = Duration::from_millis(60_000);

choice! {
    /// How the delays between two tries grow.
    RetryStrategy {
        /// They do not.
        Fixed = "fixed",
        /// Each is twice the one before, up to the longest.
        Exponential = "exponential",
    } default Fixed
}

choice! {
    /// How chance spreads the tries of many clients.
    Jitter {
        /// Not at all: the delay is as computed.
        None = "none",
        /// Anything from nothing to the computed delay.
        Full = "full",
    } default None
}

/// What happens after a lost connection (reference, `RetryOptionsInterface`; the reference says no
/// more than its default, "never stop, every 10 s"). JSON has milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryOptions {
    /// How the delays grow; fixed by default.
    pub strategy: RetryStrategy,
    /// The fixed delay, or the first of the growing ones: 10 s by default.
    pub interval: Duration,
    /// The longest delay. By default the interval itself where it is fixed; a minute, or the
    /// interval if that is longer, where the delays grow.
    pub max_interval: Duration,
    /// None by default where the interval is fixed, full where the delays grow.
    pub jitter: Jitter,
    /// How many tries before it gives up; `None`, the default, is never.
    pub max_attempts: Option<u32>,
    /// Whether the first try after a loss comes within a second, at a random moment; so by
    /// default. Without it the reference is followed to the letter.
    pub fast_first: bool,
    /// How long opening may take until the first answer: 10 s by default.
    pub connect_timeout: Duration,
    /// How long a connection must have lasted before the count of tries begins anew: 10 s by
    /// default.
    pub stable: Duration,
    /// Whether tries pause while the browser says it is offline; so by default.
    pub pause_offline: bool,
    /// Whether tries pause while the page is hidden; not by default, because an open conversation
    /// must ring.
    pub pause_hidden: bool,
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self {
            strategy: RetryStrategy::Fixed,
            interval: TEN_SECONDS,
            max_interval: TEN_SECONDS,
            jitter: Jitter::None,
            max_attempts: None,
            fast_first: true,
            connect_timeout: TEN_SECONDS,
            stable: TEN_SECONDS,
            pause_offline: true,
            pause_hidden: false,
        }
    }
}

impl RetryOptions {
    /// Growing delays with full jitter: kind to a server with very many visitors.
    #[must_use]
    pub fn exponential() -> Self {
        Self {
            strategy: RetryStrategy::Exponential,
            max_interval: MINUTE,
            jitter: Jitter::Full,
            ..Self::default()
        }
    }

    #[inline(never)]
    pub(super) fn read(field: &Field<'_>) -> Self {
        field.known(&[
            "strategy",
            "intervalMs",
            "maxIntervalMs",
            "jitter",
            "maxAttempts",
            "fastFirst",
            "connectTimeoutMs",
            "stableMs",
            "pauseOffline",
            "pauseHidden",
        ]);
        let duration = |name: &str, default: Duration, from: u64, to: u64| {
            field.whole(name, from, to).map_or(default, Duration::from_millis)
        };

        let strategy = field.word("strategy", RetryStrategy::NAMES);
        let strategy = strategy.map_or(RetryStrategy::Fixed, |at| RetryStrategy::ALL[at]);
        let base = match strategy {
            RetryStrategy::Fixed => Self::default(),
            RetryStrategy::Exponential => Self::exponential(),
        };
        let interval = duration("intervalMs", base.interval, INTERVAL_MIN_MS, INTERVAL_MAX_MS);
        let longest = match strategy {
            RetryStrategy::Fixed => interval,
            RetryStrategy::Exponential => base.max_interval.max(interval),
        };
        let jitter = field.word("jitter", Jitter::NAMES);
        Self {
            strategy,
            interval,
            max_interval: duration("maxIntervalMs", longest, INTERVAL_MIN_MS, INTERVAL_MAX_MS),
            jitter: jitter.map_or(base.jitter, |at| Jitter::ALL[at]),
            max_attempts: field.small("maxAttempts"),
            fast_first: field.flag("fastFirst", base.fast_first),
            connect_timeout: duration(
                "connectTimeoutMs",
                base.connect_timeout,
                TIMEOUT_MIN_MS,
                TIMEOUT_MAX_MS,
            ),
            stable: duration("stableMs", base.stable, 0, INTERVAL_MAX_MS),
            pause_offline: field.flag("pauseOffline", base.pause_offline),
            pause_hidden: field.flag("pauseHidden", base.pause_hidden),
        }
    }

    #[inline(never)]
    pub(super) fn check(&self) -> Result<(), Error> {
        let shortest = millis(self.interval);
        for (field, value, least, most) in [
            ("server.retryOptions.intervalMs", self.interval, INTERVAL_MIN_MS, INTERVAL_MAX_MS),
            ("server.retryOptions.maxIntervalMs", self.max_interval, shortest, INTERVAL_MAX_MS),
            (
                "server.retryOptions.connectTimeoutMs",
                self.connect_timeout,
                TIMEOUT_MIN_MS,
                TIMEOUT_MAX_MS,
            ),
            ("server.retryOptions.stableMs", self.stable, 0, INTERVAL_MAX_MS),
        ] {
            within(field, value, least, most)?;
        }
        Ok(())
    }
}
