use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use futures::StreamExt;

use super::driver::Driver;
use crate::core::config::WidgetConf;
use crate::core::connection::{self, ConnectionEvent, ConnectionState, Phase};
use crate::core::error::Error;
use crate::core::map::Map;
use crate::core::model::{
    ChannelType, ChatRequest, CustomerInfo, Limits, OpenSession, Private, ServiceStatus,
    SessionField, SessionId, VisitorToken,
};
use crate::core::observe::{Subject, Subscription};
use crate::core::ports::Ports;
use crate::core::rpc::{Kept, Request, Topic};
use crate::core::session::call::{Calls, CallsOfWidget};
use crate::core::session::chat::{ChatId, ChatSession};
use crate::core::session::{Command, Inbox};

/// One visitor's widget (reference, `Widget`). Clones are one widget.
///
/// ```no_run
/// # use tvox_widget::core::{Widget, WidgetConf, ports::Ports, Error};
/// # async fn example(ports: impl Ports, spawn: impl Fn(std::pin::Pin<Box<dyn Future<Output = ()>>>)) -> Result<(), Error> {
/// let conf = WidgetConf::from_json(r#"{ "server": { "url": "contact.example.com" },
///     "servicesConfiguration": [{ "type": "CHAT", "services": [{ "code": "service0001" }] }] }"#)?;
/// let (widget, driver) = Widget::new(conf, ports);
/// spawn(Box::pin(driver.run()));
///
/// widget.ready().await?;
/// let chat = widget.new_chat_session("service0001", Vec::new(), Some("Mario Rossi"), None);
/// chat.create().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Widget {
    client: WidgetClient,
    shared: Arc<Shared>,
    inbox: Inbox,
}

/// The widget's connection (reference, `WidgetClient`).
#[derive(Clone, Debug)]
pub struct WidgetClient {
    options: Arc<WidgetConf>,
    connected: Subject<ConnectionEvent>,
    state: Subject<ConnectionState>,
}

/// Where the driver writes and the handles read.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) ready: Subject<()>,
    pub(super) channels: Subject<Map<ChannelType, bool>>,
    pub(super) sessions: Subject<Vec<OpenSession>>,
    /// What an earlier page left.
    remembered: Mutex<Vec<OpenSession>>,
    pub(super) limits: Subject<Limits>,
    pub(super) discontinuity: Subject<()>,
    /// Made when they are asked for first: a page without calls does not load them.
    pub(super) calls: OnceLock<Box<dyn CallsOfWidget>>,
    statuses: Mutex<Map<Topic, Subject<ServiceStatus>>>,
    chats: AtomicU64,
}

impl Widget {
    /// A widget and its driver. Nothing happens before the driver runs: spawn
    /// [`Driver::run`] on whatever executor there is.
    pub fn new<P: Ports>(options: WidgetConf, ports: P) -> (Self, Driver<P>) {
        let (inbox, commands) = Inbox::new();
        let client = WidgetClient {
            options: Arc::new(options),
            connected: Subject::replay(),
            state: Subject::state(ConnectionState::of(Phase::Connecting)),
        };
        let shared = Arc::new(Shared {
            ready: Subject::replay(),
            channels: Subject::state(Map::new()),
            sessions: Subject::replay(),
            remembered: Mutex::default(),
            limits: Subject::state(Limits::default()),
            discontinuity: Subject::events(),
            calls: OnceLock::new(),
            statuses: Mutex::default(),
            chats: AtomicU64::new(0),
        });
        let driver = Driver::new(client.clone(), Arc::clone(&shared), commands, ports);
        (Self { client, shared, inbox }, driver)
    }

    /// The connection.
    #[must_use]
    pub const fn client(&self) -> &WidgetClient {
        &self.client
    }

