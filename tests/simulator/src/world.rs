//! One run: people who write, faults that strike, and the question whether everybody saw the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use tvox_demo_server::settings::Rules;
use tvox_widget::core::ports::{Closed, LinkEvent, Wakeup};

use crate::dice::Dice;
use crate::fault::Fault;
use crate::net::{Event, Net, Plan, Time, Way, Who};
use crate::operator::Operator;
use crate::page::Page;
use crate::ports::{SimPorts, Tab};
use crate::server::{Said, Server};

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
    /// What is wrong.
    pub violations: Vec<String>,
}

struct World {
    net: Rc<RefCell<Net>>,
    tab: Rc<RefCell<Tab>>,
    server: Server,
    operator: Operator,
    page: Page,
    dice: Dice,
    /// Typed, and not taken by the widget yet.
    to_say: VecDeque<String>,
    reloads: bool,
    said: Vec<String>,
    outcome: Outcome,
}

/// Plays one seed.
#[must_use]
pub fn play(seed: u64, size: Size) -> Outcome {
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

    fn strike(&mut self) {
        let fault = Fault::roll(&mut self.dice, self.reloads);
        if self.apply(fault) {
            *self.outcome.faults.entry(fault).or_default() += 1;
        } else {
            // There is nothing to break at the moment: later.
            self.net.borrow_mut().after(500, Event::Plan(Plan::Fault));
        }
    }

    fn apply(&mut self, fault: Fault) -> bool {
        let dice = &mut self.dice;
        let mut net = self.net.borrow_mut();
        let side = if dice.permille(250) { Who::Operator } else { Who::Visitor };
        let Some(link) = net.open(side).last().copied() else { return false };
        match fault {
            Fault::Cut => {
                net.cut(link, Way::Up, true);
                net.cut(link, Way::Down, true);
                net.after(dice.within(0..3_000), Event::ServerLearns(link));
                net.after(dice.within(0..3_000), Event::ClientLearns(link, Closed::abnormal()));
            }
            Fault::HalfCut => {
                net.cut(link, Way::Up, false);
                net.cut(link, Way::Down, true);
                net.after(dice.within(0..3_000), Event::ClientLearns(link, Closed::abnormal()));
                net.after(dice.within(1_000..60_000), Event::ServerLearns(link));
            }
            Fault::SilentDown => net.cut(link, Way::Down, true),
            Fault::SilentUp => net.cut(link, Way::Up, true),
            Fault::Stall => net.stall(link, Way::Up, dice.within(5_000..30_000)),
            Fault::SlowUp => net.slow_down(link, Way::Up, dice.within(3_000..9_000)),
            Fault::SlowConsumer => {
                drop(net);
                self.server.drop_slow(&mut self.net.borrow_mut(), link);
            }
            Fault::Doubled => {
                net.doubling = 300;
                net.after(dice.within(1_000..10_000), Event::Plan(Plan::Calm));
            }
            Fault::Delayed => {
                net.delay = dice.within(500..4_000);
                net.after(dice.within(1_000..10_000), Event::Plan(Plan::Calm));
            }
            Fault::Burst => {
                let burst = dice.within(12..30);
                for _ in 0..burst {
                    net.after(0, Event::Plan(Plan::VisitorSays));
                }
            }
            Fault::Kill => {
                drop(net);
                return self.kill();
            }
            Fault::Restart => {
                drop(net);
                return self.restart();
            }
            Fault::Hidden => {
                if net.drowsy {
                    return false;
                }
                net.drowsy = true;
                net.after(dice.within(1_000..90_000), Event::Plan(Plan::Show));
                self.tab.borrow_mut().tell(Wakeup::Hidden);
            }
            Fault::Offline => {
                if net.unplugged {
                    return false;
                }
                net.unplugged = true;
                for link in net.open(Who::Visitor) {
                    net.cut(link, Way::Up, true);
                    net.cut(link, Way::Down, true);
                }
                net.after(dice.within(500..25_000), Event::Plan(Plan::Online));
                self.tab.borrow_mut().tell(Wakeup::Offline);
            }
            Fault::Reload => {
                drop(net);
                self.reload();
            }
        }
        true
    }

    /// SIGKILL: what was on the disk is all there is. What was sent may still arrive.
    fn kill(&mut self) -> bool {
        if !self.server.is_up() {
            return false;
        }
        self.server.die();
        self.lose_all();
        true
    }

    fn restart(&mut self) -> bool {
        if !self.server.is_up() {
            return false;
        }
        self.server.shut_down(&mut self.net.borrow_mut());
        self.lose_all();
        true
    }

    fn lose_all(&mut self) {
        let mut net = self.net.borrow_mut();
        for link in net.known() {
            net.forget(link);
            let lost = self.dice.permille(500);
            net.cut(link, Way::Down, lost);
            net.cut(link, Way::Up, true);
            net.after(self.dice.within(100..1_500), Event::ClientLearns(link, Closed::abnormal()));
        }
        net.after(self.dice.within(100..8_000), Event::Plan(Plan::Boot));
    }

    /// The page goes, sometimes without a word, as when it crashes; the tab with its storage stays.
    fn reload(&mut self) {
        if self.dice.permille(700) {
            self.tab.borrow_mut().tell(Wakeup::Hidden);
            self.page.settle();
        }
        self.tab.borrow_mut().reload();
        let ports = SimPorts { net: Rc::clone(&self.net), tab: Rc::clone(&self.tab) };
        if let Ok(page) = Page::load(ports) {
            self.page = page;
        }
    }

    /// What each side sees is the server's log, and that is what both wrote, in order, once.
    fn judge(&mut self) {
        let log = self.server.log();
        let mut wrong = Vec::new();
        let mut written = self.said.clone();
        written.extend(self.to_say.iter().cloned());
        compare(&mut wrong, "the log lacks of the visitor's", &of(Who::Visitor, &log), &written);
        compare(
            &mut wrong,
            "the log lacks of the operator's",
            &of(Who::Operator, &log),
            self.operator.typed(),
        );
        same(&mut wrong, "the visitor sees", &self.page.view(), &log);
        same(&mut wrong, "the operator sees", self.operator.view(), &log);
        if self.server.conversations() != 1 {
            wrong.push(format!("{} conversations", self.server.conversations()));
        }
        self.outcome.messages = (written.len() + self.operator.typed().len()) as u64;
        self.outcome.violations = wrong;
    }
}

fn of(who: Who, log: &[Said]) -> Vec<String> {
    log.iter().filter(|(by, _)| *by == who).map(|(_, text)| text.clone()).collect()
}

/// Lost, doubled, or reordered?
fn compare(wrong: &mut Vec<String>, what: &str, seen: &[String], written: &[String]) {
    if seen == written {
        return;
    }
    let lost: Vec<&String> = written.iter().filter(|text| !seen.contains(text)).collect();
    let doubled = seen.len() > written.len();
    let kind = if !lost.is_empty() {
        format!("lost {lost:?}")
    } else if doubled {
        "doubled".to_owned()
    } else {
        "reordered".to_owned()
    };
    wrong.push(format!("{what}: {kind}"));
}

fn same(wrong: &mut Vec<String>, what: &str, seen: &[Said], log: &[Said]) {
    if seen != log {
        let first =
            seen.iter().zip(log).position(|(a, b)| a != b).unwrap_or(seen.len().min(log.len()));
        wrong.push(format!(
            "{what} {} messages of {}, different from the {first}th: {:?} for {:?}",
            seen.len(),
            log.len(),
            seen.get(first),
            log.get(first)
        ));
    }
}
