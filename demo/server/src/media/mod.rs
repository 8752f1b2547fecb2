//! Sound and picture of calls that this server itself takes part in: the echo operator's, and those of a test before a call. Calls between two browsers never
//! come here.
//!
//! ```text
//!  Order ──▶ Peers ──▶ call (one task: sockets, clock) ──▶ peer (str0m; offers, answers, echo)
//!  Report ◀──────────────────┘
//! ```
//!
//! A call's media ends with [`Wish::End`], with the task's own patience, or with [`Peers`], whichever comes first; what was bound is free then.

mod call;
mod peer;
mod sockets;

pub use sockets::Addresses;
pub(crate) use sockets::DATAGRAM;

use crate::wire::id::SessionId;
use crate::wire::telephony::Signal;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

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

/// Where reports go. Called from any thread.
pub type Tell = Arc<dyn Fn(Report) + Send + Sync>;

/// The server's ends of all calls.
pub struct Peers {
    runtime: Handle,
    addresses: Arc<Addresses>,
    tell: Tell,
    calls: BTreeMap<SessionId, mpsc::UnboundedSender<Wish>>,
}

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peers").field("calls", &self.calls.len()).finish_non_exhaustive()
    }
}

impl Peers {
    /// None yet. Tasks run on that runtime.
    pub fn new(runtime: Handle, addresses: Arc<Addresses>, tell: Tell) -> Self {
        Self { runtime, addresses, tell, calls: BTreeMap::new() }
    }

    /// Passes an order on. One for a call that is over falls through.
    pub fn order(&mut self, order: Order) {
        let Order { call, wish } = order;
        match wish {
            Wish::Begin => {
                let (wishes, inbox) = mpsc::unbounded_channel();
                self.runtime.spawn(call::run(
                    call.clone(),
                    inbox,
                    Arc::clone(&self.addresses),
                    Arc::clone(&self.tell),
                ));
                self.calls.insert(call, wishes);
            }
            Wish::End => {
                // The task notices that nobody can wish for anything any more.
                self.calls.remove(&call);
            }
            Wish::Signal(_) | Wish::Hold(_) | Wish::Video => {
                if let Some(wishes) = self.calls.get(&call)
                    && wishes.send(wish).is_err()
                {
                    self.calls.remove(&call);
                }
            }
        }
    }

    /// Ends all of them.
    pub fn end_all(&mut self) {
        self.calls.clear();
    }
}
