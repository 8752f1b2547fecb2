//! Topics, who follows them, and the newest value of those that are states.

use super::link::LinkId;
use crate::wire::fault::Fault;
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::model::Channel;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// What can be followed. The two sides see different things under one name, so a name becomes a topic only together with its reader.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    // Lists come first: see `is_list`.
    Channels,
    Service(String, Channel),
    Desk(OperatorId),
    Queue(OperatorId),
    Operators,
    /// The visitor's `session/<id>`.
    Session(SessionId),
    /// The visitor's `chat/<id>`.
    Chat(SessionId),
    /// The visitor's `receipts/<id>`: what the operator has seen.
    Receipts(SessionId),
    /// The operator's `session/<id>`.
    Contact(SessionId),
    /// The operator's `chat/<id>`.
    Transcript(SessionId),
    /// The operator's `receipts/<id>`: what the visitor has seen.
    Watermarks(SessionId),
    /// The operator's `visits/<id>`.
    Visits(SessionId),
    /// The visitor's `call/<CHANNEL>`.
    Call(VisitorId, Channel),
    /// The visitor's `signal/<id>`: what the operator's browser says.
    ToVisitor(SessionId),
    /// The operator's `signal/<id>`: what the visitor's browser says.
    ToOperator(SessionId),
}

impl Topic {
    /// Made of many things at once, and therefore looked at after every stir.
    pub(super) fn is_list(&self) -> bool {
        match self {
            Self::Channels
            | Self::Service(..)
            | Self::Desk(_)
            | Self::Queue(_)
            | Self::Operators => true,
            Self::Session(_)
            | Self::Chat(_)
            | Self::Receipts(_)
            | Self::Contact(_)
            | Self::Transcript(_)
            | Self::Watermarks(_)
            | Self::Visits(_)
            | Self::Call(..)
            | Self::ToVisitor(_)
            | Self::ToOperator(_) => false,
        }
    }

    /// Names it for a visitor.
    pub(super) fn for_visitor(name: &str, visitor: &VisitorId) -> Result<Self, Fault> {
        match name.split_once('/') {
            Some(("session", id)) => Ok(Self::Session(SessionId::new(id))),
            Some(("chat", id)) => Ok(Self::Chat(SessionId::new(id))),
            Some(("receipts", id)) => Ok(Self::Receipts(SessionId::new(id))),
            Some(("signal", id)) => Ok(Self::ToVisitor(SessionId::new(id))),
            Some(("call", channel)) => Channel::named(channel)
                .filter(|channel| channel.is_call())
                .map(|channel| Self::Call(visitor.clone(), channel))
                .ok_or_else(|| Fault::unknown_topic("no calls of such a channel")),
            _ => Self::for_anybody(name),
        }
    }

    /// Names it for an operator.
    pub(super) fn for_operator(name: &str, operator: &OperatorId) -> Result<Self, Fault> {
        match (name, name.split_once('/')) {
            ("desk", _) => Ok(Self::Desk(operator.clone())),
            ("queue", _) => Ok(Self::Queue(operator.clone())),
            ("operators", _) => Ok(Self::Operators),
            (_, Some(("session", id))) => Ok(Self::Contact(SessionId::new(id))),
            (_, Some(("chat", id))) => Ok(Self::Transcript(SessionId::new(id))),
            (_, Some(("receipts", id))) => Ok(Self::Watermarks(SessionId::new(id))),
            (_, Some(("visits", id))) => Ok(Self::Visits(SessionId::new(id))),
            (_, Some(("signal", id))) => Ok(Self::ToOperator(SessionId::new(id))),
            _ => Self::for_anybody(name),
        }
    }

    fn for_anybody(name: &str) -> Result<Self, Fault> {
        let unknown = || Fault::unknown_topic("no such topic");
        if name == "channels" {
            return Ok(Self::Channels);
        }
        let (kind, rest) = name.split_once('/').ok_or_else(unknown)?;
        let (code, channel) = rest.split_once('/').ok_or_else(unknown)?;
        if kind != "service" || code.is_empty() || code.len() > 64 {
            return Err(unknown());
        }
        Ok(Self::Service(code.to_owned(), Channel::named(channel).ok_or_else(unknown)?))
    }

