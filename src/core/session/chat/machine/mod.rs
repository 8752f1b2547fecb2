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

use super::entry::{Delivery, EntryKey, EntryKind};
use super::list::List;
use super::outbox::{Letter, Outbox};
use super::receipts::Receipts;
use super::typing::{OwnTyping, TheirTyping};
use crate::core::connection::{self, Moment};
use crate::core::error::{Error, Refused};
use crate::core::model::{
    ChatChannelEventMessage, ChatChannelSession, ChatMessageStatus, ChatMessageType, Direction,
    Key, Private, SessionId,
};
use crate::core::mutant::{self, Mutant};
use crate::core::rpc::{Cursor, LogEntry, Reply, Request, StateValue, Topic, TopicEvent};
use crate::core::time::{Timestamp, earliest};

use life::unsent;
pub(crate) use words::{CallKind, Effect, Input, News};

/// After this long a session ends here even if the server has not confirmed it.
const CLOSE_PATIENCE: Duration = Duration::from_secs(3);

/// One chat session of the visitor.
#[derive(Debug)]
pub(crate) struct Chat {
    service: String,
    create: Request,
    state: State,
    session: Option<ChatChannelSession>,
    was_connected: bool,
    /// How far an earlier page has read the log.
    cursor: Option<Cursor>,
    wants: Wants,
    list: List,
    log_ended: bool,
    /// Up to where the log has been told; an answer to a message may be ahead of it.
    told: u64,
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
    /// A chat with a service, and how it would be created.
    pub(crate) fn new(service: String, create: Request) -> Self {
        Self {
            service,
            create,
            state: State::New,
            session: None,
            was_connected: false,
            cursor: None,
            wants: Wants::default(),
            list: List::default(),
            log_ended: false,
            told: 0,
            outbox: Outbox::default(),
            receipts: Receipts::default(),
            own_typing: OwnTyping::default(),
            their_typing: TheirTyping::default(),
            out: Vec::new(),
        }
    }

