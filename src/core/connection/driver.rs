//! Does what the machine decides: sockets, timers, wakeups.

use std::task::{Context, Poll};

use futures::{FutureExt, StreamExt};

use super::machine::Input;
use super::state::LinkId;
use crate::core::ports::{Closed, Link, LinkEvent, Ports};
use crate::core::rpc::SUBPROTOCOL;
use crate::core::time::Timestamp;

/// How many given-up sockets are kept while their close is on its way.
const CLOSING: usize = 4;

/// The socket of the moment, the one being opened, and the timer.
pub(crate) struct Wire<P: Ports> {
    url: String,
    dialing: Option<(LinkId, P::Dial)>,
    link: Option<(LinkId, P::Link)>,
    closing: Vec<P::Link>,
    timer: Option<(Timestamp, P::Sleep)>,
    wakeups: P::Wakeups,
}

impl<P: Ports> Wire<P> {
    pub(crate) fn new(url: String, ports: &P) -> Self {
        let wakeups = ports.wakeups();
        Self { url, dialing: None, link: None, closing: Vec::new(), timer: None, wakeups }
    }

    pub(crate) fn dial(&mut self, link: LinkId, ports: &P) {
        self.dialing = Some((link, ports.dial(&self.url, SUBPROTOCOL)));
    }

    pub(crate) fn send(&mut self, to: LinkId, text: String) {
        if let Some((_, link)) = self.link.as_mut().filter(|(id, _)| *id == to) {
            link.send(text);
        }
    }

    pub(crate) fn close(&mut self, which: LinkId, code: u16) {
        self.dialing.take_if(|(id, _)| *id == which);
        if let Some((_, mut link)) = self.link.take_if(|(id, _)| *id == which) {
            link.close(code, "");
            if self.closing.len() == CLOSING {
                drop(self.closing.remove(0));
            }
            self.closing.push(link);
        }
    }

    /// Whether a close is still on its way out.
    pub(crate) fn is_closing(&self) -> bool {
        !self.closing.is_empty()
    }

    /// The next thing that happens; `deadline` counts as one. Safe to abandon and poll again.
    pub(crate) fn poll_next(
        &mut self,
        deadline: Option<Timestamp>,
        ports: &P,
        context: &mut Context<'_>,
    ) -> Poll<Input> {
        self.closing.retain_mut(|link| !drained(link, context));
        if let Some((id, link)) = &mut self.link {
            let id = *id;
            match link.poll_next_unpin(context) {
                Poll::Ready(Some(LinkEvent::Text(text))) => {
                    return Poll::Ready(Input::Frame(id, text));
                }
                Poll::Ready(end) => {
                    self.link = None;
                    let closed = match end {
                        Some(LinkEvent::Closed(closed)) => closed,
                        Some(LinkEvent::Text(_)) | None => Closed::abnormal(),
                    };
                    return Poll::Ready(Input::Closed(id, closed));
                }
                Poll::Pending => {}
            }
        }
        if let Some((id, dial)) = &mut self.dialing {
            let id = *id;
            if let Poll::Ready(opened) = dial.poll_unpin(context) {
                self.dialing = None;
                return Poll::Ready(match opened {
                    Ok(link) => {
                        self.link = Some((id, link));
                        Input::Opened(id)
                    }
                    Err(closed) => Input::Closed(id, closed),
                });
            }
        }
        if let Poll::Ready(Some(wakeup)) = self.wakeups.poll_next_unpin(context) {
            return Poll::Ready(Input::Wake(wakeup));
        }
        self.poll_timer(deadline, ports, context)
    }

    fn poll_timer(
        &mut self,
        deadline: Option<Timestamp>,
        ports: &P,
        context: &mut Context<'_>,
    ) -> Poll<Input> {
        let Some(deadline) = deadline else {
            self.timer = None;
            return Poll::Pending;
        };
        if self.timer.as_ref().is_none_or(|(set, _)| *set != deadline) {
            let wait = deadline.since(ports.now());
            self.timer = Some((deadline, ports.sleep(wait)));
        }
        let Some((_, sleep)) = &mut self.timer else { return Poll::Pending };
        if sleep.poll_unpin(context).is_pending() {
            return Poll::Pending;
        }
        self.timer = None;
        Poll::Ready(Input::Tick)
    }
}

/// Whether a closing link has come to its end.
fn drained<L: Link>(link: &mut L, context: &mut Context<'_>) -> bool {
    loop {
        match link.poll_next_unpin(context) {
            Poll::Ready(Some(LinkEvent::Text(_))) => {}
            Poll::Ready(Some(LinkEvent::Closed(_)) | None) => return true,
            Poll::Pending => return false,
        }
    }
}
