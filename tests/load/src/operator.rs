//! One operator: a script that accepts whatever rings, reads, and answers at its own pace.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, Interval};

use crate::meter::{Meter, Order, Timed};
use crate::run::{Phase, SERVICE};
use crate::visitor::{Pace, due};
use crate::wire::{Wire, key};

const HEARTBEAT: Duration = Duration::from_secs(5);

/// Who he is and what he does.
#[derive(Debug)]
pub(crate) struct Operator {
    pub(crate) number: usize,
    pub(crate) meter: Arc<Meter>,
    pub(crate) phase: watch::Receiver<Phase>,
    /// How often he writes to somebody.
    pub(crate) pace: Pace,
}

/// What a request was about.
#[derive(Debug)]
enum Asked {
    Accepted(String),
    Followed,
    Sent(Instant),
    Ping,
}

/// One conversation.
#[derive(Debug)]
struct Contact {
    session: String,
    /// Messages to him.
    written: u64,
    /// Messages from him.
    heard: Order,
    /// The last of them, by its id, as long as he was not told that it was read.
    unread: Option<String>,
}

#[derive(Debug)]
struct Desk {
    wire: Wire,
    asked: BTreeMap<u64, Asked>,
    rung: BTreeSet<String>,
    contacts: Vec<Contact>,
    /// Whose turn it is to be written to.
    turn: usize,
    keys: u64,
}

impl Operator {
    /// Logs in; answers when he may be rung.
    ///
    /// # Errors
    /// The server will not have him.
    pub(crate) async fn log_in(
        self,
        server: SocketAddr,
    ) -> Result<tokio::task::JoinHandle<()>, String> {
        let mut wire = Wire::open(server, "operator", "tvox.operator.v1").await?;
        let name = format!("Anna {}", self.number);
        let client = json!({ "name": "tvox-load", "version": "0.1.0" });
        let profile = json!({ "name": name, "services": [SERVICE] });
        wire.ask("hello", json!({ "client": client, "api": "10.26.0", "operator": profile }))
            .await?;
        let greeted = wire.next().await?;
        if let Some(error) = greeted.get("error") {
            return Err(format!("the operator is refused: {error}"));
        }
        wire.ask("subscribe", json!({ "topic": "desk" })).await?;
        let desk = Desk {
            wire,
            asked: BTreeMap::new(),
            rung: BTreeSet::new(),
            contacts: Vec::new(),
            turn: 0,
            keys: 0,
        };
        Ok(tokio::spawn(self.work(desk)))
    }

    async fn work(mut self, mut desk: Desk) {
        if let Err(error) = self.attend(&mut desk).await {
            self.meter.wrong(format!("operator: {error}"));
        }
        desk.wire.close().await;
    }

    async fn attend(&mut self, desk: &mut Desk) -> Result<(), String> {
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        let mut ticks: Option<Interval> = None;
        loop {
            tokio::select! {
                frame = desk.wire.next() => self.hear(desk, &frame?).await?,
                meant = due(&mut ticks) => self.write(desk, meant).await?,
                _ = heartbeat.tick() => {
                    let id = desk.wire.ask("ping", json!({})).await?;
                    desk.asked.insert(id, Asked::Ping);
                }
                changed = self.phase.changed() => {
                    let phase = if changed.is_ok() { *self.phase.borrow() } else { Phase::Over };
                    match phase {
                        Phase::Arrival => {}
                        Phase::Talk => ticks = Some(self.pace.start()),
                        Phase::Drain => ticks = None,
                        Phase::Over => return Ok(()),
                    }
                }
            }
        }
    }

    async fn hear(&self, desk: &mut Desk, frame: &Value) -> Result<(), String> {
        if frame["method"] == "event" {
            return self.event(desk, &frame["params"]["result"]).await;
        }
        let Some(asked) = frame["id"].as_u64().and_then(|id| desk.asked.remove(&id)) else {
            // The desk, as it was found.
            return self.event(desk, &frame["result"]["result"]).await;
        };
        if let Some(error) = frame.get("error") {
            self.meter.wrong(format!("operator: {asked} refused: {}", error["code"]));
            return Ok(());
        }
        match asked {
            Asked::Accepted(session) => {
                let topic = format!("chat/{session}");
                let id = desk.wire.ask("subscribe", json!({ "topic": topic })).await?;
                desk.asked.insert(id, Asked::Followed);
                desk.contacts.push(Contact {
                    session,
                    written: 0,
                    heard: Order::default(),
                    unread: None,
                });
            }
            Asked::Followed => {
                for event in frame["result"]["result"].as_array().into_iter().flatten() {
                    self.message(desk, event);
                }
            }
            Asked::Sent(meant) => {
                self.meter.counts.by_operators[1].fetch_add(1, Ordering::Relaxed);
                self.meter.took(Timed::OperatorAck, meant.elapsed());
            }
            Asked::Ping => {}
        }
        Ok(())
    }

    async fn event(&self, desk: &mut Desk, value: &Value) -> Result<(), String> {
        if value["sessionId"].is_string() {
            self.message(desk, value);
            return Ok(());
        }
        for contact in value["contacts"].as_array().into_iter().flatten() {
            if contact["state"] == "OFFERED"
                && let Some(session) = contact["id"].as_str()
                && desk.rung.insert(session.to_owned())
            {
                let id = desk.wire.ask("session.accept", json!({ "session": session })).await?;
                desk.asked.insert(id, Asked::Accepted(session.to_owned()));
            }
        }
        Ok(())
    }

    fn message(&self, desk: &mut Desk, event: &Value) {
        if event["direction"] != "OUTBOUND" || event["seq"].is_null() {
            return;
        }
        let contact = desk.contacts.iter_mut().find(|it| event["sessionId"] == *it.session);
        let read = event["message"].as_str().and_then(|text| self.meter.read(text));
        let (Some(contact), Some((number, age))) = (contact, read) else {
            return self.meter.wrong("operator: a message of nobody");
        };
        self.meter.counts.by_visitors[2].fetch_add(1, Ordering::Relaxed);
        self.meter.took(Timed::OperatorSees, age);
        contact.unread = event["id"].as_str().map(str::to_owned);
        if let Err(kind) = contact.heard.take(number) {
            self.meter.wrong(format!("operator: {kind}"));
        }
    }

    /// Reads what the next one in turn has written, and answers.
    async fn write(&self, desk: &mut Desk, meant: Instant) -> Result<(), String> {
        if desk.contacts.is_empty() {
            return Ok(());
        }
        desk.turn = (desk.turn + 1) % desk.contacts.len();
        let Some(contact) = desk.contacts.get_mut(desk.turn) else { return Ok(()) };
        if let Some(message) = contact.unread.take() {
            let seen = json!({ "session": contact.session, "message": message });
            desk.wire.tell("chat.read", seen).await?;
        }
        desk.keys += 1;
        let message = self.meter.text(contact.written, meant);
        let key = key(self.number, desk.keys);
        let params = json!({ "session": contact.session, "key": key, "message": message });
        contact.written += 1;
        let id = desk.wire.ask("chat.send", params).await?;
        desk.asked.insert(id, Asked::Sent(meant));
        self.meter.counts.by_operators[0].fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Accepted(_) => "session.accept",
            Self::Followed => "subscribe",
            Self::Sent(_) => "chat.send",
            Self::Ping => "ping",
        })
    }
}
