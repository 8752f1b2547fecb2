//! Decides what a call's monitors are told; no I/O, no lock.
//!
//! The server tells of a channel's present call, again after every reconnect. A monitor hears of a
//! call while it lives and of its end once: never of a call that had ended before, and nothing
//! while nothing changes.

use std::collections::VecDeque;

use crate::core::map::Map;
use crate::core::model::{
    CallChannelSession, CallState, ChannelType, MultiChannelState, SessionId, Track,
};

/// How many ended calls are remembered, so that a late word does not bring one back.
const ENDED: usize = 16;

/// The visitor's calls.
#[derive(Debug, Default)]
pub(super) struct Registry {
    calls: Map<SessionId, Call>,
    ended: VecDeque<SessionId>,
}

/// One call that lives, as far as is known here.
#[derive(Debug)]
struct Call {
    channel: ChannelType,
    /// What the monitors were told last; nothing before the server's first word.
    told: Option<CallChannelSession>,
    muted: Muted,
}

/// What the visitor holds back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Muted {
    pub(super) audio: bool,
    pub(super) video: bool,
}

/// What follows from the server's word.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// What the monitors are to be told.
    pub(super) news: Vec<CallChannelSession>,
    /// The call that an operator has just answered, and of which something is held back: the
    /// operator's side does not know yet.
    pub(super) answered: Option<(SessionId, Muted)>,
}

/// What follows from holding something back, or letting it go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Toggled {
    /// What is held back now.
    pub(super) now: Muted,
    /// Whether there is an operator to be told.
    pub(super) hint: bool,
}

impl Registry {
    /// The server has taken a call of the visitor's.
    pub(super) fn created(&mut self, id: SessionId, channel: ChannelType) {
        // Its first states, and even its end, may have been told before the answer is read.
        if !self.ended.contains(&id) {
            self.calls.get_or_insert_with(id, || Call::of(channel));
        }
    }

    /// The server tells a channel's present call.
    pub(super) fn told(
        &mut self,
        channel: &ChannelType,
        present: Option<CallChannelSession>,
    ) -> Told {
        let id = present.as_ref().map(|session| &session.id);
        let gone: Vec<SessionId> = self
            .calls
            .iter()
            .filter(|(known, call)| call.channel == *channel && Some(*known) != id)
            .map(|(known, _)| known.clone())
            .collect();
        let news = gone.iter().filter_map(|id| self.end(id)).map(over).collect();
        let mut told = Told { news, answered: None };
        let Some(session) = present else { return told };
        if self.ended.contains(&session.id) {
            return told;
        }
        if session.is_over() {
            // One that nobody here has seen alive is history.
            if self.calls.contains_key(&session.id) {
                told.news.push(session.clone());
            }
            self.end(&session.id);
            return told;
        }
        let call = self.calls.get_or_insert_with(session.id.clone(), || Call::of(channel.clone()));
        let before = call.told.replace(session.clone());
        if before.as_ref().is_none_or(|before| differs(before, &session)) {
            told.news.push(session.clone());
        }
        let just_answered = is_answered(&session) && !before.as_ref().is_some_and(is_answered);
        if just_answered && call.muted != Muted::of(&call.channel) {
            told.answered = Some((session.id, call.muted));
        }
        told
    }

    /// What a new monitor of a channel sees first.
    pub(super) fn present(&self, channel: &ChannelType) -> Option<&CallChannelSession> {
        let mut of_channel = self.calls.values().filter(|call| call.channel == *channel);
        of_channel.find_map(|call| call.told.as_ref())
    }

    /// What the server has said of a call that lives, if it has said anything.
    pub(super) fn told_of(&self, id: &SessionId) -> Option<&CallChannelSession> {
        self.calls.get(id)?.told.as_ref()
    }

    /// The channel of a call that is known.
    pub(super) fn channel(&self, id: &SessionId) -> Option<ChannelType> {
        self.calls.get(id).map(|call| call.channel.clone())
    }

    /// Whether a channel has a call.
    pub(super) fn has_call(&self, channel: &ChannelType) -> bool {
        self.calls.values().any(|call| call.channel == *channel)
    }

    /// Holds something back, or lets it go again. `None` where there is no such call.
    pub(super) fn toggle(&mut self, id: &SessionId, track: Track) -> Option<Toggled> {
        let muted = !self.calls.get(id)?.muted.is(track);
        self.set(id, track, muted)
    }

    /// The same, to a known end.
    pub(super) fn set(&mut self, id: &SessionId, track: Track, muted: bool) -> Option<Toggled> {
        let call = self.calls.get_mut(id)?;
        match track {
            Track::Audio => call.muted.audio = muted,
            Track::Video => call.muted.video = muted,
        }
        Some(Toggled { now: call.muted, hint: call.told.as_ref().is_some_and(is_answered) })
    }

    /// The call is over; answers what was told of it last.
    fn end(&mut self, id: &SessionId) -> Option<CallChannelSession> {
        if self.ended.len() == ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(id.clone());
        self.calls.remove(id)?.told
    }
}

impl Muted {
    /// What a call begins with: only a video call has a camera.
    fn of(channel: &ChannelType) -> Self {
        Self { audio: false, video: *channel != ChannelType::Video }
    }

    pub(super) const fn is(self, track: Track) -> bool {
        match track {
            Track::Audio => self.audio,
            Track::Video => self.video,
        }
    }
}

impl Call {
    fn of(channel: ChannelType) -> Self {
        let muted = Muted::of(&channel);
        Self { channel, told: None, muted }
    }
}

/// The end of a call whose end was not told: it is not there any more.
fn over(last: CallChannelSession) -> CallChannelSession {
    CallChannelSession {
        session_state: Some(MultiChannelState::Closed),
        state: Some(CallState::Idle),
        step: None,
        ..last
    }
}

/// Whether an operator has it: only then is there somebody to signal to.
fn is_answered(session: &CallChannelSession) -> bool {
    matches!(session.state, Some(CallState::Connected | CallState::Conferenced | CallState::Hold))
}

/// Whether there is news. The server's clock goes on by itself: that is none.
fn differs(told: &CallChannelSession, now: &CallChannelSession) -> bool {
    CallChannelSession { time: now.time.clone(), ..told.clone() } != *now
}