    /// Takes one input and says what is to be done, in order.
    #[inline(never)]
    pub(crate) fn handle(&mut self, input: Input<'_>, moment: Moment) -> Vec<Effect> {
        let now = moment.now;
        match input {
            Input::Create => self.create(moment.key()),
            Input::Attach(id, kept) => self.attach(id, kept),
            Input::WantConversation => self.want(Wants { conversation: true, ..self.wants }),
            Input::WantEvents(wanted) => self.want_events(wanted),
            Input::Send { text, greeting } => self.send(moment.key(), text, greeting),
            Input::Retry(entry) => self.retry(&entry, moment.key()),
            Input::Discard(entry) => {
                self.list.take_failed(&entry);
                self.tell_changes();
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
            Input::Received(id) => self.receipts.received(&id, self.list.seq_of(&id), now),
            Input::Read(id) => self.receipts.read(&id, self.list.seq_of(&id), now),
            Input::StillHere => self.still_here(),
            Input::Close => self.close(now),
            Input::Ready => self.receipts.again(now),
            Input::Gone => self.gone(),
            Input::Topic(topic, event) => self.topic(topic, event, now),
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
        let (log, receipts) = (Topic::Chat(id.clone()), Topic::Receipts(id.clone()));
        if self.wants.conversation || self.wants.events {
            let since = self.cursor.take();
            self.watch(log, since);
        }
        if self.wants.conversation {
            self.watch(receipts, None);
        }
    }

    #[inline(never)]
    fn want_events(&mut self, wanted: bool) {
        let State::Open { id, .. } = self.state.clone() else {
            self.wants.events = wanted;
            return;
        };
        if wanted && !self.wants.events {
            // What the conversation has read already is news to whoever listens only now.
            for at in 0..self.list.entries().len() {
                if let Some(event) = self.list.entries()[at].event(&id)
                    && event.seq <= Some(self.told)
                {
                    self.tell_event(event);
                }
            }
        }
        self.want(Wants { events: wanted, ..self.wants });
        if !wanted && !self.wants.conversation {
            self.connection(connection::Input::Unwatch(Topic::Chat(id)));
        }
    }

    #[inline(never)]
    fn send(&mut self, key: Key, text: Private<String>, greeting: bool) {
        let session = match &self.state {
            State::Open { .. } if self.outbox.is_full() => {
                // Shown as failed, so that it can be sent later: nothing vanishes.
                self.list.wait(&key, text, greeting);
                return self.fail(key, unsent("waiting with a full outbox"));
            }
            State::Open { id, .. } if self.was_connected => Ok(id),
            State::New | State::Creating { .. } | State::Open { .. } | State::Over => {
                Err(self.state.name())
            }
        };
        match session.cloned() {
            Ok(session) => {
                let status = self.own_typing.stop();
                self.say_typing(status);
                self.post(&session, key, text, greeting);
                self.tell_changes();
            }
            Err(state) => self.tell(News::Answer(key, Err(unsent(state)))),
        }
    }

    fn post(&mut self, session: &SessionId, key: Key, text: Private<String>, greeting: bool) {
        let request = Request::chat_send(session, &text, greeting).with_key(&key);
        self.list.wait(&key, text, greeting);
        if mutant::is_made(Mutant::Pipelined) {
            return self.call(CallKind::Send(key), request, None, true);
        }
        self.outbox.put(Letter { key, request });
    }

    /// A new key: the old one names what the server has refused.
    fn retry(&mut self, entry: &EntryKey, key: Key) {
        if matches!(self.state, State::Open { .. })
            && let Some(entry) = self.list.take_failed(entry)
        {
            self.tell_changes();
            self.send(key, entry.text, entry.greeting);
        }
    }

    fn send_next(&mut self, now: Timestamp) {
        if !matches!(self.state, State::Open { .. }) {
            return;
        }
        if let Some(Letter { key, request }) = self.outbox.next(now).cloned() {
            self.call(CallKind::Send(key), request, None, false);
        }
    }

    #[inline(never)]
    fn sent(&mut self, key: Key, outcome: Result<Reply, Error>, now: Timestamp) {
        match outcome.and_then(|reply| reply.sent()) {
            Ok(sent) => {
                self.outbox.done(&key);
                self.list.sent(&key, sent);
                self.tell_changes();
                self.tell(News::Answer(key, Ok(Reply::from(true))));
            }
            Err(error) => match error.retry_after() {
                Some(after) => {
                    let unheard = is_refused(&error, &[Refused::NOT_CONNECTED]);
                    self.outbox.refused(unheard && !self.is_connected(), now + after);
                }
                None => {
                    self.outbox.done(&key);
                    self.fail(key, error);
                }
            },
        }
    }

    fn fail(&mut self, key: Key, error: Error) {
        self.list.fate(&key, Delivery::Failed(error.clone()));
        self.tell_changes();
        self.tell(News::Answer(key, Err(error)));
    }

    fn still_here(&mut self) {
        if let State::Open { id, .. } = &self.state {
            let request = Request::session_active(id);
            self.call(CallKind::StillHere, request, None, true);
        }
    }

    fn called(&mut self, kind: CallKind, outcome: Result<Reply, Error>, now: Timestamp) {
        match kind {
            CallKind::Create(key) => self.created(key, outcome, now),
            CallKind::Send(key) => self.sent(key, outcome, now),
            CallKind::Close => {
                if let Err(Error::Refused(_)) = outcome.and_then(|reply| reply.done()) {
                    self.gone();
                }
            }
            CallKind::StillHere => {}
        }
    }

    fn topic(&mut self, topic: &Topic, event: &TopicEvent, now: Timestamp) {
        if !matches!(self.state, State::Open { .. }) {
            return;
        }
        match event {
            TopicEvent::State { value, .. } => match value {
                StateValue::Session(session) => self.session(session, now),
                StateValue::Receipts(watermarks) => {
                    self.list.receipts(*watermarks);
                    self.tell_changes();
                }
                StateValue::Channels(_) | StateValue::Service(_) | StateValue::Call(_) => {}
            },
            TopicEvent::Log { events, reset } => self.log(events, *reset, now),
            TopicEvent::Ephemeral(event) => self.typed(event, now),
            TopicEvent::Failed(error) => {
                let unknown = [Refused::SESSION_NOT_FOUND, Refused::SESSION_CLOSED];
                if is_refused(error, &unknown) && matches!(topic, Topic::Session(_)) {
                    self.gone();
                }
            }
        }
    }

    fn session(&mut self, session: &ChatChannelSession, now: Timestamp) {
        if self.session.as_ref() == Some(session) {
            return;
        }
        if session.is_connected() {
            self.was_connected = true;
            self.outbox.resume();
        }
        self.session = Some(session.clone());
        if !session.is_closed() {
            return self.tell(News::Session(session.clone()));
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

    #[inline(never)]
    fn log(&mut self, entries: &[LogEntry], reset: bool, now: Timestamp) {
        let events: Vec<_> = entries.iter().filter_map(LogEntry::chat).collect();
        self.list.log(&events, reset);
        self.told = events.last().and_then(|event| event.seq).unwrap_or(self.told);
        self.tell_changes();
        if events.iter().any(|event| event.direction == Some(Direction::Inbound)) {
            let typing = self.their_typing.told(false, now);
            self.tell_typing(typing);
        }
        self.log_ended =
            self.list.entries().iter().rev().any(|entry| entry.kind == EntryKind::Closed);
        if self.wants.events {
            events.iter().for_each(|event| self.tell_event((*event).clone()));
        }
        if self.log_ended && self.session.as_ref().is_some_and(ChatChannelSession::is_closed) {
            self.over();
        }
    }

    fn typed(&mut self, event: &ChatChannelEventMessage, now: Timestamp) {
        if event.direction == Some(Direction::Inbound) {
            let composing = event.status == Some(ChatMessageStatus::Composing);
            let typing = self.their_typing.told(composing, now);
            self.tell_typing(typing);
        }
        if self.wants.events {
            self.tell(News::Event(event.clone()));
        }
    }

    fn tell_event(&mut self, event: ChatChannelEventMessage) {
        let opened = event.message_type == Some(ChatMessageType::OpenSession);
        self.tell(if opened { News::Opened(event) } else { News::Event(event) });
    }

    #[inline(never)]
    fn tick(&mut self, now: Timestamp) {
        let State::Open { id, over_by } = &self.state else { return };
        if over_by.is_some_and(|over_by| now >= over_by) {
            return self.over();
        }
        let [received, read] = self.receipts.due(now);
        let received = received.map(|message| Request::chat_received(id, &message));
        let read = read.map(|message| Request::chat_read(id, &message));
        for request in [received, read].into_iter().flatten() {
            self.connection(connection::Input::Notify(request));
        }
        let idle = self.own_typing.tick(now);
        self.say_typing(idle);
        let typing = self.their_typing.tick(now);
        self.tell_typing(typing);
    }

    fn say_typing(&mut self, status: Option<ChatMessageStatus>) {
        if let (State::Open { id, .. }, Some(status)) = (&self.state, status) {
            let request = Request::chat_typing(id, &status);
            self.connection(connection::Input::Notify(request));
        }
    }

    /// Whether an operator reads what is said.
    pub(crate) fn is_connected(&self) -> bool {
        self.session.as_ref().is_some_and(ChatChannelSession::is_connected)
    }

    fn call(&mut self, kind: CallKind, request: Request, timeout: Option<Duration>, patient: bool) {
        self.out.push(Effect::Call { kind, request, timeout, patient });
    }

    fn watch(&mut self, topic: Topic, since: Option<Cursor>) {
        self.connection(connection::Input::Watch(topic, since));
    }

    fn connection(&mut self, input: connection::Input) {
        self.out.push(Effect::Connection(input));
    }

    fn tell_changes(&mut self) {
        let (changes, waiting) = self.list.changes();
        for change in changes {
            self.tell(News::Change(change));
        }
        if waiting {
            self.tell(News::Waiting);
        }
    }

    fn tell_typing(&mut self, typing: Option<bool>) {
        if let Some(typing) = typing {
            self.tell(News::Typing(typing));
        }
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

fn is_refused(error: &Error, codes: &[i32]) -> bool {
    error.refusal().is_some_and(|refused| codes.contains(&refused.code))
}
