//! What the manager hears and says.

use crate::core::error::Error;
use crate::core::model::{
    CallChannelSession, CallMedia, Device, DeviceKind, Ice, SessionId, Signal, Track,
};
use crate::core::ports::{RtcCommand, RtcEvent};

/// Who waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::core::webrtc) struct Ticket(pub(in crate::core::webrtc) u64);

/// What happens.
#[derive(Debug)]
pub(in crate::core::webrtc) enum Input {
    /// A call is to be made, with a picture or without: take the devices.
    Prepare(bool, Ticket),
    /// Devices are looked at before a call, with a camera or without.
    Preview(bool, Ticket),
    /// It could not be made, or nobody looks any more.
    Abandon,
    /// A call of ours is there. `resumed`: an earlier page had it.
    Opened {
        id: SessionId,
        picture: bool,
        resumed: bool,
        test: bool,
    },
    /// Who helps to find a way.
    Ice(SessionId, Result<Ice, Error>),
    Session(Box<CallChannelSession>),
    Heard(SessionId, Signal),
    /// Its signals have ended.
    Deaf(SessionId, Error),
    Taken(SessionId),
    Switch(SessionId, Track, bool, Ticket),
    Share(SessionId, bool, Ticket),
    Choose(DeviceKind, String, Ticket),
    Enumerate,
    Tones(SessionId, String, Ticket),
    Play,
    Close(SessionId),
    Rtc(RtcEvent),
    Tick,
    End,
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
