use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::channel::mpsc;
use futures::{Stream, StreamExt};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Event, EventTarget};

/// The events of some objects of the page, as they come. Dropping it removes the listeners.
pub(super) struct Events {
    events: mpsc::UnboundedReceiver<Event>,
    callback: Closure<dyn FnMut(Event)>,
    heard: Vec<(EventTarget, &'static str)>,
}

impl Events {
    pub(super) fn new() -> Self {
        let (sender, events) = mpsc::unbounded();
        let callback = Closure::<dyn FnMut(Event)>::new(move |event| {
            let _ = sender.unbounded_send(event);
        });
        Self { events, callback, heard: Vec::new() }
    }

    /// Listens to the events of these names too.
    pub(super) fn listen(&mut self, target: &EventTarget, names: &[&'static str]) {
        let function = self.callback.as_ref().unchecked_ref();
        for name in names {
            // It cannot fail: it is given a function.
            let _ = target.add_event_listener_with_callback(name, function);
            self.heard.push((target.clone(), name));
        }
    }

    /// Does not listen to it any more.
    pub(super) fn forget(&mut self, target: &EventTarget) {
        let function = self.callback.as_ref().unchecked_ref();
        self.heard.retain(|(heard, name)| {
            let over = heard == target;
            if over {
                let _ = target.remove_event_listener_with_callback(name, function);
            }
            !over
        });
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.events.poll_next_unpin(context)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        let function = self.callback.as_ref().unchecked_ref();
        for (target, name) in &self.heard {
            let _ = target.remove_event_listener_with_callback(name, function);
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.heard.iter().map(|(_, name)| name);
        f.debug_list().entries(names).finish()
    }
}
