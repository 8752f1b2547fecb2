//! Audio and video calls: asking for them, and their state.

use super::guard::DecodeError;
use super::incoming::Reply;
use super::read::{needed, step};
use super::request::{Request, customer, fields};
use crate::core::error::Error;
use crate::core::json::{Field, Json, Notes};
use crate::core::model::{Agent, CallChannelSession, CallRequest, Private, SessionId};

/// A value of [`Topic::Call`](super::Topic::Call) as it came: only whoever follows calls reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct CallValue {
    frame: Private<Json>,
    /// Where in the frame it is.
    inside: &'static str,
}

impl Request {
    /// Asks for a call.
    #[must_use]
    pub fn call_create(call: &CallRequest) -> Self {
        Self::keyed("call.create", |params| {
            params.text("channel", call.channel.as_str());
            params.text("service", &call.service);
            customer(params, call.customer.as_ref());
            fields(params, &call.fields);
            params.optional("with", call.with.as_ref().map(SessionId::as_str));
        })
    }

    /// Hangs up.
    #[must_use]
    pub fn call_close(session: &SessionId) -> Self {
        Self::of_session("call.close", session)
    }

    /// Takes an invitation.
    #[must_use]
    pub fn call_accept(session: &SessionId) -> Self {
        Self::of_session("call.accept", session)
    }

    /// Does not take it.
    #[must_use]
    pub fn call_decline(session: &SessionId) -> Self {
        Self::of_session("call.decline", session)
    }

    /// What the visitor lets be heard and seen, beside the offer of this generation where there is
    /// one.
    #[must_use]
    pub fn signal_media(
        session: &SessionId,
        generation: Option<u32>,
        audio: bool,
        video: bool,
    ) -> Self {
        Self::keyed("signal", |params| {
            params.text("session", session.as_str());
            if let Some(generation) = generation {
                params.number("gen", generation.into());
            }
            params.text("type", "media");
            params.flag("audio", audio);
            params.flag("video", video);
        })
    }
}

impl Reply {
    /// The id of a call that was asked for or accepted.
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn call_id(&self) -> Result<SessionId, Error> {
        self.read(|result| needed(result, "id"))
    }
}

impl CallValue {
    pub(super) const fn of(frame: Private<Json>, inside: &'static str) -> Self {
        Self { frame, inside }
    }

    /// The visitor's call of the channel; `None` while there is none.
    ///
    /// # Errors
    /// The value has another shape.
    pub fn session(&self) -> Result<Option<CallChannelSession>, DecodeError> {
        let notes = Notes::default();
        let frame = Field::root(&self.frame, &notes);
        let inside = frame.get(self.inside);
        let field = inside.get("result");
        let session = field.is_present().then(|| session(&field));
        if notes.failed() { Err(DecodeError::Shape) } else { Ok(session) }
    }
}

fn session(field: &Field<'_>) -> CallChannelSession {
    field.members();
    CallChannelSession {
        id: needed(field, "id"),
        service: field.string("service"),
        session_state: field.made("sessionState"),
        step: field.find("step").map(|field| step(&field)),
        state: field.made("state"),
        start: field.string("start"),
        time: field.string("time"),
        agent: field.find("agent").map(|field| Agent { name: needed(&field, "name") }),
        expires: field.string("expires"),
        with: field.made("with"),
    }
}
