//! What the engine remembers of visitors, operators and sessions.

use super::link::LinkId;
use super::signals::Signals;
use super::time::Timestamp;
use crate::mutant::{self, Mutant};
use crate::wire::call::Key;
use crate::wire::desk::{OperatorStatus, RatingValue, Visit};
use crate::wire::fault::Fault;
use crate::wire::file::Attachment;
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::model::{Channel, Customer, Field, Receipts};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// SHA-256 of a token: all that is kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

pub(super) struct Visitor {
    pub(super) token: TokenHash,
    pub(super) origin: String,
    pub(super) locale: Option<String>,
    pub(super) customer: Option<Customer>,
    /// What he is about to choose.
    pub(super) chosen: Option<(Channel, String)>,
    /// When he was last connected; as long as he is, when he came.
    pub(super) seen: Timestamp,
    pub(super) links: BTreeSet<LinkId>,
    pub(super) sessions: BTreeSet<SessionId>,
    pub(super) visits: VecDeque<Visit>,
    /// How many visits there ever were.
    pub(super) visited: u64,
    pub(super) keys: Keys,
}

pub(super) struct Operator {
    /// Absent for automatic ones.
    pub(super) token: Option<TokenHash>,
    pub(super) name: String,
    /// Codes, in the order of the settings.
    pub(super) services: Vec<String>,
    pub(super) status: OperatorStatus,
    pub(super) automatic: bool,
    /// Connected, or within the grace time.
    pub(super) present: bool,
    /// When he was last connected; as long as he is, when he came.
    pub(super) seen: Timestamp,
    /// When he was last rung.
    pub(super) rung: Timestamp,
    pub(super) links: BTreeSet<LinkId>,
    /// Offered and connected.
    pub(super) contacts: BTreeSet<SessionId>,
    pub(super) keys: Keys,
}

impl Operator {
    pub(super) fn joined(&self, service: &str) -> bool {
        self.services.iter().any(|code| code == service)
    }
}

pub(super) struct Session {
    pub(super) visitor: VisitorId,
    pub(super) channel: Channel,
    pub(super) service: String,
    pub(super) customer: Option<Customer>,
    pub(super) fields: Vec<Field>,
    pub(super) created: Timestamp,
    pub(super) progress: Progress,
    pub(super) log: Vec<Entry>,
    /// Place in the queue, as last told.
    pub(super) position: Option<u32>,
    /// Seconds, as last told.
    pub(super) expected_wait: Option<u32>,
    /// When one side last did something.
    pub(super) active: Timestamp,
    /// Who let it go, and until when it does not ring there.
    pub(super) refused: BTreeMap<OperatorId, Timestamp>,
    /// Of a call.
    pub(super) signals: Signals,
}

/// The part of a session that changes, log apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub(super) stage: Stage,
    /// Number of the step on the wire.
    pub(super) step: u32,
    /// Place among those that wait: the smaller, the earlier.
    pub(super) order: i64,
    /// When it joined the queue, the last time.
    pub(super) queued: Timestamp,
    /// What the visitor has received and read.
    pub(super) by_visitor: Receipts,
    /// What operators have received and read.
    pub(super) by_operator: Receipts,
    /// Operators who were connected with it.
    pub(super) handled: BTreeSet<OperatorId>,
    /// When it was answered, the last time.
    #[serde(default)]
    pub(super) answered: Option<Timestamp>,
    /// Transcripts that were sent.
    #[serde(default)]
    pub(super) recaps: usize,
    /// How it was passed on, the last time.
    #[serde(default)]
    pub(super) transfer: Option<Box<Transfer>>,
    /// What the visitor thinks of it.
    #[serde(default)]
    pub(super) rating: Option<Box<RatingValue>>,
    /// Of a call.
    #[serde(default)]
    pub(super) call: Option<CallProgress>,
}

/// From one operator to another, or to a service.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Transfer {
    /// Who passed it on.
    pub(super) from: OperatorId,
    /// His name: he may be gone by the time it is read.
    pub(super) by: String,
    /// The colleague's name, or the service's.
    pub(super) to: String,
    /// What the next one should know.
    pub(super) note: Option<String>,
    /// It rings with the colleague, and stays on the desk of who passed it on until somebody has it.
    pub(super) pending: bool,
    /// The colleague did not take it.
    pub(super) returned: bool,
}

impl std::fmt::Debug for Transfer {
    /// Without the note: what is said about a visitor is nobody else's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transfer({} pending={})", self.from, self.pending)
    }
}

/// What a call has beside what every session has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CallProgress {
    /// The operator has put it on hold.
    pub(super) held: bool,
    /// When its state became what it is.
    pub(super) since: Timestamp,
    /// The conversation that it came from.
    pub(super) with: Option<SessionId>,
    /// Signals that are forgotten: of those that the visitor reads, and of those that the operator does.
    #[serde(default)]
    pub(super) signals_gone: (u64, u64),
}

impl Progress {
    /// Waits again.
    pub(super) fn requeue(&mut self, now: Timestamp) {
        self.stage = Stage::Waiting;
        self.step += 1;
        self.queued = now;
    }
}

