//! A visitor at the real demo server: two independent readings of one protocol.

use std::net::SocketAddr;
use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tvox_demo_server::{Error, Running, Server, Settings};
use tvox_widget::core::config::{IceGatherPolicy, RetryOptions, TrickleIcePolicy, Webrtc};
use tvox_widget::core::model::{ChannelType, StepType};
use tvox_widget::core::session::chat::{Conversation, EntryKind};
use tvox_widget::core::{ChatSession, Widget, WidgetConf};
use tvox_widget::platform::native::Native;

use crate::support::operator::Operator;

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server with its data in a folder of its own.
pub(crate) async fn server(data: &TempDir, echo: bool, port: u16) -> Running {
    let mut settings = Settings::default();
    settings.http.listen = SocketAddr::from(([127, 0, 0, 1], port));
    settings.echo.enabled = echo;
    started(data, settings).await
}

/// A server with settings from a TOML text, on a port of its own and without an automatic operator.
pub(crate) async fn server_with(data: &TempDir, settings: &str) -> Running {
    let mut settings = Settings::parse(settings).unwrap();
    settings.http.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.echo.enabled = false;
    started(data, settings).await
}

async fn started(data: &TempDir, mut settings: Settings) -> Running {
    settings.paths.data = data.path().to_owned();
    settings.turn.port = 0;
    loop {
        match Server::start(settings.clone()).await {
            Ok(running) => return running,
            // The one that died has not let go of its port yet.
            Err(Error::AddressInUse { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

pub(crate) fn visitor(server: SocketAddr) -> Widget {
    page(server, &native(server))
}

/// The system as the visitor's pages share it: what one keeps, the next one finds.
pub(crate) fn native(server: SocketAddr) -> Native {
    Native::new(Some(&format!("http://{server}")))
}

/// One page of a visitor.
pub(crate) fn page(server: SocketAddr, native: &Native) -> Widget {
    let webrtc = Webrtc {
        enabled: true,
        trickle_ice_policy: TrickleIcePolicy::default(),
        ice_gather_policy: IceGatherPolicy::default(),
    };
    let conf = WidgetConf::builder(&format!("http://{server}"))
        .service(ChannelType::Chat, "service0001", "Assistenza")
        .webrtc(webrtc)
        .retry(RetryOptions { interval: Duration::from_secs(1), ..RetryOptions::default() })
        .build()
        .unwrap();
    let (widget, driver) = Widget::new(conf, native.clone());
    tokio::spawn(driver.run());
    widget
}

/// Waits for a fact, and says which one if it does not come.
pub(crate) async fn within<T>(what: &str, fact: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, fact).await.unwrap_or_else(|_| panic!("not in time: {what}"))
}

pub(crate) async fn step(chat: &ChatSession, wanted: StepType) {
    let mut monitor = chat.session_monitor();
    let reached = async {
        while let Some(session) = monitor.next().await {
            if session.step_type() == Some(&wanted) {
                return;
            }
        }
        panic!("the session ended before {wanted}");
    };
    within(&format!("step {wanted}"), reached).await;
}

/// Reads the conversation until it looks as it should; returns the messages' texts.
pub(crate) async fn conversation(
    chat: &ChatSession,
    what: &str,
    wanted: impl Fn(&Conversation) -> bool,
) -> Vec<String> {
    let mut changes = chat.conversation();
    let mut list = Conversation::default();
    let reading = async {
        while !wanted(&list) {
            list.apply(changes.next().await.unwrap());
        }
    };
    within(what, reading).await;
    let messages = list.entries().iter().filter(|entry| entry.kind == EntryKind::Message);
    messages.map(|entry| entry.text.to_string()).collect()
}

pub(crate) fn holds(list: &Conversation, text: &str) -> bool {
    list.entries().iter().any(|entry| entry.text.contains(text))
}

/// A visitor and an operator who have just been connected.
pub(crate) async fn connected(server: SocketAddr) -> (Widget, ChatSession, Operator, String) {
    let mut operator = Operator::log_in(server, None).await;
    operator.subscribe("desk").await;
    let widget = visitor(server);
    let chat = widget.new_chat_session("service0001", Vec::new(), Some("Mario Rossi"), None);
    let session = within("the session", chat.create()).await.unwrap().id.to_string();
    operator.event(|desk| offered(desk, &session)).await;
    operator.call("session.accept", json!({ "session": session })).await;
    step(&chat, StepType::Connected).await;
    (widget, chat, operator, session)
}

pub(crate) fn offered(desk: &Value, session: &str) -> Option<()> {
    let contacts = desk["contacts"].as_array()?;
    contacts.iter().any(|contact| contact["id"] == session).then_some(())
}
