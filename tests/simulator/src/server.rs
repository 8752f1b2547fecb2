//! The demo server's engine, and a disk that outlives it.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use tvox_demo_server::engine::{
    Author, Door, Effect, Engine, Input, KeptVisitor, LinkId, Record, Snapshot, Timestamp, What,
};
use tvox_demo_server::settings::Rules;
use tvox_widget::core::ports::Closed;

use crate::dice::Dice;
use crate::net::{Link, Net, Time, Way, Who};

const HANDSHAKE: Duration = Duration::from_secs(10);
/// When the world begins: the server's clock is civil.
const EPOCH: i64 = 1_795_342_200_000;

/// One line of a conversation: who wrote it, and what.
pub type Said = (Who, String);

/// A server that can die and come back.
pub struct Server {
    rules: Rules,
    engine: Option<Engine>,
    disk: Disk,
    boots: u64,
    dice: Dice,
}

#[derive(Default)]
struct Disk(Snapshot);

impl Server {
    /// A server that runs.
    #[must_use]
    pub fn new(rules: Rules, dice: Dice) -> Self {
        let mut server = Self { rules, engine: None, disk: Disk::default(), boots: 0, dice };
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
        self.engine = None;
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
        self.take(net, Input::Opened { link: LinkId(link), door, origin, address });
    }

    /// A frame reaches it.
    pub fn frame(&mut self, net: &mut Net, link: Link, text: String) {
        self.take(net, Input::Frame { link: LinkId(link), text });
    }

    /// It learns that a connection is gone.
    pub fn gone(&mut self, net: &mut Net, link: Link) {
        if net.forget(link) {
            self.take(net, Input::Closed { link: LinkId(link) });
        }
    }

    /// It closes a connection that does not read fast enough, as its sockets' half does.
    pub fn drop_slow(&mut self, net: &mut Net, link: Link) {
        net.server_closes(
            link,
            Closed { code: 4102, reason: "SLOW_CONSUMER;retry=1000".to_owned() },
        );
        self.take(net, Input::Closed { link: LinkId(link) });
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

    fn take(&mut self, net: &mut Net, input: Input) {
        let Some(engine) = &mut self.engine else { return };
        for effect in engine.handle(input, civil(net.now())) {
            match effect {
                Effect::Store(record) => self.disk.write(*record),
                Effect::Send { link, text } => net.send(link.0, Way::Down, &text),
                // Nobody sends files here.
                Effect::Scan { .. } | Effect::Discard { .. } => {}
                Effect::Close { link, close } => {
                    net.server_closes(link.0, Closed { code: close.code, reason: close.reason });
                }
            }
        }
    }
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
            Record::SessionChanged { id, progress, .. } => {
                if let Some((row, _)) = kept.sessions.iter_mut().find(|(row, _)| row.id == id) {
                    row.progress = progress;
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