    /// The session that it is about.
    pub(super) fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Session(id)
            | Self::Chat(id)
            | Self::Receipts(id)
            | Self::Contact(id)
            | Self::Transcript(id)
            | Self::Watermarks(id)
            | Self::Visits(id)
            | Self::ToVisitor(id)
            | Self::ToOperator(id) => Some(id),
            Self::Channels
            | Self::Service(..)
            | Self::Desk(_)
            | Self::Queue(_)
            | Self::Operators
            | Self::Call(..) => None,
        }
    }

    /// The signals of a call, from either side.
    pub(super) fn is_signals(&self) -> bool {
        matches!(self, Self::ToVisitor(_) | Self::ToOperator(_))
    }

    /// Every topic about a session.
    pub(super) fn all_of(id: &SessionId) -> [Self; 9] {
        [
            Self::Session(id.clone()),
            Self::Chat(id.clone()),
            Self::Receipts(id.clone()),
            Self::Contact(id.clone()),
            Self::Transcript(id.clone()),
            Self::Watermarks(id.clone()),
            Self::Visits(id.clone()),
            Self::ToVisitor(id.clone()),
            Self::ToOperator(id.clone()),
        ]
    }
}

/// Who follows what.
#[derive(Default)]
pub(super) struct Topics {
    live: BTreeMap<Topic, BTreeSet<(LinkId, u32)>>,
    values: BTreeMap<Topic, (u64, Box<RawValue>)>,
    dirty: BTreeSet<Topic>,
    /// Revisions of one run of the server lie above those of the run before.
    base: u64,
}

impl Topics {
    pub(super) fn new(boot: u64) -> Self {
        Self { base: boot << 24, ..Self::default() }
    }

    pub(super) fn attach(&mut self, topic: &Topic, link: LinkId, subscription: u32) {
        self.live.entry(topic.clone()).or_default().insert((link, subscription));
    }

    pub(super) fn detach(&mut self, topic: &Topic, link: LinkId, subscription: u32) {
        if let Some(followers) = self.live.get_mut(topic) {
            followers.remove(&(link, subscription));
            if followers.is_empty() {
                self.live.remove(topic);
            }
        }
    }

    pub(super) fn followers(&self, topic: &Topic) -> Vec<(LinkId, u32)> {
        self.live
            .get(topic)
            .map(|followers| followers.iter().copied().collect())
            .unwrap_or_default()
    }

    pub(super) fn is_followed(&self, topic: &Topic) -> bool {
        self.live.contains_key(topic)
    }

    /// Its value may have changed.
    pub(super) fn mark(&mut self, topic: Topic) {
        if self.live.contains_key(&topic) {
            self.dirty.insert(topic);
        }
    }

    /// All lists may have changed.
    pub(super) fn mark_lists(&mut self) {
        self.dirty.extend(self.live.keys().take_while(|topic| topic.is_list()).cloned());
    }

    pub(super) fn next_dirty(&mut self) -> Option<Topic> {
        self.dirty.pop_first()
    }

    /// Takes note of a value. Its revision, and whether it is a new one.
    pub(super) fn note(&mut self, topic: &Topic, value: &RawValue) -> (u64, bool) {
        match self.values.get_mut(topic) {
            Some((rev, known)) if known.get() == value.get() => (*rev, false),
            Some((rev, known)) => {
                *rev += 1;
                *known = value.to_owned();
                (*rev, true)
            }
            None => {
                let rev = self.base + 1;
                self.values.insert(topic.clone(), (rev, value.to_owned()));
                (rev, true)
            }
        }
    }

    /// Forgets a topic for good.
    pub(super) fn forget(&mut self, topic: &Topic) {
        self.values.remove(topic);
        self.dirty.remove(topic);
    }
}
