//! Where a chat session stands, as the visitor should see it.

use crate::core::Error;
use crate::core::model::{ChatChannelSession, Step, StepMedia, StepType};

/// The session's states folded into what the screens need: the present, and what must be remembered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    session: Option<ChatChannelSession>,
    talked: bool,
    operator: Option<String>,
    welcome: Option<String>,
    media: Vec<StepMedia>,
    pushed: Option<Pushed>,
    expired: Option<Warning>,
}

/// A page that the operator sent (a `TO_URL` step).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Names the step for good: each is acted on once.
    pub id: String,
    /// Where it leads, as it came.
    pub uri: String,
}

/// What the chat screen shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// The session is being created.
    Starting,
    /// Nobody has answered yet.
    Queue(Queue),
    /// A conversation.
    Talking,
    /// A conversation that an operator handed on, and that nobody has taken yet.
    Handover,
    /// Over.
    Ended,
    /// It never began.
    Failed(Error),
}

/// What is known while waiting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Place, from 1.
    pub position: Option<u32>,
    /// Whole minutes, at least 1.
    pub minutes: Option<u32>,
    /// What the site has to say meanwhile.
    pub welcome: Option<String>,
    /// And what it has to show and to let be heard.
    pub media: Vec<StepMedia>,
    /// An operator is being rung.
    pub ringing: bool,
}

/// The conversation is about to end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Because nobody writes; at this time, in milliseconds since 1970, if it is known.
    Inactive(Option<i64>),
    /// Because it has lasted as long as it may.
    MaxDuration,
}

/// An operator who ends a conversation so shortly before its time is not told from the clock.
const SHORTLY: i64 = 1_500;

impl Warning {
    /// Whether an end at this time is what was warned of.
    fn is_due(self, now: Option<u64>) -> bool {
        match (self, now) {
            (Self::Inactive(Some(end)), Some(now)) => {
                i64::try_from(now).is_ok_and(|now| now + SHORTLY >= end)
            }
            (Self::Inactive(_) | Self::MaxDuration, _) => true,
        }
    }
}

impl Progress {
    /// Takes in the session's next state.
    pub fn apply(&mut self, session: ChatChannelSession) {
        self.apply_at(session, None);
    }

    /// The same at a time, in milliseconds since 1970: an end that was due then came by itself.
    pub fn apply_at(&mut self, session: ChatChannelSession, now: Option<u64>) {
        if session.is_closed() && self.expired.is_none() {
            self.expired = self.warning().filter(|warning| warning.is_due(now));
        }
        self.talked |= session.is_connected();
        let name = session.agent.as_ref().map(|agent| agent.name.trim());
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            self.operator = Some(name.to_owned());
        }
        if let Some(step) = &session.step {
            if let Some(welcome) = step.welcome_message.as_ref().filter(|text| !text.is_empty()) {
                self.welcome = Some(welcome.clone());
            }
            if !step.media.is_empty() {
                self.media.clone_from(&step.media);
            }
            if let Some(pushed) = pushed(&session, step) {
                self.pushed = Some(pushed);
            }
        }
        self.session = Some(session);
    }

    /// An operator has answered on an earlier page: all that is known while the server has not told
    /// the session's state.
    pub fn met(&mut self, met: bool) {
        self.talked |= met && self.session.is_none();
    }

    /// What to show. `failure` is why the session could not be created.
    #[must_use]
    pub fn stage(&self, failure: Option<&Error>) -> Stage {
        if let (Some(error), None) = (failure, &self.session) {
            return Stage::Failed(error.clone());
        }
        let Some(session) = &self.session else {
            return if self.talked { Stage::Talking } else { Stage::Starting };
        };
        if session.is_closed() {
            return Stage::Ended;
        }
        if session.is_connected() {
            return Stage::Talking;
        }
        if self.talked {
            return Stage::Handover;
        }
        let step = session.step.as_ref();
        Stage::Queue(Queue {
            position: step.and_then(|step| step.queue_position).filter(|place| *place > 0),
            minutes: step.and_then(|step| step.expected_wait).map(|wait| wait.div_ceil(60).max(1)),
            welcome: self.welcome.clone(),
            media: self.media.clone(),
            ringing: step.is_some_and(|step| step.is(&StepType::Connecting)),
        })
    }

    /// The name of the operator who is there, or was there last.
    #[must_use]
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// Whether the conversation is about to end by itself.
    #[must_use]
    pub fn warning(&self) -> Option<Warning> {
        let step = self.session.as_ref().filter(|session| !session.is_closed())?.step.as_ref()?;
        match step.kind.as_ref()? {
            StepType::InactiveTimeout => Some(Warning::Inactive(step.inactivity_expire_datetime)),
            StepType::MaxDurationTimeout => Some(Warning::MaxDuration),
            StepType::Queue
            | StepType::Play
            | StepType::Connecting
            | StepType::Connected
            | StepType::ToUrl
            | StepType::ActiveFromTimeout
            | StepType::Unknown(_) => None,
        }
    }

    /// Why it ended by itself, if it did.
    #[must_use]
    pub const fn expired(&self) -> Option<Warning> {
        self.expired
    }

    /// The newest page that the operator sent, while the session lives.
    #[must_use]
    pub fn pushed(&self) -> Option<&Pushed> {
        let open = self.session.as_ref().is_some_and(|session| !session.is_closed());
        self.pushed.as_ref().filter(|_| open)
    }

    /// The session's id, once it has one.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        Some(self.session.as_ref()?.id.as_str())
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.session.as_ref().is_some_and(ChatChannelSession::is_closed)
    }

    /// Whether anybody has ever answered.
    #[must_use]
    pub const fn has_talked(&self) -> bool {
        self.talked
    }
}

