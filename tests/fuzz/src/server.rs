//! The server's side: frames, calls, and the engine with a visitor and an operator.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde_json::{Value, json};
use tvox_demo_server::engine::{Door, Effect, Engine, Input, LinkId, Snapshot, Timestamp};
use tvox_demo_server::settings::{Rate, Rules};
use tvox_demo_server::wire::frame;
use tvox_demo_server::wire::operator::OperatorCall;
use tvox_demo_server::wire::visitor::VisitorCall;
use tvox_simulator::dice::Dice;

/// Reads a frame as a visitor's and as an operator's; whether it was a request.
#[must_use]
pub fn read(text: &str) -> bool {
    // Read anew for each, as it would be: a copy would be counted too.
    let visitors = frame::parse(text)
        .map(|incoming| VisitorCall::decode(&incoming.method, incoming.params).is_ok());
    let operators = frame::parse(text)
        .map(|incoming| OperatorCall::decode(&incoming.method, incoming.params).is_ok());
    visitors.is_ok() && operators.is_ok()
}

/// A contact centre that is told nonsense.
pub struct Centre {
    engine: Engine,
    now: Timestamp,
    links: u64,
    visitor: LinkId,
    operator: LinkId,
}

impl Centre {
    /// A visitor in a conversation with an operator.
    #[must_use]
    pub fn open(mut dice: Dice) -> Self {
        let mut rules = Rules::default();
        let fast = Rate { per_second: 1_000_000, burst: 1_000_000 };
        rules.limits.rate = fast;
        rules.limits.flood = fast;
        rules.operators.rate = fast;
        let fill = Box::new(move |bytes: &mut [u8]| dice.fill(bytes));
        let now = Timestamp::from_millis(1_795_342_200_000);
        let snapshot = Snapshot { epoch: "e_fuzz".to_owned(), ..Snapshot::default() };
        let engine = Engine::new(rules, snapshot, Duration::from_secs(10), fill, now);
        let nobody = LinkId(0);
        let mut centre = Self { engine, now, links: 0, visitor: nobody, operator: nobody };
        centre.visitor = centre.greet(Door::Visitor);
        centre.operator = centre.greet(Door::Operator);
        let create = json!({
            "jsonrpc": "2.0", "id": 2, "method": "chat.create",
            "params": { "key": "9f2c7d10-5a84-4b3e-a6f1-03d9e8c75b22", "service": "service0001" },
        });
        let _ = centre.handle(centre.visitor, &create.to_string());
        centre
    }

    fn greet(&mut self, door: Door) -> LinkId {
        self.links += 1;
        let link = LinkId(self.links);
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let origin = "http://localhost".to_owned();
        let _ = self.engine.handle(Input::Opened { link, door, origin, address }, self.now);
        let mut hello = json!({ "client": { "name": "fuzz", "version": "1" }, "api": "10.26.0" });
        if door == Door::Operator {
            hello["operator"] = json!({ "name": "Anna" });
        }
        let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "hello", "params": hello });
        let _ = self.handle(link, &hello.to_string());
        link
    }

    fn handle(&mut self, link: LinkId, text: &str) -> Vec<Effect> {
        self.now = self.now.after(Duration::from_millis(1));
        self.engine.handle(Input::Frame { link, text: text.to_owned() }, self.now)
    }

    /// Sends it a frame, as the visitor or as the operator.
    ///
    /// # Errors
    /// A request without exactly one answer.
    pub fn hear(&mut self, text: &str, as_operator: bool) -> Result<(), String> {
        let link = if as_operator { self.operator } else { self.visitor };
        let asked = frame::parse(text).ok().and_then(|incoming| incoming.id);
        let effects = self.handle(link, text);
        let closed = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Close { link: it, .. } if *it == link));
        if let Some(id) = asked.map(|id| json!(id))
            && !closed
        {
            let answers = effects.iter().filter(|effect| answers(effect, link, &id)).count();
            if answers != 1 {
                return Err(format!("{answers} answers to the request {id}"));
            }
        }
        if closed {
            let _ = self.engine.handle(Input::Closed { link }, self.now);
            if as_operator {
                self.operator = self.greet(Door::Operator);
            } else {
                self.visitor = self.greet(Door::Visitor);
            }
        }
        Ok(())
    }
}

fn answers(effect: &Effect, link: LinkId, id: &Value) -> bool {
    let Effect::Send { link: to, text } = effect else { return false };
    let frame = serde_json::from_str::<Value>(text).unwrap_or_default();
    *to == link && frame["method"].is_null() && frame["id"] == *id
}
