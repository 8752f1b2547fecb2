//! What must be on the disk before anything is acknowledged, and what is read back from it.

use super::files::FileRow;
use super::state::{Entry, Kept, Progress, TokenHash};
use super::time::Timestamp;
use super::views::Side;
use crate::wire::desk::{OperatorStatus, Visit};
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::model::{Channel, Customer, Field};
use serde_json::value::RawValue;

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
        /// Its service, to which it may have been passed on.
        service: String,
        /// The whole of it.
        progress: Progress,
        /// If it is over.
        closed: Option<Timestamp>,
    },
    /// Nobody can ask for it any more; the transcript stays for its time.
    SessionRetired(SessionId),
    /// A line of a call's signals.
    Signal(KeptSignal),
    /// The signals of a call are not needed any more.
    SignalsGone(SessionId),
    /// A line of a log.
    Entry {
        /// Of which session.
        session: SessionId,
        /// Its place.
        seq: u64,
        /// The line.
        entry: Entry,
    },
    /// A file was announced, arrived, or was looked at.
    File(FileRow),
    /// A visitor wrote.
    Ticket(TicketRow),
    /// A visitor wants to be called.
    Callback(CallbackRow),
    /// A visitor judged; a later judgement replaces an earlier one.
    Rating(RatingRow),
    /// A mail to send.
    Mail(Mail),
    /// A mail that was sent.
    MailSent(String),
    /// A mail that nobody takes: it is kept to be looked at, and not tried again.
    MailGivenUp(String),
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

/// A line of a call's signals.
#[derive(Clone)]
pub struct KeptSignal {
    /// Of which call.
    pub session: SessionId,
    /// Whose browser reads it.
    pub reader: Side,
    /// Its place.
    pub seq: u64,
    /// JSON.
    pub body: Box<RawValue>,
}

/// A mail from a visitor.
#[derive(Clone)]
pub struct TicketRow {
    /// Counts up.
    pub number: u64,
    /// Who wrote.
    pub visitor: VisitorId,
    /// To which service.
    pub service: String,
    /// Where to answer.
    pub from: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub message: String,
    /// Who he says he is.
    pub customer: Option<Customer>,
    /// The form.
    pub fields: Vec<Field>,
    /// When.
    pub created: Timestamp,
}

/// A visitor who wants to be called.
#[derive(Clone)]
pub struct CallbackRow {
    /// Counts up.
    pub number: u64,
    /// Who.
    pub visitor: VisitorId,
    /// By which service.
    pub service: String,
    /// E.164.
    pub phone: String,
    /// Not given: soon.
    pub when: Option<Timestamp>,
    /// What about.
    pub message: Option<String>,
    /// Who he says he is.
    pub customer: Option<Customer>,
    /// The form.
    pub fields: Vec<Field>,
    /// When he asked.
    pub created: Timestamp,
}

/// How it was.
#[derive(Clone)]
pub struct RatingRow {
    /// Which session.
    pub session: SessionId,
    /// 1 to 5.
    pub score: u8,
    /// In words.
    pub comment: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A mail to send. It stays on the disk until it is on its way.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Names it, also in its `Message-ID`: a mail that is sent twice can be told to be one.
    pub id: String,
    /// An address, perhaps with a name before it.
    pub to: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

macro_rules! private {
    ($($name:ident)*) => {
        $(impl std::fmt::Debug for $name {
            /// What people write is never printed.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })*
    };
}
private!(KeptSignal TicketRow CallbackRow RatingRow Mail);

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
    /// Of the calls among them, in order.
    pub signals: Vec<KeptSignal>,
    /// Of upload tokens and signed addresses: new where there is none yet.
    pub secret: [u8; 32],
    /// Of the sessions among them.
    pub files: Vec<FileRow>,
    /// Mails that are not sent yet.
    pub mails: Vec<Mail>,
    /// Tickets that there ever were.
    pub tickets: u64,
    /// Callbacks that there ever were.
    pub callbacks: u64,
    /// Answers to give again: owner, method, key.
    pub keys: Vec<(Owner, String, String, Kept)>,
}
