use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::{Stream, StreamExt};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, Event, MessageEvent};

use super::Sleep;
use super::events::Events;
use super::storage::{Storage, TOKEN};

/// What the other pages of this site say that speak to the same server: a key of the
/// [`Storage`] and its new value, or that it is gone.
///
/// A tab's session storage is its own, so a new tab asks for the visitor's token, and whoever has it
/// answers (BroadcastChannel, HTML). Only pages of one origin hear each other. A page hears its own
/// words too.
#[derive(Debug)]
pub struct Siblings {
    storage: Storage,
    events: Events,
    channel: BroadcastChannel,
}

impl Siblings {
    /// Listens from now on, and asks for the token. `None` where nothing is kept, or the browser has
    /// no such channels.
    #[must_use]
    pub fn new(storage: &Storage) -> Option<Self> {
        let channel = storage.channel()?;
        let mut events = Events::new();
        events.listen(&channel, &["message"]);
        if storage.load(TOKEN).is_none() {
            storage.say("", None);
        }
        Some(Self { storage: storage.clone(), events, channel })
    }

    /// What is of interest to whoever listens.
    fn hear(&self, event: &Event) -> Option<(String, Option<String>)> {
        let data: js_sys::Array = event.dyn_ref::<MessageEvent>()?.data().dyn_into().ok()?;
        let (key, value) = (data.get(0).as_string()?, data.get(1));
        let value = if value.is_null() { None } else { Some(value.as_string()?) };
        let (storage, token) = (&self.storage, self.storage.load(TOKEN));
        if key.is_empty() {
            storage.say(TOKEN, Some(&token?));
            return None;
        }
        if key == TOKEN && value.is_some() && value != token {
            // Late, as from a page that was asleep: ours stays if there is anything to lose.
            if token.is_some() && storage.load("session").is_some() {
                return None;
            }
            storage.put(TOKEN, value.as_deref());
        }
        Some((key, value))
    }
}

impl Stream for Siblings {
    type Item = (String, Option<String>);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some(event) = ready!(self.events.poll_next_unpin(context)) else {
                return Poll::Ready(None);
            };
            if let Some(word) = self.hear(&event) {
                return Poll::Ready(Some(word));
            }
        }
    }
}

impl Drop for Siblings {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// A sibling has answered by then.
const ANSWERED: Duration = Duration::from_millis(100);

impl Storage {
    /// Waits until a page that has the visitor's token has given it, if there is one.
    pub async fn settle(&self) {
        if self.load(TOKEN).is_none() && self.keeps() {
            Sleep::of(ANSWERED).await;
        }
    }

    /// Tells the other pages.
    pub(super) fn say(&self, key: &str, value: Option<&str>) {
        if let Some(channel) = self.channel() {
            let value = value.map_or(JsValue::NULL, JsValue::from);
            let _ = channel.post_message(&js_sys::Array::of2(&key.into(), &value));
            channel.close();
        }
    }
}
