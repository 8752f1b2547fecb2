//! Decides for one chat session; no I/O, no clock, no randomness.
//!
//! ```text
//!   New ──Create──▶ Creating ──answer──▶ Open ──CLOSED, or Close──▶ Over
//!    │                  │                 ▲
//!    └──────Attach──────┼─────────────────┘
//!                       └──refused──▶ New
//! ```

mod life;
mod words;

use std::time::Duration;

use super::entry::{Change, Delivery, EntryKey, EntryKind};
use super::list::List;
use super::outbox::{Letter, Outbox};
use super::receipts::{Receipts, Say};
use super::typing::{OwnTyping, TheirTyping};
use crate::core::connection::{Failure, TopicEvent};
use crate::core::error::Error;
use crate::core::model::{
    ChatChannelEventMessage, ChatChannelSession, ChatMessageStatus, ChatMessageType, CustomerInfo,
    Direction, Key, Private, SessionField, SessionId,
};
use crate::core::rpc::{Refusal, Reply, Request, StateValue, Topic};
use crate::core::time::{Timestamp, earliest};

pub(crate) use words::{CallKind, Effect, Input, News};

/// After this long a session ends here even if the server has not confirmed it.
const CLOSE_PATIENCE: Duration = Duration::from_secs(3);

/// One chat session of the visitor.
#[derive(Debug)]
pub(crate) struct Chat {
    service: String,
    customer: Option<CustomerInfo>,
    fields: Vec<SessionField>,
    state: State,
    session: Option<ChatChannelSession>,
    was_connected: bool,
    wants: Wants,
    list: List,
    log_ended: bool,
    outbox: Outbox,
    receipts: Receipts,
    own_typing: OwnTyping,
    their_typing: TheirTyping,
    out: Vec<Effect>,
}

#[derive(Clone, Debug)]
enum State {
    New,
    /// `close` was asked for before there was anything to close.
    Creating {
        close: bool,
    },
    Open {
        id: SessionId,
        /// When it ends here at the latest, once its end is known or wished for.
        over_by: Option<Timestamp>,
    },
    Over,
}

/// Who wants the log.
#[derive(Clone, Copy, Debug, Default)]
struct Wants {
    conversation: bool,
    events: bool,
}

impl Chat {
    pub(crate) fn new(
        service: String,
        customer: Option<CustomerInfo>,
        fields: Vec<SessionField>,
    ) -> Self {
        Self {
            service,
            customer,
            fields,
            state: State::New,
            session: None,
            was_connected: false,
            wants: Wants::default(),
            list: List::default(),
            log_ended: false,
            outbox: Outbox::default(),
            receipts: Receipts::default(),
            own_typing: OwnTyping::default(),
            their_typing: TheirTyping::default(),
            out: Vec::new(),
        }
    }

