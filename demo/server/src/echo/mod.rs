//! The automatic operator. It sits inside of the server, but speaks the operators' wire like everybody else: text frames in, text frames out.
//! It has no clock and no randomness, and knows nothing of the engine.
//!
//! ```text
//!  desk: offered ─▶ wait ─▶ session.accept ─▶ desk: connected ─▶ session/<id>, chat/<id> ─▶ read, type, send ⟲ ─▶ chat.close
//! ```
//!
//! All that it has said carries a key that names what it answers. After a restart it reads the log and knows what is still open.
//!
//! Of a call it knows what the wire says of it; the media is somebody else's, to whom it gives orders and whose reports it passes on, see `calls`.

mod calls;
mod talk;
mod words;

use crate::engine::Timestamp;
use crate::media::Order;
use crate::settings;
use calls::Call;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use talk::{Act, Talk};

/// The machine. See the module's text.
pub struct Echo {
    settings: settings::Echo,
    next_id: u64,
    /// What was asked, by the request's id.
    asked: BTreeMap<u64, Asked>,
    /// Which topic a subscription follows.
    topics: BTreeMap<String, Followed>,
    /// Contacts that ring, and when they are answered.
    ringing: BTreeMap<String, Timestamp>,
    talks: BTreeMap<String, Talk>,
    calls: BTreeMap<String, Call>,
    /// The visitor of each contact.
    visitors: BTreeMap<String, String>,
    /// The desk was seen since the beginning: a call that was there already had its media in another life.
    began: bool,
    orders: Vec<Order>,
}

