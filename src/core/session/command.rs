//! What the handles ask of the driver.

use futures::channel::{mpsc, oneshot};

use super::chat::{ChatCommand, ChatId, Published};
use crate::core::error::Error;
use crate::core::model::{ChannelType, Key};
use crate::core::rpc::{Reply, Request, Topic};

/// One wish of a handle.
pub(crate) enum Command {
    /// A call whose answer goes straight back. The key is minted where randomness is.
    Call {
        request: Box<dyn FnOnce(Key) -> Request + Send>,
        reply: oneshot::Sender<Result<Reply, Error>>,
    },
    /// A topic is wanted from now on.
    Watch(Topic),
    /// The visitor's choice.
    Identify(ChannelType, String),
    /// A new chat handle.
    OpenChat(ChatId, Published),
    /// A wish of a chat handle.
    Chat(ChatId, ChatCommand),
    /// The end.
    Disconnect { forget: bool },
}

/// The driver's letter box. Every handle has a clone.
#[derive(Clone, Debug)]
pub(crate) struct Inbox(mpsc::UnboundedSender<Command>);

impl Inbox {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Command>) {
        let (sender, receiver) = mpsc::unbounded();
        (Self(sender), receiver)
    }

    /// Puts a wish in. When the driver has gone, the wish is dropped, and with it any channel for
    /// an answer: whoever waits there sees [`Error::Cancelled`].
    pub(crate) fn put(&self, command: Command) {
        let _ = self.0.unbounded_send(command);
    }

    /// Asks and waits.
    pub(crate) async fn call(
        self,
        request: impl FnOnce(Key) -> Request + Send + 'static,
    ) -> Result<Reply, Error> {
        let (reply, answer) = oneshot::channel();
        self.put(Command::Call { request: Box::new(request), reply });
        answer.await.unwrap_or(Err(Error::Cancelled))
    }
}
