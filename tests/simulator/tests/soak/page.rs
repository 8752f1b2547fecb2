//! A visitor's page: the real core, on a wire that takes no time.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::executor::LocalPool;
use futures::stream::Pending;
use futures::task::LocalSpawnExt;
use futures::{FutureExt, Stream, StreamExt};
use tvox_demo_server::engine::LinkId;
use tvox_simulator::dice::Dice;
use tvox_widget::core::model::ChannelType;
use tvox_widget::core::ports::{self, Closed, LinkEvent, Wakeup};
use tvox_widget::core::session::chat::{Conversation, Delivery, EntryKind};
use tvox_widget::core::time::millis;
use tvox_widget::core::{Timestamp, Widget, WidgetConf};

use crate::centre::{Centre, Time};

/// Between two messages of the visitor.
const PAUSE: Time = 10_000;

#[derive(Debug)]
struct Wire {
    now: Time,
    link: u64,
    open: bool,
    dialled: bool,
    up: VecDeque<String>,
    down: VecDeque<LinkEvent>,
    reader: Option<Waker>,
    sleepers: BTreeMap<(Time, u64), Option<Waker>>,
    sleeps: u64,
    kept: BTreeMap<String, String>,
    dice: Dice,
}

#[derive(Clone, Debug)]
struct Ports(Rc<RefCell<Wire>>);

pub(crate) struct Page {
    wire: Rc<RefCell<Wire>>,
    pool: LocalPool,
    widget: Widget,
    /// Messages that were seen, of both sides.
    pub(crate) messages: u64,
    pub(crate) reconnects: u64,
    pub(crate) pings: u64,
}

impl Page {
    pub(crate) fn load(centre: &mut Centre) -> Self {
        let wire = Rc::new(RefCell::new(Wire {
            now: centre.now(),
            link: 1_000,
            open: false,
            dialled: false,
            up: VecDeque::new(),
            down: VecDeque::new(),
            reader: None,
            sleepers: BTreeMap::new(),
            sleeps: 0,
            kept: BTreeMap::new(),
            dice: Dice::new(7),
        }));
        let conf = WidgetConf::builder("http://localhost")
            .service(ChannelType::Chat, "service0001", "Support")
            .build()
            .unwrap();
        let (widget, driver) = Widget::new(conf, Ports(Rc::clone(&wire)));
        let pool = LocalPool::new();
        pool.spawner().spawn_local(driver.run()).unwrap();
        let mut page = Self { wire, pool, widget, messages: 0, reconnects: 0, pings: 0 };
        page.settle(centre);
        page
    }

    /// A conversation of a minute that begins at that time: five messages, five answers, and the
    /// connection lost in the middle.
    pub(crate) fn converse(&mut self, centre: &mut Centre, start: Time) {
        self.live_until(centre, start);
        let chat = self.widget.new_chat_session("service0001", Vec::new(), Some("Mario"), None);
        let mut changes = chat.conversation();
        let created = self.pool.spawner().spawn_local_with_handle(chat.create()).unwrap();
        self.settle(centre);
        created.now_or_never().unwrap().unwrap();
        for part in 0..5 {
            self.live_until(centre, start + part * PAUSE + 5_000);
            chat.send(&format!("part {part} of what there is to say")).unwrap();
            self.settle(centre);
            if part == 2 {
                self.cut(centre);
            }
        }
        self.live_until(centre, start + 60_000);
        chat.close();
        self.settle(centre);
        let mut list = Conversation::default();
        while let Some(Some(change)) = changes.next().now_or_never() {
            list.apply(change);
        }
        let messages = list.entries().iter().filter(|entry| entry.kind == EntryKind::Message);
        for entry in messages {
            assert!(entry.seq.is_some() && entry.delivery != Delivery::Sending);
            self.messages += 1;
        }
    }

    /// The network goes; both sides learn of it.
    fn cut(&mut self, centre: &mut Centre) {
        let link = {
            let mut wire = self.wire.borrow_mut();
            wire.open = false;
            wire.up.clear();
            wire.tell(LinkEvent::Closed(Closed::abnormal()));
            LinkId(wire.link)
        };
        centre.close(link);
        self.reconnects += 1;
        self.settle(centre);
    }

