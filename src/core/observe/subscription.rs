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
    /// Taken out of the queue all at once, and not yet handed on.
    taken: std::vec::IntoIter<T>,
    done: bool,
}

impl<T> Subscription<T> {
    pub(super) fn new(subject: Subject<T>, id: u64) -> Self {
        Self { subject, id, taken: Vec::new().into_iter(), done: false }
    }

    /// Takes what is already there, without waiting: the next value.
    pub fn try_next(&mut self) -> Option<T> {
        if self.taken.len() == 0 {
            self.taken = self.queued().into_iter();
        }
        self.taken.next()
    }

    /// Takes what is already there, without waiting: all of it.
    pub fn ready(&mut self) -> Vec<T> {
        if self.taken.len() == 0 {
            return self.queued();
        }
        let mut all: Vec<T> = std::mem::take(&mut self.taken).collect();
        all.append(&mut self.queued());
        all
    }

    /// Waits until there is something to take; false where nothing will come any more.
    pub fn poll_ready(&mut self, context: &Context<'_>) -> Poll<bool> {
        if self.taken.len() > 0 {
            return Poll::Ready(true);
        }
        lock(&self.subject.shared).poll(self.id, context)
    }

    /// How the source ended, once all that was queued is taken.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        let end = lock(&self.subject.shared).end(self.id);
        end.filter(|_| self.taken.len() == 0)
    }

    fn queued(&self) -> Vec<T> {
        lock(&self.subject.shared).queue(self.id).map(std::mem::take).unwrap_or_default()
    }
}

impl<T> Stream for Subscription<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll_ready(context).map(|_| {
            let item = self.try_next();
            self.done = item.is_none();
            item
        })
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
        let queue = lock(&self.subject.shared).leave(self.id);
        // Dropped only here, with the lock released: values may hold subscriptions themselves.
        drop(queue);
    }
}
