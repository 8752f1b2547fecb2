//! An operator by script, on the operators' wire: an independent reading of the five rules.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::net::{Link, Net, Time, Way, Who};
use crate::server::Said;

const INTERVAL: Time = 5_000;
const DIAL: Time = 10_000;

/// What an answer is about.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Hello,
    Desk,
    Accept,
    Log,
    Send(usize),
    Ping,
}

/// One operator at his console.
#[derive(Debug, Default)]
pub struct Operator {
    link: Option<Link>,
    greeted: bool,
    asked: BTreeMap<u64, Asked>,
    next_id: u64,
    token: Option<String>,
    session: Option<String>,
    subscribed: Option<String>,
    subscription: Option<String>,
    connected: bool,
    epoch: Value,
    cursor: u64,
    /// What he has seen, in order.
    view: Vec<Said>,
    /// All that he typed; `sent` of it is acknowledged.
    typed: Vec<String>,
    sent: usize,
    in_flight: bool,
    not_before: Time,
    ping: Option<Time>,
    next_ping: Time,
    redial: Option<Time>,
}

impl Operator {
    /// He sits down.
    #[must_use]
    pub fn new() -> Self {
        Self { redial: Some(0), ..Self::default() }
    }

    /// What he has seen.
    #[must_use]
    pub fn view(&self) -> &[Said] {
        &self.view
    }

    /// He types a message.
    pub fn says(&mut self, text: String, net: &mut Net) {
        self.typed.push(text);
        self.pump(net);
    }

    /// What he typed.
    #[must_use]
    pub fn typed(&self) -> &[String] {
        &self.typed
    }

