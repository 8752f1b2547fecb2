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
use crate::core::model::VisitorToken;
use crate::core::mutant::{self, Mutant};
use crate::core::ports::{Closed, Wakeup};
use crate::core::rpc::{Incoming, MAX_FRAME, Reply, Request, Topic};
use crate::core::time::{Timestamp, earliest};
use calls::Call;
use line::{HELLO, Line};

pub use words::{CallId, Effect, Input, Moment, Report, Settings};

/// No two dials start closer together than this, whatever wakes us.
const LEAST_BETWEEN_DIALS: Duration = Duration::from_secs(1);

/// The state machine of one visitor's connection.
#[derive(Debug)]
pub struct Machine {
    settings: Settings,
    state: State,
    watches: Map<Topic, Watch>,
    calls: Vec<Call>,
    pledged: Option<Request>,
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
            pledged: None,
            failures: 0,
            links: 0,
            dialled: None,
            offline: false,
            hidden: false,
            out: Vec::new(),
        }
    }

    /// Is the visitor of this token, from the next connection on.
    pub(crate) fn come_back(&mut self, token: Option<VisitorToken>) {
        self.settings.token = token;
    }

    /// Takes one input and says what is to be done, in order.
    pub fn handle(&mut self, input: Input, moment: Moment) -> Vec<Effect> {
        let now = moment.now;
        match input {
            Input::Connect => self.connect(now),
            Input::Disconnect { forget } => self.disconnect(forget),
            Input::Resume(token) => self.resume(token, moment),
            Input::Opened(link) => self.opened(link),
            Input::Frame(link, text) => self.frame(link, &text, moment),
            Input::Closed(link, closed) => self.closed(link, &closed, moment),
            Input::Wake(wakeup) => self.wake(wakeup, now),
            Input::Tick => {}
            Input::Call { id, request, timeout, patient } => {
                let deadline = timeout.map(|timeout| now + timeout);
                let not_before = now;
                self.call(Call { id, request, deadline, not_before, patient, asked: None });
            }
            Input::Notify(request) => self.say(&request),
            Input::Pledge(request) => {
                self.say(&request);
                self.pledged = Some(request);
            }
            Input::Watch(topic, since) => {
                self.watches.get_or_insert_with(topic, || Watch::since(since));
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
    #[inline(never)]
    pub fn deadline(&self) -> Option<Timestamp> {
        let mut due = match &self.state {
            State::Idle | State::Stopped => None,
            State::Dialing { deadline, .. } => Some(*deadline),
            State::Online { heart, .. } => Some(heart.deadline()),
            State::Waiting { until } => *until,
        };
        for call in &self.calls {
            due = earliest(due, call.deadline);
            if self.is_online() && call.asked.is_none() {
                due = earliest(due, Some(call.not_before));
            }
        }
        for watch in self.watches.values() {
            if let Hold::Later(until) = watch.hold {
                due = earliest(due, Some(until).filter(|_| self.is_online()));
            }
        }
        due
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
        *line = Some(Line::new(opened));
        let hello = self.settings.hello.clone();
        self.ask(&match &self.settings.token {
            Some(token) => hello.resuming(token),
            None => hello,
        });
    }

    fn frame(&mut self, from: LinkId, text: &str, moment: Moment) {
        let Some(line) = self.state.line_mut().filter(|line| line.link == from) else { return };
        let decoded = line.codec.decode(text);
        if let State::Online { heart, .. } = &mut self.state
            && mutant::is_made(Mutant::AnyInbound)
        {
            heart.heard(moment.now);
        }
        match decoded {
            Ok(Incoming::Reply { id, outcome }) => self.answer(id, outcome, moment),
            Ok(Incoming::Push { subscription, push }) => self.push(&subscription, push, moment),
            Ok(Incoming::Ignored) => {}
            Err(error) => self.report(Report::Malformed(error)),
        }
    }

    /// Finds out what was asked under this number.
    fn answer(&mut self, id: u64, outcome: Result<Reply, Error>, moment: Moment) {
        let now = moment.now;
        if let Some(at) = self.calls.iter().position(|call| call.asked == Some(id)) {
            self.called(at, outcome, now);
        } else if let Some(topic) = self.asked_topic(id) {
            self.subscribed(topic, outcome, now);
        } else if !self.is_unwanted(id, &outcome) {
            match &mut self.state {
                State::Dialing { .. } if id == HELLO => self.greeted(outcome, moment),
                State::Online { heart, .. } => heart.answered(id, now),
                State::Idle | State::Dialing { .. } | State::Waiting { .. } | State::Stopped => {}
            }
        }
    }

    #[inline(never)]
    fn greeted(&mut self, outcome: Result<Reply, Error>, moment: Moment) {
        let hello = match outcome.and_then(|reply| reply.hello()) {
            Ok(hello) => hello,
            Err(error) => match error.retry_after() {
                Some(after) => return self.lost(error, Asked::Later(after), moment),
                None => return self.stop(error),
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
        if let Some(request) = self.pledged.clone() {
            self.say(&request);
        }
        self.tell(Phase::Connected, None, None);
        self.report(Report::Ready(Box::new(hello)));
    }

    #[inline(never)]
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

    #[inline(never)]
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

    #[inline(never)]
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
        let id = self.ask(&Request::ping());
        if let (State::Online { heart, .. }, Some(id)) = (&mut self.state, id) {
            heart.asked(id, patience, now);
        }
    }

    /// Asks on the open link; without one the question is lost, so callers look first.
    fn ask(&mut self, request: &Request) -> Option<u64> {
        let line = self.state.line_mut()?;
        let (id, text) = line.codec.encode(request);
        self.out.push(Effect::Send(line.link, text));
        id
    }

    /// Says something on a link that the server has greeted, or not at all.
    fn say(&mut self, request: &Request) {
        if self.is_online() {
            self.ask(request);
        }
    }

    fn tell(&mut self, phase: Phase, retry_in: Option<Duration>, reason: Option<Error>) {
        let attempt = if phase == Phase::Connected { 0 } else { self.failures };
        self.report(Report::State(ConnectionState { phase, attempt, retry_in, reason }));
    }

    fn report(&mut self, report: Report) {
        self.out.push(Effect::Report(report));
    }
}

impl State {
    const fn line_mut(&mut self) -> Option<&mut Line> {
        match self {
            Self::Dialing { line, .. } => line.as_mut(),
            Self::Online { line, .. } => Some(line),
            Self::Idle | Self::Waiting { .. } | Self::Stopped => None,
        }
    }
}
