//! The native platform, with its frames counted and its heartbeats timed.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, Stream, StreamExt};
use tokio::time::Instant;
use tvox_widget::core::ports::{Closed, Link, LinkEvent, Ports};
use tvox_widget::core::time::Timestamp;
use tvox_widget::platform::native::{Native, NativeLink};

use crate::meter::{Meter, Timed};

/// One visitor's operating system.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    native: Native,
    meter: Arc<Meter>,
}

impl Counted {
    pub(crate) fn new(origin: &str, meter: Arc<Meter>) -> Self {
        Self { native: Native::new(Some(origin)), meter }
    }
}

impl Ports for Counted {
    type Link = CountedLink;
    type Dial = BoxFuture<'static, Result<CountedLink, Closed>>;
    type Sleep = <Native as Ports>::Sleep;
    type Wakeups = <Native as Ports>::Wakeups;

    fn dial(&self, url: &str, subprotocol: &'static str) -> Self::Dial {
        let (dial, meter) = (self.native.dial(url, subprotocol), Arc::clone(&self.meter));
        async move { Ok(CountedLink { link: dial.await?, meter, pinged: None }) }.boxed()
    }

    fn now(&self) -> Timestamp {
        self.native.now()
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        Ports::sleep(&self.native, duration)
    }

    fn wakeups(&self) -> Self::Wakeups {
        self.native.wakeups()
    }

    fn random(&self, bytes: &mut [u8]) {
        self.native.random(bytes);
    }

    fn load(&self, key: &str) -> Option<String> {
        self.native.load(key)
    }

    fn save(&self, key: &str, value: &str) {
        self.native.save(key, value);
    }

    fn remove(&self, key: &str) {
        self.native.remove(key);
    }

    fn warn(&self, message: &str) {
        self.meter.wrong(format!("the core warns: {message}"));
    }
}

/// A connection whose frames are counted.
#[derive(Debug)]
pub(crate) struct CountedLink {
    link: NativeLink,
    meter: Arc<Meter>,
    pinged: Option<Instant>,
}

impl Link for CountedLink {
    fn send(&mut self, text: String) {
        self.meter.counts.frames[0].fetch_add(1, Ordering::Relaxed);
        if text.contains(r#""method":"ping""#) {
            self.pinged = Some(Instant::now());
        }
        self.link.send(text);
    }

    fn close(&mut self, code: u16, reason: &str) {
        self.link.close(code, reason);
    }
}

impl Stream for CountedLink {
    type Item = LinkEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<LinkEvent>> {
        let polled = self.link.poll_next_unpin(context);
        if let Poll::Ready(Some(LinkEvent::Text(text))) = &polled {
            self.meter.counts.frames[1].fetch_add(1, Ordering::Relaxed);
            if text.contains(r#""result":{"time":"#)
                && let Some(pinged) = self.pinged.take()
            {
                self.meter.took(Timed::Ping, pinged.elapsed());
            }
        }
        polled
    }
}
