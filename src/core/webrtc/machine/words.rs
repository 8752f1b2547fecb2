//! What a negotiation hears and says.

use super::super::filter::Filter;
use crate::core::config::TrickleIcePolicy;
use crate::core::model::{Candidate, IceServer, Signal};
use crate::core::ports::{RtcCommand, RtcEvent};

/// What the configuration says.
#[derive(Clone, Copy, Debug)]
pub(in crate::core::webrtc) struct Policy {
    pub(in crate::core::webrtc) trickle: TrickleIcePolicy,
    pub(in crate::core::webrtc) filter: Filter,
}

/// What happens.
#[derive(Debug)]
pub(in crate::core::webrtc) enum Input {
    /// Somebody may be there soon: the browser takes time for its first steps.
    Open,
    /// Begins with a new peer connection: somebody is there.
    Begin,
    /// Nobody is there any more.
    End,
    /// These help from now on.
    Ice(Vec<IceServer>),
    /// A new way is wanted, on the same peer connection.
    Restart,
    /// The other side says something.
    Heard(Signal),
    /// The server has taken ways of ours.
    Taken,
    /// The browser says something.
    Rtc(RtcEvent),
    /// Time has passed.
    Tick,
}

/// What is to be done about it.
#[derive(Debug, PartialEq)]
pub(in crate::core::webrtc) enum Effect {
    Rtc(RtcCommand),
    Say(Signal),
    /// Media can be expected from now on.
    Settled,
    /// The browser does not come to terms with the other side.
    Stuck,
}

/// What kind of offer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) fresh: bool,
    pub(super) restart: bool,
}

/// Our ways, of the present description.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) all: Vec<Candidate>,
    pub(super) said: usize,
    pub(super) complete: bool,
    /// Whether their end was said.
    pub(super) ended: bool,
    /// Whether the last ones are under way.
    pub(super) busy: bool,
}
