use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;

use super::ChatId;
use super::entry::{Change, EntryKey};
use super::list::Conversation;
use super::machine::News;
use crate::core::error::Error;
use crate::core::model::{
    ChatChannelEventMessage, ChatChannelSession, ChatMessageStatus, MessageId, Private,
    SessionField, SessionId,
};
use crate::core::observe::{LiveResult, Subject, Subscription};
use crate::core::rpc::Request;
use crate::core::session::{Command, Inbox};

/// A chat of the visitor with a service (reference, `ChatSession`). Clones are one chat.
#[derive(Clone, Debug)]
pub struct ChatSession {
    id: ChatId,
    service: String,
    published: Published,
    inbox: Inbox,
}

/// What a chat handle asks of the driver.
pub(crate) enum ChatCommand {
    Create(oneshot::Sender<Result<ChatChannelSession, Error>>),
    WantConversation,
    WantEvents(bool),
    Send { text: Private<String>, greeting: bool, reply: oneshot::Sender<Result<bool, Error>> },
    Typing(ChatMessageStatus, oneshot::Sender<Result<bool, Error>>),
    Retry(EntryKey),
    Discard(EntryKey),
    Composing,
    Idle,
    Received(MessageId),
    Read(MessageId),
    StillHere,
    Close,
}

/// With what a chat begins.
#[derive(Clone, Debug)]
pub(crate) enum StartWith {
    /// Nothing yet: it will be created.
    Customer(crate::core::model::CustomerInfo, Vec<SessionField>),
    /// A session that runs already.
    Session(SessionId),
}

/// Where the driver writes and the handles read.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) start: StartWith,
    pub(crate) service: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    session_id: Mutex<Option<SessionId>>,
    session: Subject<ChatChannelSession>,
    conversation: Mutex<Conversation>,
    changes: Subject<Change>,
    opened: Subject<ChatChannelEventMessage>,
    events: Subject<ChatChannelEventMessage>,
    typing: Subject<bool>,
    conversation_wanted: AtomicBool,
}

impl ChatSession {
    pub(crate) fn new(id: ChatId, published: Published, inbox: Inbox) -> Self {
        inbox.put(Command::OpenChat(id, published.clone()));
        Self { id, service: published.service.clone(), published, inbox }
    }

    /// The code of the service it is with.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The server's id, once there is one.
    #[must_use]
    pub fn id(&self) -> Option<SessionId> {
        lock(&self.published.shared.session_id).clone()
    }

