//! Joins the connection's machine with the sessions'; no I/O, no clock, no randomness.

use std::time::Duration;

use crate::core::connection::{
    self, CallId, ConnectionState, LinkId, Machine, Moment, Report, Settings, TopicEvent,
};
use crate::core::error::Error;
use crate::core::map::Map;
use crate::core::model::{ChannelType, ServiceStatus, VisitorToken};
use crate::core::rpc::{DecodeError, HelloReply, Reply, Request, StateValue, Topic};
use crate::core::session::chat::{self, CallKind, Chat, ChatId, News};
use crate::core::time::{Timestamp, earliest};

/// A call made before the connection waits this long for it.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Everything one visitor's widget knows and decides.
#[derive(Debug)]
pub(super) struct Engine {
    machine: Machine,
    chats: Map<ChatId, Chat>,
    calls: Map<CallId, Caller>,
    last_call: u64,
    out: Vec<Effect>,
}

#[derive(Debug)]
enum Caller {
    Direct(Ticket),
    Chat(ChatId, CallKind),
}

/// Names a direct call towards the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(pub(super) u64);

/// What happens.
#[derive(Debug)]
pub(super) enum Input {
    Connection(connection::Input),
    Call(Ticket, Request),
    OpenChat(ChatId, Box<Chat>),
    Chat(ChatId, chat::Input),
}

/// What is to be done about it.
#[derive(Debug)]
#[must_use = "the engine only decides; somebody has to do it"]
pub(super) enum Effect {
    Dial(LinkId),
    Send(LinkId, String),
    Close(LinkId, u16),
    State(ConnectionState),
    Ready(Box<HelloReply>),
    Discontinuity,
    Token(VisitorToken),
    Channels(Map<ChannelType, bool>),
    Status(String, ChannelType, ServiceStatus),
    StatusFailed(String, ChannelType, Error),
    Answer(Ticket, Result<Reply, Error>),
    Chat(ChatId, News),
    Malformed(DecodeError),
}

impl Engine {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            machine: Machine::new(settings),
            chats: Map::new(),
            calls: Map::new(),
            last_call: 0,
            out: Vec::new(),
        }
    }

    /// Takes one input and says what is to be done, in order.
    pub(super) fn handle(&mut self, input: Input, moment: Moment) -> Vec<Effect> {
        match input {
            Input::Connection(input) => self.connection(input, moment),
            Input::Call(ticket, request) => {
                let caller = Caller::Direct(ticket);
                self.call(caller, request, Some(CALL_TIMEOUT), true, moment);
            }
            Input::OpenChat(id, chat) => {
                self.chats.insert(id, *chat);
            }
            Input::Chat(id, input) => self.chat(id, input, moment),
        }
        self.tick_chats(moment);
        std::mem::take(&mut self.out)
    }

    /// When a tick is due at the latest.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.chats.values().map(Chat::deadline).fold(self.machine.deadline(), earliest)
    }

    pub(super) const fn is_online(&self) -> bool {
        self.machine.is_online()
    }

    fn connection(&mut self, input: connection::Input, moment: Moment) {
        for effect in self.machine.handle(input, moment) {
            match effect {
                connection::Effect::Dial(link) => self.out.push(Effect::Dial(link)),
                connection::Effect::Send(link, text) => self.out.push(Effect::Send(link, text)),
                connection::Effect::Close(link, code) => self.out.push(Effect::Close(link, code)),
                connection::Effect::Report(report) => self.report(report, moment),
            }
        }
    }

    fn report(&mut self, report: Report, moment: Moment) {
        match report {
            Report::State(state) => self.out.push(Effect::State(state)),
            Report::Token(token) => self.out.push(Effect::Token(token)),
            Report::Malformed(error) => self.out.push(Effect::Malformed(error)),
            Report::Ready(hello) => {
                self.out.push(Effect::Ready(hello));
                self.tell_chats(|| chat::Input::Ready, moment);
            }
            Report::Discontinuity => {
                self.tell_chats(|| chat::Input::Gone, moment);
                self.out.push(Effect::Discontinuity);
            }
            Report::Called(call, outcome) => match self.calls.remove(&call) {
                Some(Caller::Direct(ticket)) => {
                    self.out.push(Effect::Answer(ticket, outcome.map_err(Error::from)));
                }
                Some(Caller::Chat(id, kind)) => {
                    self.chat(id, chat::Input::Called(kind, outcome), moment);
                }
                None => {}
            },
            Report::Topic(topic, event) => self.topic(&topic, event, moment),
        }
    }

    fn topic(&mut self, topic: &Topic, event: TopicEvent, moment: Moment) {
        match (topic, event) {
            (Topic::Channels, TopicEvent::State(StateValue::Channels(channels))) => {
                self.out.push(Effect::Channels(channels));
            }
            (Topic::Service(service, channel), TopicEvent::State(StateValue::Service(status))) => {
                self.out.push(Effect::Status(service.clone(), channel.clone(), *status));
            }
            (Topic::Service(service, channel), TopicEvent::Failed(refusal)) => {
                let error = refusal.into();
                self.out.push(Effect::StatusFailed(service.clone(), channel.clone(), error));
            }
            (Topic::Channels | Topic::Service(..), _) => {}
            (Topic::Chat(_) | Topic::Receipts(_) | Topic::Session(_), event) => {
                let session = topic.session();
                let owners: Vec<ChatId> = self
                    .chats
                    .iter()
                    .filter(|(_, chat)| chat.id() == session)
                    .map(|(id, _)| *id)
                    .collect();
                for id in owners {
                    let input = chat::Input::Topic(topic.clone(), event.clone());
                    self.chat(id, input, moment);
                }
            }
        }
    }

    fn chat(&mut self, id: ChatId, input: chat::Input, moment: Moment) {
        let Some(chat) = self.chats.get_mut(&id) else { return };
        for effect in chat.handle(input, moment.now) {
            match effect {
                chat::Effect::Call { kind, request, timeout, patient } => {
                    self.call(Caller::Chat(id, kind), request, timeout, patient, moment);
                }
                chat::Effect::Notify(request) => {
                    self.connection(connection::Input::Notify(request), moment);
                }
                chat::Effect::Watch(topic) => {
                    self.connection(connection::Input::Watch(topic), moment);
                }
                chat::Effect::Unwatch(topic) => {
                    self.connection(connection::Input::Unwatch(topic), moment);
                }
                chat::Effect::Tell(news) => {
                    let over = matches!(news, News::Over);
                    self.out.push(Effect::Chat(id, news));
                    if over {
                        self.chats.remove(&id);
                    }
                }
            }
        }
    }

    fn call(
        &mut self,
        caller: Caller,
        request: Request,
        timeout: Option<Duration>,
        patient: bool,
        moment: Moment,
    ) {
        self.last_call += 1;
        let id = CallId(self.last_call);
        self.calls.insert(id, caller);
        self.connection(connection::Input::Call { id, request, timeout, patient }, moment);
    }

    fn tell_chats(&mut self, input: impl Fn() -> chat::Input, moment: Moment) {
        let ids: Vec<ChatId> = self.chats.keys().copied().collect();
        for id in ids {
            self.chat(id, input(), moment);
        }
    }

    fn tick_chats(&mut self, moment: Moment) {
        let due = |chat: &Chat| chat.deadline().is_some_and(|deadline| moment.now >= deadline);
        let ids: Vec<ChatId> =
            self.chats.iter().filter(|(_, chat)| due(chat)).map(|(id, _)| *id).collect();
        for id in ids {
            self.chat(id, chat::Input::Tick, moment);
        }
    }
}
