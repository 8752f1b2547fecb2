//! A server of one's own, and clients that know nothing but JSON.

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tvox_demo_server::{Running, Server, Settings};

/// How long a fact may take to come about. Nothing waits that long where all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) running: Option<Running>,
    _data: TempDir,
}

impl World {
    /// A server without an automatic operator.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let data = TempDir::new().unwrap();
        let mut settings = Settings::default();
        settings.http.listen = "127.0.0.1:0".parse().unwrap();
        settings.paths.data = data.path().to_owned();
        settings.echo.enabled = false;
        settings.turn.enabled = false;
        change(&mut settings);
        let running = Server::start(settings.clone()).await.unwrap();
        // Tokens belong to an origin, and the port is part of it: the next server must have the same.
        settings.http.listen = running.address();
        Self { settings, running: Some(running), _data: data }
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running().address()
    }

    /// Kills the server as `kill -9` would, and starts another on the same data.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.running.take().unwrap().kill().await;
        self.running = Some(Server::start(self.settings.clone()).await.unwrap());
    }

    /// A socket that has said nothing yet.
    pub(crate) async fn dial(&self, path: &str, protocol: &str) -> Client {
        let origin = format!("http://{}", self.address());
        self.try_dial(path, protocol, &[("origin", &origin)]).await.unwrap()
    }

    pub(crate) async fn try_dial(
        &self,
        path: &str,
        protocol: &str,
        headers: &[(&str, &str)],
    ) -> Result<Client, Box<Error>> {
        Client::dial(self.address(), path, protocol, headers).await
    }

    /// A visitor who has said hello; and what he was told.
    pub(crate) async fn visitor(&self) -> Visitor {
        self.visitor_with(json!({})).await
    }

    /// The same, with more parameters in his hello.
    pub(crate) async fn visitor_with(&self, more: Value) -> Visitor {
        let mut client = self.dial("/tvox/widget", "tvox.widget.v1").await;
        let welcome = client
            .call(
                "hello",
                with(json!({"client": {"name": "test", "version": "1"}, "api": "10.26.0"}), &more),
            )
            .await
            .unwrap();
        Visitor { client, welcome }
    }

    /// An operator of all services.
    pub(crate) async fn operator(&self, name: &str) -> Visitor {
        self.operator_with(json!({"operator": {"name": name}})).await
    }

    pub(crate) async fn operator_with(&self, more: Value) -> Visitor {
        let mut client = self.dial("/tvox/operator", "tvox.operator.v1").await;
        let welcome = client
            .call(
                "hello",
                with(json!({"client": {"name": "test", "version": "1"}, "api": "10.26.0"}), &more),
            )
            .await
            .unwrap();
        Visitor { client, welcome }
    }

    /// A visitor and an operator who are connected, the visitor following everything; and the session.
    pub(crate) async fn conversation(&self) -> (Visitor, Visitor, String) {
        let mut operator = self.operator("Anna").await;
        let mut visitor = self.visitor().await;
        let session = visitor.create("service0001").await;
        operator.accept(&session).await;
        visitor.follow(&session).await;
        visitor.step(&session, "CONNECTED").await;
        (visitor, operator, session)
    }
}

pub(crate) fn with(mut value: Value, more: &Value) -> Value {
    for (name, field) in more.as_object().unwrap() {
        value[name] = field.clone();
    }
    value
}

/// Somebody who has said hello, visitor or operator.
pub(crate) struct Visitor {
    pub(crate) client: Client,
    pub(crate) welcome: Value,
}

