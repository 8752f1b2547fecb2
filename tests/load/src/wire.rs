//! A socket of one of the two wires, read and written by hand.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long opening may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket.
#[derive(Debug)]
pub(crate) struct Wire {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u64,
}

impl Wire {
    /// Opens `/tvox/<path>`.
    ///
    /// # Errors
    /// Nobody answers, or not as a WebSocket.
    pub(crate) async fn open(
        server: SocketAddr,
        path: &str,
        subprotocol: &'static str,
    ) -> Result<Self, String> {
        let fails = |error: &dyn std::fmt::Display| format!("/tvox/{path} does not open: {error}");
        let mut request = format!("ws://{server}/tvox/{path}")
            .into_client_request()
            .map_err(|error| fails(&error))?;
        let origin = HeaderValue::from_str(&format!("http://{server}"));
        let headers = request.headers_mut();
        headers.insert("Origin", origin.map_err(|error| fails(&error))?);
        headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(subprotocol));
        let opening = tokio::time::timeout(PATIENCE, connect_async(request)).await;
        let (mut socket, _) =
            opening.map_err(|error| fails(&error))?.map_err(|error| fails(&error))?;
        if let MaybeTlsStream::Plain(stream) = socket.get_mut() {
            let _ = stream.set_nodelay(true);
        }
        Ok(Self { socket, last_id: 0 })
    }

    /// Asks something; answers the number of the request.
    ///
    /// # Errors
    /// The socket is gone.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Result<u64, String> {
        let id = self.last_id + 1;
        self.put(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await?;
        self.last_id = id;
        Ok(id)
    }

    /// Says something that is not answered.
    ///
    /// # Errors
    /// The socket is gone.
    pub(crate) async fn tell(&mut self, method: &str, params: Value) -> Result<(), String> {
        self.put(json!({ "jsonrpc": "2.0", "method": method, "params": params })).await
    }

    async fn put(&mut self, frame: Value) -> Result<(), String> {
        let text = Message::text(frame.to_string());
        self.socket.send(text).await.map_err(|error| format!("cannot send: {error}"))
    }

    /// The next frame. Giving up waiting for it loses nothing.
    ///
    /// # Errors
    /// The socket is gone, or what came is no JSON.
    pub(crate) async fn next(&mut self) -> Result<Value, String> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(text.as_str())
                        .map_err(|error| format!("no JSON: {error}"));
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(format!("closed with {} {}", frame.code, frame.reason));
                }
                Some(Ok(Message::Close(None))) | None => return Err("closed".to_owned()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(format!("cannot receive: {error}")),
            }
        }
    }

    /// Says good bye.
    pub(crate) async fn close(mut self) {
        let _ = tokio::time::timeout(PATIENCE, self.socket.close(None)).await;
    }
}

/// A UUID of version 4 as keys are, of two numbers that nobody else has together.
pub(crate) fn key(who: usize, number: u64) -> String {
    let number = number & 0xffff_ffff_ffff;
    format!("{:08x}-0000-4000-8000-{number:012x}", who & 0xffff_ffff)
}
