use serde::Serialize;

use super::{ChannelType, CustomerInfo, Private, SessionField, SessionId, wire_enum};

wire_enum! {
    /// Whether a session lives (reference, `MultiChannelState`).
    MultiChannelState {
        /// It lives.
        Active = "ACTIVE",
        /// It has ended.
        Closed = "CLOSED",
    }
}

wire_enum! {
    /// What a session is doing (reference, `MultiChannelStepType`).
    StepType {
        /// Waiting for an operator.
        Queue = "QUEUE",
        /// A message is played to the visitor.
        Play = "PLAY",
        /// An operator is being rung.
        Connecting = "CONNECTING",
        /// With an operator.
        Connected = "CONNECTED",
        /// The operator asks the page to go elsewhere.
        ToUrl = "TO_URL",
        /// About to end because nobody writes.
        InactiveTimeout = "INACTIVE_TIMEOUT",
        /// Somebody wrote in time.
        ActiveFromTimeout = "ACTIVE_FROM_TIMEOUT",
        /// About to end because it has lasted as long as it may.
        MaxDurationTimeout = "MAX_DURATION_TIMEOUT",
    }
}

/// The present step (reference, `MultiChannelStepUnion`): the fields of every step kind side by
/// side, of which the present kind fills its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Counts the steps of the session; a `TO_URL` step is acted on once per number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<i64>,
    /// What kind of step it is.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<StepType>,
    /// Place in the queue, from 1; `None` where the server does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_position: Option<u32>,
    /// Seconds until an operator is likely to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_wait: Option<u32>,
    /// Text to show while waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub welcome_message: Option<String>,
    /// What a `PLAY` step shows or lets be heard beside its text; beyond the reference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<StepMedia>,
    /// Where a `TO_URL` step wants to lead. Not to be followed without a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// When the session ends unless somebody writes: epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactivity_expire_datetime: Option<i64>,
}

/// A picture, a sound or a film that a `PLAY` step plays to the visitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepMedia {
    /// The media type (RFC 6838), such as `audio/mpeg`.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Where it is: an address, or a path of the server. Not to be followed without a check.
    pub url: String,
}

/// A chat that the visitor wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatRequest {
    /// The service's code.
    pub service: String,
    /// Who asks; the configuration's customer where this is `None`.
    pub customer: Option<CustomerInfo>,
    /// What the service's form asked.
    pub fields: Vec<SessionField>,
    /// A call of the visitor's own, whose operator is to be rung first.
    pub with: Option<SessionId>,
}

impl Step {
    /// Whether the step is of this kind.
    #[must_use]
    pub fn is(&self, kind: &StepType) -> bool {
        self.kind.as_ref() == Some(kind)
    }
}

/// The operator a session is with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agent {
    /// The name shown to visitors.
    pub name: Private<String>,
}

/// A chat session as the server sees it (reference, `ChatChannelSession`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatChannelSession {
    /// The session's id.
    pub id: SessionId,
    /// The code of the service it is with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Whether it lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_state: Option<MultiChannelState>,
    /// What it is doing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Who answers; beyond the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
}

impl ChatChannelSession {
    /// The kind of the present step.
    #[must_use]
    pub fn step_type(&self) -> Option<&StepType> {
        self.step.as_ref()?.kind.as_ref()
    }

    /// Whether the session has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.session_state == Some(MultiChannelState::Closed)
    }

    /// Whether an operator reads what is sent. Warnings about time and a page push arise in the
    /// middle of a conversation and do not interrupt it.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        !self.is_closed()
            && matches!(
                self.step_type(),
                Some(
                    StepType::Connected
                        | StepType::ToUrl
                        | StepType::InactiveTimeout
                        | StepType::ActiveFromTimeout
                        | StepType::MaxDurationTimeout
                )
            )
    }
}

/// A session that was already running when the connection came up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenSession {
    /// The session's id.
    pub id: SessionId,
    /// Its channel.
    pub channel: ChannelType,
    /// The code of its service.
    pub service: String,
}