    /// Asks for an operator. Waits up to 10 s for the connection.
    ///
    /// # Errors
    /// [`Error::Refused`] (no such service, closed, already one open …), [`Error::NotConnected`],
    /// [`Error::WrongState`] when called twice.
    pub fn create(&self) -> impl Future<Output = Result<ChatChannelSession, Error>> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        self.ask(ChatCommand::Create(reply));
        async move { answer.await.unwrap_or(Err(Error::Cancelled)) }
    }

    /// The session's state, whenever something in it changed; the present one first.
    pub fn session_monitor(&self) -> Subscription<ChatChannelSession> {
        self.published.shared.session.subscribe()
    }

    /// The session's state now, once there is one.
    #[must_use]
    pub fn session(&self) -> Option<ChatChannelSession> {
        self.published.shared.session.latest()
    }

    /// The documented events: `result` gives `OPEN_SESSION` once, `notification` everything else.
    #[must_use]
    pub fn event_monitor(&self) -> LiveResult<ChatChannelEventMessage> {
        let shared = &self.published.shared;
        let (start, stop) = (self.clone(), self.clone());
        LiveResult::new(
            shared.opened.clone(),
            shared.events.clone(),
            move || start.ask(ChatCommand::WantEvents(true)),
            move || stop.ask(ChatCommand::WantEvents(false)),
        )
    }

    /// The conversation as a list: all of it first, then one [`Change`] after the other.
    pub fn conversation(&self) -> Subscription<Change> {
        let shared = &self.published.shared;
        if !shared.conversation_wanted.swap(true, Ordering::AcqRel) {
            self.ask(ChatCommand::WantConversation);
        }
        // Held while subscribing, so that no change is missed or told twice.
        let conversation = lock(&shared.conversation);
        let first = Change::Reset(conversation.entries().to_vec());
        shared.changes.subscribe_from(first)
    }

    /// Whether the operator is writing; the present first.
    pub fn operator_typing(&self) -> Subscription<bool> {
        self.published.shared.typing.subscribe()
    }

    /// Puts a message into the outbox, where it waits until the server has it. The entry appears in
    /// the [`conversation`](Self::conversation) at once, and its fate with it.
    ///
    /// # Errors
    /// [`Error::WrongState`] before an operator has answered, and after the end.
    pub fn send(&self, text: &str) -> Result<(), Error> {
        let refused = match self.session() {
            Some(session) if session.is_closed() => Some("closed"),
            Some(_) => None,
            None => Some("not created"),
        };
        if let Some(state) = refused {
            return Err(Error::WrongState { operation: "chatSendMessage", state });
        }
        let (reply, _) = oneshot::channel();
        self.ask(ChatCommand::Send { text: text.into(), greeting: false, reply });
        Ok(())
    }

    /// Sends a message, or says that the visitor is writing (reference, `chatSendMessage`).
    ///
    /// `WROTE` resolves to true when the server has the message, however long that takes.
    /// `COMPOSING` and `IDLE` resolve to whether they were said: they never wait.
    ///
    /// # Errors
    /// [`Error::WrongState`] before an operator has answered, and after the end;
    /// [`Error::Refused`] when the server will not take it.
    pub fn chat_send_message(
        &self,
        message: &str,
        status: &ChatMessageStatus,
        notify_greeting_message: bool,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        self.ask(match status {
            ChatMessageStatus::Composing | ChatMessageStatus::Idle => {
                ChatCommand::Typing(status.clone(), reply)
            }
            ChatMessageStatus::Wrote | ChatMessageStatus::Unknown(_) => {
                ChatCommand::Send { text: message.into(), greeting: notify_greeting_message, reply }
            }
        });
        async move { answer.await.unwrap_or(Err(Error::Cancelled)) }
    }

    /// Puts a failed message back into the outbox, behind what waits there.
    pub fn retry(&self, entry: &EntryKey) {
        self.ask(ChatCommand::Retry(entry.clone()));
    }

    /// Lets a failed message go.
    pub fn discard(&self, entry: &EntryKey) {
        self.ask(ChatCommand::Discard(entry.clone()));
    }

    /// To be called at every key the visitor presses; how often that is said is decided here.
    pub fn composing(&self) {
        self.ask(ChatCommand::Composing);
    }

    /// The composer was left or emptied.
    pub fn idle(&self) {
        self.ask(ChatCommand::Idle);
    }

    /// This message and all before it have arrived (reference, `chatChannelReceivedMessage`).
    pub fn mark_received(&self, message: &MessageId) {
        self.ask(ChatCommand::Received(message.clone()));
    }

    /// This message and all before it have been seen (reference, `chatChannelReadMessage`).
    pub fn mark_read(&self, message: &MessageId) {
        self.ask(ChatCommand::Read(message.clone()));
    }

    /// The visitor is still here: an answer to `INACTIVE_TIMEOUT`.
    pub fn still_here(&self) {
        self.ask(ChatCommand::StillHere);
    }

    /// Sends the conversation to a mail address (reference, `chatSendRecapOfSession`).
    ///
    /// # Errors
    /// [`Error::Refused`] where the server cannot; [`Error::WrongState`] before the session exists.
    pub fn send_recap(
        &self,
        mail: &str,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        let (session, inbox, mail) = (self.id(), self.inbox.clone(), Private::from(mail));
        async move {
            let operation = "chatSendRecapOfSession";
            let session = session.ok_or(Error::WrongState { operation, state: "not created" })?;
            inbox.call(move |key| Request::ChatRecap { session, key, mail }).await?.done()
        }
    }

    /// Ends the session (reference, `chatChannelSessionClose`). The monitors tell `CLOSED`, then
    /// complete.
    pub fn close(&self) {
        self.ask(ChatCommand::Close);
    }

    fn ask(&self, command: ChatCommand) {
        self.inbox.put(Command::Chat(self.id, command));
    }
}

impl Published {
    pub(crate) fn new(service: &str, start: StartWith) -> Self {
        let session_id = match &start {
            StartWith::Session(id) => Some(id.clone()),
            StartWith::Customer(..) => None,
        };
        let shared = Shared {
            session_id: Mutex::new(session_id),
            session: Subject::replay(),
            conversation: Mutex::default(),
            changes: Subject::events(),
            opened: Subject::replay(),
            events: Subject::events(),
            typing: Subject::state(false),
            conversation_wanted: AtomicBool::new(false),
        };
        Self { start, service: service.to_owned(), shared: Arc::new(shared) }
    }

    /// Tells the handles. Answers to single calls are the driver's.
    pub(crate) fn tell(&self, news: News) {
        let shared = &self.shared;
        match news {
            News::Id(id) => *lock(&shared.session_id) = Some(id),
            News::Session(session) => shared.session.next(session),
            News::Change(change) => {
                let mut conversation = lock(&shared.conversation);
                conversation.apply(change.clone());
                shared.changes.next(change);
            }
            News::Opened(event) => shared.opened.next(event),
            News::Event(event) => shared.events.next(event),
            News::Typing(typing) => shared.typing.next(typing),
            News::Created(_) | News::Sent(..) => {}
            News::Over => {
                shared.session.complete();
                shared.opened.complete();
                shared.events.complete();
                shared.typing.complete();
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