impl std::ops::Deref for Visitor {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl std::ops::DerefMut for Visitor {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

impl Visitor {
    pub(crate) fn token(&self) -> String {
        self.welcome["resume"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn create(&mut self, service: &str) -> String {
        let created =
            self.call("chat.create", json!({"key": key(), "service": service})).await.unwrap();
        created["id"].as_str().unwrap().to_owned()
    }

    /// Subscribes the session's state, its log and its receipts; the log's first page.
    pub(crate) async fn follow(&mut self, session: &str) -> Vec<Value> {
        self.subscribe(&format!("session/{session}")).await;
        self.subscribe(&format!("receipts/{session}")).await;
        let log = self.subscribe(&format!("chat/{session}")).await;
        log["result"].as_array().unwrap().clone()
    }

    pub(crate) async fn subscribe(&mut self, topic: &str) -> Value {
        self.call("subscribe", json!({"topic": topic})).await.unwrap()
    }

    pub(crate) async fn accept(&mut self, session: &str) -> Value {
        self.call("session.accept", json!({"session": session})).await.unwrap()
    }

    pub(crate) async fn say(&mut self, session: &str, text: &str) -> Value {
        self.call("chat.send", json!({"session": session, "key": key(), "message": text}))
            .await
            .unwrap()
    }

    /// Asks for the session's state until it is at that step. (The events of a subscription may have come and gone.)
    pub(crate) async fn step(&mut self, session: &str, kind: &str) -> Value {
        let topic = format!("session/{session}");
        let mut state = self.subscribe(&topic).await["result"].clone();
        while state["step"]["type"] != kind {
            state = self
                .event(|event| event["result"]["id"] == session && event["rev"].is_u64())
                .await["result"]
                .clone();
        }
        state
    }

    /// The next entry of the log with that text.
    pub(crate) async fn hears(&mut self, text: &str) -> Value {
        self.event(|event| event["result"]["message"] == text).await["result"].clone()
    }
}

pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next_id: u64,
    waiting: VecDeque<Value>,
}

impl Client {
    pub(crate) async fn dial(
        address: SocketAddr,
        path: &str,
        protocol: &str,
        headers: &[(&str, &str)],
    ) -> Result<Client, Box<Error>> {
        let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
        if !protocol.is_empty() {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        for (name, value) in headers {
            let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let (socket, _) = tokio_tungstenite::connect_async(request).await.map_err(Box::new)?;
        Ok(Client { socket, next_id: 1, waiting: VecDeque::new() })
    }

    /// Result, or error object.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.begin(method, params).await;
        self.answer(id).await
    }

    /// Sends a request without waiting for its answer.
    pub(crate) async fn begin(&mut self, method: &str, params: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.send(
            &json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string(),
        )
        .await;
        id
    }

    pub(crate) async fn answer(&mut self, id: u64) -> Result<Value, Value> {
        let frame = self.frame(|frame| frame["id"] == id).await;
        if frame["error"].is_null() {
            Ok(frame["result"].clone())
        } else {
            Err(frame["error"].clone())
        }
    }

    /// The code of the error with which a call ends.
    pub(crate) async fn refused(&mut self, method: &str, params: Value) -> i64 {
        match self.call(method, params.clone()).await {
            Ok(result) => panic!("{method} {params} was answered {result}"),
            Err(error) => error["code"].as_i64().unwrap(),
        }
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string()).await;
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        self.socket.send(Message::binary(bytes.to_vec())).await.unwrap();
    }

    /// The parameters of the next event that fits; others stay.
    pub(crate) async fn event(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        self.frame(|frame| frame["method"] == "event" && fits(&frame["params"])).await["params"]
            .clone()
    }

    /// The next frame that fits; others stay.
    pub(crate) async fn frame(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.waiting.iter().position(&fits) {
            return self.waiting.remove(at).unwrap();
        }
        loop {
            let Some(frame) = self.next().await else {
                panic!("closed; before that came {:?}", self.waiting)
            };
            if fits(&frame) {
                return frame;
            }
            self.waiting.push_back(frame);
        }
    }

    /// Everything that came so far, after a ping came back: so nothing else was on its way.
    pub(crate) async fn everything(&mut self) -> Vec<Value> {
        self.call("ping", json!({})).await.unwrap();
        self.waiting.drain(..).collect()
    }

    /// Whether such a frame has come already.
    pub(crate) fn waiting(&self, fits: impl Fn(&Value) -> bool) -> bool {
        self.waiting.iter().any(fits)
    }

    /// Waits for the end. Code and reason; 1006 where there was no close frame.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("the connection stayed open")
            {
                Some(Ok(Message::Close(Some(frame)))) => {
                    // The answer to it goes out with the next look.
                    let _ = tokio::time::timeout(PATIENCE, self.socket.next()).await;
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(Message::Close(None))) => return (CloseCode::Status.into(), String::new()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return (1006, String::new()),
            }
        }
    }

    /// Ends without a close frame.
    pub(crate) fn vanish(self) {
        drop(self.socket);
    }

    async fn next(&mut self) -> Option<Value> {
        loop {
            let waited = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            match waited
                .unwrap_or_else(|_| panic!("nothing came; before that came {:?}", self.waiting))
            {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }
}

/// A key that was never used.
pub(crate) fn key() -> String {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    format!(
        "00000000-0000-4000-8000-{:012}",
        COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    )
}