#[derive(Clone, Debug)]
enum Asked {
    Desk,
    Session(String),
    Chat(String),
    Signals(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Followed {
    Desk,
    Session(String),
    Chat(String),
    Signals(String),
}

impl Echo {
    /// Nobody to talk to yet.
    pub fn new(settings: settings::Echo) -> Self {
        Self {
            settings,
            next_id: 1,
            asked: BTreeMap::new(),
            topics: BTreeMap::new(),
            ringing: BTreeMap::new(),
            talks: BTreeMap::new(),
            calls: BTreeMap::new(),
            visitors: BTreeMap::new(),
            began: false,
            orders: Vec::new(),
        }
    }

    /// The first frames to send.
    pub fn begin(&mut self) -> Vec<String> {
        let hello = json!({
            "client": {"name": "tvox-echo", "version": env!("CARGO_PKG_VERSION")},
            "api": crate::wire::VERSION[1],
            "operator": {"name": self.settings.name, "status": "AVAILABLE"},
        });
        let hello = self.request("hello", &hello, None);
        let desk = self.request("subscribe", &json!({"topic": "desk"}), Some(Asked::Desk));
        vec![hello, desk]
    }

    /// Takes in a frame. What comes out is to be sent.
    pub fn receive(&mut self, text: &str, now: Timestamp) -> Vec<String> {
        let Ok(frame) = serde_json::from_str::<Value>(text) else { return Vec::new() };
        if let Some(id) = frame["id"].as_u64() {
            return match self.asked.remove(&id) {
                Some(asked) => self.answered(asked, &frame["result"], now),
                None => Vec::new(),
            };
        }
        let params = &frame["params"];
        let followed =
            params["subscription"].as_str().and_then(|name| self.topics.get(name).cloned());
        match followed {
            Some(Followed::Desk) => self.desk(&params["result"], now),
            Some(Followed::Session(id)) => {
                self.talk(&id, |talk| talk.about(&params["result"]));
                Vec::new()
            }
            Some(Followed::Chat(id)) => {
                self.talk(&id, |talk| talk.heard(&params["result"], now));
                Vec::new()
            }
            Some(Followed::Signals(id)) => {
                self.signalled(&id, &params["result"]);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Time has passed. What comes out is to be sent.
    pub fn tick(&mut self, now: Timestamp) -> Vec<String> {
        let mut frames = Vec::new();
        let due: Vec<String> =
            self.ringing.iter().filter(|(_, at)| **at <= now).map(|(id, _)| id.clone()).collect();
        for id in due {
            self.ringing.remove(&id);
            frames.push(self.request("session.accept", &json!({"session": id}), None));
        }
        let sessions: Vec<String> = self.talks.keys().cloned().collect();
        for id in sessions {
            let calls = self.call_beside(&id).is_some();
            let acts = self
                .talks
                .get_mut(&id)
                .map(|talk| talk.tick(&self.settings, calls, now))
                .unwrap_or_default();
            for act in acts {
                frames.extend(self.act(&id, act));
            }
        }
        frames
    }

    /// What the media of its calls is to do, in order.
    pub fn orders(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    /// When to tick.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.ringing.values().copied().chain(self.talks.values().filter_map(Talk::deadline)).min()
    }

    fn answered(&mut self, asked: Asked, result: &Value, now: Timestamp) -> Vec<String> {
        let followed = match asked {
            Asked::Desk => Followed::Desk,
            Asked::Session(id) => Followed::Session(id),
            Asked::Chat(id) => Followed::Chat(id),
            Asked::Signals(id) => Followed::Signals(id),
        };
        let Some(subscription) = result["subscription"].as_str() else { return Vec::new() };
        self.topics.retain(|_, known| *known != followed);
        self.topics.insert(subscription.to_owned(), followed.clone());
        match followed {
            Followed::Desk => self.desk(&result["result"], now),
            Followed::Session(id) => {
                self.talk(&id, |talk| talk.about(&result["result"]));
                Vec::new()
            }
            Followed::Chat(id) => {
                let events = result["result"].as_array().cloned().unwrap_or_default();
                let is_complete = result["more"] != true;
                let last =
                    events.last().and_then(|event| event["seq"].as_u64()).unwrap_or_default();
                self.talk(&id, |talk| {
                    for event in &events {
                        talk.heard(event, now);
                    }
                    if is_complete {
                        talk.begin(now);
                    }
                });
                if is_complete {
                    return Vec::new();
                }
                let since = json!({"topic": format!("chat/{id}"), "since": {"epoch": result["epoch"], "seq": last}});
                vec![self.request("subscribe", &since, Some(Asked::Chat(id)))]
            }
            Followed::Signals(id) => self.signal_page(id, result),
        }
    }

    /// The newest state of the desk: rings new, talks new, talks gone.
    fn desk(&mut self, desk: &Value, now: Timestamp) -> Vec<String> {
        let contacts = desk["contacts"].as_array().cloned().unwrap_or_default();
        let named = |contact: &Value| contact["id"].as_str().unwrap_or_default().to_owned();
        self.visitors = contacts
            .iter()
            .map(|it| (named(it), it["visitor"]["id"].as_str().unwrap_or_default().to_owned()))
            .collect();
        let with_state = |state: &str, of: fn(&Value) -> bool| -> Vec<String> {
            let fits = |it: &&Value| it["state"] == state && of(&it["channel"]);
            contacts.iter().filter(fits).map(named).collect()
        };
        let offered = with_state("OFFERED", |_| true);
        let connected = with_state("CONNECTED", |channel| channel == "CHAT");
        let on_the_line = with_state("CONNECTED", |channel| channel != "CHAT");
        self.ringing.retain(|id, _| offered.contains(id));
        for id in offered {
            self.ringing.entry(id).or_insert_with(|| now.after(self.settings.pick_up));
        }
        let mut frames = self.take_calls(on_the_line);
        let gone: Vec<String> =
            self.talks.keys().filter(|id| !connected.contains(id)).cloned().collect();
        for id in gone {
            self.talks.remove(&id);
            frames.extend(self.unfollow(&[Followed::Session(id.clone()), Followed::Chat(id)]));
        }
        for id in connected {
            if !self.talks.contains_key(&id) {
                self.talks.insert(id.clone(), Talk::default());
                // In this order: the name is known before the greeting is written.
                let session = json!({"topic": format!("session/{id}")});
                frames.push(self.request("subscribe", &session, Some(Asked::Session(id.clone()))));
                let chat = json!({"topic": format!("chat/{id}")});
                frames.push(self.request("subscribe", &chat, Some(Asked::Chat(id))));
            }
        }
        frames
    }

    fn unfollow(&mut self, topics: &[Followed]) -> Vec<String> {
        let is_meant = |followed: &Followed| topics.contains(followed);
        let ended = self.topics.iter().filter(|(_, it)| is_meant(it)).map(|(name, _)| name.clone());
        let ended: Vec<String> = ended.collect();
        let mut frames = Vec::new();
        for name in ended {
            self.topics.remove(&name);
            frames.push(self.request("unsubscribe", &json!({"subscription": name}), None));
        }
        frames
    }

    fn talk(&mut self, id: &str, with: impl FnOnce(&mut Talk)) {
        if let Some(talk) = self.talks.get_mut(id) {
            with(talk);
        }
    }

    fn act(&mut self, session: &str, act: Act) -> Vec<String> {
        vec![match act {
            Act::Read(message) => {
                notification("chat.read", &json!({"session": session, "message": message}))
            }
            Act::Type => {
                notification("chat.typing", &json!({"session": session, "status": "COMPOSING"}))
            }
            Act::Say { answering, text } => {
                let key = format!("echo-{session}-{answering}");
                self.request(
                    "chat.send",
                    &json!({"session": session, "key": key, "message": text}),
                    None,
                )
            }
            Act::Push { answering, uri } => {
                let key = format!("echo-{session}-{answering}");
                self.request(
                    "page.push",
                    &json!({"session": session, "key": key, "uri": uri}),
                    None,
                )
            }
            Act::Call { answering, calling } => self.invite(session, answering, calling),
            Act::Line(line) => return self.about_line(session, line),
            Act::Close => self.request("chat.close", &json!({"session": session}), None),
        }]
    }

    fn request(&mut self, method: &str, params: &Value, asked: Option<Asked>) -> String {
        let id = self.next_id;
        self.next_id += 1;
        if let Some(asked) = asked {
            self.asked.insert(id, asked);
        }
        json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
    }
}

fn notification(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string()
}
