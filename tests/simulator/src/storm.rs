//! The faults, and how each of them strikes.

use std::rc::Rc;

use tvox_widget::core::ports::{Closed, Wakeup};

use crate::fault::Fault;
use crate::net::{Event, Plan, Way, Who};
use crate::page::Page;
use crate::ports::SimPorts;
use crate::world::World;

/// So many messages of the operator are more than may wait for a client that does not read.
const JAM: u64 = 20;

impl World {
    /// Something goes wrong.
    pub(crate) fn strike(&mut self) {
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
            Fault::SilentDown => {
                net.cut(link, Way::Down, true);
                self.silences.extend((side == Who::Visitor).then(|| (link, net.now())));
            }
            Fault::SilentUp => {
                net.cut(link, Way::Up, true);
                // An answer that is under way is still one.
                let heard = net.now().max(net.last(link, Way::Down));
                self.silences.extend((side == Who::Visitor).then_some((link, heard)));
            }
            Fault::Stall => net.stall(link, Way::Up, dice.within(5_000..30_000)),
            Fault::SlowUp => net.slow_down(link, Way::Up, dice.within(3_000..9_000)),
            Fault::SlowConsumer => {
                // There must be something to read.
                for _ in 0..JAM {
                    net.after(dice.within(0..2_000), Event::Plan(Plan::OperatorSays));
                }
                return self.server.jam(link);
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
                self.silences.clear();
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
}
