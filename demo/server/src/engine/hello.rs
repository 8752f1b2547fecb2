//! Who comes, who goes, who is forgotten.

use super::link::{Door, LinkId, Party};
use super::state::{Keys, Operator, Session, TokenHash, Visitor};
use super::timers::Timer;
use super::{Close, Engine, Timestamp};
use crate::wire::VERSION;
use crate::wire::desk::OperatorStatus;
use crate::wire::fault::Fault;
use crate::wire::frame::raw;
use crate::wire::hello::{OperatorWelcome, Pong, ServedLimits, ServedRate, ServiceLine, Welcome};
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::model::{Channel, SessionLine};
use crate::wire::operator::{self, OperatorCall};
use crate::wire::visitor::{self, VisitorCall};
use serde_json::value::RawValue;
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// The one operator that comes through [`Door::Automatic`].
const AUTOMATIC: &str = "o_echo";
const DEFAULT_HEARTBEAT: u64 = 5_000;
const SLOWEST_HEARTBEAT: u64 = 60_000;
const LONGEST_LOCALE: usize = 35;

impl Engine {
    /// What is answered before `hello`.
    pub(super) fn visitor_greeting(
        &mut self,
        link: LinkId,
        call: VisitorCall,
    ) -> Result<Box<RawValue>, Fault> {
        match call {
            VisitorCall::GetVersion => Ok(raw(&VERSION)),
            VisitorCall::Ping => Ok(self.pong()),
            VisitorCall::Hello(hello) => self.welcome_visitor(link, hello),
            VisitorCall::Bye(_)
            | VisitorCall::Subscribe(_)
            | VisitorCall::Unsubscribe(_)
            | VisitorCall::Visit(_)
            | VisitorCall::Identify(_)
            | VisitorCall::ChatCreate(_)
            | VisitorCall::ChatSend(_)
            | VisitorCall::ChatTyping(_)
            | VisitorCall::ChatReceived(_)
            | VisitorCall::ChatRead(_)
            | VisitorCall::ChatClose(_)
            | VisitorCall::SessionActive(_)
            | VisitorCall::Telephony(_)
            | VisitorCall::File(_)
            | VisitorCall::Request(_) => Err(Fault::hello_required("say hello first")),
        }
    }

    /// What is answered before `hello`.
    pub(super) fn operator_greeting(
        &mut self,
        link: LinkId,
        call: OperatorCall,
    ) -> Result<Box<RawValue>, Fault> {
        match call {
            OperatorCall::GetVersion => Ok(raw(&VERSION)),
            OperatorCall::Ping => Ok(self.pong()),
            OperatorCall::Hello(hello) => self.welcome_operator(link, hello),
            OperatorCall::Bye(_)
            | OperatorCall::Subscribe(_)
            | OperatorCall::Unsubscribe(_)
            | OperatorCall::Status(_)
            | OperatorCall::Services(_)
            | OperatorCall::Accept(_)
            | OperatorCall::Decline(_)
            | OperatorCall::Transfer(_)
            | OperatorCall::ChatSend(_)
            | OperatorCall::ChatTyping(_)
            | OperatorCall::ChatReceived(_)
            | OperatorCall::ChatRead(_)
            | OperatorCall::PagePush(_)
            | OperatorCall::ChatClose(_)
            | OperatorCall::Telephony(_)
            | OperatorCall::File(_) => Err(Fault::hello_required("say hello first")),
        }
    }

    pub(super) fn pong(&self) -> Box<RawValue> {
        raw(&Pong { time: self.now.iso() })
    }

    fn welcome_visitor(
        &mut self,
        link_id: LinkId,
        hello: visitor::Hello,
    ) -> Result<Box<RawValue>, Fault> {
        self.check_version(link_id, &hello.api)?;
        let customer = self.clean_customer(hello.customer)?;
        let locale = hello.locale.filter(|locale| is_locale(locale));
        let heartbeat = self.heartbeat(hello.heartbeat);
        let origin = self.links.get(&link_id).map(|link| link.origin.clone()).unwrap_or_default();
        let known = hello.resume.and_then(|token| {
            let id = self.visitor_tokens.get(&TokenHash::of(&token))?.clone();
            (self.visitors.get(&id)?.origin == origin).then_some((id, token))
        });
        let resumed = known.is_some();
        let (id, token) = match known {
            Some((id, token)) => {
                self.make_room(link_id, &id)?;
                (id, token)
            }
            None => self.new_visitor(origin),
        };
        let now = self.now;
        if let Some(visitor) = self.visitors.get_mut(&id) {
            visitor.links.insert(link_id);
            visitor.seen = now;
            visitor.locale = locale.or(visitor.locale.take());
            visitor.customer = customer.or(visitor.customer.take());
        }
        self.admit(link_id, Party::Visitor(id.clone()), heartbeat);
        self.timers.disarm(&Timer::Visitor(id.clone()));
        self.store_visitor(&id);
        self.presence_changed(&id);
        let welcome = Welcome {
            visitor: id.clone(),
            resume: token,
            resume_ttl: millis(self.rules.visitors.resume),
            resumed,
            epoch: self.epoch.clone(),
            heartbeat,
            time: self.now.iso(),
            channels: self.channels(),
            features: self.features(),
            limits: self.served_limits(Door::Visitor),
            sessions: self
                .visitors
                .get(&id)
                .map(|visitor| self.session_lines(&visitor.sessions))
                .unwrap_or_default(),
        };
        Ok(raw(&welcome))
    }

