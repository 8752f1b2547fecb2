//! One visitor: the real core, from the first dial to the good bye.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};
use tvox_widget::core::model::{ChannelType, Direction, StepType};
use tvox_widget::core::observe::Subscription;
use tvox_widget::core::session::chat::{Change, ChatSession, Delivery, Entry, EntryKind};
use tvox_widget::core::{ConnectionState, Phase as Link, Widget, WidgetConf};

use crate::counted::Counted;
use crate::meter::{Meter, Order, Timed};
use crate::run::{Phase, SERVICE};

/// How long somebody waits to be let in, or answered.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who a visitor is and what he does.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Where the server is.
    pub(crate) url: String,
    pub(crate) meter: Arc<Meter>,
    pub(crate) phase: watch::Receiver<Phase>,
    /// Whether he talks: how often, and how long after the others he begins.
    pub(crate) talk: Option<Pace>,
}

/// How often something happens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Between two times.
    pub(crate) every: Duration,
    /// Before the first.
    pub(crate) first: Duration,
}

impl Pace {
    /// The times, from now on. Those that were missed are made up for: they count as late.
    pub(crate) fn start(self) -> Interval {
        let mut ticks = interval_at(Instant::now() + self.first, self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        ticks
    }
}

/// The next time, if there are any.
pub(crate) async fn due(ticks: &mut Option<Interval>) -> Instant {
    match ticks {
        Some(ticks) => ticks.tick().await,
        None => std::future::pending().await,
    }
}

impl Visitor {
    /// Stays until everything is over.
    pub(crate) async fn visit(mut self) {
        let conf = WidgetConf::builder(&self.url).service(ChannelType::Chat, SERVICE, "Support");
        let conf = match conf.build() {
            Ok(conf) => conf,
            Err(error) => return self.meter.wrong(format!("visitor: {error}")),
        };
        let began = Instant::now();
        let (widget, driver) = Widget::new(conf, Counted::new(&self.url, Arc::clone(&self.meter)));
        let driver = tokio::spawn(driver.run());
        match timeout(PATIENCE, widget.ready()).await {
            Ok(Ok(())) => self.meter.took(Timed::Connect, began.elapsed()),
            Ok(Err(error)) => self.meter.wrong(format!("connect: {error}")),
            Err(_) => self.meter.wrong("connect: not within a minute"),
        }
        self.meter.counts.connected.fetch_add(1, Ordering::Relaxed);
        // As every page does: whether somebody is there.
        let status = widget.service_status(SERVICE, &ChannelType::Chat);
        let mut states = widget.client().connection_state();
        match self.talk {
            Some(pace) => self.talk(&widget, &mut states, pace).await,
            None => self.stay(&mut states).await,
        }
        drop(status);
        widget.disconnect();
        let _ = driver.await;
    }

    /// Reads, and keeps the page open.
    async fn stay(&mut self, states: &mut Subscription<ConnectionState>) {
        loop {
            tokio::select! {
                Some(state) = states.next() => self.look_at(&state),
                changed = self.phase.changed() => {
                    if changed.is_err() || *self.phase.borrow() == Phase::Over {
                        return;
                    }
                }
            }
        }
    }

    /// On loopback no connection is ever lost.
    fn look_at(&self, state: &ConnectionState) {
        match (state.phase, &state.reason) {
            (Link::Waiting | Link::Stopped, Some(reason)) => {
                self.meter.wrong(format!("connection: {reason}"));
            }
            (Link::Waiting | Link::Stopped, None) => self.meter.wrong("connection: lost"),
            (Link::Connecting | Link::Connected, _) => {}
        }
    }

    async fn talk(
        &mut self,
        widget: &Widget,
        states: &mut Subscription<ConnectionState>,
        pace: Pace,
    ) {
        let chat = widget.new_chat_session(SERVICE, Vec::new(), Some("Mario Rossi"), None);
        let asked = Instant::now();
        match timeout(PATIENCE, answered(&chat)).await {
            Ok(Ok(())) => self.meter.took(Timed::Answered, asked.elapsed()),
            Ok(Err(error)) => self.meter.wrong(format!("chat.create: {error}")),
            Err(_) => self.meter.wrong("nobody answered within a minute"),
        }
        self.meter.counts.talking.fetch_add(1, Ordering::Relaxed);
        let mut changes = chat.conversation();
        let mut sides = Sides::default();
        let mut ticks = None;
        loop {
            tokio::select! {
                meant = due(&mut ticks) => {
                    let number = sides.written;
                    sides.written += 1;
                    match chat.send(&self.meter.text(number, meant)) {
                        Ok(()) => drop(self.meter.counts.by_visitors[0].fetch_add(1, Ordering::Relaxed)),
                        Err(error) => self.meter.wrong(format!("send: {error}")),
                    }
                }
                Some(change) = changes.next() => self.follow(change, &mut sides),
                Some(state) = states.next() => self.look_at(&state),
                changed = self.phase.changed() => {
                    let phase = if changed.is_ok() { *self.phase.borrow() } else { Phase::Over };
                    match phase {
                        Phase::Arrival => {}
                        Phase::Talk => ticks = Some(pace.start()),
                        Phase::Drain => ticks = None,
                        Phase::Over => return,
                    }
                }
            }
        }
    }

    fn follow(&self, change: Change, sides: &mut Sides) {
        match change {
            Change::Insert { entry, .. } | Change::Update { entry, .. } => self.read(&entry, sides),
            Change::Reset(entries) => entries.iter().for_each(|entry| self.read(entry, sides)),
            // An entry that moves is put in anew.
            Change::Remove { .. } => {}
        }
    }

    fn read(&self, entry: &Entry, sides: &mut Sides) {
        if entry.kind != EntryKind::Message {
            return;
        }
        let Some((number, age)) = self.meter.read(&entry.text) else { return };
        match (&entry.direction, &entry.delivery) {
            (Direction::Outbound, Delivery::Failed(error)) => {
                self.meter.wrong(format!("message refused: {error}"));
            }
            (Direction::Outbound, Delivery::Sending) => {}
            (Direction::Outbound, _) => {
                // Its later fates, delivered and read, are told of the same entry.
                if number >= sides.acknowledged {
                    if number > sides.acknowledged {
                        self.meter.wrong("visitor: acknowledged out of order");
                    }
                    sides.acknowledged = number + 1;
                    self.meter.counts.by_visitors[1].fetch_add(1, Ordering::Relaxed);
                    self.meter.took(Timed::VisitorAck, age);
                }
            }
            (Direction::Inbound | Direction::Unknown(_), _) => {
                self.meter.counts.by_operators[2].fetch_add(1, Ordering::Relaxed);
                self.meter.took(Timed::VisitorSees, age);
                if let Err(kind) = sides.heard.take(number) {
                    self.meter.wrong(format!("visitor: {kind}"));
                }
            }
        }
    }
}

/// Who has said what by now.
#[derive(Debug, Default)]
struct Sides {
    /// By the visitor.
    written: u64,
    /// Of it.
    acknowledged: u64,
    /// By the operator.
    heard: Order,
}

/// Asks for an operator, and waits for him.
async fn answered(chat: &ChatSession) -> Result<(), tvox_widget::core::Error> {
    let mut steps = chat.session_monitor();
    chat.create().await?;
    while let Some(session) = steps.next().await {
        if session.step_type() == Some(&StepType::Connected) {
            return Ok(());
        }
    }
    Err(tvox_widget::core::Error::Cancelled)
}
