//! One run: people who write, faults that strike, and the question whether everybody saw the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use tvox_demo_server::settings::Rules;
use tvox_widget::core::ports::{Closed, LinkEvent, Wakeup};

use crate::dice::Dice;
use crate::fault::Fault;
use crate::mutant::{self, Mutant};
use crate::net::{Event, Link, Net, Plan, Time, Way, Who};
use crate::operator::Operator;
use crate::page::Page;
use crate::ports::{SimPorts, Tab};
use crate::server::Server;

/// People write, and things go wrong, in this time.
const STORM: Time = 120_000;
/// After it everything has so long to come right. A hidden page's timers come once a minute.
const CALM: Time = 400_000;

/// How much happens in a run.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Messages of each side.
    pub messages: u64,
    /// Faults.
    pub faults: u64,
    /// Whether the page is loaded anew among them.
    pub reloads: bool,
    /// The mistake to be noticed; made with the feature `mutants` only.
    pub mutant: Option<Mutant>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Faults that struck, by kind.
    pub faults: BTreeMap<Fault, u64>,
    /// Messages that were typed, on both sides.
    pub messages: u64,
    /// Virtual milliseconds.
    pub time: Time,
    /// Connections that the server closed because their client did not read.
    pub slow: u64,
    /// What is wrong.
    pub violations: Vec<String>,
}

pub(crate) struct World {
    pub(crate) net: Rc<RefCell<Net>>,
    pub(crate) tab: Rc<RefCell<Tab>>,
    pub(crate) server: Server,
    pub(crate) operator: Operator,
    pub(crate) page: Page,
    pub(crate) dice: Dice,
    /// Typed, and not taken by the widget yet.
    pub(crate) to_say: VecDeque<String>,
    pub(crate) reloads: bool,
    pub(crate) said: Vec<String>,
    /// The visitor's connections that have fallen silent, and since when.
    pub(crate) silences: Vec<(Link, Time)>,
    pub(crate) outcome: Outcome,
}

/// Plays one seed.
#[must_use]
pub fn play(seed: u64, size: Size) -> Outcome {
    mutant::make(size.mutant);
    let mut dice = Dice::new(seed);
    let net = Rc::new(RefCell::new(Net::new(dice.fork())));
    let tab = Rc::new(RefCell::new(Tab::default()));
    let ports = SimPorts { net: Rc::clone(&net), tab: Rc::clone(&tab) };
    let page = match Page::load(ports) {
        Ok(page) => page,
        Err(error) => return Outcome { violations: vec![error.to_string()], ..Outcome::default() },
    };
    let server = Server::new(rules(), dice.fork());
    let mut world = World {
        net,
        tab,
        server,
        operator: Operator::new(),
        page,
        dice,
        to_say: VecDeque::new(),
        reloads: size.reloads,
        said: Vec::new(),
        silences: Vec::new(),
        outcome: Outcome::default(),
    };
    world.plan(size);
    world.run();
    world.judge();
    world.outcome
}

/// The demo's rules, with pages so small that backfill takes several.
fn rules() -> Rules {
    let mut rules = Rules::default();
    rules.chat.inactivity = None;
    rules.limits.page = 5;
    rules.limits.sessions_per_hour = 10_000;
    rules
}

impl World {
    fn plan(&mut self, size: Size) {
        let mut net = self.net.borrow_mut();
        for _ in 0..size.messages {
            net.after(self.dice.within(0..STORM), Event::Plan(Plan::VisitorSays));
            net.after(self.dice.within(0..STORM), Event::Plan(Plan::OperatorSays));
        }
        for _ in 0..size.faults {
            net.after(self.dice.within(1_000..STORM), Event::Plan(Plan::Fault));
        }
    }