    /// Takes one input and says what is to be done, in order.
    pub(crate) fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        match input {
            Input::Create(key) => self.create(key),
            Input::Attach(id) => self.open(id),
            Input::WantConversation => self.want(Wants { conversation: true, ..self.wants }),
            Input::WantEvents(wanted) => self.want_events(wanted),
            Input::Send { key, text, greeting } => self.send(key, text, greeting),
            Input::Retry { entry, key } => self.retry(&entry, key),
            Input::Discard(entry) => {
                if let Some((_, changes)) = self.list.take_failed(&entry) {
                    self.tell_all(changes);
                }
            }
            Input::Composing => {
                if self.is_connected() {
                    let status = self.own_typing.key(now);
                    self.say_typing(status);
                }
            }
            Input::Idle => {
                let status = self.own_typing.stop();
                self.say_typing(status);
            }
            Input::Received(id) => {
                self.receipts.received(&id, self.list.seq_of(&id), now);
            }
            Input::Read(id) => self.receipts.read(&id, self.list.seq_of(&id), now),
            Input::StillHere => self.still_here(),
            Input::Close => self.close(now),
            Input::Ready => self.receipts.again(now),
            Input::Gone => self.gone(),
            Input::Topic(topic, event) => self.topic(&topic, event, now),
            Input::Called(kind, outcome) => self.called(kind, outcome, now),
            Input::Tick => {}
        }
        self.tick(now);
        self.send_next(now);
        std::mem::take(&mut self.out)
    }

    /// The server's id, while the session runs.
    pub(crate) const fn id(&self) -> Option<&SessionId> {
        match &self.state {
            State::Open { id, .. } => Some(id),
            State::New | State::Creating { .. } | State::Over => None,
        }
    }

    /// When [`Input::Tick`] is due at the latest.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let State::Open { over_by, .. } = &self.state else { return None };
        [
            *over_by,
            self.outbox.deadline(),
            self.receipts.deadline(),
            self.own_typing.deadline(),
            self.their_typing.deadline(),
        ]
        .into_iter()
        .fold(None, earliest)
    }

    fn want(&mut self, wants: Wants) {
        self.wants = wants;
        self.watch_log();
    }

    fn watch_log(&mut self) {
        let State::Open { id, .. } = &self.state else { return };
        if self.wants.conversation || self.wants.events {
            self.out.push(Effect::Watch(Topic::Chat(id.clone())));
        }
        if self.wants.conversation {
            self.out.push(Effect::Watch(Topic::Receipts(id.clone())));
        }
    }

    fn want_events(&mut self, wanted: bool) {
        let State::Open { id, .. } = self.state.clone() else {
            self.wants.events = wanted;
            return;
        };
        if wanted && !self.wants.events {
            // What the conversation has read already is news to whoever listens only now.
            let known: Vec<_> =
                self.list.entries().iter().filter_map(|entry| entry.event(&id)).collect();
            known.into_iter().for_each(|event| self.tell_event(event));
        }
        self.want(Wants { events: wanted, ..self.wants });
        if !wanted && !self.wants.conversation {
            self.out.push(Effect::Unwatch(Topic::Chat(id)));
        }
    }

    fn send(&mut self, key: Key, text: Private<String>, greeting: bool) {
        let refused = match &self.state {
            State::Open { .. } if self.outbox.is_full() => Some("waiting with a full outbox"),
            State::Open { .. } if self.was_connected => None,
            State::New | State::Creating { .. } | State::Open { .. } | State::Over => {
                Some(self.state.name())
            }
        };
        if let Some(state) = refused {
            let error = Error::WrongState { operation: "chatSendMessage", state };
            return self.tell(News::Sent(key, Err(error)));
        }
        let status = self.own_typing.stop();
        self.say_typing(status);
        let changes = self.list.wait(&key, text.clone(), greeting);
        self.tell_all(changes);
        self.outbox.put(Letter { key, text, greeting });
    }

    /// A new key: the old one names what the server has refused.
    fn retry(&mut self, entry: &EntryKey, key: Key) {
        if matches!(self.state, State::Open { .. })
            && let Some((entry, changes)) = self.list.take_failed(entry)
        {
            self.tell_all(changes);
            self.send(key, entry.text, entry.greeting);
        }
    }

    fn send_next(&mut self, now: Timestamp) {
        let State::Open { id, .. } = &self.state else { return };
        let Some(Letter { key, text, greeting }) = self.outbox.next(now).cloned() else { return };
        let request =
            Request::ChatSend { session: id.clone(), key: key.clone(), message: text, greeting };
        let kind = CallKind::Send(key);
        self.out.push(Effect::Call { kind, request, timeout: None, patient: false });
    }

    fn sent(&mut self, key: Key, outcome: Result<Reply, Failure>, now: Timestamp) {
        let error = match outcome {
            Ok(Reply::Sent(sent)) => {
                self.outbox.done(&key);
                let changes = self.list.sent(&key, &sent);
                self.tell_all(changes);
                return self.tell(News::Sent(key, Ok(true)));
            }
            Ok(_) => Error::Protocol("chat.send was not answered"),
            Err(Failure::Refused(refusal)) => {
                if let Some(after) = refusal.retry_after() {
                    let connected = self.is_connected();
                    return self.outbox.refused(&refusal, after, connected, now);
                }
                refusal.into()
            }
            Err(Failure::Unsent(error)) => error,
        };
        self.outbox.done(&key);
        self.fail(key, error);
    }

    fn fail(&mut self, key: Key, error: Error) {
        let changes = self.list.fate(&key, Delivery::Failed(error.clone()));
        self.tell_all(changes);
        self.tell(News::Sent(key, Err(error)));
    }

    fn still_here(&mut self) {
        if let State::Open { id, .. } = &self.state {
            let request = Request::SessionActive { session: id.clone() };
            let kind = CallKind::StillHere;
            self.out.push(Effect::Call { kind, request, timeout: None, patient: true });
        }
    }

    fn called(&mut self, kind: CallKind, outcome: Result<Reply, Failure>, now: Timestamp) {
        match kind {
            CallKind::Create => self.created(outcome, now),
            CallKind::Send(key) => self.sent(key, outcome, now),
            CallKind::Close => {
                if let Err(Failure::Refused(_)) = outcome {
                    self.gone();
                }
            }
            CallKind::StillHere => {}
        }
    }

    fn topic(&mut self, topic: &Topic, event: TopicEvent, now: Timestamp) {
        if !matches!(self.state, State::Open { .. }) {
            return;
        }
        match event {
            TopicEvent::State(StateValue::Session(session)) => self.session(*session, now),
            TopicEvent::State(StateValue::Receipts(watermarks)) => {
                let changes = self.list.receipts(watermarks);
                self.tell_all(changes);
            }
            TopicEvent::State(StateValue::Channels(_) | StateValue::Service(_)) => {}
            TopicEvent::Log { events, reset } => self.log(events, reset, now),
            TopicEvent::Ephemeral(event) => self.typed(*event, now),
            TopicEvent::Failed(refusal) => {
                let unknown =
                    matches!(refusal.code, Refusal::SESSION_NOT_FOUND | Refusal::SESSION_CLOSED);
                if unknown && matches!(topic, Topic::Session(_)) {
                    self.gone();
                }
            }
        }
    }

    fn session(&mut self, session: ChatChannelSession, now: Timestamp) {
        if self.session.as_ref() == Some(&session) {
            return;
        }
        if session.is_connected() {
            self.was_connected = true;
            self.outbox.resume();
        }
        let closed = session.is_closed();
        self.session = Some(session.clone());
        if !closed {
            return self.tell(News::Session(session));
        }
        // The documented order: the log's CLOSED_SESSION, then the state, then the end.
        let reads_log = self.wants.conversation || self.wants.events;
        if let State::Open { over_by, .. } = &mut self.state
            && reads_log
            && !self.log_ended
        {
            *over_by = Some(over_by.unwrap_or(now + CLOSE_PATIENCE));
        } else {
            self.over();
        }
    }

    fn log(&mut self, events: Vec<ChatChannelEventMessage>, reset: bool, now: Timestamp) {
        let changes = self.list.log(&events, reset);
        self.tell_all(changes);
        if events.iter().any(|event| event.direction == Some(Direction::Inbound))
            && let Some(typing) = self.their_typing.told(false, now)
        {
            self.tell(News::Typing(typing));
        }
        self.log_ended =
            self.list.entries().iter().rev().any(|entry| entry.kind == EntryKind::Closed);
        if self.wants.events {
            events.into_iter().for_each(|event| self.tell_event(event));
        }
        let closed = self.session.as_ref().is_some_and(ChatChannelSession::is_closed);
        if self.log_ended && closed {
            self.over();
        }
    }

    fn typed(&mut self, event: ChatChannelEventMessage, now: Timestamp) {
        if event.direction == Some(Direction::Inbound) {
            let composing = event.status == Some(ChatMessageStatus::Composing);
            if let Some(typing) = self.their_typing.told(composing, now) {
                self.tell(News::Typing(typing));
            }
        }
        if self.wants.events {
            self.tell(News::Event(event));
        }
    }

    fn tell_event(&mut self, event: ChatChannelEventMessage) {
        let opened = event.message_type == Some(ChatMessageType::OpenSession);
        self.tell(if opened { News::Opened(event) } else { News::Event(event) });
    }

    fn tick(&mut self, now: Timestamp) {
        let State::Open { id, over_by } = &self.state else { return };
        if over_by.is_some_and(|over_by| now >= over_by) {
            return self.over();
        }
        let session = id.clone();
        for say in self.receipts.due(now) {
            let session = session.clone();
            self.out.push(Effect::Notify(match say {
                Say::Received(message) => Request::ChatReceived { session, message },
                Say::Read(message) => Request::ChatRead { session, message },
            }));
        }
        let idle = self.own_typing.tick(now);
        self.say_typing(idle);
        if let Some(typing) = self.their_typing.tick(now) {
            self.tell(News::Typing(typing));
        }
    }

    fn say_typing(&mut self, status: Option<ChatMessageStatus>) {
        if let (State::Open { id, .. }, Some(status)) = (&self.state, status) {
            let session = id.clone();
            self.out.push(Effect::Notify(Request::ChatTyping { session, status }));
        }
    }

    fn is_connected(&self) -> bool {
        self.session.as_ref().is_some_and(ChatChannelSession::is_connected)
    }

    fn tell_all(&mut self, changes: Vec<Change>) {
        changes.into_iter().for_each(|change| self.tell(News::Change(change)));
    }

    fn tell(&mut self, news: News) {
        self.out.push(Effect::Tell(news));
    }
}

impl State {
    const fn name(&self) -> &'static str {
        match self {
            Self::New => "not created",
            Self::Creating { .. } => "being created",
            Self::Open { .. } => "waiting for an operator",
            Self::Over => "closed",
        }
    }
}
