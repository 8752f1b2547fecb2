//! Does what the engine decides, and nothing by itself.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::StreamExt;
use futures::channel::{mpsc, oneshot};

use super::engine::{Effect, Engine, Input, Ticket};
use super::handle::{Shared, WidgetClient, known};
use crate::core::connection::{self, Moment, Settings, Wire};
use crate::core::error::Error;
use crate::core::map::Map;
use crate::core::model::{ChatChannelSession, ChatMessageStatus, Key, VisitorToken};
use crate::core::ports::Ports;
use crate::core::rpc::Reply;
use crate::core::session::Command;
use crate::core::session::chat::{
    Chat, ChatCommand, ChatId, Input as ChatInput, News, Published, StartWith,
};

/// Under this key the platform keeps the visitor's token.
const TOKEN: &str = "token";

/// How long a goodbye may take on its way out.
const FAREWELL: Duration = Duration::from_secs(1);

/// What makes a widget live. Run it once, on any executor; it ends when the widget is disconnected
/// or the last handle is dropped.
#[must_use = "nothing happens before `run`"]
pub struct Driver<P: Ports> {
    engine: Engine,
    wire: Wire<P>,
    ports: P,
    client: WidgetClient,
    shared: Arc<Shared>,
    commands: mpsc::UnboundedReceiver<Command>,
    chats: Map<ChatId, Published>,
    answers: Answers,
    over: bool,
}

/// Whoever waits for an answer.
#[derive(Default)]
struct Answers {
    last_ticket: u64,
    calls: Map<Ticket, oneshot::Sender<Result<Reply, Error>>>,
    creates: Map<ChatId, oneshot::Sender<Result<ChatChannelSession, Error>>>,
    sends: Map<Key, oneshot::Sender<Result<bool, Error>>>,
}

enum Event {
    Input(Input),
    Command(Command),
    /// Every handle is gone.
    Abandoned,
}

impl<P: Ports> Driver<P> {
    pub(super) fn new(
        client: WidgetClient,
        shared: Arc<Shared>,
        commands: mpsc::UnboundedReceiver<Command>,
        ports: P,
    ) -> Self {
        let options = client.options();
        let settings = Settings {
            retry: options.server.retry_options.clone(),
            heartbeat: options.server.heartbeat_interval,
            locale: options.graphics.as_ref().and_then(|graphics| graphics.lang.clone()),
            customer: options.customer_info.as_ref().and_then(known),
            token: ports.load(TOKEN).map(VisitorToken::new),
        };
        let wire = Wire::new(options.server.socket_url(), &ports);
        Self {
            engine: Engine::new(settings),
            wire,
            ports,
            client,
            shared,
            commands,
            chats: Map::new(),
            answers: Answers::default(),
            over: false,
        }
    }

    /// Connects and goes on until the end.
    pub async fn run(mut self) {
        self.step(Input::Connection(connection::Input::Watch(crate::core::rpc::Topic::Channels)));
        self.step(Input::Connection(connection::Input::Connect));
        while !self.over {
            match poll_fn(|context| self.poll_event(context)).await {
                Event::Input(input) => self.step(input),
                Event::Command(command) => self.command(command),
                Event::Abandoned => self.disconnect(false),
            }
        }
        self.farewell().await;
        self.client.end();
        self.shared.end();
    }