    fn welcome_operator(
        &mut self,
        link_id: LinkId,
        hello: operator::Hello,
    ) -> Result<Box<RawValue>, Fault> {
        self.check_version(link_id, &hello.api)?;
        let automatic = self.links.get(&link_id).is_some_and(|link| link.door == Door::Automatic);
        let wanted = &self.rules.operators.passcode;
        if !automatic
            && !wanted.is_empty()
            && hello.passcode.map(|given| TokenHash::of(&given)) != Some(TokenHash::of(wanted))
        {
            return Err(Fault::passcode("the passcode is wrong or missing"));
        }
        let profile = hello.operator;
        if let Some(profile) = &profile {
            self.check_name(&profile.name)?;
        }
        let services = match profile.as_ref().and_then(|profile| profile.services.as_ref()) {
            Some(codes) => Some(self.check_services(codes)?),
            None => None,
        };
        let known = hello.resume.filter(|_| !automatic).and_then(|token| {
            let id = self.operator_tokens.get(&TokenHash::of(&token))?.clone();
            Some((id, token))
        });
        let heartbeat = self.heartbeat(hello.heartbeat);
        let automatic_id = OperatorId::new(AUTOMATIC);
        let resumed = known.is_some() || (automatic && self.operators.contains_key(&automatic_id));
        let (id, token) = match (known, &profile) {
            (Some(known), _) => known,
            (None, None) => {
                return Err(Fault::params("operator: needed, since there is nobody to resume"));
            }
            (None, Some(_)) => self.new_operator(automatic.then_some(automatic_id)),
        };
        let all: Vec<String> =
            self.rules.services.iter().map(|service| service.code.clone()).collect();
        let now = self.now;
        if let Some(operator) = self.operators.get_mut(&id) {
            operator.links.insert(link_id);
            operator.present = true;
            operator.seen = now;
            operator.automatic = automatic;
            if let Some(profile) = profile {
                operator.name = clean(&profile.name);
                operator.services = services.unwrap_or(all);
                operator.status = profile.status.unwrap_or(operator.status);
            }
        }
        self.admit(link_id, Party::Operator(id.clone()), heartbeat);
        self.timers.disarm(&Timer::Operator(id.clone()));
        self.store_operator(&id);
        self.stirred = true;
        let operator =
            self.operators.get(&id).ok_or_else(|| Fault::internal("the operator is gone"))?;
        let welcome = OperatorWelcome {
            operator: id.clone(),
            resume: token,
            resume_ttl: millis(self.rules.operators.resume),
            resumed,
            epoch: self.epoch.clone(),
            heartbeat,
            time: self.now.iso(),
            name: operator.name.clone(),
            status: operator.status,
            joined: operator.services.clone(),
            services: self
                .rules
                .services
                .iter()
                .map(|service| ServiceLine {
                    code: service.code.clone(),
                    description: service.description.clone(),
                })
                .collect(),
            grace: millis(self.rules.operators.grace),
            offer: millis(self.rules.operators.offer),
            limits: self.served_limits(Door::Operator),
            sessions: self.session_lines(&operator.contacts),
        };
        Ok(raw(&welcome))
    }

    fn new_visitor(&mut self, origin: String) -> (VisitorId, String) {
        let id = VisitorId::new(self.random_text::<9>("v_"));
        let token = self.random_text::<32>("rt_");
        let hash = TokenHash::of(&token);
        self.visitor_tokens.insert(hash, id.clone());
        let visitor = Visitor {
            token: hash,
            origin,
            locale: None,
            customer: None,
            chosen: None,
            seen: self.now,
            links: BTreeSet::new(),
            sessions: BTreeSet::new(),
            visits: VecDeque::new(),
            visited: 0,
            keys: Keys::default(),
        };
        self.visitors.insert(id.clone(), visitor);
        (id, token)
    }

    fn new_operator(&mut self, automatic: Option<OperatorId>) -> (OperatorId, String) {
        let is_automatic = automatic.is_some();
        let id = automatic.unwrap_or_else(|| OperatorId::new(self.random_text::<9>("o_")));
        // A program inside of the server needs no token: its door is its word.
        let token = if is_automatic { String::new() } else { self.random_text::<32>("ot_") };
        let hash = (!is_automatic).then(|| TokenHash::of(&token));
        if let Some(hash) = hash {
            self.operator_tokens.insert(hash, id.clone());
        }
        self.operators.entry(id.clone()).or_insert_with(|| Operator {
            token: hash,
            name: String::new(),
            services: Vec::new(),
            status: OperatorStatus::Available,
            automatic: is_automatic,
            present: true,
            seen: Timestamp::default(),
            rung: Timestamp::default(),
            links: BTreeSet::new(),
            contacts: BTreeSet::new(),
            keys: Keys::default(),
        });
        (id, token)
    }

