use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::LocalBoxFuture;
use futures::{FutureExt, SinkExt, Stream, StreamExt};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, State, WebSocketError};

use crate::core::ports::{Closed, Link, LinkEvent};

/// An open WebSocket of the page.
#[derive(Debug)]
pub struct SocketLink(Option<Socket>);

/// gloo's type has no `Debug`.
struct Socket(WebSocket);

/// A WebSocket that is being opened. Dropping it gives the attempt up.
pub(super) type Dial = LocalBoxFuture<'static, Result<SocketLink, Closed>>;

/// Opens a socket.
pub(super) fn dial(url: &str, subprotocol: &str) -> Dial {
    // It throws where the page's policy or the address forbids it.
    let socket = WebSocket::open_with_protocol(url, subprotocol);
    async move {
        let mut socket = socket.map_err(|_| Closed::abnormal())?;
        // Ready once the socket is no longer connecting, whichever way that went.
        let _ = std::future::poll_fn(|context| socket.poll_ready_unpin(context)).await;
        match socket.state() {
            State::Open => Ok(SocketLink(Some(Socket(socket)))),
            State::Connecting | State::Closing | State::Closed => Err(Closed::abnormal()),
        }
    }
    .boxed_local()
}

impl Link for SocketLink {
    fn send(&mut self, text: String) {
        if let Some(Socket(socket)) = &mut self.0 {
            // The browser queues; a socket that is closing drops it, and the close says so.
            let _ = socket.start_send_unpin(Message::Text(text));
        }
    }

    fn close(&mut self, code: u16, reason: &str) {
        if let Some(Socket(socket)) = self.0.take() {
            // Both are given: gloo closes with 1005, which throws, when it has only a reason.
            let _ = socket.close(Some(code), Some(reason));
        }
    }
}

impl Stream for SocketLink {
    type Item = LinkEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<LinkEvent>> {
        let Some(Socket(socket)) = &mut self.0 else { return Poll::Ready(None) };
        loop {
            let event = match socket.poll_next_unpin(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(event) => event,
            };
            return Poll::Ready(match event {
                Some(Ok(Message::Text(text))) => Some(LinkEvent::Text(text)),
                // The protocol has text frames only.
                Some(Ok(Message::Bytes(_))) => continue,
                // A failure is told twice, and only the close that follows knows its code.
                Some(Err(WebSocketError::ConnectionError)) => continue,
                Some(Err(WebSocketError::ConnectionClose(close))) => {
                    Some(LinkEvent::Closed(Closed { code: close.code, reason: close.reason }))
                }
                Some(Err(_)) => Some(LinkEvent::Closed(Closed::abnormal())),
                None => None,
            });
        }
    }
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebSocket")
    }
}
