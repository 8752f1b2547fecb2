use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Subject, Subscription};

/// A request that is sent when somebody listens, its result, and what follows (reference,
/// `LiveResult`).
///
/// The first subscription to either side sends the request, once. Stopping, or dropping the last
/// clone, ends the notifications.
pub struct LiveResult<R, L = R> {
    inner: Arc<Inner<R, L>>,
}

struct Inner<R, L> {
    result: Subject<R>,
    notification: Subject<L>,
    start: Hook,
    stop: Hook,
}

/// Something to do at most once.
type Hook = Mutex<Option<Box<dyn FnOnce() + Send>>>;

impl<R: Clone, L: Clone> LiveResult<R, L> {
    pub(crate) fn new(
        result: Subject<R>,
        notification: Subject<L>,
        start: impl FnOnce() + Send + 'static,
        stop: impl FnOnce() + Send + 'static,
    ) -> Self {
        let start: Hook = Mutex::new(Some(Box::new(start)));
        let stop: Hook = Mutex::new(Some(Box::new(stop)));
        Self { inner: Arc::new(Inner { result, notification, start, stop }) }
    }

    /// The answer to the request; sends it if nobody has listened yet.
    pub fn result(&self) -> Subscription<R> {
        let subscription = self.inner.result.subscribe();
        run(&self.inner.start);
        subscription
    }

    /// What comes after the answer; sends the request if nobody has listened yet.
    pub fn notification(&self) -> Subscription<L> {
        let subscription = self.inner.notification.subscribe();
        run(&self.inner.start);
        subscription
    }

    /// No notification follows; listeners see the end.
    pub fn stop_notification(&self) {
        self.inner.stop();
    }
}

impl<R, L> Inner<R, L> {
    fn stop(&self) {
        run(&self.stop);
        self.result.complete();
        self.notification.complete();
    }
}

impl<R, L> Clone for LiveResult<R, L> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<R, L> fmt::Debug for LiveResult<R, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveResult").finish_non_exhaustive()
    }
}

impl<R, L> Drop for Inner<R, L> {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(hook: &Hook) {
    let action = hook.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(action) = action {
        action();
    }
}
