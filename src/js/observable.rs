//! Streams on their way out. `observable.js` makes an Observable of a [`Source`].

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};

use super::error::thrown;
use crate::core::observe::End;
use crate::core::{Error, Subscription};

/// Something that can be listened to, any number of times.
#[wasm_bindgen]
pub struct Source {
    open: Box<dyn Fn() -> Box<dyn Reading>>,
}

/// One listener. Losing the handle changes nothing: the listener goes on until [`stop`](Self::stop)
/// or the end.
#[wasm_bindgen]
pub struct Listening {
    reading: Slot,
}

/// Empty once nobody listens any more.
type Slot = Rc<RefCell<Option<Box<dyn Reading>>>>;

/// A subscription with the type of its items out of sight, so that one task serves them all.
pub(super) trait Reading {
    /// Waits until there is something to take, or the end.
    fn poll_ready(&mut self, context: &Context<'_>) -> Poll<bool>;

    /// Takes what there is, as it crosses; nothing at the end.
    fn take(&mut self) -> Vec<JsValue>;

    /// How it ended.
    fn end(&self) -> Option<End>;
}

struct Items<T, Keep> {
    subscription: Subscription<T>,
    write: fn(&T) -> JsValue,
    _keep: Keep,
}

impl<T, Keep> Reading for Items<T, Keep> {
    fn poll_ready(&mut self, context: &Context<'_>) -> Poll<bool> {
        self.subscription.poll_ready(context)
    }

    fn take(&mut self) -> Vec<JsValue> {
        self.subscription.ready().iter().map(self.write).collect()
    }

    fn end(&self) -> Option<End> {
        self.subscription.end()
    }
}

/// What could not even begin.
struct Failed(Error);

impl Reading for Failed {
    fn poll_ready(&mut self, _: &Context<'_>) -> Poll<bool> {
        Poll::Ready(false)
    }

    fn take(&mut self) -> Vec<JsValue> {
        Vec::new()
    }

    fn end(&self) -> Option<End> {
        Some(End::Failed(self.0.clone()))
    }
}

impl Source {
    /// Of a handle and what is subscribed to on it. The handle is kept for as long as somebody
    /// listens: dropping some handles ends what they gave.
    pub(super) fn new<H: Clone + 'static, T: 'static>(
        handle: &H,
        subscribe: impl Fn(&H) -> Subscription<T> + 'static,
        write: fn(&T) -> JsValue,
    ) -> Self {
        Self::fallible(handle, move |handle| Ok(subscribe(handle)), write)
    }

    /// The same, of something that may refuse to be subscribed to.
    pub(super) fn fallible<H: Clone + 'static, T: 'static>(
        handle: &H,
        subscribe: impl Fn(&H) -> Result<Subscription<T>, Error> + 'static,
        write: fn(&T) -> JsValue,
    ) -> Self {
        let handle = handle.clone();
        let open = move || -> Box<dyn Reading> {
            match subscribe(&handle) {
                Ok(subscription) => Box::new(Items { subscription, write, _keep: handle.clone() }),
                Err(error) => Box::new(Failed(error)),
            }
        };
        Self { open: Box::new(open) }
    }
}

#[wasm_bindgen]
impl Source {
    /// Begins to listen. `tell` is called with a value as it crosses, at once for what is already
    /// there, and in the end with `undefined` and the error's JSON text or `null`. It does not throw.
    pub fn listen(&self, tell: Function) -> Listening {
        let reading: Slot = Rc::new(RefCell::new(Some((self.open)())));
        let nobody = Context::from_waker(Waker::noop());
        loop {
            match hand_over(&reading, &tell, &nobody) {
                Poll::Ready(Handed::Values) => {}
                Poll::Ready(Handed::End(error)) => {
                    end(&reading, &tell, error);
                    break;
                }
                Poll::Pending => {
                    spawn_local(go_on(Rc::clone(&reading), tell));
                    break;
                }
            }
        }
        Listening { reading }
    }
}

#[wasm_bindgen]
impl Listening {
    /// Nothing is told from now on.
    pub fn stop(self) {
        // Dropped with the slot released: what it keeps may be the last of its kind.
        let reading = self.reading.borrow_mut().take();
        drop(reading);
    }
}

/// What became of a look at the stream.
enum Handed {
    /// Values were told.
    Values,
    /// There is no more.
    End(Option<Error>),
}

/// Hands over what there is. The slot is free while the page's own code runs, which may stop
/// listening.
fn hand_over(reading: &Slot, tell: &Function, context: &Context<'_>) -> Poll<Handed> {
    let values = match &mut *reading.borrow_mut() {
        // Nobody listens any more, so nobody hears of the end either.
        None => return Poll::Ready(Handed::End(None)),
        Some(reading) => {
            ready!(reading.poll_ready(context));
            let values = reading.take();
            if values.is_empty() {
                let error = match reading.end() {
                    Some(End::Failed(error)) => Some(error),
                    Some(End::Completed) | None => None,
                };
                return Poll::Ready(Handed::End(error));
            }
            values
        }
    };
    for value in values {
        if reading.borrow().is_none() {
            break;
        }
        let _ = tell.call1(&JsValue::UNDEFINED, &value);
    }
    Poll::Ready(Handed::Values)
}

/// Hands over what comes, until the end.
async fn go_on(reading: Slot, tell: Function) {
    let error = loop {
        if let Handed::End(error) = poll_fn(|context| hand_over(&reading, &tell, context)).await {
            break error;
        }
    };
    // What others still have to hear of the same moment comes first: a session's last state, and only
    // then that its messages are complete.
    let mut others = true;
    poll_fn(|context| {
        if std::mem::take(&mut others) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
    end(&reading, &tell, error);
}

/// Tells the end, unless nobody listens any more.
fn end(reading: &Slot, tell: &Function, error: Option<Error>) {
    let held = reading.borrow_mut().take();
    if held.is_some() {
        let nobody = JsValue::UNDEFINED;
        let _ = tell.call2(&nobody, &nobody, &error.map_or(JsValue::NULL, thrown));
    }
}

/// A promise of a value as it crosses.
pub(super) fn promise<T: 'static>(
    future: impl Future<Output = Result<T, Error>> + 'static,
    write: fn(&T) -> JsValue,
) -> Promise {
    start(Box::pin(async move { future.await.map(|value| write(&value)) }))
}

/// Boxed: one kind of promise for all futures. It begins at once, so that what is asked for in one
/// breath is asked in that order.
fn start(mut future: Pin<Box<dyn Future<Output = Result<JsValue, Error>>>>) -> Promise {
    let early = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    future_to_promise(async move {
        let outcome = match early {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => future.await,
        };
        outcome.map_err(thrown)
    })
}