    /// Resolves when the server has answered for the first time (reference,
    /// `onLoadClientComplete`); at once if it has.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the widget is disconnected before.
    pub fn ready(&self) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let mut ready = self.shared.ready.subscribe();
        async move { ready.next().await.ok_or(Error::Cancelled) }
    }

    /// Whether a service answers on a channel, now and whenever that changes.
    ///
    /// # Errors
    /// [`Error::Unmonitored`] for a service that is not configured for the channel.
    pub fn service_status(
        &self,
        service: &str,
        channel: &ChannelType,
    ) -> Result<Subscription<ServiceStatus>, Error> {
        if !self.client.options.offers(service, channel) {
            return Err(Error::Unmonitored(format!("{service}/{channel}").into()));
        }
        let topic = Topic::Service(service.to_owned(), channel.clone());
        let mut statuses = lock(&self.shared.statuses);
        let subject = statuses.get_or_insert_with(topic.clone(), || {
            self.connection(connection::Input::Watch(topic, None));
            Subject::replay()
        });
        if self.inbox.is_closed() {
            subject.complete();
        }
        Ok(subject.subscribe())
    }

    /// Tells the operators which page the visitor is on. While offline only the latest page is
    /// kept; one that was overtaken resolves to false.
    ///
    /// # Errors
    /// [`Error::NotConnected`] after 10 s without a connection.
    pub fn visit(
        &self,
        linkable_uri: Option<&str>,
        uri: Option<&str>,
        uri_display: Option<&str>,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        let request = Request::visit(linkable_uri, uri, uri_display);
        let inbox = self.inbox.clone();
        async move { inbox.call(request).await?.done() }
    }

    /// Tells the operators what the visitor has chosen, now and after each reconnect.
    pub fn identify(&self, channel: &ChannelType, service: &str) {
        self.connection(connection::Input::Pledge(Request::identify(channel, service)));
    }

    /// Which channels the server offers; empty before the connection.
    #[must_use]
    pub fn channels_enabled(&self) -> Map<ChannelType, bool> {
        self.shared.channels.latest().unwrap_or_default()
    }

    /// The same, with every change; the present first.
    pub fn channels(&self) -> Subscription<Map<ChannelType, bool>> {
        self.shared.channels.subscribe()
    }

    /// What the server accepts.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.shared.limits.latest().unwrap_or_default()
    }

    /// A chat with a service, not started yet. Name and address fall back to the configuration's;
    /// without any the contact is anonymous.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "who asks has no more use for the fields")]
    pub fn new_chat_session(
        &self,
        service: &str,
        fields: Vec<SessionField>,
        customer_display_name: Option<&str>,
        customer_value: Option<&str>,
    ) -> ChatSession {
        let customer = self.customer_named(customer_display_name, customer_value);
        self.chat(service, Request::chat_create(service, known(&customer), &fields), None)
    }

    /// A chat with all that can be said beforehand: answers to the service's form, and the call of
    /// the visitor's own whose operator is to be rung first. Not started yet.
    #[must_use]
    pub fn new_chat(&self, chat: ChatRequest) -> ChatSession {
        let customer = self.customer(chat.customer);
        let create = Request::chat_create(&chat.service, customer.as_ref(), &chat.fields);
        let create = match &chat.with {
            Some(call) => create.with_operator_of(call),
            None => create,
        };
        self.chat(&chat.service, create, None)
    }

    /// The visitor's sessions that ran when the connection came up, as of the last connect; before
    /// the first, the conversation that an earlier page has kept.
    #[must_use]
    pub fn open_sessions(&self) -> Vec<OpenSession> {
        let connected = self.shared.sessions.latest();
        connected.unwrap_or_else(|| lock(&self.shared.remembered).clone())
    }

    /// Comes back as the visitor of this token, whom another page has met; a conversation of this
    /// page would be the other visitor's, so it must not have begun one.
    pub fn resume(&self, token: &str) {
        self.connection(connection::Input::Resume(VisitorToken::new(token.to_owned())));
    }

    /// Takes notice of a conversation that another page of the visitor has begun: what is kept of it
    /// there. It is among the [`sessions`](Self::sessions) then.
    pub fn hear(&self, kept: &str) {
        let (Some(kept), Some(mut sessions)) = (Kept::read(kept), self.shared.sessions.latest())
        else {
            return;
        };
        if !sessions.contains(&kept.session) {
            sessions.push(kept.session);
            self.shared.sessions.next(sessions);
        }
    }

    /// The same, after each connect.
    pub fn sessions(&self) -> Subscription<Vec<OpenSession>> {
        self.shared.sessions.subscribe()
    }

    /// Takes up a chat that runs already, as after a reload.
    #[must_use]
    pub fn attach_chat(&self, session: &OpenSession) -> ChatSession {
        let create = Request::chat_create(&session.service, None, &[]);
        self.chat(&session.service, create, Some(session.id.clone()))
    }

    /// The server has forgotten the visitor (its token ran out): earlier sessions are over.
    pub fn discontinuity(&self) -> Subscription<()> {
        self.shared.discontinuity.subscribe()
    }

    /// Ends the connection for good (reference, `disconnect`). Sessions stay with the server until
    /// the token runs out.
    pub fn disconnect(&self) {
        self.connection(connection::Input::Disconnect { forget: false });
    }

    /// Disconnects and has the server and this device forget the visitor.
    pub fn forget(&self) {
        self.connection(connection::Input::Disconnect { forget: true });
    }

    fn chat(&self, service: &str, create: Request, session: Option<SessionId>) -> ChatSession {
        let id = ChatId(self.shared.chats.fetch_add(1, Ordering::Relaxed));
        let server = self.client.options.server.url.clone();
        let (inbox, limits) = (self.inbox.clone(), self.shared.limits.clone());
        ChatSession::new(id, service, create, session, inbox, server, limits)
    }

    /// The configured customer, under another name and address where some are given.
    pub(crate) fn customer_named(
        &self,
        customer_display_name: Option<&str>,
        customer_value: Option<&str>,
    ) -> CustomerInfo {
        let mut customer = self.client.options.customer_info.clone().unwrap_or_default();
        let private = |text: Option<&str>| text.map(Private::from);
        customer.customer_display_name =
            private(customer_display_name).or(customer.customer_display_name);
        customer.customer_value = private(customer_value).or(customer.customer_value);
        customer
    }

    pub(super) fn with_inbox(&self, inbox: Inbox) -> Self {
        Self { inbox, ..self.clone() }
    }

    pub(super) fn inbox(&self) -> Inbox {
        self.inbox.clone()
    }

    pub(super) fn calls(&self) -> &Calls {
        self.shared.calls.get_or_init(|| Box::new(Calls::default())).calls()
    }

    fn connection(&self, input: connection::Input) {
        self.inbox.put(Command::Connection(input));
    }
}

