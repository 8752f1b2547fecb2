//! Decides; no I/O, no clock, no randomness.
//!
//! ```text
//!            Connect                 opened, hello answered
//!   Idle ───────────────▶ Dialing ──────────────────────────▶ Online
//!    ▲                    ▲     │                               │
//!    │ Disconnect         │     │ failed, too slow              │ closed, silent
//!    │ (from anywhere)    │     ▼                               │
//!    │           deadline └── Waiting ◀─────────────────────────┘
//!    │                          │
//!    └──────────────────────────┴──── 40xx, no attempt left ──▶ Stopped
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::close::{self, Verdict};
use super::heartbeat::{Beat, Heartbeat};
use super::retry::{Asked, Retry, delay};
use super::state::{ConnectionState, LinkId, Phase};
use super::watch::{Hold, Place, Watch};
use crate::core::config::RetryOptions;
use crate::core::error::Error;
use crate::core::model::{
    ChannelType, ChatChannelEventMessage, CustomerInfo, SubscriptionId, VisitorToken,
};
use crate::core::ports::{Closed, Wakeup};
use crate::core::rpc::{
    Client, Codec, DecodeError, Hello, HelloReply, Incoming, MAX_FRAME, PushEvent, Refusal, Reply,
    Request, StateValue, Subscribed, Topic,
};
use crate::core::time::{Timestamp, earliest};

/// No two dials start closer together than this, whatever wakes us.
const LEAST_BETWEEN_DIALS: Duration = Duration::from_secs(1);

/// The API version this client speaks (the second value `getVersion` answers).
const API: &str = "10.26.0";

/// What the connection is made with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// When to try again.
    pub retry: RetryOptions,
    /// How often to ping; the server may ask for less often.
    pub heartbeat: Duration,
    /// The visitor's language (BCP 47).
    pub locale: Option<String>,
    /// Who the visitor says to be.
    pub customer: Option<CustomerInfo>,
    /// The token of an earlier page.
    pub token: Option<VisitorToken>,
}

/// Now, and a number that nobody could foresee.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// The clock.
    pub now: Timestamp,
    /// Uniformly random over its whole range.
    pub chance: u32,
}

/// Names a call towards whoever made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// What happens to the connection.
#[derive(Clone, Debug)]
pub enum Input {
    /// Be online from now on.
    Connect,
    /// Be offline for good.
    Disconnect {
        /// Whether the server shall forget the visitor.
        forget: bool,
    },
    /// The socket is open.
    Opened(LinkId),
    /// A text frame came.
    Frame(LinkId, String),
    /// The socket closed, or could not be opened.
    Closed(LinkId, Closed),
    /// The surroundings changed.
    Wake(Wakeup),
    /// The [`deadline`](Machine::deadline) has come.
    Tick,
    /// Ask something; the answer comes as [`Report::Called`]. It waits for the connection and is
    /// repeated on the next one if the answer got lost: every call is safe to repeat.
    Call {
        /// The caller's name for it.
        id: CallId,
        /// What to ask.
        request: Request,
        /// For how long, the waiting included; `None` for as long as it takes.
        timeout: Option<Duration>,
        /// Whether to try again by itself what the server refuses only for now.
        patient: bool,
    },
    /// Say something now, or not at all.
    Notify(Request),
    /// The visitor's choice, said again on every connection.
    Identify(ChannelType, String),
    /// Want a topic, now and on every later connection.
    Watch(Topic),
    /// Want it no longer.
    Unwatch(Topic),
}

/// What is to be done about it.
#[derive(Clone, Debug)]
#[must_use = "the machine only decides; somebody has to do it"]
pub enum Effect {
    /// Open a socket.
    Dial(LinkId),
    /// Send a text frame.
    Send(LinkId, String),
    /// Close the socket, or give up opening it.
    Close(LinkId, u16),
    /// Tell the layer above.
    Report(Report),
}

