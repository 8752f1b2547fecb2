//! What a close code says about coming back (docs/protocol.md, "Closing").

use std::time::Duration;

use super::retry::Asked;
use crate::core::error::{Error, Refused};
use crate::core::ports::Closed;

/// A server that asks for patience gets at least this much.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

/// What follows from a close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Coming back unchanged would be answered the same way.
    Stop(Error),
    /// Come back by policy.
    Retry(Asked),
}

/// Reads a close code and its `TOKEN` or `TOKEN;retry=3000`.
pub(super) fn verdict(closed: &Closed) -> Verdict {
    let (token, retry) = split(&closed.reason);
    match closed.code {
        4000..=4099 => Verdict::Stop(refused(closed.code, token, false, None)),
        4100..=4199 => Verdict::Retry(Asked::Later(retry.unwrap_or_default().max(LEAST_PATIENCE))),
        4200..=4299 => Verdict::Retry(Asked::Now),
        _ => Verdict::Retry(Asked::Nothing),
    }
}

/// Why there is no connection, for whoever asks.
pub(super) fn reason(closed: &Closed) -> Error {
    let (token, retry) = split(&closed.reason);
    match closed.code {
        4100..=4299 => refused(closed.code, token, true, retry),
        _ => Error::ConnectionLost,
    }
}

fn refused(code: u16, token: &str, retryable: bool, retry_after: Option<Duration>) -> Error {
    Error::Refused(Box::new(Refused {
        code: i32::from(code),
        reason: token.to_owned(),
        message: format!("the server closed the connection: {token}"),
        retryable,
        retry_after,
        session: None,
    }))
}

fn split(reason: &str) -> (&str, Option<Duration>) {
    let (token, rest) = reason.split_once(';').unwrap_or((reason, ""));
    let millis = rest.trim().strip_prefix("retry=").and_then(|millis| millis.parse().ok());
    (token.trim(), millis.map(Duration::from_millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(code: u16, reason: &str) -> Closed {
        Closed { code, reason: reason.to_owned() }
    }

    #[test]
    fn a_40xx_close_stops_and_names_its_token() {
        let Verdict::Stop(error) = verdict(&closed(4001, "ORIGIN")) else {
            unreachable!("4001 must stop");
        };
        assert_eq!((error.code(), error.reason()), ("REFUSED", "ORIGIN"));
    }

    #[test]
    fn a_41xx_close_waits_as_long_as_it_says_and_at_least_a_second() {
        let wait = |reason| verdict(&closed(4100, reason));
        let later = |millis| Verdict::Retry(Asked::Later(Duration::from_millis(millis)));
        assert_eq!(wait("OVERLOADED;retry=3000"), later(3_000));
        assert_eq!(wait("OVERLOADED;retry=5"), later(1_000));
        assert_eq!(wait("OVERLOADED;retry=soon"), later(1_000));
        assert_eq!(wait("OVERLOADED"), later(1_000));
    }

    #[test]
    fn a_draining_server_asks_for_haste_and_everything_else_for_nothing() {
        assert_eq!(verdict(&closed(4201, "RESTARTING")), Verdict::Retry(Asked::Now));
        for code in [1000, 1001, 1005, 1006, 1011, 1012, 1015, 3000] {
            assert_eq!(verdict(&closed(code, "")), Verdict::Retry(Asked::Nothing), "{code}");
        }
    }
}
