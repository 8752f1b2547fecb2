//! What the handles ask of the driver.

use futures::channel::{mpsc, oneshot};

use super::chat::{Chat, ChatId, Input, Published};
use crate::core::connection;
use crate::core::error::Error;
use crate::core::rpc::{Reply, Request};

/// One wish of a handle.
pub(crate) enum Command {
    /// For the connection.
    Connection(connection::Input),
    /// A call whose answer goes straight back; one that nobody waits for takes as long as it takes.
    Call(Request, Option<Answer>),
    /// The same where somebody waits, however long it takes.
    Patient(Request, Answer),
    /// A new chat handle.
    OpenChat(ChatId, Published, Box<Chat>),
    /// For a chat, with who waits for what comes of it.
    Chat(ChatId, Input<'static>, Option<Answer>),
}

/// Where an answer is awaited: [`answered`].
pub(crate) type Answer = oneshot::Sender<Result<Reply, Error>>;

/// The driver's letter box. Every handle has a clone.
#[derive(Clone, Debug)]
pub(crate) struct Inbox {
    commands: mpsc::UnboundedSender<Command>,
    patient: bool,
}

impl Inbox {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Command>) {
        let (sender, receiver) = mpsc::unbounded();
        (Self { commands: sender, patient: false }, receiver)
    }

    /// The same letter box, whose calls wait as long as it takes.
    pub(crate) fn patient(self) -> Self {
        Self { patient: true, ..self }
    }

    /// Puts a wish in. When the driver has gone, the wish is dropped, and with it any channel for
    /// an answer: whoever waits there sees [`Error::Cancelled`].
    #[inline(never)]
    pub(crate) fn put(&self, command: Command) {
        let _ = self.commands.unbounded_send(command);
    }

    /// Whether the driver has gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.commands.is_closed()
    }

    /// Asks and waits.
    pub(crate) async fn call(self, request: Request) -> Result<Reply, Error> {
        let (reply, answer) = oneshot::channel();
        self.put(if self.patient {
            Command::Patient(request, reply)
        } else {
            Command::Call(request, Some(reply))
        });
        answered(answer).await
    }
}

/// Waits for an answer.
pub(crate) async fn answered(
    answer: oneshot::Receiver<Result<Reply, Error>>,
) -> Result<Reply, Error> {
    answer.await.unwrap_or(Err(Error::Cancelled))
}
