//! What those who play the calls are told, by the handles and by the driver.

use std::future::Future;

use futures::channel::{mpsc, oneshot};

use crate::core::error::Error;
use crate::core::model::{CallChannelSession, DeviceKind, Ice, SessionId, Signal, Track};

/// One thing that concerns sound and picture.
#[derive(Debug)]
pub(crate) enum Wish {
    /// A call is to be made, with a picture or without: take the devices.
    Prepare(bool),
    /// It could not be made, or the visitor has seen enough.
    Abandon,
    /// Take the devices for the visitor to look at, with a picture or without.
    Preview(bool),
    /// A call of ours is there.
    Opened {
        /// The call.
        id: SessionId,
        /// With a picture.
        picture: bool,
        /// An earlier page had it.
        resumed: bool,
        /// It is an echo, and no session.
        test: bool,
    },
    /// Who helps to find a way.
    Ice(SessionId, Result<Ice, Error>),
    /// What the server says of a call.
    Session(Box<CallChannelSession>),
    /// What the other side says.
    Heard(SessionId, Signal),
    /// Nothing more will be heard of it.
    Deaf(SessionId, Error),
    /// Let the visitor be heard or seen, or not.
    Switch(SessionId, Track, bool),
    /// Show a screen, or not.
    Share(SessionId, bool),
    /// Use this device.
    Choose(DeviceKind, String),
    /// Look which devices there are.
    Enumerate,
    /// Dial.
    Tones(SessionId, String),
    /// Play what waits for a gesture.
    Play,
    /// The visitor has hung up.
    Close(SessionId),
    /// The widget is disconnected.
    End,
}

/// Where what becomes of a wish is awaited.
pub(crate) type Outcome = oneshot::Sender<Result<(), Error>>;

/// The letter box of those who play the calls.
#[derive(Clone, Debug)]
pub(crate) struct Feed(mpsc::UnboundedSender<(Wish, Option<Outcome>)>);

impl Feed {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<(Wish, Option<Outcome>)>) {
        let (sender, receiver) = mpsc::unbounded();
        (Self(sender), receiver)
    }

    /// Says something. Whoever played has gone: then nobody hears it.
    pub(crate) fn put(&self, wish: Wish) {
        let _ = self.0.unbounded_send((wish, None));
    }

    /// Asks for something, at once, and waits.
    pub(crate) fn ask(&self, wish: Wish) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let (sender, outcome) = oneshot::channel();
        let _ = self.0.unbounded_send((wish, Some(sender)));
        async move { outcome.await.unwrap_or(Err(Error::Cancelled)) }
    }
}
