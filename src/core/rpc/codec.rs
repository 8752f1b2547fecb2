use super::guard::{DecodeError, check};
use super::incoming::{Push, Reply, garbled};
use super::read;
use super::request::Request;
use crate::core::error::Error;
use crate::core::json::{Field, Json, Notes};
use crate::core::model::SubscriptionId;

/// One connection's frames: what goes out gets its number here, what comes in is sorted.
#[derive(Debug, Default)]
pub struct Codec {
    last_id: u64,
}

/// A frame that was understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// The answer to a call.
    Reply {
        /// The id that [`Codec::encode`] gave.
        id: u64,
        /// What the server says.
        outcome: Result<Reply, Error>,
    },
    /// News of a subscription.
    Push {
        /// Of which.
        subscription: SubscriptionId,
        /// What is new.
        push: Push,
    },
    /// Something a later version says.
    Ignored,
}

impl Codec {
    /// The frame for a request, and the id that its answer will carry (`None` for a notification).
    pub fn encode(&mut self, request: &Request) -> (Option<u64>, String) {
        let id = if request.is_notification() {
            None
        } else {
            self.last_id += 1;
            Some(self.last_id)
        };
        (id, request.encode(id))
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// The frame is to be dropped and counted.
    #[inline(never)]
    pub fn decode(&self, text: &str) -> Result<Incoming, DecodeError> {
        check(text)?;
        let json = Json::parse(text).map_err(|_| DecodeError::Shape)?;
        let notes = Notes::default();
        let frame = Field::root(&json, &notes);
        frame.members();
        let (method, id) = (frame.text("method"), read::number(&frame, "id"));
        let error = frame.find("error");
        let subscription =
            (method == Some("event")).then(|| read::needed(&frame.get("params"), "subscription"));
        if notes.failed() {
            return Err(DecodeError::Shape);
        }
        match (subscription, id) {
            (Some(subscription), _) => Ok(Incoming::Push { subscription, push: Push::of(json) }),
            (None, _) if method.is_some() => Ok(Incoming::Ignored),
            // What the server says of a frame it could not read, and therefore to nobody.
            (None, None) if error.is_some() => Ok(Incoming::Ignored),
            (None, None) => Err(DecodeError::Shape),
            (None, Some(id)) if id == 0 || id > self.last_id => Err(DecodeError::UnknownId),
            (None, Some(id)) => {
                let refused = error.map(|error| read::refusal(&error));
                let outcome = match refused {
                    Some(_) if notes.failed() => Err(garbled()),
                    Some(refused) => Err(refused),
                    None => Ok(Reply::of(json)),
                };
                Ok(Incoming::Reply { id, outcome })
            }
        }
    }
}