    fn check_version(&mut self, link: LinkId, api: &str) -> Result<(), Fault> {
        let major = |version: &str| version.split('.').next().map(str::to_owned);
        if major(api) == major(VERSION[1]) {
            return Ok(());
        }
        self.close(link, Close::version());
        Err(Fault::version(format!("this server speaks api {}", VERSION[1])))
    }

    /// So many connections a visitor. Of those that stopped pinging, one makes room: after a silent loss the new connection must get in.
    fn make_room(&mut self, newcomer: LinkId, id: &VisitorId) -> Result<(), Fault> {
        let most = self.rules.limits.connections;
        let Some(visitor) = self.visitors.get(id) else { return Ok(()) };
        if visitor.links.len() < most {
            return Ok(());
        }
        let quietest = visitor
            .links
            .iter()
            .filter_map(|link| Some((*link, self.links.get(link)?)))
            .min_by_key(|(_, link)| link.heard);
        if let Some((quiet, link)) = quietest
            && self.now.since(link.heard) > link.interval * 2
        {
            self.close(quiet, Close::idle());
            return Ok(());
        }
        let wait = Duration::from_secs(5);
        self.close(newcomer, Close::overloaded(wait));
        Err(Fault::busy(format!("{most} connections of this visitor are open")).after(wait))
    }

    fn admit(&mut self, id: LinkId, party: Party, heartbeat: u64) {
        let silence = self.rules.visitors.silence;
        if let Some(link) = self.links.get_mut(&id) {
            link.party = Some(party);
            link.interval = Duration::from_millis(heartbeat);
            link.patience = (link.interval * 3).max(silence);
            let patience = link.patience;
            if link.door != Door::Automatic {
                // Until now it stood for the hello.
                self.timers.disarm(&Timer::Link(id));
                self.timers.arm(Timer::Link(id), self.now.after(patience));
            }
        }
        self.timers.arm(Timer::Alive, self.now.after(self.alive_interval()));
    }

    /// The oldest first.
    fn session_lines(&self, ids: &BTreeSet<SessionId>) -> Vec<SessionLine> {
        let mut open: Vec<(&SessionId, &Session)> = ids
            .iter()
            .filter_map(|id| Some((id, self.sessions.get(id)?)))
            .filter(|(_, session)| session.is_open())
            .collect();
        open.sort_by_key(|(id, session)| (session.created, *id));
        open.into_iter()
            .map(|(id, session)| SessionLine {
                id: id.clone(),
                channel: session.channel,
                service: session.service.clone(),
            })
            .collect()
    }

    fn served_limits(&self, door: Door) -> ServedLimits {
        let limits = &self.rules.limits;
        let rate = match door {
            Door::Visitor => limits.rate,
            Door::Operator | Door::Automatic => self.rules.operators.rate,
        };
        ServedLimits {
            frame: limits.frame,
            message: limits.message,
            rate: ServedRate { per_second: rate.per_second, burst: rate.burst },
            subscriptions: limits.subscriptions,
            file: self.rules.files.served(),
        }
    }

    /// What can be done here beyond the least, as the channels that are on have it.
    fn features(&self) -> Vec<String> {
        let on = |channel| self.rules.channels.contains(&channel);
        [
            ("receipts", true),
            ("files", self.rules.files.is_on()),
            ("recap", on(Channel::Mail)),
            ("rating", true),
            ("forms", true),
            ("calls", on(Channel::Video) || on(Channel::PhoneCall)),
            ("requests", on(Channel::Mail) || on(Channel::Callback)),
        ]
        .into_iter()
        .filter(|(_, is_on)| *is_on)
        .map(|(name, _)| name.to_owned())
        .collect()
    }

    fn heartbeat(&self, wanted: Option<u64>) -> u64 {
        let fastest = millis(self.rules.visitors.heartbeat).clamp(1, SLOWEST_HEARTBEAT);
        wanted.unwrap_or(DEFAULT_HEARTBEAT).clamp(fastest, SLOWEST_HEARTBEAT)
    }

    fn check_name(&self, name: &str) -> Result<(), Fault> {
        let length = clean(name).chars().count();
        let most = self.rules.limits.name;
        if (1..=most).contains(&length) {
            Ok(())
        } else {
            Err(Fault::params(format!("operator.name: 1 to {most} characters")))
        }
    }
}

/// Without control characters, and without blanks around.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect::<String>().trim().to_owned()
}

fn is_locale(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_LOCALE
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
