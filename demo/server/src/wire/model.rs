//! The documented vocabulary, as it stands on the wires: channels, customers, steps, sessions, chat events.

use crate::wire::file::Attachment;
use crate::wire::id::SessionId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A way to reach the contact centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Channel {
    /// Text.
    Chat,
    /// Sound and picture.
    Video,
    /// Sound.
    PhoneCall,
    /// A ticket.
    Mail,
    /// To be called back.
    Callback,
}

impl Channel {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::Chat, Self::Video, Self::PhoneCall, Self::Mail, Self::Callback];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "CHAT",
            Self::Video => "VIDEO",
            Self::PhoneCall => "PHONE_CALL",
            Self::Mail => "MAIL",
            Self::Callback => "CALLBACK",
        }
    }

    /// Whether a contact through it is a call.
    pub fn is_call(self) -> bool {
        matches!(self, Self::Video | Self::PhoneCall)
    }

    /// The channel of that name on the wire.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// What a visitor said about himself. A label: it opens nothing. Absent fields stay absent.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Customer {
    /// The name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_display_name: Option<String>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_first_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_last_name: Option<String>,
    /// An id in somebody's address book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// Mail address, by custom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_value: Option<String>,
    /// Telephone number, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_phone_number: Option<String>,
    /// Company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_company: Option<String>,
}

impl fmt::Debug for Customer {
    /// Personal data: never printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Customer(…)")
    }
}

impl Customer {
    /// Every field with its name on the wire.
    pub fn fields_mut(&mut self) -> [(&'static str, &mut Option<String>); 7] {
        [
            ("customerDisplayName", &mut self.customer_display_name),
            ("customerFirstName", &mut self.customer_first_name),
            ("customerLastName", &mut self.customer_last_name),
            ("customerId", &mut self.customer_id),
            ("customerValue", &mut self.customer_value),
            ("customerPhoneNumber", &mut self.customer_phone_number),
            ("customerCompany", &mut self.customer_company),
        ]
    }

    /// The display name alone, as the lists of the console carry it.
    pub fn label(&self) -> Option<Self> {
        self.customer_display_name
            .clone()
            .map(|name| Self { customer_display_name: Some(name), ..Self::default() })
    }
}

/// One field of the form before contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Which field.
    pub key: String,
    /// What the visitor typed.
    pub value: String,
}

impl fmt::Debug for Field {
    /// Personal data: never printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Field(…)")
    }
}

/// Whether a channel or service is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Configuration {
    /// Switched off.
    Disabled,
    /// In use.
    Enabled,
    /// Unknown here.
    NotFound,
    /// Known, but not paid for. This server never says so; a TVox does.
    NoLicense,
    /// Cannot be said.
    Failed,
}

/// Whether somebody would answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Availability {
    /// Open, with an operator.
    Active,
    /// Open, without one.
    OutOfService,
    /// Closed by the calendar.
    Overtime,
    /// There is no such service.
    Failed,
}

/// Value of `service/<code>/<CHANNEL>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStatus {
    /// The channel asked for.
    pub channel_id: Channel,
    /// The service's code.
    pub service: String,
    /// Of the channel on this server.
    pub channel_configuration: Configuration,
    /// Of the service on this channel.
    pub service_configuration: Configuration,
    /// Whether to offer it.
    pub status: Availability,
}

/// Whether a session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SessionState {
    /// It does.
    Active,
    /// It does not, and never will again.
    Closed,
}

/// Kinds of [`Step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StepKind {
    /// Waiting, at `queuePosition`.
    Queue,
    /// Hears or reads the welcome.
    Play,
    /// Rings with an operator.
    Connecting,
    /// Speaks with an operator.
    Connected,
    /// The operator pushes a page.
    ToUrl,
    /// Silent for long; ends at `inactivityExpireDatetime`.
    InactiveTimeout,
    /// Was silent, is back.
    ActiveFromTimeout,
    /// The longest time is over.
    MaxDurationTimeout,
}

/// A picture, a sound or a film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// The media type.
    #[serde(rename = "type")]
    pub kind: String,
    /// A path of this server, or an address.
    pub url: String,
}

/// Where a session stands. `step` counts up with every change of kind.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// From 1.
    pub step: u32,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: StepKind,
    /// With `QUEUE`: from 1. Absent where it cannot be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_position: Option<u32>,
    /// With `QUEUE`: seconds, an estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_wait: Option<u32>,
    /// With `PLAY`: the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome_message: Option<String>,
    /// With `PLAY`: what is seen or heard beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// With `TO_URL`: where to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// With `INACTIVE_TIMEOUT`: milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactivity_expire_datetime: Option<i64>,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Step({} {:?})", self.step, self.kind)
    }
}

/// Who answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The name to show to the visitor.
    pub name: String,
}

/// Value of the visitor's `session/<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionValue {
    /// The session.
    pub id: SessionId,
    /// Its service's code.
    pub service: String,
    /// Whether it goes on.
    pub session_state: SessionState,
    /// Where it stands. Absent once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// The operator, once one is connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
}

/// What an entry of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageType {
    /// Somebody said something.
    Message,
    /// The first entry.
    OpenSession,
    /// The last entry.
    ClosedSession,
}

/// What the sender does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageStatus {
    /// Has written.
    Wrote,
    /// Is writing.
    Composing,
    /// Has stopped.
    Idle,
}

/// As the visitor's widget sees it, on both wires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// Towards the widget.
    Inbound,
    /// From the widget.
    Outbound,
}

/// An entry of `chat/<id>`; without `seq` it is ephemeral.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatEvent {
    /// Previous + 1, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// `m_<seq>`, unique within the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The session.
    pub session_id: SessionId,
    /// Absent for typing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_type: Option<MessageType>,
    /// Absent for the first and the last entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<MessageStatus>,
    /// Absent for the first and the last entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The sender's own, shown to the sender only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Said by the page in the operator's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<bool>,
    /// A file that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// The operator who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// RFC 3339, UTC, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
}

impl fmt::Debug for ChatEvent {
    /// Without the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChatEvent({:?} {:?} {:?})", self.seq, self.message_type, self.direction)
    }
}

/// Value of `receipts/<id>`: up to and including these `seq`, 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// Arrived.
    pub received: u64,
    /// Seen.
    pub read: u64,
}

/// A session as `hello` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    /// The session.
    pub id: SessionId,
    /// Through which channel.
    pub channel: Channel,
    /// For which service.
    pub service: String,
}