impl WidgetClient {
    /// Whether there is a connection, whenever that changes; the present first, once it is known.
    pub fn connection_event(&self) -> Subscription<ConnectionEvent> {
        self.connected.subscribe()
    }

    /// What the connection is doing, with every change; the present first.
    pub fn connection_state(&self) -> Subscription<ConnectionState> {
        self.state.subscribe()
    }

    /// The configuration.
    #[must_use]
    pub fn options(&self) -> &WidgetConf {
        &self.options
    }

    pub(super) fn tell(&self, state: ConnectionState) {
        let connected = state.connected();
        let before = self.connected.latest();
        // The first dial says what was known already.
        self.state.update(state);
        // The first word is that there is a connection; the reference's sample logs each one.
        if before.is_none_or(|before| before.connected != connected)
            && (connected || before.is_some())
        {
            self.connected.next(ConnectionEvent { connected });
        }
    }

    pub(super) fn end(&self) {
        self.connected.complete();
        self.state.complete();
    }
}

impl Shared {
    /// A conversation goes on that an earlier page had.
    pub(super) fn remember(&self, kept: &[Kept]) {
        lock(&self.remembered).extend(kept.first().map(|kept| kept.session.clone()));
    }

    /// Tells what is new of a service.
    pub(super) fn status(&self, topic: &Topic, tell: impl FnOnce(&Subject<ServiceStatus>)) {
        if let Some(subject) = lock(&self.statuses).get(topic) {
            tell(subject);
        }
    }

    pub(super) fn end(&self) {
        self.ready.complete();
        self.channels.complete();
        self.sessions.complete();
        self.discontinuity.complete();
        if let Some(calls) = self.calls.get() {
            calls.end();
        }
        for status in lock(&self.statuses).values() {
            status.complete();
        }
    }
}

/// The customer, if anything is known of them.
pub(super) fn known(customer: &CustomerInfo) -> Option<&CustomerInfo> {
    (!customer.is_empty()).then_some(customer)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
