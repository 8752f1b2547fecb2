//! The virtual network as the widget's core sees it.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::Stream;
use tvox_widget::core::ports::{self, Closed, LinkEvent, Wakeup};
use tvox_widget::core::time::{Timestamp, millis};

use crate::net::{Link, Net, Time, Way, Who};

/// What the browser around a page keeps and says.
#[derive(Debug, Default)]
pub struct Tab {
    kept: BTreeMap<String, String>,
    wakeups: VecDeque<Wakeup>,
    waker: Option<Waker>,
}

impl Tab {
    /// Tells the page of a change.
    pub fn tell(&mut self, wakeup: Wakeup) {
        self.wakeups.push_back(wakeup);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// A new page in the same tab: the storage stays.
    pub fn reload(&mut self) {
        self.wakeups.clear();
        self.waker = None;
    }
}

/// One page's view of the world.
#[derive(Clone, Debug)]
pub struct SimPorts {
    /// The network.
    pub net: Rc<RefCell<Net>>,
    /// The tab that the page is in.
    pub tab: Rc<RefCell<Tab>>,
}

impl ports::Ports for SimPorts {
    type Link = SimLink;
    type Dial = Dial;
    type Sleep = Sleep;
    type Wakeups = Wakeups;

    fn dial(&self, _: &str, _: &'static str) -> Dial {
        let link = self.net.borrow_mut().dial(Who::Visitor);
        Dial { link, net: Rc::clone(&self.net), over: false }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.net.borrow().now())
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let until = self.net.borrow_mut().wake_time(millis(duration));
        Sleep { until, net: Rc::clone(&self.net) }
    }

    fn wakeups(&self) -> Wakeups {
        Wakeups(Rc::clone(&self.tab))
    }

    fn random(&self, bytes: &mut [u8]) {
        self.net.borrow_mut().roll(bytes);
    }

    fn load(&self, key: &str) -> Option<String> {
        self.tab.borrow().kept.get(key).cloned()
    }

    fn save(&self, key: &str, value: &str) {
        self.tab.borrow_mut().kept.insert(key.to_owned(), value.to_owned());
    }

    fn remove(&self, key: &str) {
        self.tab.borrow_mut().kept.remove(key);
    }

    fn warn(&self, _: &str) {}
}

/// A call that is not answered yet.
#[derive(Debug)]
pub struct Dial {
    link: Link,
    net: Rc<RefCell<Net>>,
    over: bool,
}

impl Future for Dial {
    type Output = Result<SimLink, Closed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let net = Rc::clone(&self.net);
        let mut net = net.borrow_mut();
        let Some(end) = net.end(self.link) else { return Poll::Ready(Err(Closed::abnormal())) };
        match end.opened.clone() {
            Some(outcome) => {
                self.over = true;
                let (link, net) = (self.link, Rc::clone(&self.net));
                Poll::Ready(outcome.map(|()| SimLink { link, net }))
            }
            None => {
                end.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Dial {
    fn drop(&mut self) {
        if !self.over {
            self.net.borrow_mut().client_closes(self.link);
        }
    }
}

/// An open connection.
#[derive(Debug)]
pub struct SimLink {
    link: Link,
    net: Rc<RefCell<Net>>,
}

impl Stream for SimLink {
    type Item = LinkEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<LinkEvent>> {
        let mut net = self.net.borrow_mut();
        let Some(end) = net.end(self.link) else { return Poll::Ready(None) };
        match end.incoming.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None => {
                end.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl ports::Link for SimLink {
    fn send(&mut self, text: String) {
        self.net.borrow_mut().send(self.link, Way::Up, &text);
    }

    fn close(&mut self, _: u16, _: &str) {
        self.net.borrow_mut().client_closes(self.link);
    }
}

impl Drop for SimLink {
    fn drop(&mut self) {
        self.net.borrow_mut().client_closes(self.link);
    }
}

/// A pause.
#[derive(Debug)]
pub struct Sleep {
    until: Time,
    net: Rc<RefCell<Net>>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut net = self.net.borrow_mut();
        if net.has_rung(self.until) {
            return Poll::Ready(());
        }
        net.sleep(self.until, context.waker().clone());
        Poll::Pending
    }
}

/// What the tab tells.
#[derive(Debug)]
pub struct Wakeups(Rc<RefCell<Tab>>);

impl Stream for Wakeups {
    type Item = Wakeup;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Wakeup>> {
        let mut tab = self.0.borrow_mut();
        match tab.wakeups.pop_front() {
            Some(wakeup) => Poll::Ready(Some(wakeup)),
            None => {
                tab.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
