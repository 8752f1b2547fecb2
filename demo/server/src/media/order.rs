//! What is said to the media of a call, and by it: plain data, so that who decides about calls needs no sockets.

use crate::wire::id::SessionId;
use crate::wire::telephony::Signal;

/// Something for the media of one call.
#[derive(Debug)]
pub struct Order {
    /// Which call.
    pub call: SessionId,
    /// What.
    pub wish: Wish,
}

/// What is wanted of it.
#[derive(Debug)]
pub enum Wish {
    /// Be there; an offer will come.
    Begin,
    /// This is what the visitor's browser says.
    Signal(Signal),
    /// Send nothing back; or do so again.
    Hold(bool),
    /// Offer to speak with pictures from now on.
    Video,
    /// It is over.
    End,
}

/// What the media of a call has to say.
#[derive(Debug)]
pub struct Report {
    /// Which call.
    pub call: SessionId,
    /// What.
    pub said: Said,
}

/// See [`Report`].
#[derive(Debug)]
pub enum Said {
    /// To be passed on to the visitor's browser.
    Signal(Signal),
    /// The media has ended by itself: nothing was heard of the other side for long, or it cannot be understood.
    Over,
}