/// What the layer above has to know.
#[derive(Clone, Debug)]
pub enum Report {
    /// The connection's state changed.
    State(ConnectionState),
    /// `hello` was answered.
    Ready(Box<HelloReply>),
    /// The server does not know us any more: what belonged to the old visitor is over.
    Discontinuity,
    /// The token to come back with.
    Token(VisitorToken),
    /// News of a topic.
    Topic(Topic, TopicEvent),
    /// A call has come to its end.
    Called(CallId, Result<Reply, Failure>),
    /// A frame was dropped.
    Malformed(DecodeError),
}

/// News of a topic.
#[derive(Clone, Debug)]
pub enum TopicEvent {
    /// The newest value.
    State(StateValue),
    /// Events in order, each once.
    Log {
        /// The events.
        events: Vec<ChatChannelEventMessage>,
        /// Whether they replace all that was told before.
        reset: bool,
    },
    /// Typing.
    Ephemeral(Box<ChatChannelEventMessage>),
    /// The topic will not be told of any more.
    Failed(Refusal),
}

/// Why a call failed.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server said no.
    Refused(Refusal),
    /// It did not come to that.
    Unsent(Error),
}

/// The state machine of one visitor's connection.
#[derive(Debug)]
pub struct Machine {
    settings: Settings,
    state: State,
    watches: BTreeMap<Topic, Watch>,
    calls: VecDeque<Call>,
    identified: Option<(ChannelType, String)>,
    failures: u32,
    links: u64,
    dialled: Option<Timestamp>,
    offline: bool,
    hidden: bool,
    out: Vec<Effect>,
}

#[derive(Debug)]
enum State {
    Idle,
    Dialing { link: LinkId, line: Option<Line>, deadline: Timestamp },
    Online { line: Line, heart: Heartbeat, since: Timestamp },
    Waiting { until: Option<Timestamp> },
    Stopped,
}

/// An open socket and what was asked on it.
#[derive(Debug)]
struct Line {
    link: LinkId,
    codec: Codec,
    asked: BTreeMap<u64, Question>,
    frame_limit: usize,
}

#[derive(Debug)]
enum Question {
    Hello,
    Ping,
    Topic(Topic),
    Call(Call),
    Nothing,
}

#[derive(Clone, Debug)]
struct Call {
    id: CallId,
    request: Request,
    deadline: Option<Timestamp>,
    not_before: Timestamp,
    patient: bool,
}

