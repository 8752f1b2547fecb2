//! Does what the engine decides, and nothing by itself.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::channel::mpsc;
use futures::{FutureExt, StreamExt};

use super::engine::{Effect, Engine, Input};
use super::handle::{Shared, WidgetClient, known};
use crate::core::connection::{self, Moment, Report, Settings, Wire};
use crate::core::map::Map;
use crate::core::model::{Key, VisitorToken};
use crate::core::ports::{Ports, Wakeup};
use crate::core::rpc::{Kept, Part, Reply, Request, StateValue, Topic, TopicEvent};
use crate::core::session::chat::{ChatId, Input as ChatInput, News, Published};
use crate::core::session::{Answer, Command};

/// Under this key the platform keeps the visitor's token.
const TOKEN: &str = "token";

/// A call made before the connection waits this long for it.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

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
    /// Whoever waits for an answer, by the key of what was asked.
    answers: Map<Key, Answer>,
    /// What is to be done next, before anything new is heard.
    wishes: Vec<Command>,
    over: bool,
}

impl<P: Ports> Driver<P> {
    pub(super) fn new(
        client: WidgetClient,
        shared: Arc<Shared>,
        commands: mpsc::UnboundedReceiver<Command>,
        ports: P,
    ) -> Self {
        let options = client.options();
        let locale = options.graphics.as_ref().and_then(|graphics| graphics.lang.as_deref());
        let customer = options.customer_info.as_ref().and_then(known);
        let heartbeat = options.server.heartbeat_interval;
        let settings = Settings {
            retry: options.server.retry_options.clone(),
            heartbeat,
            hello: Request::hello(locale, heartbeat, customer),
            token: None,
        };
        let mut kept = Vec::new();
        for part in Part::ALL {
            kept.extend(ports.load(part.key()).and_then(|text| Kept::read(&text)));
        }
        shared.remember(&kept);
        let wire = Wire::new(options.server.socket_url(), &ports);
        Self {
            engine: Engine::new(settings, kept),
            wire,
            ports,
            client,
            shared,
            commands,
            chats: Map::new(),
            answers: Map::new(),
            wishes: Vec::new(),
            over: false,
        }
    }

    /// Connects and goes on until the end.
    pub async fn run(mut self) {
        // Not before: another page may just have given it.
        self.engine.come_back(self.ports.load(TOKEN).map(VisitorToken::new));
        self.command(Command::Connection(connection::Input::Watch(Topic::Channels, None)));
        self.command(Command::Connection(connection::Input::Connect));
        while !self.over {
            let command = poll_fn(|context| self.poll_command(context)).await;
            self.command(command);
        }
        self.farewell().await;
        self.end();
    }