    pub(crate) fn live_until(&mut self, centre: &mut Centre, until: Time) {
        loop {
            let sleeper = self.wire.borrow().sleepers.keys().next().map(|(at, _)| *at);
            let next = centre.deadline().min(sleeper.unwrap_or(Time::MAX)).min(until);
            self.wire.borrow_mut().pass(next);
            centre.pass(next);
            self.settle(centre);
            if next == until {
                return;
            }
        }
    }

    /// Carries frames until there are none.
    fn settle(&mut self, centre: &mut Centre) {
        loop {
            self.pool.run_until_stalled();
            let mut wire = self.wire.borrow_mut();
            let link = LinkId(wire.link);
            if std::mem::take(&mut wire.dialled) {
                centre.open(link);
            }
            let frames = std::mem::take(&mut wire.up);
            let ping = r#""method":"ping""#;
            self.pings += frames.iter().filter(|text| text.contains(ping)).count() as u64;
            frames.iter().for_each(|text| centre.frame(link, text));
            let told = wire.open
                && centre.deliver(link, |text| wire.tell(LinkEvent::Text(text.to_owned())));
            if !told && wire.up.is_empty() {
                return;
            }
        }
    }
}

impl Wire {
    fn tell(&mut self, event: LinkEvent) {
        self.down.push_back(event);
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    fn pass(&mut self, now: Time) {
        self.now = self.now.max(now);
        for ((at, _), waker) in &mut self.sleepers {
            if *at <= now
                && let Some(waker) = waker.take()
            {
                waker.wake();
            }
        }
    }
}

impl ports::Ports for Ports {
    type Link = Link;
    type Dial = Ready<Result<Link, Closed>>;
    type Sleep = Sleep;
    type Wakeups = Pending<Wakeup>;

    fn dial(&self, _: &str, _: &'static str) -> Self::Dial {
        let mut wire = self.0.borrow_mut();
        wire.link += 1;
        (wire.open, wire.dialled) = (true, true);
        wire.down.clear();
        ready(Ok(Link(Rc::clone(&self.0))))
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.borrow().now)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let mut wire = self.0.borrow_mut();
        wire.sleeps += 1;
        let key = (wire.now + millis(duration), wire.sleeps);
        wire.sleepers.insert(key, None);
        Sleep(key, Rc::clone(&self.0))
    }

    fn wakeups(&self) -> Self::Wakeups {
        futures::stream::pending()
    }

    fn random(&self, bytes: &mut [u8]) {
        self.0.borrow_mut().dice.fill(bytes);
    }

    fn load(&self, key: &str) -> Option<String> {
        self.0.borrow().kept.get(key).cloned()
    }

    fn save(&self, key: &str, value: &str) {
        self.0.borrow_mut().kept.insert(key.to_owned(), value.to_owned());
    }

    fn remove(&self, key: &str) {
        self.0.borrow_mut().kept.remove(key);
    }

    fn warn(&self, message: &str) {
        panic!("{message}");
    }
}

#[derive(Debug)]
struct Link(Rc<RefCell<Wire>>);

impl ports::Link for Link {
    fn send(&mut self, text: String) {
        let mut wire = self.0.borrow_mut();
        if wire.open {
            wire.up.push_back(text);
        }
    }

    fn close(&mut self, _: u16, _: &str) {
        panic!("nothing here makes the core hang up");
    }
}

impl Stream for Link {
    type Item = LinkEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<LinkEvent>> {
        let mut wire = self.0.borrow_mut();
        match wire.down.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None => {
                wire.reader = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[derive(Debug)]
struct Sleep((Time, u64), Rc<RefCell<Wire>>);

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut wire = self.1.borrow_mut();
        if wire.now >= self.0.0 {
            return Poll::Ready(());
        }
        wire.sleepers.insert(self.0, Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.1.borrow_mut().sleepers.remove(&self.0);
    }
}
