use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;

use super::ChatId;
use super::entry::{Change, EntryKey};
use super::list::Conversation;
use super::machine::{Chat, Input, News};
use crate::core::config::ServerUrl;
use crate::core::error::Error;
use crate::core::model::{
    ChatChannelEventMessage, ChatChannelSession, ChatMessageStatus, Limits, MessageId, SessionId,
};
use crate::core::observe::{LiveResult, Subject, Subscription};
use crate::core::rpc::{Reply, Request};
use crate::core::session::{Command, Inbox, answered};

/// A chat of the visitor with a service (reference, `ChatSession`). Clones are one chat.
#[derive(Clone, Debug)]
pub struct ChatSession {
    id: ChatId,
    service: String,
    published: Published,
    pub(super) inbox: Inbox,
    /// Where its files are.
    pub(super) server: ServerUrl,
    /// Which files the server takes.
    pub(super) limits: Subject<Limits>,
}

/// Where the driver writes and the handles read.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    session_id: Mutex<Option<SessionId>>,
    conversation: Mutex<Conversation>,
    session: Subject<ChatChannelSession>,
    changes: Subject<Change>,
    opened: Subject<ChatChannelEventMessage>,
    events: Subject<ChatChannelEventMessage>,
    typing: Subject<bool>,
    conversation_wanted: AtomicBool,
    was_connected: AtomicBool,
}

impl ChatSession {
    /// A chat of its own; with a session that runs already, or to be created.
    pub(crate) fn new(
        id: ChatId,
        service: &str,
        create: Request,
        session: Option<SessionId>,
        inbox: Inbox,
        server: ServerUrl,
        limits: Subject<Limits>,
    ) -> Self {
        let service = service.to_owned();
        let published = Published::new(session.clone());
        let chat = Self { id, service, published, inbox, server, limits };
        if chat.inbox.is_closed() {
            chat.published.tell(News::Over);
        }
        let machine = Box::new(Chat::new(chat.service.clone(), create));
        chat.inbox.put(Command::OpenChat(id, chat.published.clone(), machine));
        if let Some(session) = session {
            // The engine adds what is kept of it.
            chat.put(Input::Attach(session, Vec::new()));
        }
        chat
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
        let answer = self.ask(Input::Create);
        async move { answered(answer).await?.session() }
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

    /// Whether an operator has ever answered, on this page or an earlier one.
    #[must_use]
    pub fn was_connected(&self) -> bool {
        self.published.shared.was_connected.load(Ordering::Acquire)
    }

    /// The documented events: `result` gives `OPEN_SESSION` once, `notification` everything else.
    #[must_use]
    pub fn event_monitor(&self) -> LiveResult<ChatChannelEventMessage> {
        let shared = &self.published.shared;
        let (start, stop) = (self.clone(), self.clone());
        LiveResult::new(
            shared.opened.clone(),
            shared.events.clone(),
            move || start.put(Input::WantEvents(true)),
            move || stop.put(Input::WantEvents(false)),
        )
    }

    /// The conversation as a list: all of it first, then one [`Change`] after the other.
    pub fn conversation(&self) -> Subscription<Change> {
        let shared = &self.published.shared;
        if !shared.conversation_wanted.swap(true, Ordering::AcqRel) {
            self.put(Input::WantConversation);
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
        let was_connected = self.was_connected();
        let refused = self.published.shared.session.look(|session| match session {
            Some(session) if session.is_closed() => Some("closed"),
            _ if was_connected => None,
            Some(_) => Some("waiting for an operator"),
            None => Some("not created"),
        });
        if let Some(state) = refused {
            return Err(Error::WrongState { operation: "chatSendMessage", state });
        }
        self.put(Input::Send { text: text.into(), greeting: false });
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
        let answer = self.ask(match status {
            ChatMessageStatus::Composing => Input::Composing,
            ChatMessageStatus::Idle => Input::Idle,
            ChatMessageStatus::Wrote | ChatMessageStatus::Unknown(_) => {
                Input::Send { text: message.into(), greeting: notify_greeting_message }
            }
        });
        async move { answered(answer).await?.done() }
    }

    /// Puts a failed message back into the outbox, behind what waits there.
    pub fn retry(&self, entry: &EntryKey) {
        self.put(Input::Retry(entry.clone()));
    }

    /// Lets a failed message go.
    pub fn discard(&self, entry: &EntryKey) {
        self.put(Input::Discard(entry.clone()));
    }

    /// To be called at every key the visitor presses; how often that is said is decided here.
    pub fn composing(&self) {
        self.put(Input::Composing);
    }

    /// The composer was left or emptied.
    pub fn idle(&self) {
        self.put(Input::Idle);
    }

    /// This message and all before it have arrived (reference, `chatChannelReceivedMessage`).
    pub fn mark_received(&self, message: &MessageId) {
        self.put(Input::Received(message.clone()));
    }

    /// This message and all before it have been seen (reference, `chatChannelReadMessage`).
    pub fn mark_read(&self, message: &MessageId) {
        self.put(Input::Read(message.clone()));
    }

    /// The visitor is still here: an answer to `INACTIVE_TIMEOUT`.
    pub fn still_here(&self) {
        self.put(Input::StillHere);
    }

    /// Ends the session (reference, `chatChannelSessionClose`). The monitors tell `CLOSED`, then
    /// complete.
    pub fn close(&self) {
        self.put(Input::Close);
    }

    fn put(&self, input: Input<'static>) {
        self.inbox.put(Command::Chat(self.id, input, None));
    }

    fn ask(&self, input: Input<'static>) -> oneshot::Receiver<Result<Reply, Error>> {
        let (reply, answer) = oneshot::channel();
        self.inbox.put(Command::Chat(self.id, input, Some(reply)));
        answer
    }
}

impl Published {
    fn new(session_id: Option<SessionId>) -> Self {
        let shared = Shared {
            session_id: Mutex::new(session_id),
            session: Subject::replay(),
            conversation: Mutex::default(),
            changes: Subject::events(),
            opened: Subject::replay(),
            events: Subject::events(),
            typing: Subject::state(false),
            conversation_wanted: AtomicBool::new(false),
            was_connected: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Tells the handles. Answers to single calls are the driver's.
    #[inline(never)]
    pub(crate) fn tell(&self, news: News) {
        let shared = &self.shared;
        match news {
            News::Id(id) => *lock(&shared.session_id) = Some(id),
            News::Met => shared.was_connected.store(true, Ordering::Release),
            News::Session(session) => {
                if session.is_connected() {
                    shared.was_connected.store(true, Ordering::Release);
                }
                shared.session.next(session);
            }
            News::Change(change) => {
                let mut conversation = lock(&shared.conversation);
                conversation.apply(change.clone());
                shared.changes.next(change);
            }
            News::Opened(event) => shared.opened.next(event),
            News::Event(event) => shared.events.next(event),
            News::Typing(typing) => shared.typing.next(typing),
            News::Answer(..) | News::Waiting => {}
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