    fn run(&mut self) {
        self.page.settle();
        loop {
            let next = self.net.borrow().next_at();
            let next = [next, self.server.deadline(), self.operator.deadline()];
            let Some(at) = next.into_iter().flatten().min() else { break };
            if at > STORM + CALM {
                break;
            }
            self.net.borrow_mut().pass(at);
            let now = self.net.borrow().now();
            loop {
                let Some(event) = self.net.borrow_mut().due() else { break };
                self.happen(event);
            }
            if self.server.deadline().is_some_and(|at| at <= now) {
                self.server.tick(&mut self.net.borrow_mut());
            }
            if self.operator.deadline().is_some_and(|at| at <= now) {
                self.operator.tick(&mut self.net.borrow_mut());
            }
            self.page.settle();
            self.type_on();
            self.listen();
            if now > STORM && self.is_over() {
                break;
            }
        }
        self.outcome.time = self.net.borrow().now();
    }

    /// Whether nothing more is to come: everybody has said all, and seen all.
    fn is_over(&self) -> bool {
        self.to_say.is_empty()
            && self.operator.is_quiet()
            && self.page.is_quiet()
            && self.operator.view().len() == self.server.log().len()
            && self.page.view().len() == self.server.log().len()
            && self.said.len() + self.operator.typed().len() == self.server.log().len()
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Dialled(link) => {
                let who = self.net.borrow().who(link);
                let up = self.server.is_up();
                self.server.dialled(&mut self.net.borrow_mut(), link);
                if who == Some(Who::Operator) {
                    self.operator.answered(link, up, &mut self.net.borrow_mut());
                }
            }
            Event::Frame(link, way, text) => self.frame(link, way, text),
            Event::ServerLearns(link) => self.server.gone(&mut self.net.borrow_mut(), link),
            Event::ClientLearns(link, closed) => self.client_learns(link, closed),
            Event::Plan(plan) => self.follow(plan),
        }
        self.page.settle();
    }

    fn frame(&mut self, link: u64, way: Way, text: String) {
        if !self.net.borrow().arrives(link, way) {
            return;
        }
        let who = self.net.borrow().who(link);
        match (way, who) {
            (Way::Up, _) => self.server.frame(&mut self.net.borrow_mut(), link, text),
            (Way::Down, Some(Who::Visitor)) => {
                self.net.borrow_mut().hand_over(link, LinkEvent::Text(text));
            }
            (Way::Down, Some(Who::Operator)) => {
                self.operator.frame(link, &text, &mut self.net.borrow_mut());
            }
            (Way::Down, None) => {}
        }
    }

    fn client_learns(&mut self, link: u64, closed: Closed) {
        let who = self.net.borrow().who(link);
        match who {
            Some(Who::Visitor) => {
                self.net.borrow_mut().hand_over(link, LinkEvent::Closed(closed));
            }
            Some(Who::Operator) => self.operator.closed(link, &mut self.net.borrow_mut()),
            None => {}
        }
    }

    fn follow(&mut self, plan: Plan) {
        match plan {
            Plan::VisitorSays => {
                let number = self.said.len() + self.to_say.len();
                self.to_say.push_back(format!("v{number}"));
            }
            Plan::OperatorSays => {
                let text = format!("o{}", self.operator.typed().len());
                self.operator.says(text, &mut self.net.borrow_mut());
            }
            Plan::Fault => self.strike(),
            Plan::Boot => {
                let now = self.net.borrow().now();
                if !self.server.is_up() {
                    self.server.boot(now);
                }
            }
            Plan::Show => {
                self.net.borrow_mut().drowsy = false;
                self.tab.borrow_mut().tell(Wakeup::Visible);
            }
            Plan::Online => {
                self.net.borrow_mut().unplugged = false;
                self.tab.borrow_mut().tell(Wakeup::Online);
            }
            Plan::Calm => {
                let mut net = self.net.borrow_mut();
                net.doubling = 0;
                net.delay = 0;
            }
        }
    }

    /// The visitor goes on typing as soon as the widget takes it.
    fn type_on(&mut self) {
        self.page.try_again();
        while let Some(text) = self.to_say.front() {
            if !self.page.says(text) {
                break;
            }
            self.said.extend(self.to_say.pop_front());
        }
    }
}
