//! Waiting for a fact, with a time limit: nothing here sleeps for a fixed time and hopes.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::fault::{Fault, Outcome};

/// How long an ordinary thing may take on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(15);
/// How long something may take that waits for a timer of the product (a retry every 10 s).
pub(crate) const LATER: Duration = Duration::from_secs(45);

const PAUSE: Duration = Duration::from_millis(40);

/// Asks `look` again and again until it gives something; an error counts as "not yet".
///
/// # Errors
/// It gave nothing within `limit`; the fault says `what` was awaited and what was seen last.
pub(crate) async fn until<T, F>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> F,
) -> Outcome<T>
where
    F: Future<Output = Outcome<Result<T, String>>>,
{
    let start = Instant::now();
    loop {
        let seen = match look().await {
            Ok(Ok(found)) => return Ok(found),
            Ok(Err(seen)) => seen,
            Err(fault) => fault.to_string(),
        };
        if start.elapsed() >= limit {
            return Err(Fault::new(format!("not within {limit:?}: {what}. Last seen: {seen}")));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::until;
    use crate::fault::Fault;

    #[tokio::test]
    async fn a_fact_that_comes_late_is_found_and_errors_before_it_do_no_harm() {
        let mut asked = 0;
        let found = until("third time", Duration::from_secs(5), || {
            asked += 1;
            let now = asked;
            async move {
                match now {
                    1 => Err(Fault::new("stale")),
                    2 => Ok(Err("nothing".to_owned())),
                    _ => Ok(Ok(now)),
                }
            }
        });
        assert_eq!(found.await.unwrap(), 3);
    }

    #[tokio::test]
    async fn a_fact_that_never_comes_is_a_fault_that_names_it_and_the_last_sight() {
        let look = || async { Ok(Err::<(), _>("an empty list".to_owned())) };
        let fault = until("two messages", Duration::from_millis(80), look).await.unwrap_err();
        let text = fault.to_string();
        assert!(text.contains("two messages") && text.contains("an empty list"), "{text}");
    }
}
