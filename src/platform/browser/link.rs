use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::{Stream, StreamExt};
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::events::Events;
use crate::core::ports::{Closed, Link, LinkEvent};

/// A WebSocket of the page. Dropping it closes it.
#[derive(Debug)]
pub struct SocketLink {
    socket: WebSocket,
    events: Events,
    closed: bool,
}

/// A WebSocket that is being opened.
#[derive(Debug)]
#[must_use = "dropping it gives the attempt up"]
pub struct Dial(Option<SocketLink>);

impl Dial {
    pub(super) fn new(url: &str, subprotocol: &str) -> Self {
        // It throws where the page's policy or the address forbids it.
        Self(WebSocket::new_with_str(url, subprotocol).ok().map(SocketLink::new))
    }
}

impl Future for Dial {
    type Output = Result<SocketLink, Closed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(link) = &mut self.0 else { return Poll::Ready(Err(Closed::abnormal())) };
        let opened = ready!(link.events.poll_next_unpin(context))
            .is_some_and(|event| event.type_() == "open");
        let link = self.0.take().filter(|_| opened);
        Poll::Ready(link.ok_or_else(Closed::abnormal))
    }
}

impl SocketLink {
    fn new(socket: WebSocket) -> Self {
        let mut events = Events::new();
        // No `error`: the close that follows says all that a page may know.
        events.listen(&socket, &["open", "message", "close"]);
        Self { socket, events, closed: false }
    }
}

impl Link for SocketLink {
    fn send(&mut self, text: String) {
        // The browser queues; a socket that is closing drops it, and the close says so.
        let _ = self.socket.send_with_str(&text);
    }

    fn close(&mut self, code: u16, reason: &str) {
        self.closed = true;
        // Throws only for codes and reasons that are not allowed.
        let _ = self.socket.close_with_code_and_reason(code, reason);
    }
}

impl Stream for SocketLink {
    type Item = LinkEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<LinkEvent>> {
        while !self.closed {
            let Some(event) = ready!(self.events.poll_next_unpin(context)) else { break };
            if event.type_() == "close" {
                self.closed = true;
                let close: &CloseEvent = event.unchecked_ref();
                let closed = Closed { code: close.code(), reason: close.reason() };
                return Poll::Ready(Some(LinkEvent::Closed(closed)));
            }
            // The protocol has text frames only; others, and what is no message, are passed over.
            let message: &MessageEvent = event.unchecked_ref();
            if let Some(text) = message.data().as_string() {
                return Poll::Ready(Some(LinkEvent::Text(text)));
            }
        }
        Poll::Ready(None)
    }
}

impl Drop for SocketLink {
    fn drop(&mut self) {
        // Nothing happens to a socket that is closing or closed already.
        let _ = self.socket.close();
    }
}