impl Machine {
    /// A machine that waits for [`Input::Connect`].
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: State::Idle,
            watches: BTreeMap::new(),
            calls: VecDeque::new(),
            identified: None,
            failures: 0,
            links: 0,
            dialled: None,
            offline: false,
            hidden: false,
            out: Vec::new(),
        }
    }

    /// Takes one input and says what is to be done, in order.
    pub fn handle(&mut self, input: Input, moment: Moment) -> Vec<Effect> {
        let now = moment.now;
        match input {
            Input::Connect => self.connect(now),
            Input::Disconnect { forget } => self.disconnect(forget),
            Input::Opened(link) => self.opened(link),
            Input::Frame(link, text) => self.frame(link, &text, moment),
            Input::Closed(link, closed) => self.closed(link, &closed, moment),
            Input::Wake(wakeup) => self.wake(wakeup, now),
            Input::Tick => {}
            Input::Call { id, request, timeout, patient } => {
                let deadline = timeout.map(|timeout| now + timeout);
                self.call(Call { id, request, deadline, not_before: now, patient });
            }
            Input::Notify(request) => self.say(&request),
            Input::Identify(channel, service) => self.identify(channel, service),
            Input::Watch(topic) => {
                self.watches.entry(topic).or_default();
            }
            Input::Unwatch(topic) => self.unwatch(&topic),
        }
        self.tick(moment);
        self.ask_topics(now);
        self.send_calls(now);
        std::mem::take(&mut self.out)
    }

    /// When [`Input::Tick`] is due at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        let of_state = match &self.state {
            State::Idle | State::Stopped => None,
            State::Dialing { deadline, .. } => Some(*deadline),
            State::Online { heart, .. } => Some(heart.deadline()),
            State::Waiting { until } => *until,
        };
        let online = self.is_online();
        let waiting = self.calls.iter().filter(|_| online).map(|call| call.not_before);
        let queued = self.calls.iter().filter_map(|call| call.deadline);
        let asked = self.line().into_iter().flat_map(Line::deadlines);
        let later = self.watches.values().filter(|_| online).filter_map(|watch| match watch.hold {
            Hold::Later(until) => Some(until),
            Hold::Wanted | Hold::Asked | Hold::Live(_) => None,
        });
        waiting.chain(queued).chain(asked).chain(later).map(Some).fold(of_state, earliest)
    }

    /// Whether the server has answered `hello` on the present link.
    #[must_use]
    pub const fn is_online(&self) -> bool {
        matches!(self.state, State::Online { .. })
    }

    fn connect(&mut self, now: Timestamp) {
        if matches!(self.state, State::Idle | State::Stopped) {
            self.failures = 0;
            self.dial(now);
        }
    }

    fn dial(&mut self, now: Timestamp) {
        self.links += 1;
        let link = LinkId(self.links);
        self.dialled = Some(now);
        let deadline = now + self.settings.retry.connect_timeout;
        self.state = State::Dialing { link, line: None, deadline };
        self.out.push(Effect::Dial(link));
        self.tell(Phase::Connecting, None, None);
    }

    fn opened(&mut self, opened: LinkId) {
        let State::Dialing { link, line, .. } = &mut self.state else { return };
        if *link != opened || line.is_some() {
            return;
        }
        *line = Some(Line {
            link: opened,
            codec: Codec::default(),
            asked: BTreeMap::new(),
            frame_limit: MAX_FRAME,
        });
        let hello = Request::Hello(Box::new(Hello {
            client: Client { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            api: API,
            locale: self.settings.locale.clone(),
            heartbeat: u32::try_from(self.settings.heartbeat.as_millis()).unwrap_or(u32::MAX),
            resume: self.settings.token.clone(),
            customer: self.settings.customer.clone(),
        }));
        self.ask(&hello, Question::Hello);
    }

    fn frame(&mut self, from: LinkId, text: &str, moment: Moment) {
        let Some(line) = self.line_mut().filter(|line| line.link == from) else { return };
        match line.codec.decode(text) {
            Ok(Incoming::Reply { id, outcome }) => {
                if let Some(question) = line.asked.remove(&id) {
                    self.answer(id, question, outcome, moment);
                }
            }
            Ok(Incoming::Push { subscription, event }) => self.push(&subscription, event, moment),
            Ok(Incoming::Ignored) => {}
            Err(error) => self.report(Report::Malformed(error)),
        }
    }

    fn answer(
        &mut self,
        id: u64,
        question: Question,
        outcome: Result<Reply, Refusal>,
        moment: Moment,
    ) {
        let now = moment.now;
        match question {
            Question::Nothing => {}
            Question::Ping => {
                if let State::Online { heart, .. } = &mut self.state {
                    heart.answered(id, now);
                }
            }
            Question::Hello => self.greeted(outcome, moment),
            Question::Topic(topic) => self.subscribed(topic, outcome, now),
            Question::Call(call) => self.called(call, outcome, now),
        }
    }

    fn greeted(&mut self, outcome: Result<Reply, Refusal>, moment: Moment) {
        let hello = match outcome {
            Ok(Reply::Hello(hello)) => hello,
            Ok(_) => return self.stop(Error::Protocol("hello was not answered".to_owned())),
            Err(refusal) => match refusal.retry_after() {
                Some(after) => {
                    let error = refusal.into();
                    return self.lost(error, Asked::Later(after), moment);
                }
                None => return self.stop(refusal.into()),
            },
        };
        let State::Dialing { line: Some(mut line), .. } =
            std::mem::replace(&mut self.state, State::Idle)
        else {
            return;
        };
        line.frame_limit = usize::try_from(hello.limits.frame).unwrap_or(MAX_FRAME);
        let asked = Duration::from_millis(u64::from(hello.heartbeat.min(60_000)));
        let heart = Heartbeat::new(self.settings.heartbeat.max(asked), moment.now);
        self.state = State::Online { line, heart, since: moment.now };
        let known = self.settings.token.replace(hello.resume.clone());
        if known.as_ref() != Some(&hello.resume) {
            self.report(Report::Token(hello.resume.clone()));
        }
        if known.is_some() && !hello.resumed {
            self.forget_sessions();
            self.report(Report::Discontinuity);
        }
        if let Some((channel, service)) = self.identified.clone() {
            self.say(&Request::Identify { channel, service });
        }
        self.tell(Phase::Connected, None, None);
        self.report(Report::Ready(hello));
    }

    /// What belonged to a visitor the server does not know any more must not be asked for again.
    fn forget_sessions(&mut self) {
        self.watches.retain(|topic, _| topic.session().is_none());
    }

    fn subscribed(&mut self, topic: Topic, outcome: Result<Reply, Refusal>, now: Timestamp) {
        let subscribed = match outcome {
            Ok(Reply::Subscribed(subscribed)) => subscribed,
            Ok(_) => return,
            Err(refusal) => return self.refused_topic(topic, refusal, now),
        };
        let (Subscribed::State { subscription, .. } | Subscribed::Log { subscription, .. }) =
            &subscribed;
        let subscription = subscription.clone();
        let Some(watch) = self.watches.get_mut(&topic) else {
            // Nobody wants it any more; the server does not know yet.
            return self.ask(&Request::Unsubscribe { subscription }, Question::Nothing);
        };
        watch.hold = Hold::Live(subscription);
        match subscribed {
            Subscribed::State { value: Some(value), .. } => {
                self.report(Report::Topic(topic, TopicEvent::State(value)));
            }
            Subscribed::State { value: None, .. } => {}
            Subscribed::Log { page, .. } => {
                let applied = watch.page(page);
                if applied.again {
                    watch.hold = Hold::Wanted;
                }
                if applied.reset || !applied.events.is_empty() {
                    let (events, reset) = (applied.events, applied.reset);
                    self.report(Report::Topic(topic, TopicEvent::Log { events, reset }));
                }
            }
        }
    }

    fn refused_topic(&mut self, topic: Topic, refusal: Refusal, now: Timestamp) {
        match (refusal.retry_after(), self.watches.get_mut(&topic)) {
            (_, None) => {}
            (Some(after), Some(watch)) => watch.hold = Hold::Later(now + after),
            (None, Some(_)) => {
                self.watches.remove(&topic);
                self.report(Report::Topic(topic, TopicEvent::Failed(refusal)));
            }
        }
    }

    fn push(&mut self, subscription: &SubscriptionId, event: PushEvent, moment: Moment) {
        let live = |watch: &Watch| matches!(&watch.hold, Hold::Live(id) if id == subscription);
        let found = self.watches.iter_mut().find(|(_, watch)| live(watch));
        let Some((topic, watch)) = found else { return };
        let topic = topic.clone();
        let event = match event {
            PushEvent::State { value, .. } => TopicEvent::State(value),
            PushEvent::Ephemeral(event) => TopicEvent::Ephemeral(event),
            PushEvent::Failed(refusal) => return self.refused_topic(topic, refusal, moment.now),
            PushEvent::Log(event) => match watch.place(&event) {
                Place::Next => TopicEvent::Log { events: vec![*event], reset: false },
                Place::Known => return,
                Place::Beyond => {
                    // Something is missing: ask for all after the cursor, on a new subscription.
                    watch.hold = Hold::Wanted;
                    let subscription = subscription.clone();
                    return self.ask(&Request::Unsubscribe { subscription }, Question::Nothing);
                }
            },
        };
        self.report(Report::Topic(topic, event));
    }

    fn called(&mut self, call: Call, outcome: Result<Reply, Refusal>, now: Timestamp) {
        match outcome {
            Ok(reply) => self.report(Report::Called(call.id, Ok(reply))),
            Err(refusal) => match refusal.retry_after().filter(|_| call.patient) {
                Some(after) => self.calls.push_front(Call { not_before: now + after, ..call }),
                None => self.report(Report::Called(call.id, Err(Failure::Refused(refusal)))),
            },
        }
    }

    fn call(&mut self, call: Call) {
        if matches!(self.state, State::Stopped | State::Idle) {
            return self.report(Report::Called(call.id, Err(Failure::Unsent(Error::NotConnected))));
        }
        if matches!(call.request, Request::Visit { .. }) {
            // Only the latest page counts; an earlier visit that still waits is overtaken.
            self.overtake_visits();
        }
        self.calls.push_back(call);
    }

    fn overtake_visits(&mut self) {
        let (visits, others): (VecDeque<_>, VecDeque<_>) = std::mem::take(&mut self.calls)
            .into_iter()
            .partition(|call| matches!(call.request, Request::Visit { .. }));
        self.calls = others;
        for visit in visits {
            self.report(Report::Called(visit.id, Ok(Reply::Done(false))));
        }
    }

    fn identify(&mut self, channel: ChannelType, service: String) {
        self.identified = Some((channel.clone(), service.clone()));
        self.say(&Request::Identify { channel, service });
    }

    fn unwatch(&mut self, topic: &Topic) {
        if let Some(Watch { hold: Hold::Live(subscription), .. }) = self.watches.remove(topic) {
            self.ask(&Request::Unsubscribe { subscription }, Question::Nothing);
        }
    }

    fn closed(&mut self, closed: LinkId, why: &Closed, moment: Moment) {
        let current = match &self.state {
            State::Dialing { link, .. } => *link == closed,
            State::Online { line, .. } => line.link == closed,
            State::Idle | State::Waiting { .. } | State::Stopped => false,
        };
        if !current {
            return;
        }
        if why.code == 1009 {
            self.drop_newest_call();
        }
        match close::verdict(why) {
            Verdict::Stop(error) => self.stop(error),
            Verdict::Retry(asked) => self.lost(close::reason(why), asked, moment),
        }
    }

    /// A frame was too big for the other side: it can only have been the last one sent.
    fn drop_newest_call(&mut self) {
        let Some(line) = self.line_mut() else { return };
        let newest = line.asked.iter().rev().find_map(|(id, question)| match question {
            Question::Call(_) => Some(*id),
            Question::Hello | Question::Ping | Question::Topic(_) | Question::Nothing => None,
        });
        let dropped = newest.and_then(|id| line.asked.remove(&id));
        if let Some(Question::Call(call)) = dropped {
            self.report(Report::Called(call.id, Err(Failure::Refused(too_big()))));
        }
    }

    fn wake(&mut self, wakeup: Wakeup, now: Timestamp) {
        match wakeup {
            Wakeup::Offline => self.offline = true,
            Wakeup::Online => self.offline = false,
            Wakeup::Hidden => self.hidden = true,
            Wakeup::Visible | Wakeup::Resumed => self.hidden = false,
        }
        let paused = self.is_paused();
        let soonest = self.dialled.map_or(now, |dialled| now.max(dialled + LEAST_BETWEEN_DIALS));
        let before = match &mut self.state {
            State::Waiting { until } => {
                let before = *until;
                match wakeup {
                    Wakeup::Hidden if !paused => {}
                    _ if paused => *until = None,
                    _ => *until = Some(before.map_or(soonest, |before| before.min(soonest))),
                }
                Some(before)
            }
            State::Online { heart, .. } => {
                if wakeup != Wakeup::Hidden
                    && let Beat::Ping(patience) = heart.wake(now)
                {
                    self.ping(patience, now);
                }
                None
            }
            State::Idle | State::Dialing { .. } | State::Stopped => None,
        };
        if let (Some(before), State::Waiting { until }) = (before, &self.state)
            && *until != before
        {
            let retry_in = until.map(|until| until.since(now));
            self.tell(Phase::Waiting, retry_in, Some(Error::ConnectionLost));
        }
    }

    const fn is_paused(&self) -> bool {
        (self.offline && self.settings.retry.pause_offline)
            || (self.hidden && self.settings.retry.pause_hidden)
    }

    fn tick(&mut self, moment: Moment) {
        let now = moment.now;
        match &self.state {
            State::Idle | State::Stopped => {}
            State::Dialing { link, deadline, .. } if now >= *deadline => {
                self.out.push(Effect::Close(*link, 1000));
                let error = Error::TimedOut { operation: "connect" };
                self.lost(error, Asked::Nothing, moment);
            }
            State::Dialing { .. } => {}
            State::Waiting { until } => {
                if until.is_some_and(|until| now >= until) {
                    self.dial(now);
                }
            }
            State::Online { heart, line, .. } => match heart.tick(now) {
                Beat::Nothing => {}
                Beat::Ping(patience) => self.ping(patience, now),
                Beat::Dead => {
                    self.out.push(Effect::Close(line.link, 1000));
                    self.lost(Error::TimedOut { operation: "ping" }, Asked::Nothing, moment);
                }
            },
        }
        self.expire_calls(now);
    }

    fn ping(&mut self, patience: Duration, now: Timestamp) {
        self.ask(&Request::Ping, Question::Ping);
        if let State::Online { line, heart, .. } = &mut self.state
            && let Some(id) = line.last_id(|question| matches!(question, Question::Ping))
        {
            heart.asked(id, patience, now);
        }
    }

    fn expire_calls(&mut self, now: Timestamp) {
        let late = |call: &Call| call.deadline.is_some_and(|deadline| now >= deadline);
        let mut expired = Vec::new();
        if let Some(line) = self.line_mut() {
            let ids: Vec<u64> = line
                .asked
                .iter()
                .filter(|(_, question)| matches!(question, Question::Call(call) if late(call)))
                .map(|(id, _)| *id)
                .collect();
            for id in ids {
                if let Some(Question::Call(call)) = line.asked.remove(&id) {
                    let error = Error::TimedOut { operation: call.request.method() };
                    expired.push((call.id, error));
                }
            }
        }
        self.calls.retain(|call| {
            if late(call) {
                expired.push((call.id, Error::NotConnected));
            }
            !late(call)
        });
        for (id, error) in expired {
            self.report(Report::Called(id, Err(Failure::Unsent(error))));
        }
    }

    /// The link is gone, or never came to be: back to waiting, with everything that was wanted.
    fn lost(&mut self, error: Error, asked: Asked, moment: Moment) {
        let Moment { now, chance } = moment;
        let stable = self.settings.retry.stable;
        let was_stable = match &self.state {
            State::Online { since, .. } => now.since(*since) >= stable,
            State::Idle | State::Dialing { .. } | State::Waiting { .. } | State::Stopped => false,
        };
        self.hang_up();
        if was_stable {
            self.failures = 0;
        }
        let retry = Retry { failures: self.failures, was_stable, asked, chance };
        let Some(wait) = delay(&self.settings.retry, retry) else {
            return self.stop(error);
        };
        self.failures = self.failures.saturating_add(1);
        let soonest = self.dialled.map_or(now, |dialled| dialled + LEAST_BETWEEN_DIALS);
        let until = Some((now + wait).max(soonest)).filter(|_| !self.is_paused());
        self.state = State::Waiting { until };
        self.tell(Phase::Waiting, until.map(|until| until.since(now)), Some(error));
    }

    /// No attempt will follow by itself.
    fn stop(&mut self, error: Error) {
        if let State::Dialing { link, .. } | State::Online { line: Line { link, .. }, .. } =
            &self.state
        {
            self.out.push(Effect::Close(*link, 1000));
        }
        self.hang_up();
        self.state = State::Stopped;
        self.fail_calls(&Error::NotConnected);
        self.tell(Phase::Stopped, None, Some(error));
    }

    fn disconnect(&mut self, forget: bool) {
        self.say(&Request::Bye { forget });
        if let State::Dialing { link, .. } | State::Online { line: Line { link, .. }, .. } =
            &self.state
        {
            self.out.push(Effect::Close(*link, 1000));
        }
        self.hang_up();
        self.state = State::Idle;
        self.watches.clear();
        self.identified = None;
        if forget {
            self.settings.token = None;
        }
        self.fail_calls(&Error::Cancelled);
        self.tell(Phase::Stopped, None, None);
    }

    /// Takes back what was asked on the link that is gone.
    fn hang_up(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Idle);
        let line = match state {
            State::Dialing { line, .. } => line,
            State::Online { line, .. } => Some(line),
            State::Idle | State::Waiting { .. } | State::Stopped => None,
        };
        for watch in self.watches.values_mut() {
            watch.disconnected();
        }
        // Answers that got lost: the keys make it safe to ask again, first and in order.
        let asked = line.map(|line| line.asked).unwrap_or_default();
        for question in asked.into_values().rev() {
            if let Question::Call(call) = question {
                self.calls.push_front(call);
            }
        }
    }

    fn fail_calls(&mut self, error: &Error) {
        for call in std::mem::take(&mut self.calls) {
            self.report(Report::Called(call.id, Err(Failure::Unsent(error.clone()))));
        }
    }

    fn ask_topics(&mut self, now: Timestamp) {
        if self.line().is_none() {
            return;
        }
        let due = |watch: &Watch| match watch.hold {
            Hold::Wanted => true,
            Hold::Later(until) => now >= until,
            Hold::Asked | Hold::Live(_) => false,
        };
        let wanted: Vec<_> = self
            .watches
            .iter_mut()
            .filter(|(_, watch)| due(watch))
            .map(|(topic, watch)| {
                watch.hold = Hold::Asked;
                (topic.clone(), watch.cursor())
            })
            .collect();
        for (topic, since) in wanted {
            let request = Request::Subscribe { topic: topic.clone(), since };
            self.ask(&request, Question::Topic(topic));
        }
    }

    fn send_calls(&mut self, now: Timestamp) {
        if self.line().is_none() {
            return;
        }
        let (due, later): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.calls).into_iter().partition(|call| now >= call.not_before);
        self.calls = later;
        for call in due {
            let request = call.request.clone();
            self.ask(&request, Question::Call(call));
        }
    }

    /// Asks on the open link; without one the question is lost, so callers look first.
    fn ask(&mut self, request: &Request, question: Question) {
        let Some(line) = self.line_mut() else { return };
        let link = line.link;
        let (id, text) = line.codec.encode(request);
        if text.len() > line.frame_limit
            && let Question::Call(call) = question
        {
            return self.report(Report::Called(call.id, Err(Failure::Refused(too_big()))));
        }
        if let Some(id) = id {
            line.asked.insert(id, question);
        }
        self.out.push(Effect::Send(link, text));
    }

    /// Says something on a link that the server has greeted, or not at all.
    fn say(&mut self, request: &Request) {
        if let State::Online { line, .. } = &mut self.state {
            let (_, text) = line.codec.encode(request);
            self.out.push(Effect::Send(line.link, text));
        }
    }

    fn tell(&mut self, phase: Phase, retry_in: Option<Duration>, reason: Option<Error>) {
        let attempt = if phase == Phase::Connected { 0 } else { self.failures };
        self.report(Report::State(ConnectionState { phase, attempt, retry_in, reason }));
    }

    fn report(&mut self, report: Report) {
        self.out.push(Effect::Report(report));
    }

    const fn line(&self) -> Option<&Line> {
        match &self.state {
            State::Dialing { line, .. } => line.as_ref(),
            State::Online { line, .. } => Some(line),
            State::Idle | State::Waiting { .. } | State::Stopped => None,
        }
    }

    const fn line_mut(&mut self) -> Option<&mut Line> {
        match &mut self.state {
            State::Dialing { line, .. } => line.as_mut(),
            State::Online { line, .. } => Some(line),
            State::Idle | State::Waiting { .. } | State::Stopped => None,
        }
    }
}

impl Line {
    fn last_id(&self, wanted: impl Fn(&Question) -> bool) -> Option<u64> {
        self.asked.iter().rev().find(|(_, question)| wanted(question)).map(|(id, _)| *id)
    }

    fn deadlines(&self) -> impl Iterator<Item = Timestamp> {
        self.asked.values().filter_map(|question| match question {
            Question::Call(call) => call.deadline,
            Question::Hello | Question::Ping | Question::Topic(_) | Question::Nothing => None,
        })
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::Unsent(error) => error,
        }
    }
}

fn too_big() -> Refusal {
    Refusal {
        code: Refusal::FRAME_TOO_BIG,
        message: "longer than the server takes".to_owned(),
        data: crate::core::rpc::RefusalData {
            reason: "FRAME_TOO_BIG".to_owned(),
            ..crate::core::rpc::RefusalData::default()
        },
    }
}
