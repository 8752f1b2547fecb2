//! A handle on one connection through the proxy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::fault::{Fault, Shape, Way};

/// One WebSocket connection that runs, or ran, through the proxy.
#[derive(Debug, Clone)]
pub struct Line {
    controls: Arc<Controls>,
}

/// Becomes known once a fault has taken effect: half a frame needs a frame.
#[derive(Debug)]
#[must_use = "a fault may come too late"]
pub struct Struck(oneshot::Receiver<()>);

impl Struck {
    /// Waits until the fault took effect; false if the line ended before it could.
    pub async fn took_effect(self) -> bool {
        self.0.await.is_ok()
    }
}

/// Dropped unsaid when the line ends first.
pub(crate) type Done = oneshot::Sender<()>;

/// What a relay is told about one of its directions.
#[derive(Debug)]
pub(crate) enum Order {
    Half(Done),
    Twice(Done),
    Say(Vec<u8>, Done),
    /// A last frame: nothing follows it.
    Last(Vec<u8>, Done),
}

/// How a connection is ended from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Cut,
    Reset,
}

/// What is true of a connection from moment to moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    pub(crate) shape: Shape,
    pub(crate) up: Flow,
    pub(crate) down: Flow,
}

/// One direction of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flow {
    /// Nothing arrives, nobody is told.
    pub(crate) lost: bool,
    /// Nothing arrives before.
    pub(crate) held: Option<Instant>,
}

impl Weather {
    pub(crate) const fn flow(&self, way: Way) -> Flow {
        match way {
            Way::Up => self.up,
            Way::Down => self.down,
        }
    }

    const fn flow_mut(&mut self, way: Way) -> &mut Flow {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
        }
    }
}

#[derive(Debug)]
struct Controls {
    path: String,
    weather: watch::Sender<Weather>,
    ends: mpsc::UnboundedSender<(End, Done)>,
    up: mpsc::UnboundedSender<Order>,
    down: mpsc::UnboundedSender<Order>,
    left: Arc<AtomicBool>,
}

/// The other end of a handle: what the relay listens to.
#[derive(Debug)]
pub(crate) struct Ears {
    pub(crate) weather: watch::Receiver<Weather>,
    pub(crate) ends: mpsc::UnboundedReceiver<(End, Done)>,
    pub(crate) up: mpsc::UnboundedReceiver<Order>,
    pub(crate) down: mpsc::UnboundedReceiver<Order>,
    /// The client has gone, whether the server knows it or not.
    pub(crate) left: Arc<AtomicBool>,
}

impl Line {
    pub(crate) fn new(path: String, shape: Shape) -> (Self, Ears) {
        let (weather, weather_ear) =
            watch::channel(Weather { shape, up: Flow::default(), down: Flow::default() });
        let (ends, ends_ear) = mpsc::unbounded_channel();
        let (up, up_ear) = mpsc::unbounded_channel();
        let (down, down_ear) = mpsc::unbounded_channel();
        let left = Arc::<AtomicBool>::default();
        let left_ear = Arc::clone(&left);
        let controls = Arc::new(Controls { path, weather, ends, up, down, left });
        let ears = Ears {
            weather: weather_ear,
            ends: ends_ear,
            up: up_ear,
            down: down_ear,
            left: left_ear,
        };
        (Self { controls }, ears)
    }

    /// The path that the client asked for, without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.controls.path
    }

    /// Whether the connection is still relayed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.controls.ends.is_closed()
    }

    /// Whether its client has not gone yet. A silent line outlives its client.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.is_open() && !self.controls.left.load(Ordering::Relaxed)
    }

    /// Whether nothing gets through it any more, one way or both.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        let weather = self.controls.weather.borrow();
        weather.up.lost || weather.down.lost
    }

    /// Gives it another latency and another rate, from the next byte on.
    pub fn shape(&self, shape: Shape) {
        self.controls.weather.send_modify(|weather| weather.shape = shape);
    }

    /// Lets a fault happen to it, now or with the next frame that fits.
    pub fn strike(&self, fault: &Fault) -> Struck {
        let (done, struck) = oneshot::channel();
        let controls = &self.controls;
        // Where a line has ended, its ears are gone, and `done` is dropped with what they should hear.
        match fault {
            Fault::Cut => drop(controls.ends.send((End::Cut, done))),
            Fault::Reset => drop(controls.ends.send((End::Reset, done))),
            Fault::Silence(way) => self.turn(done, |weather| weather.flow_mut(*way).lost = true),
            Fault::Stall(way, time) => {
                let until = Instant::now() + *time;
                self.turn(done, |weather| weather.flow_mut(*way).held = Some(until));
            }
            Fault::HalfFrame(Way::Up) => drop(controls.up.send(Order::Half(done))),
            Fault::HalfFrame(Way::Down) => drop(controls.down.send(Order::Half(done))),
            Fault::Close(code, reason) => {
                let frame = crate::frame::close(*code, reason);
                drop(controls.down.send(Order::Last(frame, done)));
            }
            Fault::Duplicate => drop(controls.down.send(Order::Twice(done))),
            Fault::Say(text) => {
                drop(controls.down.send(Order::Say(crate::frame::text(text), done)));
            }
        }
        Struck(struck)
    }

    fn turn(&self, done: Done, change: impl FnOnce(&mut Weather)) {
        if self.is_open() {
            self.controls.weather.send_modify(change);
            let _ = done.send(());
        }
    }
}
