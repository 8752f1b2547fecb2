//! A network in which everything goes wrong: per connection two pipes, each of which may be cut, be
//! silent, stall, or grow slow.
//!
//! A pipe keeps the order of its frames, as TCP does. What is `dead` takes no more frames; what is
//! `lost` does not deliver those under way either.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::task::Waker;

use tvox_widget::core::ports::{Closed, LinkEvent};

use crate::dice::Dice;

/// Milliseconds since the world began.
pub type Time = u64;

/// Names a connection.
pub type Link = u64;

/// Who called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The widget.
    Visitor,
    /// The scripted operator.
    Operator,
}

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// Something that happens at a time.
#[derive(Debug)]
pub enum Event {
    /// A connection reaches the server.
    Dialled(Link),
    /// A frame reaches the other end.
    Frame(Link, Way, String),
    /// The server learns that a connection is gone.
    ServerLearns(Link),
    /// The client learns that a connection is gone.
    ClientLearns(Link, Closed),
    /// Something of the plan is due.
    Plan(Plan),
}

/// What the world has in store.
#[derive(Clone, Copy, Debug)]
pub enum Plan {
    /// The visitor types his next message.
    VisitorSays,
    /// The operator types his next message.
    OperatorSays,
    /// Something goes wrong.
    Fault,
    /// The server comes up again.
    Boot,
    /// The page is in view again.
    Show,
    /// The device has a network again.
    Online,
    /// Frames are no longer doubled or held back.
    Calm,
}

#[derive(Debug)]
struct Scheduled {
    at: Time,
    number: u64,
    event: Event,
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

#[derive(Debug, Default)]
struct Pipe {
    dead: bool,
    lost: bool,
    /// When the last frame comes out: none overtakes it.
    last: Time,
    stalled: Time,
    /// Each frame takes so much longer, one after the other.
    lag: Time,
}

/// The client's end.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) opened: Option<Result<(), Closed>>,
    pub(crate) incoming: VecDeque<LinkEvent>,
    pub(crate) waker: Option<Waker>,
    gone: bool,
}

#[derive(Debug)]
struct Line {
    who: Who,
    up: Pipe,
    down: Pipe,
    end: End,
    /// The server knows of it.
    known: bool,
}

/// The network, its clock, and what is to come.
#[derive(Debug)]
pub struct Net {
    now: Time,
    dice: Dice,
    agenda: BinaryHeap<Reverse<Scheduled>>,
    scheduled: u64,
    lines: BTreeMap<Link, Line>,
    dialled: Link,
    sleepers: Vec<(Time, Waker)>,
    /// Timers of a hidden page come late.
    pub(crate) drowsy: bool,
    /// Connections reach nobody.
    pub(crate) unplugged: bool,
    /// Pushed frames are doubled so many times in a thousand.
    pub(crate) doubling: u64,
    /// Frames of the server take so much longer.
    pub(crate) delay: Time,
}

