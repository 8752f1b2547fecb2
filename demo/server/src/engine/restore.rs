//! From what was kept to an engine that goes on where the last one stopped.

use super::record::KeptVisitor;
use super::signals::Signals;
use super::state::{Keys, Operator, Remark, Session, Stage, Visitor};
use super::timers::{Timer, Timers};
use super::topic::Topics;
use super::{Dice, Engine, Owner, Snapshot, Timestamp};
use crate::settings::Rules;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

impl Engine {
    /// Sets up a contact centre from what was kept. `handshake` is the time a connection has for its hello.
    ///
    /// Whoever was connected counts as lost at this moment: visitors have the token's time to return, operators the grace time. What rang, rings no more; what rang because it was passed on is back with who did that.
    pub fn new(
        rules: Rules,
        snapshot: Snapshot,
        handshake: Duration,
        dice: Dice,
        now: Timestamp,
    ) -> Self {
        let mut engine = Self {
            rules,
            dice,
            now,
            handshake,
            epoch: snapshot.epoch,
            links: BTreeMap::new(),
            visitors: BTreeMap::new(),
            visitor_tokens: BTreeMap::new(),
            operators: BTreeMap::new(),
            operator_tokens: BTreeMap::new(),
            sessions: BTreeMap::new(),
            files: BTreeMap::new(),
            secret: snapshot.secret,
            queues: BTreeMap::new(),
            last_order: 0,
            handling: BTreeMap::new(),
            started: now,
            begun: BTreeMap::new(),
            trials: BTreeMap::new(),
            tried: BTreeMap::new(),
            recapped: BTreeMap::new(),
            tickets: snapshot.tickets,
            callbacks: snapshot.callbacks,
            open: BTreeSet::new(),
            topics: Topics::new(snapshot.boot),
            timers: Timers::default(),
            stirred: true,
            changed: BTreeSet::new(),
            closing: Vec::new(),
            effects: Vec::new(),
        };
        engine.restore_visitors(snapshot.visitors, snapshot.alive);
        engine.restore_operators(snapshot.operators);
        for (row, log) in snapshot.sessions {
            let gone = row.progress.call.as_ref().map_or((0, 0), |call| call.signals_gone);
            let session = Session {
                signals: Signals::after(gone),
                visitor: row.visitor,
                channel: row.channel,
                service: row.service,
                customer: row.customer,
                fields: row.fields,
                created: row.created,
                progress: row.progress,
                log,
                position: None,
                expected_wait: None,
                active: now,
                refused: BTreeMap::new(),
            };
            engine.restore_session(row.id, session);
        }
        for file in snapshot.files {
            let id = file.id.clone();
            engine.files.insert(id.clone(), file);
            engine.scan(&id);
        }
        for signal in snapshot.signals {
            if let Some(session) = engine.sessions.get_mut(&signal.session) {
                session.signals.restore(signal.reader, signal.seq, signal.body);
            }
        }
        for (owner, method, key, kept) in snapshot.keys {
            let keys = match &owner {
                Owner::Visitor(id) => engine.visitors.get_mut(id).map(|visitor| &mut visitor.keys),
                Owner::Operator(id) => {
                    engine.operators.get_mut(id).map(|operator| &mut operator.keys)
                }
            };
            if let Some(keys) = keys {
                keys.keep(&method, &key, kept);
            }
        }
        engine.look_at_calendar();
        engine.timers.arm(Timer::Lists, now);
        engine
    }

    fn restore_visitors(&mut self, rows: Vec<KeptVisitor>, alive: Timestamp) {
        for KeptVisitor { row, visits } in rows {
            let seen = if row.online { row.seen.max(alive) } else { row.seen };
            self.timers.arm(Timer::Visitor(row.id.clone()), seen.after(self.rules.visitors.resume));
            self.visitor_tokens.insert(row.token, row.id.clone());
            let visitor = Visitor {
                token: row.token,
                origin: row.origin,
                locale: row.locale,
                customer: row.customer,
                chosen: None,
                seen,
                links: BTreeSet::new(),
                sessions: BTreeSet::new(),
                visited: visits.last().map_or(0, |(number, _)| *number),
                visits: visits.into_iter().map(|(_, visit)| visit).collect(),
                keys: Keys::default(),
            };
            self.visitors.insert(row.id, visitor);
        }
    }

    fn restore_operators(&mut self, rows: Vec<super::OperatorRow>) {
        for row in rows {
            // Who was here when the server died has the grace time from now on, not from when he was last seen.
            let seen = if row.present { self.now } else { row.seen };
            let wait =
                if row.present { self.rules.operators.grace } else { self.rules.operators.resume };
            self.timers.arm(Timer::Operator(row.id.clone()), seen.after(wait));
            if let Some(token) = row.token {
                self.operator_tokens.insert(token, row.id.clone());
            }
            let operator = Operator {
                token: row.token,
                name: row.name,
                services: row
                    .services
                    .into_iter()
                    .filter(|code| self.rules.service(code).is_some())
                    .collect(),
                status: row.status,
                automatic: row.automatic,
                present: row.present,
                seen,
                rung: Timestamp::default(),
                links: BTreeSet::new(),
                contacts: BTreeSet::new(),
                keys: Keys::default(),
            };
            self.operators.insert(row.id, operator);
        }
    }

    fn restore_session(&mut self, id: crate::wire::id::SessionId, mut session: Session) {
        let Some(visitor) = self.visitors.get_mut(&session.visitor) else { return };
        visitor.sessions.insert(id.clone());
        self.last_order = self.last_order.max(session.progress.order);
        if let Stage::Connected { operator, remark } = &mut session.progress.stage {
            if matches!(remark, Remark::ActiveAgain | Remark::DurationOver) {
                *remark = Remark::None;
            }
            match self.operators.get_mut(operator) {
                Some(operator) => {
                    operator.contacts.insert(id.clone());
                }
                None => session.progress.requeue(self.now),
            }
        }
        if let Stage::Invited { operator, .. } = &session.progress.stage {
            match self.operators.get_mut(operator) {
                Some(operator) => {
                    operator.contacts.insert(id.clone());
                }
                None => session.progress.stage = Stage::Closed { at: self.now },
            }
        }
        if matches!(session.progress.stage, Stage::Offered { .. }) {
            let transfer = session.progress.transfer.as_mut().filter(|it| it.pending);
            let from = transfer.map(|it| {
                (it.pending, it.returned) = (false, true);
                it.from.clone()
            });
            match from.and_then(|from| Some((self.operators.get_mut(&from)?, from))) {
                Some((operator, from)) if operator.present => {
                    operator.contacts.insert(id.clone());
                    session.progress.stage =
                        Stage::Connected { operator: from, remark: Remark::None };
                    session.progress.step += 1;
                }
                Some(_) | None => session.progress.requeue(self.now),
            }
        }
        if session.is_queued() {
            self.queues
                .entry(session.service.clone())
                .or_default()
                .insert((session.progress.order, id.clone()));
        }
        self.timers.arm(Timer::Session(id.clone()), self.now);
        self.changed.insert(id.clone());
        self.sessions.insert(id, session);
    }
}
