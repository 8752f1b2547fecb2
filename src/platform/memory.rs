//! For tests: a link whose other end is scripted, and a clock that is moved by hand.
//!
//! ```
//! use std::time::Duration;
//! use futures::executor::LocalPool;
//! use futures::task::LocalSpawnExt;
//! use tvox_widget::core::{Widget, WidgetConf};
//! use tvox_widget::core::model::ChannelType;
//! use tvox_widget::platform::memory::Memory;
//!
//! let conf = WidgetConf::builder("http://localhost")
//!     .service(ChannelType::Chat, "service0001", "Support")
//!     .build()?;
//! let world = Memory::new();
//! let (widget, driver) = Widget::new(conf, world.clone());
//! let mut pool = LocalPool::new();
//! pool.spawner().spawn_local(driver.run()).expect("the pool runs");
//! pool.run_until_stalled();
//!
//! assert!(world.accept(), "the widget has dialled");
//! pool.run_until_stalled();
//! assert!(world.sent()[0].contains(r#""method":"hello""#));
//! # drop(widget);
//! # Ok::<(), tvox_widget::core::Error>(())
//! ```

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::Stream;

use crate::core::ports::{Closed, Http, Link, LinkEvent, Ports, PutEvent, PutRequest, Wakeup};
use crate::core::time::Timestamp;

/// The scripted world. Clones are one world: one goes to the widget, one stays with the test.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    world: Arc<Mutex<World>>,
}

#[derive(Debug, Default)]
struct World {
    now: Timestamp,
    dials: Vec<Timestamp>,
    answer: Option<Result<(), Closed>>,
    dialing: bool,
    open: bool,
    link: u64,
    incoming: VecDeque<LinkEvent>,
    outgoing: Vec<String>,
    closes: Vec<(u16, String)>,
    wakeups: VecDeque<Wakeup>,
    puts: Vec<PutRequest>,
    put_events: VecDeque<PutEvent>,
    putting: bool,
    kept: HashMap<String, String>,
    warnings: Vec<String>,
    randomness: u64,
    sleepers: Vec<Waker>,
    wakers: Vec<Waker>,
}

impl Memory {
    /// A world at time zero in which nobody answers yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock and wakes whoever waits for a time.
    pub fn advance(&self, by: Duration) {
        let sleepers = {
            let mut world = self.lock();
            world.now = world.now + by;
            std::mem::take(&mut world.sleepers)
        };
        sleepers.into_iter().for_each(Waker::wake);
    }

    /// When the widget dialled.
    #[must_use]
    pub fn dials(&self) -> Vec<Timestamp> {
        self.lock().dials.clone()
    }

    /// Opens the connection that is being dialled. False if none is.
    #[must_use]
    pub fn accept(&self) -> bool {
        self.answer(Ok(()))
    }

    /// Refuses the connection that is being dialled. False if none is.
    #[must_use]
    pub fn refuse(&self) -> bool {
        self.answer(Err(Closed::abnormal()))
    }

