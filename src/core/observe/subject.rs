use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Subscription;
use crate::core::error::Error;

/// Where values come from. Clones share one source.
///
/// Every subscription has a queue of its own: nothing is conflated, order is kept, and a slow
/// listener does not hold up another.
#[derive(Debug)]
pub struct Subject<T> {
    pub(super) shared: Arc<Mutex<Shared<T>>>,
}

/// How a subject came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything has been said.
    Completed,
    /// It broke off.
    Failed(Error),
}

#[derive(Debug)]
pub(super) struct Shared<T> {
    latest: Option<T>,
    /// What each listener has not taken yet, in the order of the hub's listeners.
    queues: Vec<Vec<T>>,
    hub: Hub,
}

/// All of a subject that has nothing to do with what its values are, so that it is there once.
#[derive(Debug)]
struct Hub {
    keeps_latest: bool,
    end: Option<End>,
    next_id: u64,
    listeners: Vec<Listener>,
}

#[derive(Debug)]
struct Listener {
    id: u64,
    waker: Option<Waker>,
}

impl<T: Clone> Subject<T> {
    /// Keeps the latest value, beginning with `initial`, and shows it to new subscribers first.
    #[must_use]
    pub fn state(initial: T) -> Self {
        Self::new(true, Some(initial))
    }

    /// Like [`state`](Self::state), with nothing to show yet.
    #[must_use]
    pub fn replay() -> Self {
        Self::new(true, None)
    }

    /// Keeps nothing: a subscriber sees what comes after it.
    #[must_use]
    pub fn events() -> Self {
        Self::new(false, None)
    }

    fn new(keeps_latest: bool, latest: Option<T>) -> Self {
        let hub = Hub { keeps_latest, end: None, next_id: 0, listeners: Vec::new() };
        let shared = Shared { latest, queues: Vec::new(), hub };
        Self { shared: Arc::new(Mutex::new(shared)) }
    }

    /// Hands a value to every subscriber. After the end it is dropped.
    pub fn next(&self, value: T) {
        let mut shared = lock(&self.shared);
        if shared.hub.end.is_some() {
            return;
        }
        for queue in &mut shared.queues {
            queue.push(value.clone());
        }
        let old = if shared.hub.keeps_latest { shared.latest.replace(value) } else { Some(value) };
        let wakers = shared.hub.wakers();
        drop(shared);
        // Dropped only here, with the lock released: values may hold subscriptions themselves.
        drop(old);
        wake(wakers);
    }

    /// The same where the value is another than the latest one.
    pub(crate) fn update(&self, value: T)
    where
        T: PartialEq,
    {
        if !self.look(|latest| latest == Some(&value)) {
            self.next(value);
        }
    }

    /// Looks at the latest value, where values are kept, without taking a copy.
    pub(crate) fn look<R>(&self, look: impl FnOnce(Option<&T>) -> R) -> R {
        look(lock(&self.shared).latest.as_ref())
    }

    /// The latest value, where values are kept.
    #[must_use]
    pub fn latest(&self) -> Option<T> {
        lock(&self.shared).latest.clone()
    }

    /// Begins to listen: the latest value first, where values are kept, then all that follow.
    pub fn subscribe(&self) -> Subscription<T> {
        let mut shared = lock(&self.shared);
        let first = shared.latest.clone();
        self.listen(&mut shared, first)
    }

    /// Begins to listen with a first value of the caller's own, in place of the latest.
    pub fn subscribe_from(&self, first: T) -> Subscription<T> {
        self.listen(&mut lock(&self.shared), Some(first))
    }

    fn listen(&self, shared: &mut Shared<T>, first: Option<T>) -> Subscription<T> {
        shared.queues.push(first.into_iter().collect());
        Subscription::new(self.clone(), shared.hub.join())
    }
}

impl<T> Subject<T> {
    /// Ends it well: subscribers take what is queued, then see the end.
    pub fn complete(&self) {
        self.end(End::Completed);
    }

    /// Ends it with an error.
    pub fn fail(&self, error: Error) {
        self.end(End::Failed(error));
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        lock(&self.shared).hub.end.clone()
    }

    /// How many listen now.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        lock(&self.shared).hub.listeners.len()
    }

    fn end(&self, end: End) {
        let wakers = lock(&self.shared).hub.close(end);
        wake(wakers);
    }
}

impl<T> Clone for Subject<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> Shared<T> {
    /// What a listener has not taken yet.
    pub(super) fn queue(&mut self, id: u64) -> Option<&mut Vec<T>> {
        let at = self.hub.place(id)?;
        self.queues.get_mut(at)
    }