    /// Nothing follows, for those who are listening and for those who only begin to.
    fn end(mut self) {
        self.client.end();
        self.shared.end();
        self.commands.close();
        while let Some(Some(command)) = self.commands.next().now_or_never() {
            if let Command::OpenChat(id, published, _) = command {
                self.chats.insert(id, published);
            }
        }
        self.chats.values().for_each(|chat| chat.tell(News::Over));
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

    /// What happens next: a wish, or something on the wire.
    #[inline(never)]
    fn poll_command(&mut self, context: &mut Context<'_>) -> Poll<Command> {
        if let Some(wish) = self.wishes.pop() {
            return Poll::Ready(wish);
        }
        if let Poll::Ready(command) = self.commands.poll_next_unpin(context) {
            // Without any handle there is nobody to be connected for.
            let farewell = || Command::Connection(connection::Input::Disconnect { forget: false });
            return Poll::Ready(command.unwrap_or_else(farewell));
        }
        let deadline = self.engine.deadline();
        self.wire.poll_next(deadline, &self.ports, context).map(Command::Connection)
    }

    #[inline(never)]
    fn command(&mut self, command: Command) {
        let moment = self.moment();
        let mut forgotten = false;
        let input = match command {
            Command::Connection(input) => {
                if let connection::Input::Disconnect { forget } = input {
                    self.over = true;
                    forgotten = forget;
                }
                if let connection::Input::Wake(Wakeup::Hidden) = input {
                    // Perhaps the page goes: this is the last that it hears.
                    self.keep(Part::Log);
                }
                Input::Connection(input)
            }
            Command::Call(request, answer) => {
                let timeout = answer.as_ref().map(|_| CALL_TIMEOUT);
                if let Some(answer) = answer {
                    self.answers.insert(moment.key(), answer);
                }
                Input::Call(request, timeout)
            }
            Command::Patient(request, answer) => {
                self.answers.insert(moment.key(), answer);
                Input::Call(request, None)
            }
            Command::OpenChat(id, published, chat) => {
                self.chats.insert(id, published);
                Input::OpenChat(id, chat)
            }
            Command::Chat(id, input, answer) => {
                if let Some(answer) = answer {
                    self.answers.insert(moment.key(), answer);
                    // Typing is said now or not at all, so this is known already.
                    let typing = matches!(input, ChatInput::Composing | ChatInput::Idle);
                    if typing {
                        let said = Reply::from(self.engine.carries_typing(id));
                        self.perform(Effect::Answer(moment.key(), Ok(said)));
                    }
                }
                Input::Chat(id, input)
            }
        };
        for effect in self.engine.handle(input, moment) {
            self.perform(effect);
        }
        if forgotten {
            self.ports.remove(TOKEN);
            for part in Part::ALL {
                self.ports.remove(part.key());
            }
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Connection(effect) => match effect {
                connection::Effect::Dial(link) => self.wire.dial(link, &self.ports),
                connection::Effect::Send(link, text) => self.wire.send(link, text),
                connection::Effect::Close(link, code) => self.wire.close(link, code),
                connection::Effect::Report(Report::Topic(
                    topic @ (Topic::Call(_) | Topic::Signal(_)),
                    event,
                )) => {
                    let heard = self.shared.calls.get().map(|calls| calls.hear(&topic, event));
                    match heard {
                        Some(Ok(wishes)) => self.wishes.extend(wishes),
                        Some(Err(error)) => self.tell(Report::Malformed(error)),
                        None => {}
                    }
                }
                connection::Effect::Report(report) => self.tell(report),
            },
            Effect::Answer(key, outcome) => {
                if let Some(answer) = self.answers.remove(&key) {
                    let _ = answer.send(outcome);
                }
            }
            Effect::Chat(id, news) => {
                let over = matches!(news, News::Over);
                let parts: &[Part] = if over {
                    &Part::ALL
                } else if matches!(news, News::Id(_)) {
                    &[Part::Session]
                } else if matches!(news, News::Waiting) {
                    &[Part::Outbox]
                } else {
                    &[]
                };
                if let Some(published) = self.chats.get(&id) {
                    published.tell(news);
                }
                if over {
                    self.chats.remove(&id);
                }
                parts.iter().for_each(|part| self.keep(*part));
            }
        }
    }

    /// Leaves to the next page what it has to know.
    fn keep(&self, part: Part) {
        match self.engine.kept(part) {
            Some(text) => self.ports.save(part.key(), &text),
            None => self.ports.remove(part.key()),
        }
    }

    #[inline(never)]
    fn tell(&self, report: Report) {
        let shared = &self.shared;
        match report {
            Report::State(state) => self.client.tell(state),
            Report::Ready(hello) => {
                shared.channels.next(hello.channels);
                shared.limits.next(hello.limits);
                shared.sessions.next(hello.sessions);
                // Told again after each connect; whoever waits for it listens to the first only.
                shared.ready.next(());
            }
            Report::Discontinuity => shared.discontinuity.next(()),
            Report::Token(token) => self.ports.save(TOKEN, &token),
            Report::Topic(topic, TopicEvent::State { value, .. }) => match value {
                StateValue::Channels(channels) => shared.channels.update(channels),
                StateValue::Service(status) => {
                    shared.status(&topic, |subject| subject.update(*status));
                }
                // Those of a session have gone to its chats.
                StateValue::Receipts(_) | StateValue::Session(_) => {}
                // Those of calls have been heard.
                StateValue::Call(_) => {}
            },
            Report::Topic(topic, TopicEvent::Failed(error)) => {
                shared.status(&topic, |subject| subject.fail(error));
            }
            Report::Topic(_, TopicEvent::Log { .. } | TopicEvent::Ephemeral(_)) => {}
            // The engine's.
            Report::Called(..) => {}
            Report::Malformed(error) => self.ports.warn(&error.to_string()),
        }
    }

    fn moment(&self) -> Moment {
        let mut random = [0; 16];
        self.ports.random(&mut random);
        Moment { now: self.ports.now(), random }
    }
}

impl<P: Ports> fmt::Debug for Driver<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("engine", &self.engine).finish_non_exhaustive()
    }
}
