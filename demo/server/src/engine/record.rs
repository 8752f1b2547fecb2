//! What must be on the disk before anything is acknowledged, and what is read back from it.

use super::state::{Entry, Kept, Progress, TokenHash};
use super::time::Timestamp;
use crate::wire::desk::{OperatorStatus, Visit};
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::model::{Channel, Customer, Field};

/// One change to what is kept.
#[derive(Clone, Debug)]
pub enum Record {
    /// A visitor came, went, or said who he is.
    Visitor(VisitorRow),
    /// A visitor is forgotten.
    VisitorGone(VisitorId),
    /// A page that a visitor saw: his `number`th. Those before `oldest` are forgotten.
    Visit {
        /// Whose.
        visitor: VisitorId,
        /// Counts up.
        number: u64,
        /// The first to keep.
        oldest: u64,
        /// What he saw.
        visit: Visit,
    },
    /// An operator came, went, or changed something.
    Operator(OperatorRow),
    /// An operator is forgotten.
    OperatorGone(OperatorId),
    /// A session began.
    SessionOpened(SessionRow),
    /// Something but its log changed.
    SessionChanged {
        /// Which.
        id: SessionId,
        /// The whole of it.
        progress: Progress,
        /// If it is over.
        closed: Option<Timestamp>,
    },
    /// Nobody can ask for it any more; the transcript stays for its time.
    SessionRetired(SessionId),
    /// A line of a log.
    Entry {
        /// Of which session.
        session: SessionId,
        /// Its place.
        seq: u64,
        /// The line.
        entry: Entry,
    },
    /// An answer to give again.
    Key {
        /// To whom.
        owner: Owner,
        /// For which method.
        method: &'static str,
        /// For which key.
        key: String,
        /// The answer.
        kept: Kept,
    },
    /// The server was alive then.
    Alive(Timestamp),
}

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A visitor's.
    Visitor(VisitorId),
    /// An operator's.
    Operator(OperatorId),
}

/// A visitor as he is kept.
#[derive(Clone, Debug)]
pub struct VisitorRow {
    /// His id.
    pub id: VisitorId,
    /// Opens his sessions.
    pub token: TokenHash,
    /// From where alone it does.
    pub origin: String,
    /// BCP 47.
    pub locale: Option<String>,
    /// What he typed.
    pub customer: Option<Customer>,
    /// When he was last connected.
    pub seen: Timestamp,
    /// He is connected now.
    pub online: bool,
}

/// An operator as he is kept.
#[derive(Clone, Debug)]
pub struct OperatorRow {
    /// His id.
    pub id: OperatorId,
    /// Logs him in again.
    pub token: Option<TokenHash>,
    /// His name.
    pub name: String,
    /// What he answers.
    pub services: Vec<String>,
    /// Whether he is rung.
    pub status: OperatorStatus,
    /// No person.
    pub automatic: bool,
    /// Connected or within the grace time.
    pub present: bool,
    /// When he was last connected.
    pub seen: Timestamp,
}

/// A session as it is kept, log and keys apart.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub visitor: VisitorId,
    /// Through which channel.
    pub channel: Channel,
    /// For which service.
    pub service: String,
    /// What the visitor typed.
    pub customer: Option<Customer>,
    /// The form before contact.
    pub fields: Vec<Field>,
    /// When.
    pub created: Timestamp,
    /// The rest.
    pub progress: Progress,
}

/// A visitor with his visits, oldest first, each with its number.
#[derive(Clone, Debug)]
pub struct KeptVisitor {
    /// Who.
    pub row: VisitorRow,
    /// Where he was.
    pub visits: Vec<(u64, Visit)>,
}

/// All that was kept.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Of the logs: new where they are.
    pub epoch: String,
    /// How often the server was started before.
    pub boot: u64,
    /// When it was last alive.
    pub alive: Timestamp,
    /// All that are not forgotten.
    pub visitors: Vec<KeptVisitor>,
    /// All that are not forgotten.
    pub operators: Vec<OperatorRow>,
    /// All that are not retired, with their logs.
    pub sessions: Vec<(SessionRow, Vec<Entry>)>,
    /// Answers to give again: owner, method, key.
    pub keys: Vec<(Owner, String, String, Kept)>,
}
