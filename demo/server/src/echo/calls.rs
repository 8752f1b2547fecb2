//! The automatic operator's calls: which there are, and the road between a call's signals and its media.
//!
//! ```text
//!  desk: CONNECTED ─▶ Begin, subscribe signal/<id> ─▶ signals ⟷ media ─▶ desk: gone ─▶ End
//!                                                       └─ media is over ─▶ bye, call.close
//! ```

use super::words::{Calling, Line};
use super::{Asked, Echo, Followed};
use crate::media::{Order, Report, Said, Wish};
use crate::wire::id::SessionId;
use crate::wire::telephony::Signal;
use serde_json::{Value, json};

/// A call that was answered.
#[derive(Default)]
pub(super) struct Call {
    /// Signals that were said in it.
    said: u64,
    /// It was hung up, and the desk does not know yet.
    is_over: bool,
}

impl Echo {
    /// What the media of a call says. What comes out is to be sent.
    pub fn report(&mut self, report: &Report) -> Vec<String> {
        let id = report.call.as_str().to_owned();
        match &report.said {
            Said::Signal(signal) => self.signal(&id, signal).into_iter().collect(),
            Said::Over => self.hang_up(&id),
        }
    }

    /// Of the desk: the calls that are connected now.
    pub(super) fn take_calls(&mut self, connected: Vec<String>) -> Vec<String> {
        let mut frames = Vec::new();
        let gone: Vec<String> =
            self.calls.keys().filter(|id| !connected.contains(id)).cloned().collect();
        for id in gone {
            self.calls.remove(&id);
            self.order(&id, Wish::End);
            frames.extend(self.unfollow(&[Followed::Signals(id)]));
        }
        let had_begun = std::mem::replace(&mut self.began, true);
        for id in connected {
            if self.calls.contains_key(&id) {
                continue;
            }
            self.calls.insert(id.clone(), Call::default());
            if !had_begun {
                // Its media died with the server that it was on: who waits for it shall know at once.
                frames.extend(self.hang_up(&id));
                continue;
            }
            self.order(&id, Wish::Begin);
            let topic = json!({"topic": format!("signal/{id}")});
            frames.push(self.request("subscribe", &topic, Some(Asked::Signals(id))));
        }
        frames
    }

    /// A page of `signal/<id>`.
    pub(super) fn signal_page(&mut self, id: String, page: &Value) -> Vec<String> {
        let events = page["result"].as_array().cloned().unwrap_or_default();
        for event in &events {
            self.signalled(&id, event);
        }
        if page["more"] != true {
            return Vec::new();
        }
        let last = events.last().map_or(Value::Null, |event| event["seq"].clone());
        let since = json!({"epoch": page["epoch"], "seq": last});
        let topic = json!({"topic": format!("signal/{id}"), "since": since});
        vec![self.request("subscribe", &topic, Some(Asked::Signals(id)))]
    }

    /// An entry of `signal/<id>`.
    pub(super) fn signalled(&mut self, id: &str, event: &Value) {
        if let Ok(signal) = serde_json::from_value::<Signal>(event.clone()) {
            self.order(id, Wish::Signal(signal));
        }
    }

    /// The call with the visitor of that conversation.
    pub(super) fn call_beside(&self, chat: &str) -> Option<&String> {
        let visitor = self.visitors.get(chat)?;
        let is_with = |id: &&String| self.visitors.get(*id) == Some(visitor);
        let is_on = |(id, call): (_, &Call)| (!call.is_over).then_some(id);
        self.calls.iter().filter_map(is_on).find(is_with)
    }

    pub(super) fn invite(&mut self, chat: &str, answering: u64, calling: Calling) -> String {
        let channel = match calling {
            Calling::Audio => "PHONE_CALL",
            Calling::Video => "VIDEO",
        };
        let key = format!("echo-call-{chat}-{answering}");
        let params = json!({"session": chat, "key": key, "channel": channel});
        self.request("call.create", &params, None)
    }

    pub(super) fn about_line(&mut self, chat: &str, line: Line) -> Vec<String> {
        let Some(id) = self.call_beside(chat).cloned() else { return Vec::new() };
        let (method, wish) = match line {
            Line::Hold => ("call.hold", Wish::Hold(true)),
            Line::Resume => ("call.resume", Wish::Hold(false)),
            Line::Video => {
                self.order(&id, Wish::Video);
                return Vec::new();
            }
            Line::HangUp => return self.hang_up(&id),
        };
        self.order(&id, wish);
        vec![self.request(method, &json!({"session": id}), None)]
    }

    /// Says so to the visitor's browser, which would not notice in time, and ends the call.
    fn hang_up(&mut self, id: &str) -> Vec<String> {
        let mut frames: Vec<String> =
            self.signal(id, &Signal::Bye { generation: None }).into_iter().collect();
        let Some(call) = self.calls.get_mut(id) else { return frames };
        call.is_over = true;
        self.order(id, Wish::End);
        frames.push(self.request("call.close", &json!({"session": id}), None));
        frames
    }

    fn signal(&mut self, id: &str, signal: &Signal) -> Option<String> {
        let call = self.calls.get_mut(id).filter(|call| !call.is_over)?;
        call.said += 1;
        // A call has its media in one life only; a `bye` of the next one may not look like a signal of this.
        let key = match signal {
            Signal::Bye { .. } => format!("echo-bye-{id}"),
            Signal::Offer { .. }
            | Signal::Answer { .. }
            | Signal::Candidates { .. }
            | Signal::Restart { .. }
            | Signal::Media { .. } => format!("echo-{id}-{}", call.said),
        };
        let mut params = serde_json::to_value(signal).ok()?;
        params["session"] = json!(id);
        params["key"] = json!(key);
        Some(self.request("signal", &params, None))
    }

    fn order(&mut self, id: &str, wish: Wish) {
        self.orders.push(Order { call: SessionId::new(id), wish });
    }
}
