//! From the core's streams to Leptos signals.
//!
//! A signal made here is never without a value, ends with the reactive owner it was made under, and
//! changes at most once a frame however much arrives: what came within the frame is applied together.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use crate::core::Subscription;

/// Something that can be read reactively, such as one thing of a larger state. (`Signal` would do, and
/// bring the code of every kind of signal with it.)
pub type Reading<T> = Callback<(), T>;

/// The newest value of a stream, starting from `initial`.
pub fn latest<T>(initial: T, stream: Subscription<T>) -> ReadSignal<T>
where
    T: Send + Sync + 'static,
{
    fold(initial, stream, |value, new| *value = new)
}

/// What a stream adds up to: `apply` is given the state and each item, in order.
pub fn fold<S, T>(
    initial: S,
    stream: Subscription<T>,
    mut apply: impl FnMut(&mut S, T) + 'static,
) -> ReadSignal<S>
where
    S: Send + Sync + 'static,
    T: 'static,
{
    let (state, set_state) = signal(initial);
    each_frame(stream, move |items| {
        // `None` means that the owner is gone, and this task is about to end with it.
        let _ = set_state.try_update(|state| {
            for item in items {
                apply(state, item);
            }
        });
    });
    state
}

/// Hands over what a stream brings: what is there already at once, later items a frame at a time.
pub fn each_frame<T: 'static>(stream: Subscription<T>, handle: impl FnMut(Vec<T>) + 'static) {
    follow(Box::new(Gathering { stream, handle }));
}

/// More at once than this is no news but a conversation's history, page after page: to draw each page
/// takes longer than to read it, so several are gathered first.
const HISTORY: usize = 50;
/// For so long, in milliseconds.
const PAGES_TOGETHER: u32 = 100;

/// The part of it that is the same for all streams.
fn follow(mut source: Box<dyn Source>) {
    let present = source.poll_more(&mut Context::from_waker(Waker::noop()));
    if present == Poll::Ready(true) {
        untrack(|| source.hand_over());
    }
    spawn(async move {
        while poll_fn(|context| source.poll_more(context)).await {
            frame().await;
            if source.hand_over() > HISTORY {
                pause(PAGES_TOGETHER).await;
            }
        }
    });
}

/// Runs a task that ends with the present reactive owner. Boxed: one kind of task for all futures.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

/// Runs a task to its end, whatever becomes of the present reactive owner: what it touches may have gone.
pub fn spawn_detached(task: impl Future<Output = ()> + 'static) {
    fn boxed(task: Pin<Box<dyn Future<Output = ()>>>) {
        leptos::task::spawn_local(task);
    }
    boxed(Box::pin(task));
}

fn spawn_boxed(task: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local_scoped_with_cancellation(task);
}

/// Runs something once what has changed is drawn. It has to find out itself whether what it is about
/// is still there.
pub fn after_frame(run: impl FnOnce() + 'static) {
    fn wait(run: Box<dyn FnOnce()>) {
        leptos::task::spawn_local(async move {
            frame().await;
            run();
        });
    }
    wait(Box::new(run));
}

/// Runs something once the view is there, and again whenever what it read changes, until the present
/// reactive owner goes. Boxed, as tasks are.
pub fn effect(run: impl FnMut() + 'static) {
    effect_boxed(Box::new(run));
}

/// A render effect that waits for the view: one kind of effect for all that there is.
fn effect_boxed(mut run: Box<dyn FnMut()>) {
    let drawn = RwSignal::new(false);
    let effect = RenderEffect::new(move |_: Option<()>| {
        if drawn.get() {
            run();
        }
    });
    on_cleanup(move || drop(effect));
    spawn(async move { drawn.set(true) });
}

/// A stream with its items' type out of sight, so that one task serves them all.
trait Source {
    /// Whether something more has come; false at the end.
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<bool>;

    /// Hands over what has come, with all else that is there by now; how many that were.
    fn hand_over(&mut self) -> usize;
}

struct Gathering<T, H> {
    stream: Subscription<T>,
    handle: H,
}

impl<T, H: FnMut(Vec<T>)> Source for Gathering<T, H> {
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        self.stream.poll_ready(context)
    }

    fn hand_over(&mut self) -> usize {
        let items = self.stream.ready();
        let count = items.len();
        (self.handle)(items);
        count
    }
}

/// Until the browser is about to paint. A hidden page is never painted, and its unread badge and
/// title must still move: a timer stands in.
#[cfg(target_arch = "wasm32")]
pub async fn frame() {
    const HIDDEN: i32 = 100;

    let painted = js_sys::Promise::new(&mut |resolve, _| {
        let window = leptos::prelude::window();
        let _ = window.request_animation_frame(&resolve);
        // The one that comes second resolves nothing.
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, HIDDEN);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(painted).await;
}

/// There is nothing to paint outside a browser.
#[cfg(not(target_arch = "wasm32"))]
pub async fn frame() {}

/// Lets a promise go its way: a refusal that nobody looks at would be an error of the page's.
#[cfg(target_arch = "wasm32")]
pub fn settle(promise: js_sys::Promise) {
    spawn_detached(async move {
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    });
}

/// There are no promises outside a browser.
#[cfg(not(target_arch = "wasm32"))]
pub fn settle(_: js_sys::Promise) {}

/// A pause in what the interface shows, in milliseconds.
#[cfg(target_arch = "wasm32")]
pub async fn pause(millis: u32) {
    gloo_timers::future::TimeoutFuture::new(millis).await;
}

/// Nothing is shown outside a browser.
#[cfg(not(target_arch = "wasm32"))]
pub async fn pause(_: u32) {}
