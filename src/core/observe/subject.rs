use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::Subscription;
use crate::core::error::Error;
use crate::core::map::Map;

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
    keeps_latest: bool,
    latest: Option<T>,
    end: Option<End>,
    next_id: u64,
    queues: Map<u64, Queue<T>>,
}

#[derive(Debug)]
pub(super) struct Queue<T> {
    pub(super) items: VecDeque<T>,
    pub(super) waker: Option<Waker>,
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
        let shared = Shared { keeps_latest, latest, end: None, next_id: 0, queues: Map::new() };
        Self { shared: Arc::new(Mutex::new(shared)) }
    }

    /// Hands a value to every subscriber. After the end it is dropped.
    pub fn next(&self, value: T) {
        let wakers = {
            let mut shared = lock(&self.shared);
            if shared.end.is_some() {
                return;
            }
            if shared.keeps_latest {
                shared.latest = Some(value.clone());
            }
            for queue in shared.queues.values_mut() {
                queue.items.push_back(value.clone());
            }
            shared.wakers()
        };
        wake(wakers);
    }

    /// The same where the value is another than the latest one.
    pub(crate) fn update(&self, value: T)
    where
        T: PartialEq,
    {
        let known = lock(&self.shared).latest.as_ref() == Some(&value);
        if !known {
            self.next(value);
        }
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
        let id = shared.add(first);
        drop(shared);
        Subscription::new(self.clone(), id)
    }

    /// Begins to listen with a first value of the caller's own, in place of the latest.
    pub fn subscribe_from(&self, first: T) -> Subscription<T> {
        let id = lock(&self.shared).add(Some(first));
        Subscription::new(self.clone(), id)
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
        lock(&self.shared).end.clone()
    }

    /// How many listen now.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        lock(&self.shared).queues.len()
    }

    fn end(&self, end: End) {
        let wakers = {
            let mut shared = lock(&self.shared);
            shared.end.get_or_insert(end);
            shared.wakers()
        };
        wake(wakers);
    }
}

impl<T> Clone for Subject<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> Shared<T> {
    fn add(&mut self, first: Option<T>) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.queues.insert(id, Queue { items: first.into_iter().collect(), waker: None });
        id
    }

    pub(super) fn queue(&mut self, id: u64) -> Option<&mut Queue<T>> {
        self.queues.get_mut(&id)
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Queue<T>> {
        self.queues.remove(&id)
    }

    pub(super) fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    fn wakers(&mut self) -> Vec<Waker> {
        self.queues.values_mut().filter_map(|queue| queue.waker.take()).collect()
    }
}

/// A panic elsewhere must not silence every listener: the data is whole between two statements.
pub(super) fn lock<T>(shared: &Mutex<Shared<T>>) -> MutexGuard<'_, Shared<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs with the lock released: a waker may poll at once, and polling takes the lock.
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
        while lock(&subject.shared).queues.values().all(|queue| queue.waker.is_none()) {
            std::thread::yield_now();
        }
        subject.next(7);
        assert_eq!(waiting.join().ok().flatten(), Some(7));
    }
}