fn pushed(session: &ChatChannelSession, step: &Step) -> Option<Pushed> {
    let uri = step.uri.clone().filter(|_| step.is(&StepType::ToUrl))?;
    let number = step.step.unwrap_or_default();
    Some(Pushed { id: format!("{}:{number}", session.id), uri })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::{Agent, MultiChannelState};

    fn session(kind: StepType) -> ChatChannelSession {
        ChatChannelSession {
            id: "s_1".into(),
            service: None,
            session_state: Some(MultiChannelState::Active),
            step: Some(Step { kind: Some(kind), ..Step::default() }),
            agent: None,
        }
    }

    fn closed() -> ChatChannelSession {
        let state = Some(MultiChannelState::Closed);
        ChatChannelSession { session_state: state, ..session(StepType::Connected) }
    }

    fn after(sessions: impl IntoIterator<Item = ChatChannelSession>) -> Progress {
        let mut progress = Progress::default();
        sessions.into_iter().for_each(|session| progress.apply(session));
        progress
    }

    #[test]
    fn before_anybody_answered_a_queue_is_a_queue_and_after_that_a_handover() {
        let queue = || session(StepType::Queue);
        assert!(matches!(after([queue()]).stage(None), Stage::Queue(_)));
        let talked = after([queue(), session(StepType::Connected), queue()]);
        assert_eq!(talked.stage(None), Stage::Handover);
    }

    #[test]
    fn a_conversation_of_an_earlier_page_is_one_before_its_state_is_known() {
        let mut progress = Progress::default();
        progress.met(true);
        assert_eq!(progress.stage(None), Stage::Talking);
        let mut waiting = after([session(StepType::Queue)]);
        waiting.met(true);
        assert!(matches!(waiting.stage(None), Stage::Queue(_)), "a queue is no handover by that");
    }

    #[test]
    fn a_failure_is_shown_only_where_there_is_no_session() {
        let error = Error::NotConnected;
        assert_eq!(Progress::default().stage(None), Stage::Starting);
        assert_eq!(Progress::default().stage(Some(&error)), Stage::Failed(error.clone()));
        assert_eq!(after([session(StepType::Connected)]).stage(Some(&error)), Stage::Talking);
    }

    #[test]
    fn the_welcome_text_of_a_play_step_stays_while_waiting() {
        let mut play = session(StepType::Play);
        let film = StepMedia { media_type: "video/mp4".to_owned(), url: "/w.mp4".to_owned() };
        if let Some(step) = &mut play.step {
            step.welcome_message = Some("Benvenuto".to_owned());
            step.media = vec![film.clone()];
        }
        let mut queue = session(StepType::Queue);
        if let Some(step) = &mut queue.step {
            step.queue_position = Some(2);
            step.expected_wait = Some(61);
        }
        let expected = Queue {
            position: Some(2),
            minutes: Some(2),
            welcome: Some("Benvenuto".to_owned()),
            media: vec![film],
            ringing: false,
        };
        assert_eq!(after([play, queue]).stage(None), Stage::Queue(expected));
    }

    #[test]
    fn a_pushed_page_outlives_its_step_but_not_its_session() {
        let mut push = session(StepType::ToUrl);
        if let Some(step) = &mut push.step {
            step.step = Some(4);
            step.uri = Some("/cart".to_owned());
        }
        let pushed = Pushed { id: "s_1:4".to_owned(), uri: "/cart".to_owned() };
        let talking = after([push.clone(), session(StepType::Connected)]);
        assert_eq!(talking.pushed(), Some(&pushed));
        assert_eq!(talking.stage(None), Stage::Talking);
        assert_eq!(after([push, closed()]).pushed(), None);
    }

    #[test]
    fn warnings_do_not_interrupt_a_conversation() {
        let progress = after([session(StepType::InactiveTimeout)]);
        assert_eq!(progress.stage(None), Stage::Talking);
        assert_eq!(progress.warning(), Some(Warning::Inactive(None)));
        assert_eq!(after([session(StepType::ActiveFromTimeout)]).warning(), None);
    }

    #[test]
    fn an_end_that_was_due_came_by_itself_and_an_earlier_one_did_not() {
        let ended_at = |now| {
            let mut warned = session(StepType::InactiveTimeout);
            if let Some(step) = &mut warned.step {
                step.inactivity_expire_datetime = Some(60_000);
            }
            let mut progress = after([session(StepType::Connected), warned]);
            progress.apply_at(closed(), Some(now));
            progress.expired()
        };
        assert_eq!(ended_at(60_010), Some(Warning::Inactive(Some(60_000))));
        assert_eq!(ended_at(30_000), None, "somebody ended it while there was time");
        assert_eq!(after([session(StepType::Connected), closed()]).expired(), None);
        let longest = after([session(StepType::MaxDurationTimeout), closed()]);
        assert_eq!(longest.expired(), Some(Warning::MaxDuration));
    }

    #[test]
    fn a_name_stays_after_its_operator_has_gone_and_a_blank_one_is_none() {
        let mut named = session(StepType::Connected);
        named.agent = Some(Agent { name: " Anna ".into() });
        assert_eq!(after([named.clone(), closed()]).operator(), Some("Anna"));
        named.agent = Some(Agent { name: "  ".into() });
        assert_eq!(after([named]).operator(), None);
    }
}