    /// Whether all that he typed was taken.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.sent == self.typed.len()
    }

    /// When he does something by himself.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        let beat = self.link.map(|_| self.ping.unwrap_or(self.next_ping));
        let retry =
            (!self.is_quiet() && !self.in_flight && self.connected).then_some(self.not_before);
        [self.redial, beat, retry].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn tick(&mut self, net: &mut Net) {
        let now = net.now();
        if self.redial.is_some_and(|at| now >= at) {
            self.dial(net);
        }
        if self.link.is_some() {
            match self.ping {
                Some(until) if now >= until => return self.lost(net),
                Some(_) => {}
                None if now >= self.next_ping && self.greeted => {
                    self.ping = Some(now + INTERVAL);
                    self.ask(net, "ping", &json!({}), Asked::Ping);
                }
                None if now >= self.next_ping => return self.lost(net),
                None => {}
            }
        }
        self.pump(net);
    }

    fn dial(&mut self, net: &mut Net) {
        self.redial = None;
        self.greeted = false;
        self.ping = None;
        self.asked.clear();
        self.in_flight = false;
        self.connected = false;
        self.subscribed = None;
        self.subscription = None;
        self.link = Some(net.dial(Who::Operator));
        self.next_ping = net.now() + DIAL;
    }

    /// The call was taken or refused.
    pub fn answered(&mut self, link: Link, taken: bool, net: &mut Net) {
        if self.link != Some(link) {
            return;
        }
        if !taken {
            return self.lost(net);
        }
        let mut hello = json!({
            "client": { "name": "simulated", "version": "1" }, "api": "10.26.0",
            "operator": { "name": "Anna" },
        });
        if let Some(token) = &self.token {
            hello["resume"] = json!(token);
        }
        self.ask(net, "hello", &hello, Asked::Hello);
    }

    /// The connection is gone.
    pub fn closed(&mut self, link: Link, net: &mut Net) {
        if self.link == Some(link) {
            self.lost(net);
        }
    }

    fn lost(&mut self, net: &mut Net) {
        if let Some(link) = self.link.take() {
            net.client_closes(link);
        }
        self.redial = Some(net.now() + 700);
        self.connected = false;
    }

    /// A frame reaches him.
    pub fn frame(&mut self, link: Link, text: &str, net: &mut Net) {
        if self.link != Some(link) {
            return;
        }
        let Ok(frame) = serde_json::from_str::<Value>(text) else { return };
        match frame["id"].as_u64().and_then(|id| self.asked.remove(&id)) {
            Some(asked) => self.answer(asked, &frame, net),
            None => self.pushed(&frame["params"], net),
        }
    }

    fn answer(&mut self, asked: Asked, frame: &Value, net: &mut Net) {
        let result = &frame["result"];
        let refused = !frame["error"].is_null();
        match asked {
            Asked::Hello if refused => self.lost(net),
            Asked::Hello => {
                self.greeted = true;
                self.next_ping = net.now() + INTERVAL;
                self.token = result["resume"].as_str().map(str::to_owned);
                self.ask(net, "subscribe", &json!({ "topic": "desk" }), Asked::Desk);
            }
            Asked::Desk => self.desk(&result["result"], net),
            Asked::Accept => {}
            Asked::Log if refused => self.subscribed = None,
            Asked::Log => self.log(result, net),
            Asked::Send(number) => {
                self.in_flight = false;
                if refused {
                    self.not_before = net.now() + 1_000;
                } else {
                    self.sent = self.sent.max(number + 1);
                }
                self.pump(net);
            }
            Asked::Ping => {
                self.ping = None;
                self.next_ping = net.now() + INTERVAL;
            }
        }
    }

    fn pushed(&mut self, params: &Value, net: &mut Net) {
        let subscription = params["subscription"].as_str();
        if !params["result"]["contacts"].is_null() {
            return self.desk(&params["result"].clone(), net);
        }
        if subscription.is_some() && subscription == self.subscription.as_deref() {
            let event = &params["result"];
            match event["seq"].as_u64() {
                Some(seq) if seq == self.cursor + 1 => self.see(event),
                Some(seq) if seq > self.cursor + 1 => self.follow(net),
                Some(_) | None => {}
            }
        }
    }

    fn desk(&mut self, desk: &Value, net: &mut Net) {
        let Some(contact) = desk["contacts"].get(0) else {
            self.connected = false;
            return;
        };
        let session = contact["id"].as_str().unwrap_or_default().to_owned();
        if contact["state"] == "OFFERED" {
            self.ask(net, "session.accept", &json!({ "session": session }), Asked::Accept);
            return;
        }
        self.connected = contact["state"] == "CONNECTED";
        self.session = Some(session.clone());
        if self.subscribed.as_ref() != Some(&session) {
            self.subscribed = Some(session);
            self.follow(net);
        }
        self.pump(net);
    }

    fn follow(&mut self, net: &mut Net) {
        let Some(session) = &self.session else { return };
        let mut params = json!({ "topic": format!("chat/{session}") });
        if self.cursor > 0 {
            params["since"] = json!({ "epoch": self.epoch, "seq": self.cursor });
        }
        self.subscription = None;
        self.ask(net, "subscribe", &params, Asked::Log);
    }

    fn log(&mut self, result: &Value, net: &mut Net) {
        self.epoch = result["epoch"].clone();
        if result["recovered"] == false {
            self.cursor = 0;
            self.view.clear();
        }
        for event in result["result"].as_array().into_iter().flatten() {
            if event["seq"].as_u64() == Some(self.cursor + 1) {
                self.see(event);
            }
        }
        self.subscription = result["subscription"].as_str().map(str::to_owned);
        if result["more"] == true {
            self.follow(net);
        }
    }

    fn see(&mut self, event: &Value) {
        self.cursor += 1;
        if event["messageType"] == "MESSAGE" {
            let who = if event["direction"] == "OUTBOUND" { Who::Visitor } else { Who::Operator };
            self.view.push((who, event["message"].as_str().unwrap_or_default().to_owned()));
        }
    }

    fn pump(&mut self, net: &mut Net) {
        let (Some(session), Some(text)) = (&self.session, self.typed.get(self.sent)) else {
            return;
        };
        if !self.connected || self.in_flight || net.now() < self.not_before {
            return;
        }
        let number = self.sent;
        let key = format!("a0000000-0000-4000-8000-{number:012}");
        let params = json!({ "session": session, "key": key, "message": text });
        self.in_flight = true;
        self.ask(net, "chat.send", &params, Asked::Send(number));
    }

    fn ask(&mut self, net: &mut Net, method: &str, params: &Value, asked: Asked) {
        let Some(link) = self.link else { return };
        self.next_id += 1;
        let frame =
            json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params });
        self.asked.insert(self.next_id, asked);
        net.send(link, Way::Up, &frame.to_string());
    }

    /// His present connection.
    #[must_use]
    pub const fn link(&self) -> Option<Link> {
        self.link
    }
}
