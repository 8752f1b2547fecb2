//! Calls: they wait for a link, are asked again on the next one, and end at their deadline.

use super::words::{CallId, Effect, Report};
use super::{Machine, State};
use crate::core::error::{Error, Refused};
use crate::core::rpc::{Reply, Request};
use crate::core::time::Timestamp;

/// A call on its way to an answer. They stand in the order in which they were made.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    pub(super) request: Request,
    pub(super) deadline: Option<Timestamp>,
    pub(super) not_before: Timestamp,
    pub(super) patient: bool,
    /// Its number on the present link, once it was asked there.
    pub(super) asked: Option<u64>,
}

impl Call {
    /// Whether it is asked again then, what was refused for now. A deadline before that makes the
    /// refusal the answer, and that there is no operator is not mended by time.
    fn waits(&self, error: &Error, then: Timestamp) -> bool {
        self.patient
            && self.deadline.is_none_or(|deadline| then < deadline)
            && error.refusal().is_some_and(|refused| refused.code != Refused::NOT_CONNECTED)
    }
}

impl Machine {
    pub(super) fn call(&mut self, call: Call) {
        if matches!(self.state, State::Stopped | State::Idle) {
            return self.report(Report::Called(call.id, Err(Error::NotConnected)));
        }
        if call.request.overtakes() {
            // Only the latest page counts; an earlier visit that still waits is overtaken.
            self.overtake(call.request.method());
        }
        self.calls.push(call);
    }

    fn overtake(&mut self, method: &str) {
        let waits = |call: &Call| call.asked.is_none() && call.request.method() == method;
        while let Some(at) = self.calls.iter().position(waits) {
            self.end_call(at, Ok(Reply::from(false)));
        }
    }

    pub(super) fn called(&mut self, at: usize, outcome: Result<Reply, Error>, now: Timestamp) {
        let call = &mut self.calls[at];
        if let Err(error) = &outcome
            && let Some(after) = error.retry_after()
            && call.waits(error, now + after)
        {
            call.asked = None;
            call.not_before = now + after;
            return;
        }
        self.end_call(at, outcome);
    }

    /// A frame was too big for the other side: it can only have been the last one sent.
    pub(super) fn drop_newest_call(&mut self) {
        let newest = self.calls.iter().enumerate().max_by_key(|(_, call)| call.asked);
        if let Some((at, Call { asked: Some(_), .. })) = newest {
            self.end_call(at, Err(too_big()));
        }
    }

    pub(super) fn expire_calls(&mut self, now: Timestamp) {
        let late = |call: &Call| call.deadline.is_some_and(|deadline| now >= deadline);
        while let Some(at) = self.calls.iter().position(late) {
            let call = &self.calls[at];
            let error = match call.asked {
                Some(_) => Error::TimedOut { operation: call.request.method() },
                None => Error::NotConnected,
            };
            self.end_call(at, Err(error));
        }
    }

    pub(super) fn fail_calls(&mut self, error: &Error) {
        while !self.calls.is_empty() {
            self.end_call(0, Err(error.clone()));
        }
    }

    #[inline(never)]
    pub(super) fn send_calls(&mut self, now: Timestamp) {
        let Self { state, calls, out, .. } = self;
        let Some(line) = state.line_mut() else { return };
        let mut at = 0;
        while let Some(call) = calls.get_mut(at) {
            at += 1;
            if call.asked.is_some() || now < call.not_before {
                continue;
            }
            let (id, text) = line.codec.encode(&call.request);
            call.asked = id;
            if text.len() <= line.frame_limit {
                out.push(Effect::Send(line.link, text));
            } else {
                at -= 1;
                let call = calls.remove(at);
                out.push(Effect::Report(Report::Called(call.id, Err(too_big()))));
            }
        }
    }

    fn end_call(&mut self, at: usize, outcome: Result<Reply, Error>) {
        let call = self.calls.remove(at);
        self.report(Report::Called(call.id, outcome));
    }
}

fn too_big() -> Error {
    Error::Refused(Box::new(Refused {
        code: Refused::FRAME_TOO_BIG,
        reason: "FRAME_TOO_BIG".to_owned(),
        message: "longer than the server takes".to_owned(),
        ..Refused::default()
    }))
}
