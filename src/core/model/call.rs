use serde::Serialize;

use super::{
    Agent, ChannelType, CustomerInfo, MultiChannelState, SessionField, SessionId, Step, StepType,
    wire_enum,
};

wire_enum! {
    /// What an audio or video call is doing (reference, `CallState`).
    CallState {
        /// The operator calls, as an invitation from a chat.
        NewInbound = "NEW_INBOUND",
        /// The visitor calls.
        NewOutbound = "NEW_OUTBOUND",
        /// Both sides talk.
        Connected = "CONNECTED",
        /// More than two talk.
        Conferenced = "CONFERENCED",
        /// The operator has put the call on hold.
        Hold = "HOLD",
        /// The call has ended.
        Idle = "IDLE",
    }
}

/// A call that the visitor wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRequest {
    /// [`ChannelType::Video`] or [`ChannelType::PhoneCall`].
    pub channel: ChannelType,
    /// The service's code.
    pub service: String,
    /// Who asks; the configuration's customer where this is `None`.
    pub customer: Option<CustomerInfo>,
    /// What the service's form asked.
    pub fields: Vec<SessionField>,
    /// A conversation whose operator is to be rung first.
    pub with: Option<SessionId>,
}

/// An audio or video call as the server sees it (reference, `CallChannelSession`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallChannelSession {
    /// The session's id.
    pub id: SessionId,
    /// The code of the service it is with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Whether it lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_state: Option<MultiChannelState>,
    /// What it is doing, such as waiting in the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// The call's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<CallState>,
    /// When the talk began: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The server's clock when it said this: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Who answers; beyond the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// Until when an invitation ([`CallState::NewInbound`]) rings: RFC 3339; beyond the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The conversation that the call came from; beyond the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<SessionId>,
}

/// A video call (reference, `VideoChannelSession`): the same shape.
pub type VideoChannelSession = CallChannelSession;

impl CallChannelSession {
    /// The kind of the present step.
    #[must_use]
    pub fn step_type(&self) -> Option<&StepType> {
        self.step.as_ref()?.kind.as_ref()
    }

    /// Whether the call has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == Some(CallState::Idle) || self.session_state == Some(MultiChannelState::Closed)
    }
}
