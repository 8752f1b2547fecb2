use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::{Stream, StreamExt};
use wasm_bindgen::JsValue;
use web_sys::{Document, Event};

use super::events::Events;
use crate::core::ports::Wakeup;

/// The page's events that a connection should know of.
#[derive(Debug)]
pub struct Wakeups {
    events: Events,
    document: Option<Document>,
    /// What was so already before anything happened.
    first: Option<Wakeup>,
}

impl Wakeups {
    pub(super) fn new() -> Self {
        let mut events = Events::new();
        let window = web_sys::window();
        let document = window.as_ref().and_then(web_sys::Window::document);
        if let Some(window) = &window {
            events.listen(window, &["online", "offline", "pageshow"]);
        }
        if let Some(document) = &document {
            // Chromium freezes hidden pages and thaws them before they are shown: `resume`.
            events.listen(document, &["visibilitychange", "resume"]);
        }
        let offline = window.is_some_and(|window| !window.navigator().on_line());
        Self { events, document, first: offline.then_some(Wakeup::Offline) }
    }

    fn wakeup(&self, event: &Event) -> Option<Wakeup> {
        match event.type_().as_str() {
            "online" => Some(Wakeup::Online),
            "offline" => Some(Wakeup::Offline),
            "resume" => Some(Wakeup::Resumed),
            "pageshow" => persisted(event).then_some(Wakeup::Resumed),
            _ if self.document.as_ref().is_some_and(Document::hidden) => Some(Wakeup::Hidden),
            _ => Some(Wakeup::Visible),
        }
    }
}

impl Stream for Wakeups {
    type Item = Wakeup;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Wakeup>> {
        let mut wakeup = self.first.take();
        while wakeup.is_none() {
            let Some(event) = ready!(self.events.poll_next_unpin(context)) else { break };
            wakeup = self.wakeup(&event);
        }
        Poll::Ready(wakeup)
    }
}

/// `PageTransitionEvent.persisted`: the page came out of the back/forward cache.
fn persisted(event: &Event) -> bool {
    js_sys::Reflect::get(event, &JsValue::from_str("persisted"))
        .is_ok_and(|value| value.is_truthy())
}
