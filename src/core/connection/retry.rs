//! When to try again: a pure function of how often it failed and of chance.

use std::time::Duration;

use crate::core::config::{Jitter, RetryOptions, RetryStrategy};
use crate::core::time::millis;

/// The first retry after a loss comes within this time: a blip heals before anybody looks.
const FAST: Duration = Duration::from_millis(1_000);

/// What is known when a link was lost or a dial failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How many attempts have failed since the link was last stable.
    pub failures: u32,
    /// Whether a link that the server had greeted was lost just now.
    pub had_link: bool,
    /// How the other side closed it, as far as that asks for haste or patience.
    pub asked: Asked,
    /// A uniformly random number, drawn for this decision.
    pub chance: u32,
}

/// What a close code asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing in particular.
    Nothing,
    /// To come back now (42xx).
    Now,
    /// To stay away for at least this long (41xx).
    Later(Duration),
}

/// How long to wait before the next dial, or `None` to give up.
#[must_use]
pub fn delay(options: &RetryOptions, retry: Retry) -> Option<Duration> {
    let Retry { failures, had_link, asked, chance } = retry;
    if options.max_attempts.is_some_and(|most| failures >= most) {
        return None;
    }
    let base = match options.strategy {
        RetryStrategy::Fixed => options.interval,
        RetryStrategy::Exponential => {
            let doubled = options.interval.saturating_mul(1_u32 << failures.min(20));
            doubled.min(options.max_interval)
        }
    };
    let by_policy = match options.jitter {
        Jitter::None => base,
        Jitter::Full => scaled(base, chance),
    };
    Some(match asked {
        Asked::Now => scaled(FAST, chance),
        // Whoever is overloaded is not helped by everybody coming back at the same moment.
        Asked::Later(least) => least + scaled(base, chance),
        Asked::Nothing if had_link && failures == 0 && options.fast_first => scaled(FAST, chance),
        Asked::Nothing => by_policy,
    })
}

/// `0..=most`, as far along as `chance` is along its range.
fn scaled(most: Duration, chance: u32) -> Duration {
    // A configured delay is at most a day: 27 bits, so that the product fits.
    let part = millis(most).saturating_mul(u64::from(chance)) / u64::from(u32::MAX);
    Duration::from_millis(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOST: Retry =
        Retry { failures: 0, had_link: true, asked: Asked::Nothing, chance: u32::MAX / 2 };
    const AGAIN: Retry = Retry { failures: 3, had_link: false, ..LOST };

    #[test]
    fn by_default_a_lost_link_is_dialled_within_a_second_and_then_every_ten_for_ever() {
        let options = RetryOptions::default();
        let first = delay(&options, LOST);
        assert!(first.is_some_and(|wait| wait <= FAST), "{first:?}");
        for failures in [1, 2, 10, 8_640, u32::MAX] {
            assert_eq!(delay(&options, Retry { failures, ..AGAIN }), Some(Duration::from_secs(10)));
        }
    }

    #[test]
    fn a_link_that_breaks_again_before_it_was_stable_gets_no_second_quick_try() {
        let again = delay(&RetryOptions::default(), Retry { failures: 1, ..LOST });
        assert_eq!(again, Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_server_that_never_answered_is_not_hurried() {
        let never = delay(&RetryOptions::default(), Retry { had_link: false, ..LOST });
        assert_eq!(never, Some(Duration::from_secs(10)));
    }

    #[test]
    fn without_fast_first_it_is_the_reference_to_the_letter() {
        let options = RetryOptions { fast_first: false, ..RetryOptions::default() };
        assert_eq!(delay(&options, LOST), Some(Duration::from_secs(10)));
    }

    #[test]
    fn the_exponential_strategy_doubles_up_to_its_maximum() {
        let options = RetryOptions {
            strategy: RetryStrategy::Exponential,
            interval: Duration::from_secs(1),
            max_interval: Duration::from_secs(60),
            jitter: Jitter::None,
            fast_first: false,
            ..RetryOptions::default()
        };
        let wait = |failures| delay(&options, Retry { failures, ..AGAIN });
        assert_eq!(wait(0), Some(Duration::from_secs(1)));
        assert_eq!(wait(3), Some(Duration::from_secs(8)));
        assert_eq!(wait(40), Some(Duration::from_secs(60)));
    }

    #[test]
    fn full_jitter_stays_between_nothing_and_the_delay() {
        let options =
            RetryOptions { jitter: Jitter::Full, fast_first: false, ..RetryOptions::default() };
        assert_eq!(delay(&options, Retry { chance: 0, ..AGAIN }), Some(Duration::ZERO));
        let most = delay(&options, Retry { chance: u32::MAX, ..AGAIN });
        assert_eq!(most, Some(Duration::from_secs(10)));
    }

    #[test]
    fn it_gives_up_after_as_many_attempts_as_were_allowed() {
        let options = RetryOptions { max_attempts: Some(3), ..RetryOptions::default() };
        assert!(delay(&options, Retry { failures: 2, ..AGAIN }).is_some());
        assert_eq!(delay(&options, Retry { failures: 3, ..AGAIN }), None);
    }

    #[test]
    fn an_overloaded_server_is_left_alone_at_least_as_long_as_it_asks() {
        let asked = Asked::Later(Duration::from_secs(3));
        let wait = delay(&RetryOptions::default(), Retry { asked, chance: 0, ..LOST });
        assert_eq!(wait, Some(Duration::from_secs(3)));
    }
}
