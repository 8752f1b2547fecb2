use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use futures::stream::FusedStream;

use super::subject::{End, Subject, lock};

/// A listener's own queue: a `Stream` that unsubscribes when dropped.
#[derive(Debug)]
#[must_use = "dropping a subscription ends it"]
pub struct Subscription<T> {
    subject: Subject<T>,
    id: u64,
    done: bool,
}

impl<T> Subscription<T> {
    pub(super) fn new(subject: Subject<T>, id: u64) -> Self {
        Self { subject, id, done: false }
    }

    /// Takes what is already there, without waiting.
    pub fn try_next(&mut self) -> Option<T> {
        lock(&self.subject.shared).queue(self.id)?.items.pop_front()
    }

    /// How the source ended, once all that was queued is taken.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        let mut shared = lock(&self.subject.shared);
        let drained = shared.queue(self.id).is_none_or(|queue| queue.items.is_empty());
        if drained { shared.end().cloned() } else { None }
    }
}

impl<T> Stream for Subscription<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let item = {
            let mut shared = lock(&self.subject.shared);
            let ended = shared.end().is_some();
            match shared.queue(self.id) {
                None => None,
                Some(queue) => match queue.items.pop_front() {
                    Some(item) => Some(item),
                    None if ended => None,
                    None => {
                        queue.waker = Some(context.waker().clone());
                        return Poll::Pending;
                    }
                },
            }
        };
        self.done = item.is_none();
        Poll::Ready(item)
    }
}

impl<T> FusedStream for Subscription<T> {
    fn is_terminated(&self) -> bool {
        self.done
    }
}

impl<T> Unpin for Subscription<T> {}

impl<T> Drop for Subscription<T> {
    fn drop(&mut self) {
        let queue = lock(&self.subject.shared).remove(self.id);
        // Dropped only here, with the lock released: values may hold subscriptions themselves.
        drop(queue);
    }
}