/// Where a session stands.
///
/// ```text
///  chat.create ──▶ Welcome ──▶ Waiting ◀──────── refused, unanswered, operator lost
///                     │           │ ▲
///                     │     offer ▼ │ refused
///                     │        Offered
///                     ▼           ▼  accept
///                     └──────▶ Connected ⟲ remarks: page pushed, silent for long
///                                 │ ▲  passed on to a colleague: Offered, and back if he does not take it;
///                                 ▼ │  to a service: Waiting
///                                 ▲  accept
///  operator's call.create ──▶ Invited
///   any ──▶ Closed
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    Welcome {
        until: Timestamp,
    },
    Waiting,
    Offered {
        operator: OperatorId,
        until: Timestamp,
    },
    /// A call that rings with the visitor.
    Invited {
        operator: OperatorId,
        until: Timestamp,
    },
    Connected {
        operator: OperatorId,
        remark: Remark,
    },
    Closed {
        at: Timestamp,
    },
}

/// What is said to the visitor while a conversation goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Remark {
    None,
    ToUrl {
        uri: String,
        until: Timestamp,
    },
    Inactive {
        expires: Timestamp,
    },
    /// Only for the moment in which it is published.
    ActiveAgain,
    /// Only for the moment in which it is published.
    DurationOver,
}

/// An entry of a chat's log. Its `seq` is its place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What an entry says.
#[derive(Clone, PartialEq, Eq)]
pub enum What {
    /// The session began.
    Opened,
    /// It ended.
    Closed,
    /// Somebody said something.
    Said {
        /// Who.
        by: Author,
        /// The sender's key.
        key: String,
        /// The text.
        text: String,
    },
    /// Somebody sent a file, or it is known what became of it.
    File {
        /// Who sent it.
        by: Author,
        /// The sender's key, when it arrived.
        key: Option<String>,
        /// What it is now.
        attachment: Attachment,
    },
}

impl std::fmt::Debug for What {
    /// Without the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Opened => f.write_str("Opened"),
            Self::Closed => f.write_str("Closed"),
            Self::Said { by, .. } => write!(f, "Said({by:?})"),
            Self::File { by, attachment, .. } => write!(f, "File({by:?}, {attachment:?})"),
        }
    }
}

/// Who said something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// The visitor.
    Visitor,
    /// The page, in the operator's name.
    Greeting,
    /// An operator.
    Operator(OperatorId),
}

impl Session {
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.progress.stage, Stage::Closed { .. })
    }

    /// Waits for an operator, be it that somebody is rung already.
    pub(super) fn is_queued(&self) -> bool {
        matches!(
            self.progress.stage,
            Stage::Welcome { .. } | Stage::Waiting | Stage::Offered { .. }
        )
    }

    /// How long the operator who is connected has had it by now.
    pub(super) fn handled_for(&self, now: Timestamp) -> Option<Duration> {
        match self.progress.stage {
            Stage::Connected { .. } => self.progress.answered.map(|answered| now.since(answered)),
            Stage::Welcome { .. }
            | Stage::Waiting
            | Stage::Offered { .. }
            | Stage::Invited { .. }
            | Stage::Closed { .. } => None,
        }
    }

    /// Who is rung or connected, or rings.
    pub(super) fn operator(&self) -> Option<&OperatorId> {
        match &self.progress.stage {
            Stage::Offered { operator, .. }
            | Stage::Invited { operator, .. }
            | Stage::Connected { operator, .. } => Some(operator),
            Stage::Welcome { .. } | Stage::Waiting | Stage::Closed { .. } => None,
        }
    }

    /// Rings with a colleague of that operator, who passed it on.
    pub(super) fn is_passed_on_by(&self, id: &OperatorId) -> bool {
        self.progress.transfer.as_ref().is_some_and(|it| it.pending && it.from == *id)
    }

    pub(super) fn connected_with(&self, id: &OperatorId) -> bool {
        matches!(&self.progress.stage, Stage::Connected { operator, .. } if operator == id)
    }
}

/// Which calls were made, and what was answered: for as long as the session lives.
#[derive(Default)]
pub(super) struct Keys(BTreeMap<(String, String), Kept>);

/// The first answer to a call with a key.
#[derive(Clone)]
pub struct Kept {
    /// Of the parameters.
    pub fingerprint: [u8; 16],
    /// The answer's result.
    pub result: Box<RawValue>,
    /// With which it is forgotten.
    pub session: SessionId,
}

impl std::fmt::Debug for Kept {
    /// Without the answer: it may hold what somebody wrote.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({})", self.session)
    }
}

impl Keys {
    /// The first answer, if there was one.
    pub(super) fn recall(
        &self,
        method: &str,
        key: &Key,
        fingerprint: [u8; 16],
    ) -> Result<Option<Box<RawValue>>, Fault> {
        if mutant::is_made(Mutant::NoDedupe) {
            return Ok(None);
        }
        match self.0.get(&(method.to_owned(), key.as_str().to_owned())) {
            None => Ok(None),
            Some(kept) if kept.fingerprint == fingerprint => Ok(Some(kept.result.clone())),
            Some(_) => Err(Fault::key_reused("this key was used with other parameters")),
        }
    }

    pub(super) fn keep(&mut self, method: &str, key: &str, kept: Kept) {
        self.0.insert((method.to_owned(), key.to_owned()), kept);
    }

    pub(super) fn forget(&mut self, session: &SessionId) {
        self.0.retain(|_, kept| kept.session != *session);
    }
}

/// Tells two sets of parameters apart. Lengths are hashed too, so that no two lists of parts run into one another.
pub(super) fn fingerprint(parts: &[&str]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}
