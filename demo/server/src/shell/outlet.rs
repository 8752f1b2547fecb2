//! Between the engine's thread and a connection's task: a queue that may grow only so far, and a way to end it past the queue.

use crate::engine::Close;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Something for the other side.
#[derive(Debug)]
pub enum Outgoing {
    /// A text frame.
    Text(String),
    /// The end, after all that was put before.
    Close(Close),
}

/// The engine's end.
pub struct Outlet {
    queue: mpsc::UnboundedSender<Outgoing>,
    cut: oneshot::Sender<Close>,
    waiting: Arc<AtomicUsize>,
    backlog: usize,
}

/// The connection's end.
pub struct Inlet {
    /// What waits to be written, in order.
    pub queue: mpsc::UnboundedReceiver<Outgoing>,
    /// An end that does not wait behind the queue.
    pub cut: oneshot::Receiver<Close>,
    waiting: Arc<AtomicUsize>,
    backlog: usize,
}

/// What a frame costs beside its text.
const OVERHEAD: usize = 64;

impl Outlet {
    /// Both ends of a queue of at most `backlog` bytes.
    #[must_use]
    pub fn new(backlog: usize) -> (Self, Inlet) {
        let (queue, received) = mpsc::unbounded_channel();
        let (cut, is_cut) = oneshot::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let outlet = Self { queue, cut, waiting: Arc::clone(&waiting), backlog };
        (outlet, Inlet { queue: received, cut: is_cut, waiting, backlog })
    }

    /// Puts something into the queue; `false`: it is full.
    #[must_use]
    pub fn put(&self, outgoing: Outgoing) -> bool {
        let cost = cost(&outgoing);
        if self.waiting.fetch_add(cost, Ordering::Relaxed) + cost > self.backlog {
            return false;
        }
        // A connection that is gone says so by itself.
        let _ = self.queue.send(outgoing);
        true
    }

    /// Ends the connection past the queue.
    pub fn cut(self, close: Close) {
        let _ = self.cut.send(close);
    }
}

impl Inlet {
    /// Says that something of the queue is written.
    pub fn written(&self, cost: usize) {
        self.waiting.fetch_sub(cost, Ordering::Relaxed);
    }

    /// Half of the queue is full: no more questions until the answers are read. So only what nobody asked for can fill it.
    #[must_use]
    pub fn is_congested(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > self.backlog / 2
    }
}

/// What it takes of the backlog.
#[must_use]
pub fn cost(outgoing: &Outgoing) -> usize {
    match outgoing {
        Outgoing::Text(text) => text.len() + OVERHEAD,
        Outgoing::Close(_) => OVERHEAD,
    }
}
