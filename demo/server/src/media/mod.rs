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
mod order;
mod peer;
mod session;
mod sockets;

pub use order::{Order, Report, Said, Wish};
pub use sockets::Addresses;
pub(crate) use sockets::DATAGRAM;

use crate::wire::id::SessionId;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

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
