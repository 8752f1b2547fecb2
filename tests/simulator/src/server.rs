//! The demo server's engine, and a disk that outlives it.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use tvox_demo_server::engine::{
    Author, Close, Door, Effect, Engine, Input, KeptVisitor, LinkId, Record, Snapshot, Timestamp,
    What,
};
use tvox_demo_server::settings::Rules;
use tvox_demo_server::{Inlet, Outgoing, Outlet, cost};
use tvox_widget::core::ports::Closed;

use crate::dice::Dice;
use crate::net::{Link, Net, Time, Way, Who};

const HANDSHAKE: Duration = Duration::from_secs(10);
/// When the world begins: the server's clock is civil.
const EPOCH: i64 = 1_795_342_200_000;

/// What may wait for a client that does not read, in bytes: far less than outside of the simulator,
/// and more than is asked for at once.
const BACKLOG: usize = 6_000;

/// One line of a conversation: who wrote it, and what.
pub type Said = (Who, String);

/// A server that can die and come back.
pub struct Server {
    rules: Rules,
    engine: Option<Engine>,
    disk: Disk,
    boots: u64,
    dice: Dice,
    sockets: BTreeMap<Link, Socket>,
    slow: u64,
}

/// A connection's own half, with the server's real queue.
struct Socket {
    outlet: Outlet,
    inlet: Inlet,
    /// The client reads nothing.
    is_stuck: bool,
}

#[derive(Default)]
struct Disk(Snapshot);

impl Server {
    /// A server that runs.
    #[must_use]
    pub fn new(rules: Rules, dice: Dice) -> Self {
        let mut server = Self {
            rules,
            engine: None,
            disk: Disk::default(),
            boots: 0,
            dice,
            sockets: BTreeMap::new(),
            slow: 0,
        };
        server.boot(0);
        server
    }

    /// Whether it runs.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        self.engine.is_some()
    }

    /// It comes up with what is on the disk.
    pub fn boot(&mut self, now: Time) {
        let mut dice = self.dice.fork();
        let fill = move |bytes: &mut [u8]| dice.fill(bytes);
        let snapshot = self.disk.read(self.boots);
        self.boots += 1;
        self.engine =
            Some(Engine::new(self.rules.clone(), snapshot, HANDSHAKE, Box::new(fill), civil(now)));
    }

    /// It dies as in a power cut.
    pub fn die(&mut self) {
        self.engine = None;
        self.sockets.clear();
    }

    /// When it wants to be woken.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        let deadline = self.engine.as_ref()?.deadline()?;
        u64::try_from(deadline.millis() - EPOCH).ok()
    }

    /// Time has passed.
    pub fn tick(&mut self, net: &mut Net) {
        self.take(net, Input::Tick);
    }

    /// It says that it will be back.
    pub fn shut_down(&mut self, net: &mut Net) {
        self.take(net, Input::Shutdown);
        self.die();
    }

    /// A call reaches it.
    pub fn dialled(&mut self, net: &mut Net, link: Link) {
        if !net.answer(link, self.is_up()) {
            return;
        }
        let (door, host) = match net.who(link) {
            Some(Who::Operator) => (Door::Operator, 2),
            Some(Who::Visitor) | None => (Door::Visitor, 1),
        };
        let address = IpAddr::V4(Ipv4Addr::new(127, 0, 0, host));
        let origin = "http://localhost".to_owned();
        let (outlet, inlet) = Outlet::new(BACKLOG);
        let socket = Socket { outlet, inlet, is_stuck: false };
        self.sockets.insert(link, socket);
        self.take(net, Input::Opened { link: LinkId(link), door, origin, address });
    }

    /// A frame reaches it. It is not read while too many answers wait – here for ever, for a client
    /// that has stopped reading does not begin again.
    pub fn frame(&mut self, net: &mut Net, link: Link, text: String) {
        if self.sockets.get(&link).is_some_and(|socket| !socket.inlet.is_congested()) {
            self.take(net, Input::Frame { link: LinkId(link), text });
        }
    }

    /// It learns that a connection is gone.
    pub fn gone(&mut self, net: &mut Net, link: Link) {
        self.sockets.remove(&link);
        if net.forget(link) {
            self.take(net, Input::Closed { link: LinkId(link) });
        }
    }

    /// The client reads nothing any more: what is for it waits here, as far as it may.
    pub fn jam(&mut self, link: Link) -> bool {
        self.sockets.get_mut(&link).is_some_and(|socket| {
            let flowed = !socket.is_stuck;
            socket.is_stuck = true;
            flowed
        })
    }

    /// How many connections were closed because too much waited for them.
    #[must_use]
    pub const fn closed_as_slow(&self) -> u64 {
        self.slow
    }

    /// What is on the disk of the only conversation there is, in order.
    #[must_use]
    pub fn log(&self) -> Vec<Said> {
        let entries =
            self.disk.0.sessions.first().map(|(_, log)| log.as_slice()).unwrap_or_default();
        let said = |what: &What| match what {
            What::Said { by: Author::Visitor, text, .. } => Some((Who::Visitor, text.clone())),
            What::Said { by: _, text, .. } => Some((Who::Operator, text.clone())),
            What::Opened | What::Closed | What::File { .. } => None,
        };
        entries.iter().filter_map(|entry| said(&entry.what)).collect()
    }

    /// How many conversations there are; more than one is a visitor who was forgotten.
    #[must_use]
    pub fn conversations(&self) -> usize {
        self.disk.0.sessions.len()
    }

    /// Keeps first, then sends, as the server's own thread does.
    fn take(&mut self, net: &mut Net, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(engine) = &mut self.engine else { return };
            for effect in engine.handle(input, civil(net.now())) {
                match effect {
                    Effect::Store(record) => self.disk.write(*record),
                    Effect::Send { link, text } => {
                        if !self.put(link.0, Outgoing::Text(text)) {
                            self.slow += 1;
                            self.sockets.remove(&link.0);
                            net.server_closes(link.0, closed(Close::slow_consumer()));
                            inputs.push_back(Input::Closed { link });
                        }
                    }
                    // Nobody sends files here.
                    Effect::Scan { .. } | Effect::Discard { .. } | Effect::Media(_) => {}
                    Effect::Close { link, close } => {
                        self.put(link.0, Outgoing::Close(close));
                    }
                }
            }
            self.write_out(net);
        }
    }

    /// Puts something into a connection's queue; `false`: it is full. To one that is gone all may go.
    fn put(&self, link: Link, outgoing: Outgoing) -> bool {
        self.sockets.get(&link).is_none_or(|socket| socket.outlet.put(outgoing))
    }

    /// Empties the queues of those who read.
    fn write_out(&mut self, net: &mut Net) {
        let mut over = Vec::new();
        for (link, socket) in self.sockets.iter_mut().filter(|(_, socket)| !socket.is_stuck) {
            while let Ok(outgoing) = socket.inlet.queue.try_recv() {
                socket.inlet.written(cost(&outgoing));
                match outgoing {
                    Outgoing::Text(text) => net.send(*link, Way::Down, &text),
                    Outgoing::Close(close) => {
                        net.server_closes(*link, closed(close));
                        over.push(*link);
                        break;
                    }
                }
            }
        }
        for link in over {
            self.sockets.remove(&link);
        }
    }
}

