//! A visitor's page: the real widget, and a person who types into it.

use std::cell::RefCell;
use std::rc::Rc;

use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use futures::{FutureExt, StreamExt};
use tvox_widget::core::model::{ChannelType, ChatChannelEventMessage, Direction, OpenSession};
use tvox_widget::core::observe::{LiveResult, Subscription};
use tvox_widget::core::session::chat::{
    Change, ChatSession, Conversation, Delivery, Entry, EntryKind,
};
use tvox_widget::core::{Error, Widget, WidgetConf};

use crate::net::Who;
use crate::ports::SimPorts;
use crate::server::Said;

/// The service that is asked.
const SERVICE: &str = "service0001";

/// A hundred messages may wait (docs/protocol.md, "Chat"). Fewer are seen to wait: one that the log
/// has told already waits for its answer still.
const OUTBOX: usize = 90;

/// One page.
pub struct Page {
    pool: LocalPool,
    widget: Widget,
    sessions: Subscription<Vec<OpenSession>>,
    chat: Option<ChatSession>,
    changes: Option<Subscription<Change>>,
    /// The documented events, beside the list: each one once, in order.
    monitor: Option<LiveResult<ChatChannelEventMessage>>,
    events: Option<Subscription<ChatChannelEventMessage>>,
    /// The number of the last event that was told.
    heard: Option<u64>,
    misheard: Option<String>,
    list: Conversation,
    created: Rc<RefCell<Option<Error>>>,
    met: bool,
}

impl Page {
    /// The page loads; with a token in the tab it takes up what runs.
    ///
    /// # Errors
    /// The configuration is of no use.
    pub fn load(ports: SimPorts) -> Result<Self, Error> {
        let conf = WidgetConf::builder("http://localhost")
            .service(ChannelType::Chat, SERVICE, "Support")
            .build()?;
        let (widget, driver) = Widget::new(conf, ports);
        let pool = LocalPool::new();
        // The pool is there as long as the page.
        let _ = pool.spawner().spawn_local(driver.run());
        let sessions = widget.sessions();
        Ok(Self {
            pool,
            widget,
            sessions,
            chat: None,
            changes: None,
            monitor: None,
            events: None,
            heard: None,
            misheard: None,
            list: Conversation::default(),
            created: Rc::default(),
            met: false,
        })
    }

    /// Does all that can be done now.
    pub fn settle(&mut self) {
        self.pool.run_until_stalled();
        if self.chat.is_none()
            && let Some(session) = self.widget.open_sessions().first().cloned()
        {
            self.begin(Some(&session));
            self.pool.run_until_stalled();
        }
        if self.chat.is_none()
            && let Some(Some(sessions)) = self.sessions.next().now_or_never()
        {
            self.begin(sessions.first());
            self.pool.run_until_stalled();
        }
        if let Some(changes) = &mut self.changes {
            while let Some(Some(change)) = changes.next().now_or_never() {
                self.list.apply(change);
            }
        }
        while let Some(event) = self.events.as_mut().and_then(Subscription::try_next) {
            let Some(seq) = event.seq else { continue };
            if self.heard.is_some_and(|last| last + 1 != seq) && self.misheard.is_none() {
                self.misheard = Some(format!("event {seq} was told after {:?}", self.heard));
            }
            self.heard = Some(seq);
        }
    }

    fn begin(&mut self, running: Option<&OpenSession>) {
        let chat = match running {
            Some(session) => self.widget.attach_chat(session),
            None => {
                let chat = self.widget.new_chat_session(SERVICE, Vec::new(), Some("Mario"), None);
                let (create, failed) = (chat.create(), Rc::clone(&self.created));
                let create = async move { *failed.borrow_mut() = create.await.err() };
                let _ = self.pool.spawner().spawn_local(create);
                chat
            }
        };
        self.changes = Some(chat.conversation());
        let monitor = chat.event_monitor();
        self.events = Some(monitor.notification());
        self.monitor = Some(monitor);
        self.chat = Some(chat);
    }

    /// The visitor sends a message; false if the widget does not take it yet.
    pub fn says(&mut self, text: &str) -> bool {
        let chat = self.chat.as_ref().filter(|chat| {
            // Nobody writes before somebody is there to read it.
            self.met = self.met || chat.session().is_some_and(|session| session.is_connected());
            self.met
        });
        // Nor further once so many messages wait that another would be refused.
        let chat = chat.filter(|_| self.waiting() < OUTBOX);
        let taken = chat.is_some_and(|chat| chat.send(text).is_ok());
        self.settle();
        taken
    }

    fn waiting(&self) -> usize {
        let waits = |entry: &&Entry| entry.delivery == Delivery::Sending;
        self.list.entries().iter().filter(waits).count()
    }

    /// Creating the chat failed, as it does after 10 s without a connection: the visitor tries again.
    pub fn try_again(&mut self) {
        if self.created.borrow_mut().take().is_some() {
            self.chat = None;
            self.changes = None;
            self.begin(None);
            self.settle();
        }
    }

    /// What the visitor sees, in order.
    #[must_use]
    pub fn view(&self) -> Vec<Said> {
        let written = self.list.entries().iter().filter(|entry| entry.kind == EntryKind::Message);
        written
            .map(|entry| {
                let own = entry.direction == Direction::Outbound;
                let who = if own { Who::Visitor } else { Who::Operator };
                (who, entry.text.to_string())
            })
            .collect()
    }

    /// The first event that was told out of its turn.
    #[must_use]
    pub fn misheard(&self) -> Option<String> {
        self.misheard.clone()
    }

    /// Whether everything the visitor wrote has been taken by the server.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.list
            .entries()
            .iter()
            .all(|entry| entry.seq.is_some() && entry.delivery != Delivery::Sending)
    }
}
