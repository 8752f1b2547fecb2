//! Calls to try one's devices and network with, before a real one. They are no sessions: nobody is rung, nothing is kept, and they end with the connection
//! that began them. The other side is the server's own media, to which signals go as effects and from which they come as inputs.

use super::link::LinkId;
use super::signals::{SignalLog, odd};
use super::state::fingerprint;
use super::subscribe::subscription_name;
use super::timers::Timer;
use super::topic::Topic;
use super::{Effect, Engine};
use crate::media::{Order, Report, Said, Wish};
use crate::wire::call::Key;
use crate::wire::fault::Fault;
use crate::wire::frame::{self, raw};
use crate::wire::id::{SessionId, VisitorId};
use crate::wire::model::Channel;
use crate::wire::telephony::{CallCreated, CallTest, Signal, SignalCall};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A trial call.
pub(super) struct Trial {
    visitor: VisitorId,
    /// The connection that began it.
    link: LinkId,
    key: Key,
    /// What the visitor reads.
    pub(super) log: SignalLog,
    /// What he said, by its key.
    said: BTreeMap<Key, [u8; 16]>,
}

impl Engine {
    /// The trial, if it is that connection's: to another tab it is as unknown as one that never was.
    pub(super) fn own_trial(&self, link: LinkId, id: &SessionId) -> Result<&Trial, Fault> {
        let trial = self.trials.get(id).filter(|trial| trial.link == link);
        trial.ok_or_else(|| Fault::session_not_found("no such call"))
    }

    pub(super) fn call_test(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        call: &CallTest,
    ) -> Result<Box<RawValue>, Fault> {
        if call.media.is_empty() {
            return Err(Fault::params("media: audio, video, or both"));
        }
        let running = self.trials.iter().find(|(_, trial)| trial.visitor == *visitor);
        let running = running.map(|(id, trial)| (id.clone(), trial.link, trial.key.clone()));
        if let Some((id, owner, key)) = &running
            && (*owner, key) == (link, &call.key)
        {
            return Ok(raw(&CallCreated { id: id.clone(), ice: self.ice(visitor.as_str(), id) }));
        }
        let is_on = |channel: Channel| self.rules.channels.contains(&channel);
        if !is_on(Channel::Video) && !is_on(Channel::PhoneCall) {
            return Err(Fault::channel_disabled("there are no calls here"));
        }
        self.count_trial(link)?;
        // One at a time: who begins another has no use for the first, or has lost it with a connection that is not known to be dead yet.
        if let Some((id, ..)) = running {
            self.end_trial(&id);
        }
        let id = SessionId::new(self.random_text::<12>("kt_"));
        let trial = Trial {
            visitor: visitor.clone(),
            link,
            key: call.key.clone(),
            log: SignalLog::default(),
            said: BTreeMap::new(),
        };
        self.trials.insert(id.clone(), trial);
        self.timers.arm(Timer::Trial(id.clone()), self.now.after(self.rules.calls.test));
        self.order(&id, Wish::Begin);
        let ice = self.ice(visitor.as_str(), &id);
        Ok(raw(&CallCreated { id, ice }))
    }

    pub(super) fn trial_signal(
        &mut self,
        link: LinkId,
        call: SignalCall,
    ) -> Result<Box<RawValue>, Fault> {
        self.own_trial(link, &call.session)?;
        let SignalCall { session: id, key, body } = call;
        let signal = body?;
        if signal.offered().is_some_and(|generation| !odd(generation)) {
            return Err(Fault::bad_signal("gen: odd for the visitor's offers"));
        }
        let most = self.rules.calls.signals;
        let print = fingerprint(&[raw(&signal).get()]);
        let Some(trial) = self.trials.get_mut(&id) else {
            return Err(Fault::session_not_found("no such call"));
        };
        match trial.said.get(&key) {
            Some(said) if *said == print => return Ok(raw(&true)),
            Some(_) => return Err(Fault::key_reused("this key was used with other parameters")),
            None if trial.said.len() >= most => {
                return Err(Fault::bad_signal(format!("{most} signals of one side, and no more")));
            }
            None => {}
        }
        trial.said.insert(key, print);
        self.order(&id, Wish::Signal(signal));
        Ok(raw(&true))
    }

    /// The server's own media says something. What is not about a trial is somebody else's business.
    pub(super) fn trial_media(&mut self, report: Report) {
        match report.said {
            Said::Signal(signal) => self.trial_says(&report.call, signal),
            Said::Over => self.end_trial(&report.call),
        }
    }

    /// Ends it, whoever or whatever wants it ended.
    pub(super) fn end_trial(&mut self, id: &SessionId) {
        self.trial_says(id, Signal::Bye { generation: None });
        if self.trials.remove(id).is_none() {
            return;
        }
        self.timers.disarm(&Timer::Trial(id.clone()));
        let topic = Topic::ToVisitor(id.clone());
        // The `bye` was the last that there is to hear.
        for (link, number) in self.topics.followers(&topic) {
            self.topics.detach(&topic, link, number);
            if let Some(link) = self.links.get_mut(&link) {
                link.subscriptions.remove(&number);
            }
        }
        self.order(id, Wish::End);
    }

    /// The connection is gone, and with it what it tried.
    pub(super) fn end_trials_of(&mut self, link: LinkId) {
        let ended: Vec<SessionId> = self
            .trials
            .iter()
            .filter(|(_, trial)| trial.link == link)
            .map(|(id, _)| id.clone())
            .collect();
        for id in ended {
            self.end_trial(&id);
        }
    }

    fn trial_says(&mut self, id: &SessionId, signal: Signal) {
        let Some(trial) = self.trials.get_mut(id) else { return };
        let (_, body) = trial.log.append(signal);
        for (link, number) in self.topics.followers(&Topic::ToVisitor(id.clone())) {
            self.send(link, frame::log_event(&subscription_name(number), &body));
        }
    }

    fn order(&mut self, id: &SessionId, wish: Wish) {
        self.effects.push(Effect::Media(Order { call: id.clone(), wish }));
    }
}