fn closed(close: Close) -> Closed {
    Closed { code: close.code, reason: close.reason }
}

fn civil(now: Time) -> Timestamp {
    Timestamp::from_millis(EPOCH + i64::try_from(now).unwrap_or(i64::MAX - EPOCH))
}

impl Disk {
    fn write(&mut self, record: Record) {
        let kept = &mut self.0;
        match record {
            Record::Visitor(row) => {
                match kept.visitors.iter_mut().find(|visitor| visitor.row.id == row.id) {
                    Some(visitor) => visitor.row = row,
                    None => kept.visitors.push(KeptVisitor { row, visits: Vec::new() }),
                }
            }
            Record::VisitorGone(id) => kept.visitors.retain(|visitor| visitor.row.id != id),
            // Of no consequence for a chat.
            Record::Visit { .. }
            | Record::Signal(_)
            | Record::SignalsGone(_)
            | Record::File(_)
            | Record::Ticket(_)
            | Record::Callback(_)
            | Record::Rating(_)
            | Record::Mail(_)
            | Record::MailSent(_)
            | Record::MailGivenUp(_) => {}
            Record::Operator(row) => {
                kept.operators.retain(|operator| operator.id != row.id);
                kept.operators.push(row);
            }
            Record::OperatorGone(id) => kept.operators.retain(|operator| operator.id != id),
            Record::SessionOpened(row) => kept.sessions.push((row, Vec::new())),
            Record::SessionChanged { id, service, progress, .. } => {
                if let Some((row, _)) = kept.sessions.iter_mut().find(|(row, _)| row.id == id) {
                    row.progress = progress;
                    row.service = service;
                }
            }
            Record::SessionRetired(id) => kept.sessions.retain(|(row, _)| row.id != id),
            Record::Entry { session, entry, .. } => {
                if let Some((_, log)) = kept.sessions.iter_mut().find(|(row, _)| row.id == session)
                {
                    log.push(entry);
                }
            }
            Record::Key { owner, method, key, kept: answer } => {
                kept.keys.push((owner, method.to_owned(), key, answer));
            }
            Record::Alive(at) => kept.alive = at,
        }
    }

    fn read(&self, boot: u64) -> Snapshot {
        Snapshot {
            epoch: "e_simulated".to_owned(),
            boot,
            alive: self.0.alive,
            visitors: self.0.visitors.clone(),
            operators: self.0.operators.clone(),
            sessions: self.0.sessions.clone(),
            keys: self.0.keys.clone(),
            ..Snapshot::default()
        }
    }
}
