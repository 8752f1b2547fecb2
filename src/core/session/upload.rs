//! How bytes get to the server: tried again while that may help, given up by whoever waits.
//!
//! A repeated `PUT` of the same bytes with the same token is answered like the first
//! (docs/protocol.md, "Files"), so an attempt that got lost may always be made again.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::StreamExt;
use futures::future::{Either, select};

use crate::core::error::{Error, Refused};
use crate::core::observe::{Subject, Subscription};
use crate::core::ports::{Http, PutEvent, PutRequest};
use crate::core::rpc::upload_refusal;

/// So many attempts are made.
const ATTEMPTS: u32 = 5;

/// The wait before the second attempt; it doubles with each one.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// An attempt that makes no progress for this long is lost.
const STALLED: Duration = Duration::from_secs(60);

/// A file on its way to the server: a future of the
/// [`Attachment`](crate::core::model::Attachment) that the conversation will show. Dropping it
/// gives the upload up.
#[must_use = "dropping an upload gives it up"]
pub struct FileUpload<F> {
    progress: Subject<UploadProgress>,
    done: Pin<Box<F>>,
}

/// How far an upload has come, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UploadProgress {
    /// So many have been sent. A repeated attempt begins at zero again.
    pub sent: u64,
    /// Of so many.
    pub total: u64,
}

/// What follows from an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Done,
    Again(Duration),
    Failed(Error),
}

impl<F> FileUpload<F> {
    pub(super) fn new(progress: Subject<UploadProgress>, done: F) -> Self {
        Self { progress, done: Box::pin(done) }
    }

    /// How far it has come; the present first. It ends with the upload.
    pub fn progress(&self) -> Subscription<UploadProgress> {
        self.progress.subscribe()
    }
}

impl<F: Future> Future for FileUpload<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = std::task::ready!(self.done.as_mut().poll(context));
        self.progress.complete();
        Poll::Ready(outcome)
    }
}

impl<F> Drop for FileUpload<F> {
    fn drop(&mut self) {
        self.progress.complete();
    }
}

impl<F> fmt::Debug for FileUpload<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileUpload").field("progress", &self.progress.latest()).finish()
    }
}

/// Sends the bytes, as often as it takes.
pub(super) async fn upload(
    request: PutRequest,
    progress: Subject<UploadProgress>,
    http: impl Http,
) -> Result<(), Error> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let answer = attempted(&request, &progress, &http).await;
        let answer = answer.as_ref().map(|(status, body)| (*status, body.as_str()));
        match verdict(attempt, answer) {
            Verdict::Done => {
                // Not every platform tells of the last bytes.
                let total = progress.latest().unwrap_or_default().total;
                progress.update(UploadProgress { sent: total, total });
                return Ok(());
            }
            Verdict::Failed(error) => return Err(error),
            Verdict::Again(wait) => http.sleep(wait).await,
        }
    }
}

/// One attempt; what the server answers, or `None` where that never came.
async fn attempted(
    request: &PutRequest,
    progress: &Subject<UploadProgress>,
    http: &impl Http,
) -> Option<(u16, String)> {
    let total = u64::try_from(request.body.len()).unwrap_or(u64::MAX);
    progress.update(UploadProgress { sent: 0, total });
    let mut put = http.put(request);
    loop {
        match select(put.next(), http.sleep(STALLED)).await {
            Either::Left((Some(PutEvent::Sent(sent)), _)) => {
                progress.update(UploadProgress { sent: sent.min(total), total });
            }
            Either::Left((Some(PutEvent::Answered { status, body }), _)) => {
                return Some((status, body));
            }
            Either::Left((Some(PutEvent::Lost) | None, _)) | Either::Right(_) => return None,
        }
    }
}

/// Judges an attempt, counted from 1, by its status and body; `None` where no answer came.
fn verdict(attempt: u32, answer: Option<(u16, &str)>) -> Verdict {
    let wait = FIRST_WAIT * 2_u32.saturating_pow(attempt.saturating_sub(1));
    let (error, again) = match answer {
        Some((200..=299, _)) => return Verdict::Done,
        None => (Error::ConnectionLost, Some(wait)),
        Some((status, body)) => {
            let error = upload_refusal(body).unwrap_or_else(|| unexplained(status));
            let after = error.retry_after().map(|after| after.max(wait));
            (error, after)
        }
    };
    match again {
        Some(wait) if attempt < ATTEMPTS => Verdict::Again(wait),
        Some(_) | None => Verdict::Failed(error),
    }
}

/// What a proxy on the way says, which knows nothing of our errors.
fn unexplained(status: u16) -> Error {
    Error::Refused(Box::new(Refused {
        code: i32::from(status),
        reason: "UPLOAD_REFUSED".to_owned(),
        message: format!("the upload was answered with status {status}"),
        retryable: matches!(status, 408 | 425 | 429 | 500..),
        ..Refused::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(verdict: &Verdict) -> Option<u64> {
        match verdict {
            Verdict::Again(wait) => Some(wait.as_secs()),
            Verdict::Done | Verdict::Failed(_) => None,
        }
    }

    fn reason(verdict: &Verdict) -> String {
        match verdict {
            Verdict::Failed(error) => error.reason().to_owned(),
            Verdict::Done | Verdict::Again(_) => unreachable!("it was refused for good"),
        }
    }

    #[test]
    fn a_lost_attempt_is_made_again_after_a_doubling_wait_and_at_last_given_up() {
        let waits: Vec<_> =
            (1..=ATTEMPTS).map(|attempt| seconds(&verdict(attempt, None))).collect();
        assert_eq!(waits, [Some(1), Some(2), Some(4), Some(8), None]);
        assert_eq!(verdict(ATTEMPTS, None), Verdict::Failed(Error::ConnectionLost));
    }

    #[test]
    fn the_servers_own_words_decide_and_a_proxys_status_where_there_are_none() {
        let error = |data: &str| format!(r#"{{"error":{{"code":1404,"data":{data}}}}}"#);
        let infected = error(r#"{"reason":"FILE_INFECTED"}"#);
        assert_eq!(reason(&verdict(1, Some((422, &infected)))), "FILE_INFECTED");
        let busy = error(r#"{"reason":"BUSY","retryable":true,"retryAfter":3000}"#);
        assert_eq!(seconds(&verdict(1, Some((503, &busy)))), Some(3));
        assert_eq!(seconds(&verdict(1, Some((502, "<html>")))), Some(1));
        assert_eq!(reason(&verdict(1, Some((413, "<html>")))), "UPLOAD_REFUSED");
        assert_eq!(reason(&verdict(1, Some((413, r#"{"error":{"code":"?"}}"#)))), "UPLOAD_REFUSED");
    }

    #[test]
    fn what_the_server_has_taken_is_done() {
        assert_eq!(verdict(1, Some((201, ""))), Verdict::Done);
        assert_eq!(verdict(5, Some((200, "{}"))), Verdict::Done);
    }
}
