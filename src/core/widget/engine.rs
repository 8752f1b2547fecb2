//! Joins the connection's machine with the sessions'; no I/O, no clock, no randomness.

use std::time::Duration;

use crate::core::connection::{self, CallId, Machine, Moment, Report, Settings};
use crate::core::error::Error;
use crate::core::map::Map;
use crate::core::model::{Key, VisitorToken};
use crate::core::rpc::{Kept, Part, Reply, Request, Topic};
use crate::core::session::chat::{self, CallKind, Chat, ChatId, News};
use crate::core::time::{Timestamp, earliest};

/// Everything one visitor's widget knows and decides.
#[derive(Debug)]
pub(super) struct Engine {
    machine: Machine,
    chats: Map<ChatId, Chat>,
    calls: Map<CallId, Caller>,
    last_call: u64,
    /// What earlier pages have kept of a conversation.
    kept: Vec<Kept>,
    out: Vec<Effect>,
}

#[derive(Debug)]
enum Caller {
    /// Whose answer is awaited under this key.
    Direct(Key),
    Chat(ChatId, CallKind),
}

/// What happens.
#[derive(Debug)]
pub(super) enum Input {
    Connection(connection::Input),
    /// Its answer comes under the moment's key, within this time where there is one.
    Call(Request, Option<Duration>),
    OpenChat(ChatId, Box<Chat>),
    Chat(ChatId, chat::Input<'static>),
}

/// What is to be done about it.
#[derive(Debug)]
#[must_use = "the engine only decides; somebody has to do it"]
pub(super) enum Effect {
    Connection(connection::Effect),
    Answer(Key, Result<Reply, Error>),
    Chat(ChatId, News),
}

impl Engine {
    pub(super) fn new(settings: Settings, kept: Vec<Kept>) -> Self {
        Self {
            machine: Machine::new(settings),
            chats: Map::new(),
            calls: Map::new(),
            last_call: 0,
            kept,
            out: Vec::new(),
        }
    }

    /// Is the visitor of this token.
    pub(super) fn come_back(&mut self, token: Option<VisitorToken>) {
        self.machine.come_back(token);
    }

    /// Takes one input and says what is to be done, in order.
    pub(super) fn handle(&mut self, input: Input, moment: Moment) -> Vec<Effect> {
        match input {
            Input::Connection(input) => self.connection(input, moment),
            Input::Call(request, timeout) => {
                let key = moment.key();
                let request = request.with_key(&key);
                self.call(Caller::Direct(key), request, timeout, true, moment);
            }
            Input::OpenChat(id, chat) => {
                self.chats.insert(id, *chat);
            }
            Input::Chat(id, input) => self.chat(id, input, moment),
        }
        let due = |chat: &Chat| chat.deadline().is_some_and(|deadline| moment.now >= deadline);
        self.tell_chats(&due, &|| chat::Input::Tick, moment);
        std::mem::take(&mut self.out)
    }

    /// When a tick is due at the latest.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.chats.values().map(Chat::deadline).fold(self.machine.deadline(), earliest)
    }

    /// Whether an operator would see that the visitor writes: it is said now or not at all.
    pub(super) fn carries_typing(&self, chat: ChatId) -> bool {
        self.machine.is_online() && self.chats.get(&chat).is_some_and(Chat::is_connected)
    }

    /// What the next page has to know of the running conversation, the newest if there are several.
    pub(super) fn kept(&self, part: Part) -> Option<String> {
        let mut kept = None;
        for chat in self.chats.values() {
            if let Some(id) = chat.id() {
                let cursor = self.machine.cursor(&Topic::Chat(id.clone()));
                kept = chat.kept(part, cursor.as_ref());
            }
        }
        kept
    }

    fn connection(&mut self, input: connection::Input, moment: Moment) {
        for effect in self.machine.handle(input, moment) {
            self.route(effect, moment);
        }
    }

    /// What concerns the chats goes to them, everything else out.
    #[inline(never)]
    fn route(&mut self, effect: connection::Effect, moment: Moment) {
        use connection::Effect::{Close, Dial, Report as Told, Send};
        match &effect {
            Told(Report::Topic(topic, event)) if topic.session().is_some() => {
                let concerned = |chat: &Chat| chat.id() == topic.session();
                return self.tell_chats(&concerned, &|| chat::Input::Topic(topic, event), moment);
            }
            Told(Report::Discontinuity) => {
                self.tell_chats(&|_| true, &|| chat::Input::Gone, moment);
            }
            Told(Report::Ready(_)) => self.tell_chats(&|_| true, &|| chat::Input::Ready, moment),
            Told(Report::Called(..)) => {}
            Told(
                Report::State(_) | Report::Token(_) | Report::Topic(..) | Report::Malformed(_),
            )
            | Dial(_)
            | Send(..)
            | Close(..) => {}
        }
        if let Told(Report::Called(call, outcome)) = effect {
            match self.calls.remove(&call) {
                Some(Caller::Direct(key)) => self.out.push(Effect::Answer(key, outcome)),
                Some(Caller::Chat(id, kind)) => {
                    self.chat(id, chat::Input::Called(kind, outcome), moment);
                }
                None => {}
            }
        } else {
            self.out.push(Effect::Connection(effect));
        }
    }

    fn chat(&mut self, id: ChatId, mut input: chat::Input<'_>, moment: Moment) {
        if let chat::Input::Attach(_, kept) = &mut input {
            *kept = std::mem::take(&mut self.kept);
        }
        let Some(chat) = self.chats.get_mut(&id) else {
            // A chat that is over answers like a chat that is over.
            if let Some(operation) = input.operation() {
                let error = Error::WrongState { operation, state: "closed" };
                self.out.push(Effect::Answer(moment.key(), Err(error)));
            }
            return;
        };
        for effect in chat.handle(input, moment) {
            match effect {
                chat::Effect::Call { kind, request, timeout, patient } => {
                    self.call(Caller::Chat(id, kind), request, timeout, patient, moment);
                }
                chat::Effect::Connection(input) => self.connection(input, moment),
                chat::Effect::Tell(News::Answer(key, outcome)) => {
                    self.out.push(Effect::Answer(key, outcome));
                }
                chat::Effect::Tell(news) => {
                    if matches!(news, News::Over) {
                        self.chats.remove(&id);
                    }
                    self.out.push(Effect::Chat(id, news));
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

    fn tell_chats<'a>(
        &mut self,
        concerned: &dyn Fn(&Chat) -> bool,
        input: &dyn Fn() -> chat::Input<'a>,
        moment: Moment,
    ) {
        let mut ids = Vec::new();
        for (id, chat) in self.chats.iter() {
            if concerned(chat) {
                ids.push(*id);
            }
        }
        for id in ids {
            self.chat(id, input(), moment);
        }
    }
}