    /// Lets the goodbye go out, for as long as a goodbye may take.
    async fn farewell(&mut self) {
        let until = self.ports.now() + FAREWELL;
        let (wire, ports) = (&mut self.wire, &self.ports);
        poll_fn(|context| {
            while let Poll::Ready(input) = wire.poll_next(Some(until), ports, context) {
                if matches!(input, connection::Input::Tick) {
                    return Poll::Ready(());
                }
            }
            if wire.is_closing() { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        if let Poll::Ready(command) = self.commands.poll_next_unpin(context) {
            return Poll::Ready(command.map_or(Event::Abandoned, Event::Command));
        }
        let deadline = self.engine.deadline();
        self.wire
            .poll_next(deadline, &self.ports, context)
            .map(|input| Event::Input(Input::Connection(input)))
    }

    fn step(&mut self, input: Input) {
        let moment = Moment { now: self.ports.now(), chance: self.chance() };
        for effect in self.engine.handle(input, moment) {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Dial(link) => self.wire.dial(link, &self.ports),
            Effect::Send(link, text) => self.wire.send(link, text),
            Effect::Close(link, code) => self.wire.close(link, code),
            Effect::State(state) => self.client.tell(state),
            Effect::Ready(hello) => {
                self.shared.channels.next(hello.channels);
                self.shared.limits.next(hello.limits);
                self.shared.sessions.next(hello.sessions);
                if self.shared.ready.latest().is_none() {
                    self.shared.ready.next(());
                }
            }
            Effect::Discontinuity => self.shared.discontinuity.next(()),
            Effect::Token(token) => self.ports.save(TOKEN, &token),
            Effect::Channels(channels) => {
                if self.shared.channels.latest().as_ref() != Some(&channels) {
                    self.shared.channels.next(channels);
                }
            }
            Effect::Status(service, channel, status) => {
                if let Some(subject) = self.shared.status(service, channel)
                    && subject.latest().as_ref() != Some(&status)
                {
                    subject.next(status);
                }
            }
            Effect::StatusFailed(service, channel, error) => {
                if let Some(subject) = self.shared.status(service, channel) {
                    subject.fail(error);
                }
            }
            Effect::Answer(ticket, outcome) => {
                if let Some(reply) = self.answers.calls.remove(&ticket) {
                    let _ = reply.send(outcome);
                }
            }
            Effect::Chat(id, news) => self.tell_chat(id, news),
            Effect::Malformed(error) => self.ports.warn(&error.to_string()),
        }
    }

    fn tell_chat(&mut self, id: ChatId, news: News) {
        match &news {
            News::Created(outcome) => {
                if let Some(reply) = self.answers.creates.remove(&id) {
                    let _ = reply.send(outcome.clone());
                }
            }
            News::Sent(key, outcome) => {
                if let Some(reply) = self.answers.sends.remove(key) {
                    let _ = reply.send(outcome.clone());
                }
            }
            News::Id(_)
            | News::Session(_)
            | News::Change(_)
            | News::Opened(_)
            | News::Event(_)
            | News::Typing(_)
            | News::Over => {}
        }
        let over = matches!(news, News::Over);
        if let Some(published) = self.chats.get(&id) {
            published.tell(news);
        }
        if over {
            self.chats.remove(&id);
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Call { request, reply } => {
                self.answers.last_ticket += 1;
                let ticket = Ticket(self.answers.last_ticket);
                self.answers.calls.insert(ticket, reply);
                let request = request(self.key());
                self.step(Input::Call(ticket, request));
            }
            Command::Watch(topic) => {
                self.step(Input::Connection(connection::Input::Watch(topic)));
            }
            Command::Identify(channel, service) => {
                self.step(Input::Connection(connection::Input::Identify(channel, service)));
            }
            Command::OpenChat(id, published) => self.open_chat(id, published),
            Command::Chat(id, command) => self.chat(id, command),
            Command::Disconnect { forget } => self.disconnect(forget),
        }
    }

    fn open_chat(&mut self, id: ChatId, published: Published) {
        let (customer, fields, session) = match &published.start {
            StartWith::Customer(customer, fields) => (known(customer), fields.clone(), None),
            StartWith::Session(session) => (None, Vec::new(), Some(session.clone())),
        };
        let chat = Chat::new(published.service.clone(), customer, fields);
        self.chats.insert(id, published);
        self.step(Input::OpenChat(id, Box::new(chat)));
        if let Some(session) = session {
            self.step(Input::Chat(id, ChatInput::Attach(session)));
        }
    }

    fn chat(&mut self, id: ChatId, command: ChatCommand) {
        if !self.chats.contains_key(&id) {
            return refuse(command);
        }
        let input = match command {
            ChatCommand::Create(reply) => {
                // The first call goes on; its answer must not be handed to the second.
                if self.answers.creates.contains_key(&id) {
                    let error = Error::WrongState {
                        operation: "createChatChannelSession",
                        state: "being created",
                    };
                    let _ = reply.send(Err(error));
                    return;
                }
                self.answers.creates.insert(id, reply);
                ChatInput::Create(self.key())
            }
            ChatCommand::Send { text, greeting, reply } => {
                let key = self.key();
                self.answers.sends.insert(key.clone(), reply);
                ChatInput::Send { key, text, greeting }
            }
            ChatCommand::Typing(status, reply) => {
                let _ = reply.send(Ok(self.engine.is_online()));
                if status == ChatMessageStatus::Composing {
                    ChatInput::Composing
                } else {
                    ChatInput::Idle
                }
            }
            ChatCommand::Retry(entry) => ChatInput::Retry { entry, key: self.key() },
            ChatCommand::Discard(entry) => ChatInput::Discard(entry),
            ChatCommand::WantConversation => ChatInput::WantConversation,
            ChatCommand::WantEvents(wanted) => ChatInput::WantEvents(wanted),
            ChatCommand::Composing => ChatInput::Composing,
            ChatCommand::Idle => ChatInput::Idle,
            ChatCommand::Received(message) => ChatInput::Received(message),
            ChatCommand::Read(message) => ChatInput::Read(message),
            ChatCommand::StillHere => ChatInput::StillHere,
            ChatCommand::Close => ChatInput::Close,
        };
        self.step(Input::Chat(id, input));
    }

    fn disconnect(&mut self, forget: bool) {
        if forget {
            self.ports.remove(TOKEN);
        }
        self.step(Input::Connection(connection::Input::Disconnect { forget }));
        self.over = true;
    }

    fn key(&self) -> Key {
        let mut bytes = [0; 16];
        self.ports.random(&mut bytes);
        Key::from_random(bytes)
    }

    fn chance(&self) -> u32 {
        let mut bytes = [0; 4];
        self.ports.random(&mut bytes);
        u32::from_le_bytes(bytes)
    }
}

impl<P: Ports> fmt::Debug for Driver<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// A chat that is over answers like a chat that is over.
fn refuse(command: ChatCommand) {
    let error = |operation| Error::WrongState { operation, state: "closed" };
    match command {
        ChatCommand::Create(reply) => {
            let _ = reply.send(Err(error("createChatChannelSession")));
        }
        ChatCommand::Send { reply, .. } | ChatCommand::Typing(_, reply) => {
            let _ = reply.send(Err(error("chatSendMessage")));
        }
        ChatCommand::WantConversation
        | ChatCommand::WantEvents(_)
        | ChatCommand::Retry(_)
        | ChatCommand::Discard(_)
        | ChatCommand::Composing
        | ChatCommand::Idle
        | ChatCommand::Received(_)
        | ChatCommand::Read(_)
        | ChatCommand::StillHere
        | ChatCommand::Close => {}
    }
}
