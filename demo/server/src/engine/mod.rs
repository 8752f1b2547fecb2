//! The contact centre itself: who waits, who is rung, who talks with whom, what was said.
//!
//! It has no clock, no sockets, no database and no randomness of its own. Frames, times and random bytes go in; frames to send, connections to close and
//! records to keep come out. Whoever drives it promises one thing: **the records of an answer are on the disk before any frame of the same
//! answer is sent.** The server's shell does it with SQLite and sockets, a simulator with a vector and a virtual network.
//!
//! ```text
//!   Opened, Frame, Closed, Tick ──▶ handle(input, now) ──▶ Store…, Send…, Close…
//!                                   deadline() ──▶ call again by then, with a Tick
//! ```
//!
//! Each answer is settled before it is given: somebody may be rung, places in the queue counted anew, and only then those state
//! topics are published whose value is another one. So no handler needs to know who looks on.

mod callbacks;
mod calls;
mod chat;
mod checks;
mod files;
mod hello;
mod io;
mod link;
mod operator_calls;
mod presence;
mod recap;
mod record;
mod requests;
mod restore;
mod routing;
mod sessions;
mod signals;
mod state;
mod subscribe;
mod time;
mod timers;
mod topic;
mod transfers;
mod trials;
mod views;
mod visitor_calls;
mod waiting;

pub use calls::credential;
pub use files::{Digest, Download, FileRow, Upload, stored_name};
pub use io::{Close, Effect, Input};
pub use link::{Door, LinkId};
pub use record::{
    CallbackRow, KeptSignal, KeptVisitor, Mail, OperatorRow, Owner, RatingRow, Record, SessionRow,
    Snapshot, TicketRow, VisitorRow,
};
pub use state::{Author, Entry, Kept, Progress, TokenHash, What};
pub use time::Timestamp;
pub use views::Side;

use crate::settings::{Calendar, Rules};
use crate::wire::fault::Fault;
use crate::wire::frame::{self, Incoming};
use crate::wire::id::{FileId, OperatorId, SessionId, VisitorId};
use crate::wire::operator::OperatorCall;
use crate::wire::visitor::VisitorCall;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use link::{Link, Party};
use serde_json::value::RawValue;
use state::{Operator, Session, Visitor};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;
use timers::{Timer, Timers};
use topic::Topics;
use trials::Trial;

/// Fills a slice with random bytes. Tokens are made of them: outside of a simulator they come from the operating system.
pub type Dice = Box<dyn FnMut(&mut [u8]) + Send>;

/// The contact centre. See the module's text.
pub struct Engine {
    rules: Rules,
    dice: Dice,
    /// Time of the input at hand.
    now: Timestamp,
    /// How long a connection has for its hello.
    handshake: Duration,
    epoch: String,
    links: BTreeMap<LinkId, Link>,
    visitors: BTreeMap<VisitorId, Visitor>,
    visitor_tokens: BTreeMap<TokenHash, VisitorId>,
    operators: BTreeMap<OperatorId, Operator>,
    operator_tokens: BTreeMap<TokenHash, OperatorId>,
    sessions: BTreeMap<SessionId, Session>,
    files: BTreeMap<FileId, FileRow>,
    /// Of upload tokens and signed addresses.
    secret: [u8; 32],
    /// Per service, those that are not connected yet, by their order.
    queues: BTreeMap<String, BTreeSet<(i64, SessionId)>>,
    last_order: i64,
    /// Per service: seconds that a contact has lasted lately.
    handling: BTreeMap<String, f64>,
    /// When this engine began.
    started: Timestamp,
    /// Per address: when its latest sessions began.
    begun: BTreeMap<IpAddr, VecDeque<Timestamp>>,
    /// Calls to try one's devices with.
    trials: BTreeMap<SessionId, Trial>,
    /// Per address: when its latest trials began.
    tried: BTreeMap<IpAddr, VecDeque<Timestamp>>,
    /// Mail addresses, hashed, and when a transcript was sent there.
    recapped: BTreeMap<TokenHash, Timestamp>,
    tickets: u64,
    callbacks: u64,
    /// Services that are open now by their calendar.
    open: BTreeSet<String>,
    topics: Topics,
    timers: Timers,
    /// Somebody came or went, or a session took a step.
    stirred: bool,
    /// Sessions to write down when the answer is settled.
    changed: BTreeSet<SessionId>,
    /// Connections to close when the answer is settled.
    closing: Vec<(LinkId, Close)>,
    effects: Vec<Effect>,
}

