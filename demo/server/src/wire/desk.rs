//! What only operators see: contacts, the desk, the queue, colleagues, visited pages.

use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::model::{Channel, Customer, Field, SessionValue};
use crate::wire::telephony::CallFacts;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an operator may know about who is on the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorValue {
    /// The visitor.
    pub id: VisitorId,
    /// A connection is open now.
    pub online: bool,
    /// BCP 47, as the page said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// What the visitor was last about to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Chosen>,
}

/// A channel and a service, picked but perhaps not yet entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Which channel.
    pub channel: Channel,
    /// Which service's code.
    pub service: String,
}

/// Value of the operator's `session/<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactValue {
    /// What the visitor sees.
    #[serde(flatten)]
    pub session: SessionValue,
    /// Of a call.
    #[serde(flatten)]
    pub call: Option<CallFacts>,
    /// Through which channel.
    pub channel: Channel,
    /// When the visitor asked.
    pub since: String,
    /// Absent for an anonymous visitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The form before contact.
    pub fields: Vec<Field>,
    /// How it was passed on, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferValue>,
    /// What the visitor thinks of it, if he said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingValue>,
    /// Who is on the other side.
    pub visitor: VisitorValue,
}

/// How it was.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingValue {
    /// 1 to 5.
    pub score: u8,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl fmt::Debug for RatingValue {
    /// Without the words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RatingValue({})", self.score)
    }
}

/// A contact that was passed on, the last time.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferValue {
    /// The name of who passed it on.
    pub by: String,
    /// The colleague's name, or the service's description.
    pub to: String,
    /// What the next one should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The colleague did not take it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returned: bool,
}

impl fmt::Debug for TransferValue {
    /// Without the note: what is said about a visitor is nobody else's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransferValue(returned={})", self.returned)
    }
}

/// A page that the visitor saw.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    /// When, RFC 3339.
    pub at: String,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linkable_uri: Option<String>,
    /// The path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri_display: Option<String>,
}

impl fmt::Debug for Visit {
    /// Where somebody went is his own business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Visit(…)")
    }
}

/// Whether an operator takes contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OperatorStatus {
    /// Is rung.
    Available,
    /// Is not, but may accept by hand.
    Paused,
}

/// What a contact on a desk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeskState {
    /// Rings.
    Offered,
    /// Talks.
    Connected,
    /// The visitor is rung.
    Invited,
    /// Passed on by him; rings with the colleague.
    Transferring,
}

/// One line of a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskContact {
    /// The session.
    pub id: SessionId,
    /// Through which channel.
    pub channel: Channel,
    /// For which service.
    pub service: String,
    /// Rings or talks.
    pub state: DeskState,
    /// When the visitor asked.
    pub since: String,
    /// Until when it rings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Display name only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// How it was passed on, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferValue>,
    /// Who is on the other side.
    pub visitor: VisitorValue,
}

/// Value of `desk`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Whose.
    pub operator: OperatorId,
    /// His name.
    pub name: String,
    /// Whether he is rung.
    pub status: OperatorStatus,
    /// What he answers.
    pub services: Vec<String>,
    /// Offered and connected, the oldest first.
    pub contacts: Vec<DeskContact>,
}

/// One line of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueContact {
    /// The session.
    pub id: SessionId,
    /// Through which channel.
    pub channel: Channel,
    /// For which service.
    pub service: String,
    /// As the visitor sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// Rings with somebody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offered: bool,
    /// Still hears its welcome.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub playing: bool,
    /// When the visitor asked.
    pub since: String,
    /// Display name only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// Who is on the other side.
    pub visitor: VisitorValue,
}

/// Value of `queue`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// How many wait.
    pub total: usize,
    /// The first of them, the longest waiting first.
    pub waiting: Vec<QueueContact>,
}

/// One line of `operators`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorLine {
    /// The operator.
    pub id: OperatorId,
    /// His name.
    pub name: String,
    /// Whether he is rung.
    pub status: OperatorStatus,
    /// A connection is open now.
    pub online: bool,
    /// No person.
    pub automatic: bool,
    /// What he answers.
    pub services: Vec<String>,
    /// How many he has.
    pub contacts: usize,
}

/// Value of `operators`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operators {
    /// By name.
    pub operators: Vec<OperatorLine>,
}

/// Value of `visits/<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visits {
    /// The newest last.
    pub visits: Vec<Visit>,
}
