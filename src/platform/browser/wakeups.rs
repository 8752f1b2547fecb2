use std::pin::Pin;
use std::task::{Context, Poll};

use futures::channel::mpsc;
use futures::{Stream, StreamExt};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget};

use super::visibility;
use crate::core::ports::Wakeup;

/// The page's events that a connection should know of. Dropping it removes the listeners.
#[derive(Debug)]
pub struct Wakeups {
    events: mpsc::UnboundedReceiver<Wakeup>,
    _listeners: Vec<Listener>,
}

#[derive(Debug)]
struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Wakeups {
    pub(super) fn new() -> Self {
        let (sender, events) = mpsc::unbounded();
        let mut listeners = Vec::new();
        if let Some(window) = web_sys::window() {
            if !window.navigator().on_line() {
                let _ = sender.unbounded_send(Wakeup::Offline);
            }
            let mut listen = |target: &EventTarget, name, wakeup: fn(&Event) -> Option<Wakeup>| {
                listeners.extend(Listener::new(target, name, sender.clone(), wakeup));
            };
            listen(&window, "online", |_| Some(Wakeup::Online));
            listen(&window, "offline", |_| Some(Wakeup::Offline));
            listen(&window, "pageshow", |event| persisted(event).then_some(Wakeup::Resumed));
            if let Some(document) = window.document() {
                listen(&document, "visibilitychange", |event| {
                    let target = event.current_target()?;
                    Some(visibility(target.dyn_ref()?))
                });
                // Chromium freezes hidden pages and thaws them before they are shown.
                listen(&document, "resume", |_| Some(Wakeup::Resumed));
            }
        }
        Self { events, _listeners: listeners }
    }
}

impl Stream for Wakeups {
    type Item = Wakeup;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Wakeup>> {
        self.events.poll_next_unpin(context)
    }
}

impl Listener {
    fn new(
        target: &EventTarget,
        name: &'static str,
        sender: mpsc::UnboundedSender<Wakeup>,
        wakeup: fn(&Event) -> Option<Wakeup>,
    ) -> Option<Self> {
        let callback = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(wakeup) = wakeup(&event) {
                let _ = sender.unbounded_send(wakeup);
            }
        });
        let function = callback.as_ref().unchecked_ref();
        target.add_event_listener_with_callback(name, function).ok()?;
        Some(Self { target: target.clone(), name, callback })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.callback.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.name, function);
    }
}

/// `PageTransitionEvent.persisted`: the page came out of the back/forward cache.
fn persisted(event: &Event) -> bool {
    js_sys::Reflect::get(event, &JsValue::from_str("persisted"))
        .is_ok_and(|value| value.is_truthy())
}