impl Net {
    /// A network in which nothing has happened.
    #[must_use]
    pub fn new(dice: Dice) -> Self {
        Self {
            now: 0,
            dice,
            agenda: BinaryHeap::new(),
            scheduled: 0,
            lines: BTreeMap::new(),
            dialled: 0,
            sleepers: Vec::new(),
            drowsy: false,
            unplugged: false,
            doubling: 0,
            delay: 0,
        }
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Has something happen after so many milliseconds.
    pub fn after(&mut self, wait: Time, event: Event) {
        self.at(self.now + wait, event);
    }

    fn at(&mut self, at: Time, event: Event) {
        self.scheduled += 1;
        self.agenda.push(Reverse(Scheduled { at, number: self.scheduled, event }));
    }

    /// When the next thing happens by itself.
    #[must_use]
    pub fn next_at(&self) -> Option<Time> {
        let agenda = self.agenda.peek().map(|Reverse(next)| next.at);
        let sleeper = self.sleepers.iter().map(|(until, _)| self.rings(*until)).min();
        [agenda, sleeper].into_iter().flatten().min()
    }

    /// Lets time pass, and wakes who slept until then.
    pub fn pass(&mut self, until: Time) {
        self.now = self.now.max(until);
        let (due, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.sleepers)
            .into_iter()
            .partition(|(until, _)| self.has_rung(*until));
        self.sleepers = rest;
        due.into_iter().for_each(|(_, waker)| waker.wake());
    }

    /// What is due now.
    pub fn due(&mut self) -> Option<Event> {
        let due = self.agenda.peek().is_some_and(|Reverse(next)| next.at <= self.now);
        due.then(|| self.agenda.pop()).flatten().map(|Reverse(next)| next.event)
    }

    /// When a pause that begins now ends.
    pub(crate) fn wake_time(&mut self, wait: Time) -> Time {
        self.now + wait + self.dice.within(0..8)
    }

    /// When a timer goes off. Browsers align those of hidden pages to the minute, and let those that
    /// are late go off once the page is in view.
    const fn rings(&self, until: Time) -> Time {
        if self.drowsy { until.next_multiple_of(60_000) } else { until }
    }

    pub(crate) const fn has_rung(&self, until: Time) -> bool {
        self.rings(until) <= self.now
    }

    pub(crate) fn sleep(&mut self, until: Time, waker: Waker) {
        self.sleepers.push((until, waker));
    }

    pub(crate) fn roll(&mut self, bytes: &mut [u8]) {
        self.dice.fill(bytes);
    }

    /// Calls the server.
    pub fn dial(&mut self, who: Who) -> Link {
        self.dialled += 1;
        let link = self.dialled;
        let line = Line {
            who,
            up: Pipe::default(),
            down: Pipe::default(),
            end: End::default(),
            known: false,
        };
        self.lines.insert(link, line);
        if !(self.unplugged && who == Who::Visitor) {
            let wait = self.latency();
            self.after(wait, Event::Dialled(link));
        }
        link
    }

    /// The server takes or refuses a call.
    pub fn answer(&mut self, link: Link, taken: bool) -> bool {
        let Some(line) = self.lines.get_mut(&link).filter(|line| !line.end.gone) else {
            return false;
        };
        line.known = taken;
        line.end.opened = Some(if taken { Ok(()) } else { Err(Closed::abnormal()) });
        wake(&mut line.end);
        taken
    }

    /// Who called on this line.
    #[must_use]
    pub fn who(&self, link: Link) -> Option<Who> {
        self.lines.get(&link).map(|line| line.who)
    }

    /// Sends a frame.
    pub fn send(&mut self, link: Link, way: Way, text: &str) {
        let mut copies = 1;
        if way == Way::Down && text.contains(r#""method":"event""#) && self.doubling > 0 {
            copies += usize::from(self.dice.permille(self.doubling));
        }
        for _ in 0..copies {
            let latency = self.latency() + if way == Way::Down { self.delay } else { 0 };
            let now = self.now;
            let Some(pipe) = self.pipe(link, way).filter(|pipe| !pipe.dead) else { return };
            // On a narrow pipe each frame waits until the one before it is through.
            let at = if pipe.lag > 0 { now.max(pipe.last) } else { now } + latency + pipe.lag;
            let at = at.max(pipe.last).max(pipe.stalled);
            pipe.last = at;
            self.at(at, Event::Frame(link, way, text.to_owned()));
        }
    }

    /// Whether a frame that was sent on this pipe comes out.
    #[must_use]
    pub fn arrives(&self, link: Link, way: Way) -> bool {
        self.lines.get(&link).is_some_and(|line| match way {
            Way::Up => !line.up.lost && line.known,
            Way::Down => !line.down.lost && !line.end.gone,
        })
    }

    /// Hands the widget what came for it.
    pub fn hand_over(&mut self, link: Link, event: LinkEvent) {
        if let Some(line) = self.lines.get_mut(&link).filter(|line| !line.end.gone) {
            line.end.gone = matches!(event, LinkEvent::Closed(_));
            line.end.incoming.push_back(event);
            wake(&mut line.end);
        }
    }

    /// The server closes, after what it has sent.
    pub fn server_closes(&mut self, link: Link, closed: Closed) {
        let wait = self.latency();
        let now = self.now;
        if let Some(line) = self.lines.get_mut(&link) {
            line.known = false;
            line.down.dead = true;
            let at = (now + wait).max(line.down.last);
            if !line.down.lost {
                self.at(at, Event::ClientLearns(link, closed));
            }
        }
    }

    /// The client closes, after what it has sent.
    pub fn client_closes(&mut self, link: Link) {
        let wait = self.latency();
        let now = self.now;
        if let Some(line) = self.lines.get_mut(&link).filter(|line| !line.end.gone) {
            line.end.gone = true;
            let at = (now + wait).max(line.up.last);
            let reached = !line.up.dead && !line.up.lost;
            line.up.dead = true;
            if reached {
                self.at(at, Event::ServerLearns(link));
            }
        }
    }

    /// The server forgets a line; true if it knew it.
    pub fn forget(&mut self, link: Link) -> bool {
        self.lines.get_mut(&link).is_some_and(|line| std::mem::take(&mut line.known))
    }

    /// The lines of this client that are still of use to it.
    #[must_use]
    pub fn open(&self, who: Who) -> Vec<Link> {
        let open = self.lines.iter().filter(|(_, line)| line.who == who && !line.end.gone);
        open.filter(|(_, line)| line.known).map(|(link, _)| *link).collect()
    }

    /// All lines that the server knows.
    #[must_use]
    pub fn known(&self) -> Vec<Link> {
        self.lines.iter().filter(|(_, line)| line.known).map(|(link, _)| *link).collect()
    }

    /// Cuts a pipe: with `lost`, what is under way is gone as well.
    pub fn cut(&mut self, link: Link, way: Way, lost: bool) {
        if let Some(pipe) = self.pipe(link, way) {
            pipe.dead = true;
            pipe.lost = lost;
        }
    }

    /// Nothing comes out of a pipe for so long; then all of it does.
    pub fn stall(&mut self, link: Link, way: Way, wait: Time) {
        let until = self.now + wait;
        if let Some(pipe) = self.pipe(link, way) {
            pipe.stalled = until;
        }
    }

    /// Every frame on this pipe takes so much longer.
    pub fn slow_down(&mut self, link: Link, way: Way, lag: Time) {
        if let Some(pipe) = self.pipe(link, way) {
            pipe.lag = lag;
        }
    }

    /// When the last frame on this pipe comes out.
    #[must_use]
    pub fn last(&self, link: Link, way: Way) -> Time {
        self.lines.get(&link).map_or(0, |line| match way {
            Way::Up => line.up.last,
            Way::Down => line.down.last,
        })
    }

    /// Whether the client still relies on this line.
    #[must_use]
    pub fn is_held(&self, link: Link) -> bool {
        self.lines.get(&link).is_some_and(|line| !line.end.gone)
    }

    pub(crate) fn end(&mut self, link: Link) -> Option<&mut End> {
        self.lines.get_mut(&link).map(|line| &mut line.end)
    }

    fn pipe(&mut self, link: Link, way: Way) -> Option<&mut Pipe> {
        self.lines.get_mut(&link).map(|line| match way {
            Way::Up => &mut line.up,
            Way::Down => &mut line.down,
        })
    }

    /// Mostly around 30 ms, with a tail.
    fn latency(&mut self) -> Time {
        let tail = if self.dice.permille(50) { self.dice.within(0..300) } else { 0 };
        self.dice.within(5..60) + tail
    }
}

fn wake(end: &mut End) {
    if let Some(waker) = end.waker.take() {
        waker.wake();
    }
}
