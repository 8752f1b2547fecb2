//! The error object: a code, a reason that a program can act on, a sentence for developers.

use crate::wire::id::SessionId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// `{"code", "message", "data": {"reason", "retryable", "retryAfter"?}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// JSON-RPC's own codes below zero, the application's above a thousand.
    pub code: i32,
    /// For developers, in English. Never shown to a visitor.
    pub message: String,
    /// What a program may act on.
    pub data: FaultData,
}

/// The part of a [`Fault`] that programs read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultData {
    /// `UPPER_SNAKE`, one for one with the code.
    pub reason: String,
    /// The same call may succeed later, unchanged.
    pub retryable: bool,
    /// Milliseconds to wait before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// With `SESSION_OPEN`: the session that is open already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
}

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $reason:literal, $retryable:literal;)*) => {
        impl Fault {
            $($(#[$doc])*
            pub fn $name(message: impl Into<String>) -> Self {
                Self {
                    code: $code,
                    message: message.into(),
                    data: FaultData { reason: $reason.to_owned(), retryable: $retryable, retry_after: None, session: None },
                }
            })*
        }
    };
}

faults! {
    /// Not JSON.
    parse = -32700, "PARSE_ERROR", false;
    /// JSON, but not a request.
    request = -32600, "INVALID_REQUEST", false;
    /// No such method here.
    method = -32601, "METHOD_NOT_FOUND", false;
    /// A parameter is missing or of the wrong shape; the message names it.
    params = -32602, "INVALID_PARAMS", false;
    /// The server failed; nothing was done.
    internal = -32603, "INTERNAL", true;
    /// An array of requests.
    batch = -32005, "BATCH_UNSUPPORTED", false;
    /// More topics than one connection may follow.
    subscriptions = -32006, "TOO_MANY_SUBSCRIPTIONS", false;
    /// A list in the request is longer than it may be.
    too_large = -32007, "REQUEST_TOO_LARGE", false;
    /// Too much going on.
    busy = -32009, "BUSY", true;
    /// Say `hello` first.
    hello_required = 1001, "HELLO_REQUIRED", false;
    /// The client speaks another API.
    version = 1002, "VERSION_UNSUPPORTED", false;
    /// No topic of that name.
    unknown_topic = 1003, "UNKNOWN_TOPIC", false;
    /// The operator's passcode is wrong or missing.
    passcode = 1004, "PASSCODE_WRONG", false;
    /// No service of that code.
    service_not_found = 1101, "SERVICE_NOT_FOUND", false;
    /// The channel is known, but not paid for. This server never says so; a TVox does.
    no_license = 1103, "NO_LICENSE", false;
    /// The channel is off, here or for this service.
    channel_disabled = 1102, "CHANNEL_DISABLED", false;
    /// Closed by its calendar.
    overtime = 1104, "OVERTIME", false;
    /// Open, but nobody is there to answer.
    out_of_service = 1105, "OUT_OF_SERVICE", false;
    /// One open session a channel.
    session_open = 1106, "SESSION_OPEN", false;
    /// No telephone number that can be called from here.
    invalid_phone = 1107, "INVALID_PHONE", false;
    /// Slow down.
    rate_limited = 1201, "RATE_LIMITED", true;
    /// More characters than a message may have.
    message_too_long = 1202, "MESSAGE_TOO_LONG", false;
    /// The frame is larger than a frame may be. Said by clients to themselves; the server closes with 1009.
    frame_too_big = 1204, "FRAME_TOO_BIG", false;
    /// No operator is connected at the moment.
    not_connected = 1203, "NOT_CONNECTED", true;
    /// The queue takes no more.
    queue_full = 1205, "QUEUE_FULL", true;
    /// The conversation is over.
    session_closed = 1301, "SESSION_CLOSED", false;
    /// No mail can be sent from here.
    mail_not_configured = 1302, "MAIL_NOT_CONFIGURED", false;
    /// No such session, or not of this caller: the answer is the same.
    session_not_found = 1303, "SESSION_NOT_FOUND", false;
    /// The key was used before, with other parameters.
    key_reused = 1304, "KEY_REUSED", false;
    /// A type of file that is not taken, or a content that is none of it.
    file_type = 1401, "FILE_TYPE", false;
    /// A file is empty or too large, or of another length than was said.
    file_size = 1402, "FILE_SIZE", false;
    /// A file may not be called that.
    file_name = 1403, "FILE_NAME", false;
    /// A file carries something bad.
    file_infected = 1404, "FILE_INFECTED", false;
    /// The token of an upload is none, or is none any more; the file never came.
    upload_expired = 1405, "UPLOAD_EXPIRED", false;
    /// A signal of no known shape.
    bad_signal = 1502, "BAD_SIGNAL", false;
    /// The browser has no media, or may not use it. Said by clients to themselves.
    media_unsupported = 1503, "MEDIA_UNSUPPORTED", false;
    /// Another connection has the signals of this call.
    taken_over = 1504, "TAKEN_OVER", false;
    /// Another operator has this contact.
    already_taken = 1601, "ALREADY_TAKEN", false;
    /// The contact does not ring with this operator.
    not_offered = 1602, "NOT_OFFERED", false;
    /// The colleague takes no contacts now.
    colleague_unavailable = 1603, "COLLEAGUE_UNAVAILABLE", true;
}

impl Fault {
    /// Says when to try again.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.data.retry_after = Some(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1));
        self
    }

    /// Names the session that stands in the way.
    #[must_use]
    pub fn about(mut self, session: SessionId) -> Self {
        self.data.session = Some(session);
        self
    }
}
