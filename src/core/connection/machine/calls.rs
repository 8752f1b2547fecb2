//! Calls: they wait for a link, are asked again on the next one, and end at their deadline.

use super::line::Question;
use super::words::{CallId, Failure, Report};
use super::{Machine, State};
use crate::core::error::Error;
use crate::core::rpc::{Refusal, RefusalData, Reply, Request};
use crate::core::time::Timestamp;

/// A call on its way to an answer.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    pub(super) request: Request,
    pub(super) deadline: Option<Timestamp>,
    pub(super) not_before: Timestamp,
    pub(super) patient: bool,
}

impl Machine {
    pub(super) fn called(
        &mut self,
        mut call: Box<Call>,
        outcome: Result<Reply, Box<Refusal>>,
        now: Timestamp,
    ) {
        match outcome {
            Ok(reply) => self.report(Report::Called(call.id, Ok(reply))),
            Err(refusal) => match refusal.retry_after().filter(|_| call.patient) {
                Some(after) => {
                    call.not_before = now + after;
                    self.calls.insert(0, call);
                }
                None => self.report(Report::Called(call.id, Err(Failure::Refused(refusal)))),
            },
        }
    }

    pub(super) fn call(&mut self, call: Box<Call>) {
        if matches!(self.state, State::Stopped | State::Idle) {
            return self.report(Report::Called(call.id, Err(Failure::Unsent(Error::NotConnected))));
        }
        if matches!(call.request, Request::Visit { .. }) {
            // Only the latest page counts; an earlier visit that still waits is overtaken.
            self.overtake_visits();
        }
        self.calls.push(call);
    }

    pub(super) fn overtake_visits(&mut self) {
        let mut overtaken = Vec::new();
        self.calls.retain(|call| {
            let visit = matches!(call.request, Request::Visit { .. });
            if visit {
                overtaken.push(call.id);
            }
            !visit
        });
        for id in overtaken {
            self.report(Report::Called(id, Ok(Reply::Done(false))));
        }
    }

    /// A frame was too big for the other side: it can only have been the last one sent.
    pub(super) fn drop_newest_call(&mut self) {
        let Some(line) = self.line_mut() else { return };
        let newest = line.asked.iter().rev().find_map(|(id, question)| match question {
            Question::Call(_) => Some(*id),
            Question::Hello | Question::Ping | Question::Topic(_) | Question::Nothing => None,
        });
        let dropped = newest.and_then(|id| line.asked.remove(&id));
        if let Some(Question::Call(call)) = dropped {
            self.report(Report::Called(call.id, Err(Failure::Refused(too_big()))));
        }
    }

    pub(super) fn expire_calls(&mut self, now: Timestamp) {
        let late = |call: &Call| call.deadline.is_some_and(|deadline| now >= deadline);
        let mut expired = Vec::new();
        if let Some(line) = self.line_mut() {
            let ids: Vec<u64> = line
                .asked
                .iter()
                .filter(|(_, question)| matches!(question, Question::Call(call) if late(call)))
                .map(|(id, _)| *id)
                .collect();
            for id in ids {
                if let Some(Question::Call(call)) = line.asked.remove(&id) {
                    let error = Error::TimedOut { operation: call.request.method() };
                    expired.push((call.id, error));
                }
            }
        }
        self.calls.retain(|call| {
            if late(call) {
                expired.push((call.id, Error::NotConnected));
            }
            !late(call)
        });
        for (id, error) in expired {
            self.report(Report::Called(id, Err(Failure::Unsent(error))));
        }
    }

    pub(super) fn fail_calls(&mut self, error: &Error) {
        for call in std::mem::take(&mut self.calls) {
            self.report(Report::Called(call.id, Err(Failure::Unsent(error.clone()))));
        }
    }

    pub(super) fn send_calls(&mut self, now: Timestamp) {
        if self.line().is_none() {
            return;
        }
        let mut at = 0;
        while let Some(call) = self.calls.get(at) {
            if now < call.not_before {
                at += 1;
                continue;
            }
            let call = self.calls.remove(at);
            let request = call.request.clone();
            self.ask(&request, Question::Call(call));
        }
    }
}

pub(super) fn too_big() -> Box<Refusal> {
    Box::new(Refusal {
        code: Refusal::FRAME_TOO_BIG,
        message: "longer than the server takes".to_owned(),
        data: RefusalData { reason: "FRAME_TOO_BIG".to_owned(), ..RefusalData::default() },
    })
}
