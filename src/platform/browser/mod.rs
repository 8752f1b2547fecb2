//! A page: gloo's WebSocket and timers, the page's events, its storage.
//!
//! Clock and randomness are looked up as globals, not on a window: so it runs in a worker too, and in
//! Node, where there is no page.

mod events;
mod link;
mod put;
pub mod rtc;
mod siblings;
pub mod storage;
mod turn;
mod wakeups;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::*;

use crate::core::ports::{Closed, Http, Ports, PutRequest};
use crate::core::time::{Timestamp, millis};
use link::SocketLink;
pub use put::Put;
pub use siblings::Siblings;
use storage::Storage;
pub use turn::Turn;
use wakeups::Wakeups;

/// The longest pause a browser's timer can take, in milliseconds.
const LONGEST_TIMER: u64 = i32::MAX as u64;

/// A page as the core sees it.
#[derive(Debug)]
pub struct Browser {
    storage: Storage,
}

impl Browser {
    /// The page, with what it keeps for the visitor.
    #[must_use]
    pub const fn new(storage: Storage) -> Self {
        Self { storage }
    }
}

impl Ports for Browser {
    type Link = SocketLink;
    type Dial = LocalBoxFuture<'static, Result<SocketLink, Closed>>;
    type Sleep = Sleep;
    type Wakeups = Wakeups;

    fn dial(&self, url: &str, subprotocol: &'static str) -> Self::Dial {
        link::dial(url, subprotocol)
    }

    fn now(&self) -> Timestamp {
        now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::of(duration)
    }

    fn wakeups(&self) -> Wakeups {
        Wakeups::new()
    }

    fn random(&self, bytes: &mut [u8]) {
        CRYPTO.with(|crypto| {
            if let Some(crypto) = crypto {
                // Fails only for more than 65 536 bytes.
                let _ = crypto.get_random_values_with_u8_array(bytes);
            }
        });
    }

    fn load(&self, key: &str) -> Option<String> {
        self.storage.load(key)
    }

    fn save(&self, key: &str, value: &str) {
        self.storage.save(key, value);
    }

    fn remove(&self, key: &str) {
        self.storage.remove(key);
    }

    fn warn(&self, message: &str) {
        web_sys::console::warn_2(&"tvox-widget:".into(), &message.into());
    }
}

/// The page's way of sending files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Uploads;

impl Http for Uploads {
    type Put = Put;
    type Sleep = Sleep;

    fn put(&self, request: &PutRequest) -> Put {
        Put::new(request)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::of(duration)
    }
}

/// A pause of the page's timer.
#[derive(Debug)]
#[must_use = "dropping it ends the pause"]
pub struct Sleep(TimeoutFuture);

impl Sleep {
    fn of(duration: Duration) -> Self {
        let millis = millis(duration).min(LONGEST_TIMER);
        Self(TimeoutFuture::new(u32::try_from(millis).unwrap_or(u32::MAX)))
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        self.0.poll_unpin(context)
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = performance)]
    static PERFORMANCE: Option<web_sys::Performance>;
    #[wasm_bindgen(thread_local_v2, js_name = crypto)]
    static CRYPTO: Option<web_sys::Crypto>;
}

/// The page's monotonic clock.
fn now() -> Timestamp {
    let millis =
        PERFORMANCE.with(|performance| performance.as_ref().map_or(0.0, web_sys::Performance::now));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since the page began: positive and far below 2^53"
    )]
    Timestamp::from_millis(millis as u64)
}
