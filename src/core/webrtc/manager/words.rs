//! What the manager hears and says.

use crate::core::error::Error;
use crate::core::model::{CallMedia, Device, Ice, SessionId, Signal, Track};
use crate::core::ports::{RtcCommand, RtcEvent};
use crate::core::session::call::Wish;

/// Who waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::core::webrtc) struct Ticket(pub(in crate::core::webrtc) u64);

/// What happens.
#[derive(Debug)]
pub(in crate::core::webrtc) enum Input {
    /// Somebody asks or tells, and may wait for what becomes of it.
    Wish(Wish, Ticket),
    /// Who helps to find a way, fresh.
    Ice(SessionId, Result<Ice, Error>),
    /// The server has taken ways of ours.
    Taken(SessionId),
    /// The browser says something.
    Rtc(RtcEvent),
    /// Time has passed.
    Tick,
}

/// What is to be done about it.
#[derive(Debug, PartialEq)]
pub(in crate::core::webrtc) enum Effect {
    Rtc(RtcCommand),
    Say(SessionId, Signal),
    Ice(SessionId),
    Watch(SessionId),
    Unwatch(SessionId),
    HangUp(SessionId),
    Tell(CallMedia),
    Devices(Vec<Device>),
    /// A device went without being asked to.
    Muted(SessionId, Track, bool),
    Answer(Ticket, Result<(), Error>),
}
