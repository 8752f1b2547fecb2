//! An operator at the wire: docs/operator-protocol.md, read by hand.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Operator {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    resume: Option<String>,
    last_id: u64,
    events: Vec<Value>,
}

impl Operator {
    /// Logs in, or comes back with the token of an earlier connection.
    pub(crate) async fn log_in(server: SocketAddr, resume: Option<String>) -> Self {
        let mut request = format!("ws://{server}/tvox/operator").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("Origin", format!("http://{server}").parse().unwrap());
        headers.insert("Sec-WebSocket-Protocol", "tvox.operator.v1".parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        let mut operator = Self { socket, resume: None, last_id: 0, events: Vec::new() };
        let mut hello = json!({
            "client": { "name": "test", "version": "0" }, "api": "10.26.0", "heartbeat": 5000,
            "operator": { "name": "Anna", "services": ["service0001"] },
        });
        if let Some(resume) = resume {
            hello["resume"] = resume.into();
        }
        let greeted = operator.call("hello", hello).await;
        operator.resume = greeted["resume"].as_str().map(str::to_owned);
        operator
    }

    pub(crate) fn token(&self) -> Option<String> {
        self.resume.clone()
    }

    pub(crate) async fn subscribe(&mut self, topic: &str) -> Value {
        self.call("subscribe", json!({ "topic": topic })).await
    }

    pub(crate) async fn send(&mut self, session: &str, key: &str, message: &str) {
        let params = json!({ "session": session, "key": key, "message": message });
        self.call("chat.send", params).await;
    }

    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        self.say(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        loop {
            let frame = self.frame().await;
            if frame["id"] == id {
                assert_eq!(frame.get("error"), None, "{method}");
                return frame["result"].clone();
            }
            self.events.push(frame);
        }
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.say(json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
    }

    /// Waits for a pushed value that fits.
    pub(crate) async fn event<T>(&mut self, fits: impl Fn(&Value) -> Option<T>) -> T {
        let mut at = 0;
        loop {
            while at < self.events.len() {
                let found = fits(&self.events[at]["params"]["result"]);
                if let Some(found) = found {
                    self.events.remove(at);
                    return found;
                }
                at += 1;
            }
            let frame = self.frame().await;
            self.events.push(frame);
        }
    }

    async fn say(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn frame(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            let message = message.expect("the server says something within 10 s");
            if let Message::Text(text) = message.expect("the socket is open").unwrap() {
                return serde_json::from_str(text.as_str()).unwrap();
            }
        }
    }
}
