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

mod calls;
mod ends;
mod line;
mod topics;
mod words;

use std::time::Duration;

use super::close::{self, Verdict};
use super::heartbeat::{Beat, Heartbeat};
use super::retry::Asked;
use super::state::{ConnectionState, LinkId, Phase};
use super::watch::{Hold, Watch};
use crate::core::error::Error;
use crate::core::map::Map;
use crate::core::model::ChannelType;
use crate::core::ports::{Closed, Wakeup};
use crate::core::rpc::{Client, Codec, Hello, Incoming, MAX_FRAME, Refusal, Reply, Request, Topic};
use crate::core::time::{Timestamp, earliest};
use calls::{Call, too_big};
use line::{Line, Question};

pub use words::{CallId, Effect, Failure, Input, Moment, Report, Settings, TopicEvent};

/// No two dials start closer together than this, whatever wakes us.
const LEAST_BETWEEN_DIALS: Duration = Duration::from_secs(1);

/// The API version this client speaks (the second value `getVersion` answers).
const API: &str = "10.26.0";

/// The state machine of one visitor's connection.
#[derive(Debug)]
pub struct Machine {
    settings: Settings,
    state: State,
    watches: Map<Topic, Watch>,
    #[expect(clippy::vec_box, reason = "a call moves between here and the line")]
    calls: Vec<Box<Call>>,
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

impl Machine {
    /// A machine that waits for [`Input::Connect`].
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: State::Idle,
            watches: Map::new(),
            calls: Vec::new(),
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
                self.call(Box::new(Call { id, request, deadline, not_before: now, patient }));
            }
            Input::Notify(request) => self.say(&request),
            Input::Identify(channel, service) => self.identify(channel, service),
            Input::Watch(topic) => {
                self.watches.get_or_insert_with(topic, Watch::default);
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
            asked: Map::new(),
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
        outcome: Result<Reply, Box<Refusal>>,
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

    fn greeted(&mut self, outcome: Result<Reply, Box<Refusal>>, moment: Moment) {
        let hello = match outcome {
            Ok(Reply::Hello(hello)) => hello,
            Ok(_) => return self.stop(Error::Protocol("hello was not answered")),
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

    fn identify(&mut self, channel: ChannelType, service: String) {
        self.identified = Some((channel.clone(), service.clone()));
        self.say(&Request::Identify { channel, service });
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
                if paused {
                    *until = None;
                } else if wakeup != Wakeup::Hidden {
                    *until = Some(before.map_or(soonest, |before| before.min(soonest)));
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
