//! Does what the manager decides, on the platform's peer connections and devices.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::channel::{mpsc, oneshot};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};

use super::machine::Policy;
use super::manager::{Effect, Input, Manager, Ticket};
use crate::core::config::{IceGatherPolicy, TrickleIcePolicy, Webrtc};
use crate::core::connection;
use crate::core::error::Error;
use crate::core::map::Map;
use crate::core::model::{SessionId, Signal};
use crate::core::ports::Rtc;
use crate::core::rpc::{Reply, Request, Topic};
use crate::core::session::call::{Calls, Outcome, Wish};
use crate::core::session::{Command, Inbox};
use crate::core::time::Timestamp;

/// What makes calls be heard and seen. Run it once, beside the widget's own driver; it ends with the
/// widget.
#[must_use = "nothing is heard before `run`"]
pub struct MediaDriver<R: Rtc> {
    manager: Manager,
    rtc: R,
    events: R::Events,
    sleep: Option<(Timestamp, R::Sleep)>,
    wishes: mpsc::UnboundedReceiver<(Wish, Option<Outcome>)>,
    /// Questions to the server whose answers matter.
    asked: FuturesUnordered<Asked>,
    waiting: Map<Ticket, Outcome>,
    tickets: u64,
    calls: Calls,
    inbox: Inbox,
    over: bool,
}

/// A question that is under way.
struct Asked {
    id: SessionId,
    about: About,
    answer: oneshot::Receiver<Result<Reply, Error>>,
}

#[derive(Clone, Copy)]
enum About {
    Ways,
    Ice,
}

impl<R: Rtc> MediaDriver<R> {
    pub(crate) fn new(
        rtc: R,
        webrtc: Option<&Webrtc>,
        wishes: mpsc::UnboundedReceiver<(Wish, Option<Outcome>)>,
        calls: Calls,
        inbox: Inbox,
    ) -> Self {
        let policy = Policy {
            trickle: webrtc.map_or(TrickleIcePolicy::FullTrickle, |it| it.trickle_ice_policy),
            filter: webrtc.map_or(IceGatherPolicy::All, |it| it.ice_gather_policy).into(),
        };
        Self {
            manager: Manager::new(policy),
            events: rtc.events(),
            rtc,
            sleep: None,
            wishes,
            asked: FuturesUnordered::new(),
            waiting: Map::new(),
            tickets: 0,
            calls,
            inbox,
            over: false,
        }
    }

    /// Goes on until the widget ends.
    pub async fn run(mut self) {
        while !self.over {
            let input = poll_fn(|context| self.poll_input(context)).await;
            self.over = matches!(input, Input::Wish(Wish::End, _));
            for effect in self.manager.handle(input, self.rtc.now()) {
                self.perform(effect);
            }
        }
    }

    /// What happens next.
    #[inline(never)]
    fn poll_input(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        if let Poll::Ready(wish) = self.wishes.poll_next_unpin(context) {
            // Without the widget there is nothing to play for.
            let (wish, outcome) = wish.unwrap_or((Wish::End, None));
            return Poll::Ready(self.wish(wish, outcome));
        }
        if let Poll::Ready(Some(event)) = self.events.poll_next_unpin(context) {
            return Poll::Ready(Input::Rtc(event));
        }
        if let Poll::Ready(Some((id, about, outcome))) = self.asked.poll_next_unpin(context) {
            return Poll::Ready(match about {
                About::Ways => Input::Taken(id),
                About::Ice => Input::Ice(id, outcome.and_then(|reply| reply.ice())),
            });
        }
        self.poll_tick(context)
    }

    fn poll_tick(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        let Some(deadline) = self.manager.deadline() else { return Poll::Pending };
        let now = self.rtc.now();
        if now >= deadline {
            return Poll::Ready(Input::Tick);
        }
        if self.sleep.as_ref().is_none_or(|(until, _)| *until != deadline) {
            self.sleep = Some((deadline, self.rtc.sleep(deadline.since(now))));
        }
        let slept = self.sleep.as_mut().map(|(_, sleep)| Pin::new(sleep).poll(context));
        if let Some(Poll::Ready(())) = slept {
            self.sleep = None;
            return Poll::Ready(Input::Tick);
        }
        Poll::Pending
    }

    fn wish(&mut self, wish: Wish, outcome: Option<Outcome>) -> Input {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        if let Some(outcome) = outcome {
            self.waiting.insert(ticket, outcome);
        }
        Input::Wish(wish, ticket)
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Rtc(command) => self.rtc.perform(command),
            Effect::Say(id, signal) => {
                let request = Request::signal(&id, &signal);
                if matches!(signal, Signal::Candidates { .. }) {
                    self.ask(id, About::Ways, request);
                } else {
                    self.inbox.put(Command::Call(request, None));
                }
            }
            Effect::Ice(id) => {
                let request = Request::call_ice(&id);
                self.ask(id, About::Ice, request);
            }
            Effect::Watch(id) => self.connection(connection::Input::Watch(Topic::Signal(id), None)),
            Effect::Unwatch(id) => self.connection(connection::Input::Unwatch(Topic::Signal(id))),
            Effect::HangUp(id) => {
                self.inbox.put(Command::Call(Request::call_close(&id), None));
            }
            Effect::Tell(media) => self.calls.tell(media),
            Effect::Devices(devices) => self.calls.devices().update(devices),
            Effect::Muted(id, track, muted) => {
                if let Some(hint) = self.calls.muted(&id, track, muted) {
                    self.inbox.put(hint);
                }
            }
            Effect::Answer(ticket, outcome) => {
                if let Some(waiting) = self.waiting.remove(&ticket) {
                    let _ = waiting.send(outcome);
                }
            }
        }
    }

    /// Asks the server something that may take as long as it takes to be connected.
    fn ask(&mut self, id: SessionId, about: About, request: Request) {
        let (sender, answer) = oneshot::channel();
        self.inbox.put(Command::Patient(request, sender));
        self.asked.push(Asked { id, about, answer });
    }

    fn connection(&self, input: connection::Input) {
        self.inbox.put(Command::Connection(input));
    }
}

impl Future for Asked {
    type Output = (SessionId, About, Result<Reply, Error>);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.answer
            .poll_unpin(context)
            .map(|outcome| (self.id.clone(), self.about, outcome.unwrap_or(Err(Error::Cancelled))))
    }
}

impl<R: Rtc> fmt::Debug for MediaDriver<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaDriver").field("manager", &self.manager).finish_non_exhaustive()
    }
}