impl Engine {
    /// Takes in what happened. What comes out is in order.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        self.now = now;
        while let Some(timer) = self.timers.due(now) {
            self.wake(timer);
        }
        match input {
            Input::Opened { link, door, origin, address } => {
                self.opened(link, door, origin, address);
            }
            Input::Frame { link, text } => self.frame(link, &text),
            Input::Closed { link } => self.unlink(link),
            Input::Uploaded { file, digest } => self.uploaded(&file, digest),
            Input::Scanned { file, is_clean } => self.scanned(&file, is_clean),
            Input::Media(report) => self.trial_media(report),
            Input::Tick => {}
            Input::Shutdown => self.shut_down(),
        }
        self.settle();
        std::mem::take(&mut self.effects)
    }

    /// When to call again, if nothing happens before. A late call does no harm.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.timers.next()
    }

    fn opened(&mut self, link: LinkId, door: Door, origin: String, address: IpAddr) {
        let limits = &self.rules.limits;
        let requests = match door {
            Door::Visitor => limits.rate,
            Door::Operator | Door::Automatic => self.rules.operators.rate,
        };
        self.links.insert(
            link,
            Link::new(door, origin, address, (requests, limits.flood), self.handshake, self.now),
        );
        if door != Door::Automatic {
            self.timers.arm(Timer::Link(link), self.now.after(self.handshake));
        }
    }

    fn frame(&mut self, id: LinkId, text: &str) {
        let now = self.now;
        let Some(link) = self.links.get_mut(&id) else { return };
        link.heard = now;
        let door = link.door;
        if door != Door::Automatic
            && let Err(wait) = link.frames.take(now)
        {
            self.close(id, Close::rate_limited(wait.max(Duration::from_secs(1))));
            return;
        }
        if text.len() > self.rules.limits.frame {
            self.close(id, Close::too_big());
            return;
        }
        match frame::parse(text) {
            Ok(incoming) => {
                link.malformed = 0;
                let request = incoming.id.clone();
                let answer = match door {
                    Door::Visitor => self.visitor_frame(id, incoming),
                    Door::Operator | Door::Automatic => self.operator_frame(id, incoming),
                };
                if let Some(request) = request {
                    let text = match answer {
                        Ok(result) => frame::response(&request, &result),
                        Err(fault) => frame::failure(Some(&request), &fault),
                    };
                    self.send(id, text);
                }
            }
            Err(malformed) => {
                link.malformed += 1;
                let enough = link.malformed > self.rules.limits.malformed;
                self.send(id, frame::failure(malformed.id.as_ref(), &malformed.fault));
                if enough {
                    self.close(id, Close::protocol());
                }
            }
        }
    }

    fn visitor_frame(&mut self, link: LinkId, incoming: Incoming) -> Result<Box<RawValue>, Fault> {
        let is_hello = incoming.method == "hello";
        let call = VisitorCall::decode(&incoming.method, incoming.params);
        self.count(link, call.as_ref().map_or(true, VisitorCall::is_counted))?;
        match (call, self.links.get(&link).and_then(|link| link.party.clone())) {
            (Ok(call), Some(Party::Visitor(visitor))) => self.visitor_call(link, &visitor, call),
            (Ok(call), _) => self.visitor_greeting(link, call),
            (Err(_), None) if !is_hello => Err(Fault::hello_required("say hello first")),
            (Err(fault), _) => Err(fault),
        }
    }

    fn operator_frame(&mut self, link: LinkId, incoming: Incoming) -> Result<Box<RawValue>, Fault> {
        let is_hello = incoming.method == "hello";
        let call = OperatorCall::decode(&incoming.method, incoming.params);
        self.count(link, call.as_ref().map_or(true, OperatorCall::is_counted))?;
        match (call, self.links.get(&link).and_then(|link| link.party.clone())) {
            (Ok(call), Some(Party::Operator(operator))) => {
                self.operator_call(link, &operator, call)
            }
            (Ok(call), _) => self.operator_greeting(link, call),
            (Err(_), None) if !is_hello => Err(Fault::hello_required("say hello first")),
            (Err(fault), _) => Err(fault),
        }
    }

    /// Counts a request against its connection's rate.
    fn count(&mut self, link: LinkId, is_counted: bool) -> Result<(), Fault> {
        let now = self.now;
        match self.links.get_mut(&link) {
            Some(link) if is_counted && link.door != Door::Automatic => {
                link.requests.take(now).map_err(|wait| {
                    Fault::rate_limited("too many requests on this connection").after(wait)
                })
            }
            Some(_) | None => Ok(()),
        }
    }

    fn wake(&mut self, timer: Timer) {
        match timer {
            Timer::Link(id) => self.look_at_link(id),
            Timer::Visitor(id) => self.look_at_visitor(&id),
            Timer::Operator(id) => self.look_at_operator(&id),
            Timer::Session(id) => self.look_at_session(&id),
            Timer::Trial(id) => self.end_trial(&id),
            Timer::Lists => self.stirred = true,
            Timer::Calendar => self.look_at_calendar(),
            Timer::Alive => self.stay_alive(),
        }
    }

    fn look_at_link(&mut self, id: LinkId) {
        let Some(link) = self.links.get(&id) else { return };
        let end = link.heard.after(link.patience);
        if link.party.is_none() || end <= self.now {
            self.close(id, Close::idle());
        } else {
            self.timers.arm(Timer::Link(id), end);
        }
    }

    fn look_at_calendar(&mut self) {
        let now = self.now.civil();
        let open: BTreeSet<String> = self
            .rules
            .services
            .iter()
            .filter(|service| {
                service.calendar.as_ref().is_none_or(|calendar| calendar.is_open(now))
            })
            .map(|service| service.code.clone())
            .collect();
        self.stirred |= open != self.open;
        self.open = open;
        if self.rules.services.iter().any(|service| service.calendar.is_some()) {
            self.timers.arm(Timer::Calendar, Calendar::next_look(now).into());
        }
    }

    /// As long as anybody is connected, word is left now and then, so that the time in which a killed server did not run counts as absence.
    fn stay_alive(&mut self) {
        if !self.links.is_empty() {
            self.store(Record::Alive(self.now));
            self.timers.arm(Timer::Alive, self.now.after(self.alive_interval()));
        }
    }

    fn alive_interval(&self) -> Duration {
        (self.rules.visitors.resume / 6).clamp(Duration::from_secs(1), Duration::from_secs(300))
    }

    fn shut_down(&mut self) {
        self.store(Record::Alive(self.now));
        let links: Vec<LinkId> = self.links.keys().copied().collect();
        for link in links {
            // Nobody went: they are told to come back, and find everything as it was.
            self.links.remove(&link);
            self.effects.push(Effect::Close { link, close: Close::restarting() });
        }
    }

    /// Brings everything into accord before the answer is given.
    fn settle(&mut self) {
        for _ in 0..4 {
            // Closing a connection may stir again.
            if std::mem::take(&mut self.stirred) {
                self.route();
                self.number_queues();
                self.topics.mark_lists();
            }
            self.publish();
            for (link, close) in std::mem::take(&mut self.closing) {
                self.effects.push(Effect::Close { link, close });
                self.unlink(link);
            }
            if !self.stirred {
                break;
            }
        }
        for id in std::mem::take(&mut self.changed) {
            self.store_progress(&id);
        }
    }

    fn send(&mut self, link: LinkId, text: String) {
        if self.links.contains_key(&link) {
            self.effects.push(Effect::Send { link, text });
        }
    }

    /// Closes once the answer at hand was sent.
    fn close(&mut self, link: LinkId, close: Close) {
        if self.links.contains_key(&link)
            && self.closing.iter().all(|(closing, _)| *closing != link)
        {
            self.closing.push((link, close));
        }
    }

    fn store(&mut self, record: Record) {
        self.effects.push(Effect::Store(Box::new(record)));
    }

    fn random_text<const BYTES: usize>(&mut self, prefix: &str) -> String {
        let mut bytes = [0; BYTES];
        (self.dice)(&mut bytes);
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}