    /// What the widget has sent since this was last asked.
    #[must_use]
    pub fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().outgoing)
    }

    /// Sends the widget a frame.
    pub fn receive(&self, text: &str) {
        self.push(|world| world.incoming.push_back(LinkEvent::Text(text.to_owned())));
    }

    /// Closes the connection from the server's side, or cuts it (1006).
    pub fn close(&self, code: u16, reason: &str) {
        self.push(|world| {
            world.open = false;
            let closed = Closed { code, reason: reason.to_owned() };
            world.incoming.push_back(LinkEvent::Closed(closed));
        });
    }

    /// How the widget closed its connections.
    #[must_use]
    pub fn closes(&self) -> Vec<(u16, String)> {
        self.lock().closes.clone()
    }

    /// Changes the surroundings.
    pub fn wake(&self, wakeup: Wakeup) {
        self.push(|world| world.wakeups.push_back(wakeup));
    }

    /// The bytes that the widget has begun to send by HTTP, attempt by attempt.
    #[must_use]
    pub fn puts(&self) -> Vec<PutRequest> {
        self.lock().puts.clone()
    }

    /// Whether bytes are on their way: begun, not answered, not given up.
    #[must_use]
    pub fn is_putting(&self) -> bool {
        self.lock().putting
    }

    /// Tells the newest attempt how far it is, or how it ended.
    pub fn put_event(&self, event: PutEvent) {
        self.push(|world| world.put_events.push_back(event));
    }

    /// What is kept for the next page.
    #[must_use]
    pub fn kept(&self, key: &str) -> Option<String> {
        self.lock().kept.get(key).cloned()
    }

    /// Keeps something, as a page before has.
    pub fn keep(&self, key: &str, value: &str) {
        self.lock().kept.insert(key.to_owned(), value.to_owned());
    }

    /// What a developer would have read in the console.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.lock().warnings.clone()
    }

    fn answer(&self, answer: Result<(), Closed>) -> bool {
        let dialing = self.lock().dialing;
        if dialing {
            self.push(|world| world.answer = Some(answer));
        }
        dialing
    }

    fn push(&self, change: impl FnOnce(&mut World)) {
        let wakers = {
            let mut world = self.lock();
            change(&mut world);
            std::mem::take(&mut world.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ports for Memory {
    type Link = MemoryLink;
    type Dial = MemoryDial;
    type Sleep = MemorySleep;
    type Wakeups = MemoryWakeups;

    fn dial(&self, _url: &str, _subprotocol: &'static str) -> MemoryDial {
        let mut world = self.lock();
        let now = world.now;
        world.dials.push(now);
        world.dialing = true;
        world.answer = None;
        let number = world.dials.len();
        drop(world);
        MemoryDial { memory: self.clone(), number }
    }

    fn now(&self) -> Timestamp {
        self.lock().now
    }

    fn sleep(&self, duration: Duration) -> MemorySleep {
        let until = self.lock().now + duration;
        MemorySleep { memory: self.clone(), until }
    }

    fn wakeups(&self) -> MemoryWakeups {
        MemoryWakeups(self.clone())
    }

    /// Different every time, the same in every run: SplitMix64.
    fn random(&self, bytes: &mut [u8]) {
        let mut world = self.lock();
        for chunk in bytes.chunks_mut(8) {
            world.randomness = world.randomness.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = world.randomness;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            for (to, from) in chunk.iter_mut().zip(word.to_le_bytes()) {
                *to = from;
            }
        }
    }

    fn load(&self, key: &str) -> Option<String> {
        self.kept(key)
    }

    fn save(&self, key: &str, value: &str) {
        self.lock().kept.insert(key.to_owned(), value.to_owned());
    }

    fn remove(&self, key: &str) {
        self.lock().kept.remove(key);
    }

    fn warn(&self, message: &str) {
        self.lock().warnings.push(message.to_owned());
    }
}

impl Http for Memory {
    type Put = MemoryPut;
    type Sleep = MemorySleep;

    fn put(&self, request: &PutRequest) -> MemoryPut {
        let mut world = self.lock();
        world.puts.push(request.clone());
        world.put_events.clear();
        world.putting = true;
        MemoryPut { memory: self.clone(), number: world.puts.len() }
    }

    fn sleep(&self, duration: Duration) -> MemorySleep {
        Ports::sleep(self, duration)
    }
}

/// A connection being opened.
#[derive(Debug)]
pub struct MemoryDial {
    memory: Memory,
    number: usize,
}

/// An attempt that was given up can be answered no more.
impl Drop for MemoryDial {
    fn drop(&mut self) {
        let mut world = self.memory.lock();
        if world.dials.len() == self.number {
            world.dialing = false;
            world.answer = None;
        }
    }
}

impl Future for MemoryDial {
    type Output = Result<MemoryLink, Closed>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut world = self.memory.lock();
        let Some(answer) = world.answer.take() else {
            world.wakers.push(context.waker().clone());
            return Poll::Pending;
        };
        world.dialing = false;
        Poll::Ready(answer.map(|()| {
            world.open = true;
            world.incoming.clear();
            world.outgoing.clear();
            world.link += 1;
            MemoryLink { memory: self.memory.clone(), number: world.link, over: false }
        }))
    }
}

/// An open connection.
#[derive(Debug)]
pub struct MemoryLink {
    memory: Memory,
    number: u64,
    over: bool,
}

impl Link for MemoryLink {
    fn send(&mut self, text: String) {
        let mut world = self.memory.lock();
        if world.open && world.link == self.number {
            world.outgoing.push(text);
        }
    }

    fn close(&mut self, code: u16, reason: &str) {
        self.over = true;
        let mut world = self.memory.lock();
        world.closes.push((code, reason.to_owned()));
        if world.link == self.number {
            world.open = false;
        }
    }
}

impl Stream for MemoryLink {
    type Item = LinkEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<LinkEvent>> {
        let mut world = self.memory.lock();
        if self.over || world.link != self.number {
            return Poll::Ready(None);
        }
        match world.incoming.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None => {
                world.wakers.push(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Bytes on their way. Only the newest attempt is told anything.
#[derive(Debug)]
pub struct MemoryPut {
    memory: Memory,
    number: usize,
}

impl Stream for MemoryPut {
    type Item = PutEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<PutEvent>> {
        let mut world = self.memory.lock();
        if world.puts.len() != self.number {
            return Poll::Ready(None);
        }
        match world.put_events.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None => {
                world.wakers.push(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for MemoryPut {
    fn drop(&mut self) {
        let mut world = self.memory.lock();
        if world.puts.len() == self.number {
            world.putting = false;
        }
    }
}

/// A pause on the clock that is moved by hand.
#[derive(Debug)]
pub struct MemorySleep {
    memory: Memory,
    until: Timestamp,
}

impl Future for MemorySleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut world = self.memory.lock();
        if world.now >= self.until {
            return Poll::Ready(());
        }
        world.sleepers.push(context.waker().clone());
        Poll::Pending
    }
}

/// Changes of the surroundings.
#[derive(Debug)]
pub struct MemoryWakeups(Memory);

impl Stream for MemoryWakeups {
    type Item = Wakeup;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Wakeup>> {
        let mut world = self.0.lock();
        match world.wakeups.pop_front() {
            Some(wakeup) => Poll::Ready(Some(wakeup)),
            None => {
                world.wakers.push(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
