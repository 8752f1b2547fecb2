use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::LocalBoxFuture;
use futures::{FutureExt, SinkExt, Stream, StreamExt};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, State, WebSocketError};
use wasm_bindgen_futures::spawn_local;

use crate::core::ports::{Closed, Link, LinkEvent};

/// An open WebSocket of the page.
#[derive(Debug)]
pub struct SocketLink(Option<Socket>);

/// A WebSocket, by gloo and by itself: gloo's can be closed only by giving it up.
struct Socket {
    gloo: Option<WebSocket>,
    itself: web_sys::WebSocket,
}

/// A WebSocket that is being opened. Dropping it gives the attempt up.
pub(super) type Dial = LocalBoxFuture<'static, Result<SocketLink, Closed>>;

/// Opens a socket.
pub(super) fn dial(url: &str, subprotocol: &str) -> Dial {
    // It throws where the page's policy or the address forbids it.
    let socket = web_sys::WebSocket::new_with_str(url, subprotocol).ok().and_then(Socket::new);
    async move {
        let mut socket = socket.ok_or_else(Closed::abnormal)?;
        poll_fn(|context| socket.poll_decided(context)).await;
        match socket.gloo.as_ref().map(WebSocket::state) {
            Some(State::Open) => Ok(SocketLink(Some(socket))),
            Some(State::Connecting | State::Closing | State::Closed) | None => {
                Err(Closed::abnormal())
            }
        }
    }
    .boxed_local()
}

impl Socket {
    fn new(itself: web_sys::WebSocket) -> Option<Self> {
        let gloo = WebSocket::try_from(itself.clone()).ok();
        gloo.is_some().then_some(Self { gloo, itself })
    }

    /// Until the socket is no longer connecting, whichever way that went. In Node it still says that it
    /// is when it tells of its failure, so that is listened to as well.
    fn poll_decided(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(gloo) = &mut self.gloo else { return Poll::Ready(()) };
        match gloo.poll_ready_unpin(context) {
            Poll::Ready(_) => Poll::Ready(()),
            Poll::Pending => gloo.poll_next_unpin(context).map(drop),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.itself.close();
        // gloo takes its listeners away only with the help of `CloseEvent`, which Node has not: a close
        // that came later would throw there, and end the program. So it is heard out.
        if let Some(mut gloo) = self.gloo.take() {
            spawn_local(async move { while gloo.next().await.is_some() {} });
        }
    }
}

impl Link for SocketLink {
    fn send(&mut self, text: String) {
        if let Some(gloo) = self.0.as_mut().and_then(|socket| socket.gloo.as_mut()) {
            // The browser queues; a socket that is closing drops it, and the close says so.
            let _ = gloo.start_send_unpin(Message::Text(text));
        }
    }

    fn close(&mut self, code: u16, reason: &str) {
        if let Some(socket) = self.0.take() {
            // Throws only for codes and reasons that are not allowed.
            let _ = socket.itself.close_with_code_and_reason(code, reason);
        }
    }
}

impl Stream for SocketLink {
    type Item = LinkEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<LinkEvent>> {
        let Some(gloo) = self.0.as_mut().and_then(|socket| socket.gloo.as_mut()) else {
            return Poll::Ready(None);
        };
        loop {
            let event = match gloo.poll_next_unpin(context) {
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
