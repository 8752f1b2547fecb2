//! The question at the end of a run: has everybody seen the same, and all of it, in order, once?

use std::collections::BTreeSet;

use crate::net::{Time, Who};
use crate::server::Said;
use crate::world::World;

/// How long a connection of a page in view may be silent before it is given up: two pings, and what a
/// timer may be late.
const SILENCE: Time = 10_000 + 100;

impl World {
    /// A connection that has fallen silent is given up in time, whatever else still comes in.
    pub(crate) fn listen(&mut self) {
        let net = self.net.borrow();
        let now = net.now();
        if net.drowsy {
            // Late timers are excused.
            self.silences.clear();
        }
        self.silences.retain(|(link, _)| net.is_held(*link));
        let over = |(_, since): &(u64, Time)| now > since + SILENCE;
        if let Some(at) = self.silences.iter().position(over) {
            let (link, since) = self.silences.swap_remove(at);
            let silence = now - since;
            self.outcome
                .violations
                .push(format!("line {link} is silent for {silence} ms unnoticed"));
        }
    }

    /// What each side sees is the server's log, and that is what both wrote, in order, once.
    pub(crate) fn judge(&mut self) {
        let log = self.server.log();
        let mut wrong = Vec::new();
        let mut written = self.said.clone();
        written.extend(self.to_say.iter().cloned());
        let (visitor, operator) = (Who::Visitor, Who::Operator);
        let typed = self.operator.typed();
        same(&mut wrong, "kept of the visitor's", &of(visitor, &log), &by(visitor, &written));
        same(&mut wrong, "kept of the operator's", &of(operator, &log), &by(operator, typed));
        same(&mut wrong, "seen by the visitor", &self.page.view(), &log);
        same(&mut wrong, "seen by the operator", self.operator.view(), &log);
        if self.server.conversations() != 1 {
            wrong.push(format!("{} conversations", self.server.conversations()));
        }
        self.outcome.messages = (written.len() + self.operator.typed().len()) as u64;
        if let Some(heard) = self.page.misheard() {
            wrong.push(heard);
        }
        self.outcome.slow = self.server.closed_as_slow();
        self.outcome.violations.extend(wrong);
    }
}

fn of(who: Who, log: &[Said]) -> Vec<Said> {
    log.iter().filter(|(by, _)| *by == who).cloned().collect()
}

fn by(who: Who, texts: &[String]) -> Vec<Said> {
    texts.iter().map(|text| (who, text.clone())).collect()
}

/// Lost, doubled, or reordered? No two messages have the same text.
fn same(wrong: &mut Vec<String>, what: &str, seen: &[Said], right: &[Said]) {
    if seen == right {
        return;
    }
    let (there, wanted): (BTreeSet<_>, BTreeSet<_>) =
        (seen.iter().collect(), right.iter().collect());
    let mut kinds = Vec::new();
    if let Some((_, first)) = wanted.difference(&there).next() {
        kinds.push(format!("lost {first}, {} in all", wanted.difference(&there).count()));
    }
    if let Some((_, first)) = there.difference(&wanted).next() {
        kinds.push(format!("invented {first}"));
    }
    if seen.len() > there.len() {
        kinds.push(format!("doubled {}", seen.len() - there.len()));
    }
    if kinds.is_empty() {
        let at = seen.iter().zip(right).position(|(a, b)| a != b);
        kinds.push(format!("reordered from the {}th on", at.unwrap_or_default()));
    }
    wrong.push(format!("{what}: {}", kinds.join(", ")));
}
