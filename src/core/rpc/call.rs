//! Audio and video calls: asking for them, and their state.

use super::guard::DecodeError;
use super::incoming::Reply;
use super::read::{needed, step};
use super::request::{Request, customer, fields};
use crate::core::error::Error;
use crate::core::json::{Field, Json, Notes, Writer};
use crate::core::model::{
    Agent, CallChannelSession, CallRequest, Candidate, Ice, IceServer, Private, SessionId, Signal,
};

/// A value of [`Topic::Call`](super::Topic::Call) as it came: only whoever follows calls reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct CallValue {
    frame: Private<Json>,
    /// Where in the frame it is.
    inside: &'static str,
}

/// An entry of [`Topic::Signal`](super::Topic::Signal) as it came: only whoever plays calls reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalValue {
    /// Its place in the log.
    pub seq: u64,
    value: Private<Json>,
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

    /// Fresh credentials for a call's relays.
    #[must_use]
    pub fn call_ice(session: &SessionId) -> Self {
        Self::of_session("call.ice", session)
    }

    /// Asks for an echo, to try devices and network with; it is no contact.
    #[must_use]
    pub fn call_test(video: bool) -> Self {
        Self::keyed("call.test", |params| {
            params.list("media");
            params.word("audio");
            if video {
                params.word("video");
            }
            params.end_list();
        })
    }

    /// Says something about a call's media.
    #[must_use]
    pub fn signal(session: &SessionId, signal: &Signal) -> Self {
        Self::keyed("signal", |params| {
            params.text("session", session.as_str());
            write(params, signal);
        })
    }
}

fn write(params: &mut Writer, signal: &Signal) {
    let kind = match signal {
        Signal::Offer { .. } => "offer",
        Signal::Answer { .. } => "answer",
        Signal::Candidates { .. } => "candidates",
        Signal::Restart | Signal::Unknown => "restart",
        Signal::Media { .. } => "media",
        Signal::Bye => "bye",
    };
    params.text("type", kind);
    match signal {
        Signal::Offer { generation, sdp, fresh, restart } => {
            params.number("gen", (*generation).into());
            params.text("sdp", sdp);
            for (name, is) in [("fresh", *fresh), ("restart", *restart)] {
                if is {
                    params.flag(name, true);
                }
            }
        }
        Signal::Answer { generation, sdp } => {
            params.number("gen", (*generation).into());
            params.text("sdp", sdp);
        }
        Signal::Candidates { generation, candidates, end } => {
            params.number("gen", (*generation).into());
            params.list("candidates");
            for found in candidates {
                params.item();
                params.text("candidate", &found.candidate);
                params.optional("sdpMid", found.sdp_mid.as_deref());
                if let Some(index) = found.sdp_m_line_index {
                    params.number("sdpMLineIndex", index.into());
                }
                params.optional("usernameFragment", found.username_fragment.as_deref());
                params.end();
            }
            params.end_list();
            params.flag("end", *end);
        }
        Signal::Media { audio, video } => {
            params.flag("audio", *audio);
            params.flag("video", *video);
        }
        Signal::Restart | Signal::Bye | Signal::Unknown => {}
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

    /// What lets the call's media find its way (`call.create`, `call.accept`, `call.ice`,
    /// `call.test`).
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn ice(&self) -> Result<Ice, Error> {
        self.read(|result| Ice {
            servers: result
                .find("iceServers")
                .map(|field| field.items().map(|field| ice_server(&field)).collect())
                .unwrap_or_default(),
            ttl: result.small("iceTtl").unwrap_or(0),
        })
    }
}

impl SignalValue {
    pub(super) fn of(field: &Field<'_>) -> Self {
        let seq = field.needed_whole("seq");
        Self { seq, value: Private::new(field.copied()) }
    }

    /// What was said.
    ///
    /// # Errors
    /// The value has another shape.
    pub fn signal(&self) -> Result<Signal, DecodeError> {
        let notes = Notes::default();
        let signal = signal(&Field::root(&self.value, &notes));
        if notes.failed() { Err(DecodeError::Shape) } else { Ok(signal) }
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

fn ice_server(field: &Field<'_>) -> IceServer {
    IceServer {
        urls: field.strings("urls"),
        username: field.string("username"),
        credential: field.string("credential").map(Private::new),
    }
}

fn signal(field: &Field<'_>) -> Signal {
    let generation = || field.small("gen").unwrap_or(0);
    match field.needed_text("type", "a text") {
        "offer" => Signal::Offer {
            generation: generation(),
            sdp: needed(field, "sdp"),
            fresh: field.flag("fresh", false),
            restart: field.flag("restart", false),
        },
        "answer" => Signal::Answer { generation: generation(), sdp: needed(field, "sdp") },
        "candidates" => Signal::Candidates {
            generation: generation(),
            candidates: field.get("candidates").items().map(|field| candidate(&field)).collect(),
            end: field.flag("end", false),
        },
        "restart" => Signal::Restart,
        "media" => {
            Signal::Media { audio: field.flag("audio", true), video: field.flag("video", true) }
        }
        "bye" => Signal::Bye,
        _ => Signal::Unknown,
    }
}

fn candidate(field: &Field<'_>) -> Candidate {
    Candidate {
        candidate: needed(field, "candidate"),
        sdp_mid: field.string("sdpMid"),
        sdp_m_line_index: field.small("sdpMLineIndex"),
        username_fragment: field.string("usernameFragment"),
    }
}