    /// Whether there is something to take, or there is an end; otherwise the listener is woken.
    pub(super) fn poll(&mut self, id: u64, context: &Context<'_>) -> Poll<bool> {
        let there = self.queue(id).is_some_and(|queue| !queue.is_empty());
        if there { Poll::Ready(true) } else { self.hub.wait(id, context) }
    }

    /// How the source ended, for a listener that has taken everything.
    pub(super) fn end(&mut self, id: u64) -> Option<End> {
        let drained = self.queue(id).is_none_or(|queue| queue.is_empty());
        self.hub.end.clone().filter(|_| drained)
    }

    /// A listener is gone; what it has not taken is to be dropped when the lock is released.
    #[must_use]
    pub(super) fn leave(&mut self, id: u64) -> Option<Vec<T>> {
        let at = self.hub.leave(id)?;
        Some(self.queues.remove(at))
    }
}

impl Hub {
    #[inline(never)]
    fn join(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.listeners.push(Listener { id, waker: None });
        id
    }

    #[inline(never)]
    fn leave(&mut self, id: u64) -> Option<usize> {
        let at = self.place(id)?;
        self.listeners.remove(at);
        Some(at)
    }

    #[inline(never)]
    fn place(&self, id: u64) -> Option<usize> {
        self.listeners.iter().position(|listener| listener.id == id)
    }

    /// False at the end; until then the listener sleeps.
    #[inline(never)]
    fn wait(&mut self, id: u64, context: &Context<'_>) -> Poll<bool> {
        if let Some(at) = self.place(id)
            && self.end.is_none()
        {
            self.listeners[at].waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(false)
    }

    #[inline(never)]
    fn close(&mut self, end: End) -> Vec<Waker> {
        self.end.get_or_insert(end);
        self.wakers()
    }

    #[inline(never)]
    fn wakers(&mut self) -> Vec<Waker> {
        self.listeners.iter_mut().filter_map(|listener| listener.waker.take()).collect()
    }
}

/// A panic elsewhere must not silence every listener: the data is whole between two statements.
pub(super) fn lock<T>(shared: &Mutex<Shared<T>>) -> MutexGuard<'_, Shared<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs with the lock released: a waker may poll at once, and polling takes the lock.
#[inline(never)]
fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use futures::executor::block_on;

    use super::*;

    #[test]
    fn a_state_shows_its_latest_value_first_and_conflates_nothing_after() {
        let subject = Subject::state(1);
        subject.next(2);
        let mut listener = subject.subscribe();
        subject.next(3);
        subject.next(4);
        subject.complete();
        let seen: Vec<i32> = block_on(listener.by_ref().collect());
        assert_eq!(seen, [2, 3, 4]);
        assert_eq!(listener.end(), Some(End::Completed));
    }

    #[test]
    fn events_before_the_subscription_are_not_seen() {
        let subject = Subject::events();
        subject.next(1);
        let mut listener = subject.subscribe();
        assert_eq!(listener.try_next(), None);
        subject.next(2);
        assert_eq!(listener.try_next(), Some(2));
    }

    #[test]
    fn nothing_follows_the_end() {
        let subject = Subject::state(1);
        let mut listener = subject.subscribe();
        subject.fail(Error::ConnectionLost);
        subject.next(2);
        assert_eq!(listener.end(), None, "one value is still queued");
        assert_eq!(listener.try_next(), Some(1));
        assert_eq!(listener.try_next(), None);
        assert_eq!(listener.end(), Some(End::Failed(Error::ConnectionLost)));
    }

    #[test]
    fn what_is_ready_is_what_was_not_taken_yet_in_order() {
        let subject = Subject::state(1);
        let mut listener = subject.subscribe();
        subject.next(2);
        subject.next(3);
        assert_eq!(listener.try_next(), Some(1));
        subject.next(4);
        assert_eq!(listener.ready(), [2, 3, 4]);
        assert!(listener.ready().is_empty());
    }

    #[test]
    fn dropping_a_subscription_removes_its_queue() {
        let subject = Subject::<u8>::events();
        let one = subject.subscribe();
        let other = subject.subscribe();
        assert_eq!(subject.subscribers(), 2);
        drop(one);
        assert_eq!(subject.subscribers(), 1);
        drop(other);
        assert_eq!(subject.subscribers(), 0);
    }

    #[test]
    fn a_sleeping_listener_is_woken_by_the_next_value() {
        let subject = Subject::events();
        let mut listener = subject.subscribe();
        let waiting = std::thread::spawn(move || block_on(listener.next()));
        while lock(&subject.shared).hub.listeners.iter().all(|listener| listener.waker.is_none()) {
            std::thread::yield_now();
        }
        subject.next(7);
        assert_eq!(waiting.join().ok().flatten(), Some(7));
    }
}
