//! A browser's WebRTC, played by a script: what is asked of it is kept, what it answers is told.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use futures::channel::mpsc;
use tvox_widget::core::model::Candidate;
use tvox_widget::core::ports::{PeerId, Ports, Rtc, RtcCommand, RtcEvent, Sample};
use tvox_widget::core::{MediaError, MediaSource, Timestamp};
use tvox_widget::platform::memory::Memory;

/// Clones are one browser.
#[derive(Clone)]
pub(crate) struct Script {
    world: Memory,
    kept: Rc<RefCell<Kept>>,
    teller: mpsc::UnboundedSender<RtcEvent>,
}

struct Kept {
    commands: Vec<RtcCommand>,
    events: Option<mpsc::UnboundedReceiver<RtcEvent>>,
    /// What there is not, and why.
    missing: Vec<(MediaSource, MediaError)>,
    descriptions: u32,
    /// The last peer connection that was opened.
    peer: PeerId,
    /// Captures wait to be answered by hand.
    slow: bool,
}

impl Script {
    pub(crate) fn new(world: &Memory) -> Self {
        let (teller, events) = mpsc::unbounded();
        let kept = Kept {
            commands: Vec::new(),
            events: Some(events),
            missing: Vec::new(),
            descriptions: 0,
            peer: PeerId(0),
            slow: false,
        };
        Self { world: world.clone(), kept: Rc::new(RefCell::new(kept)), teller }
    }

    /// A device cannot be had from now on.
    pub(crate) fn lacks(&self, source: MediaSource, error: fn(MediaSource) -> MediaError) {
        self.kept.borrow_mut().missing.push((source, error(source)));
    }

    /// The visitor takes time to answer the browser's question.
    pub(crate) fn hesitates(&self) {
        self.kept.borrow_mut().slow = true;
    }

    /// What was asked since the last time; measuring and looking left out.
    pub(crate) fn asked(&self) -> Vec<RtcCommand> {
        let mut commands = std::mem::take(&mut self.kept.borrow_mut().commands);
        commands.retain(|it| !matches!(it, RtcCommand::Measure(_) | RtcCommand::Enumerate));
        commands
    }

    pub(crate) fn peer(&self) -> PeerId {
        self.kept.borrow().peer
    }

    pub(crate) fn tell(&self, event: RtcEvent) {
        self.teller.unbounded_send(event).unwrap();
    }

    pub(crate) fn finds(&self, candidate: &str) {
        let candidate = Candidate {
            candidate: candidate.to_owned(),
            sdp_mid: Some("0".to_owned()),
            ..Candidate::default()
        };
        self.tell(RtcEvent::Found(self.peer(), Some(candidate)));
    }

    pub(crate) fn receives(&self, bytes: f64) {
        let sample = Sample { bytes_in: bytes, round_trip: Some(0.02), ..Sample::default() };
        self.tell(RtcEvent::Sampled(self.peer(), Box::new(sample)));
    }

    /// What a browser does by itself.
    fn reacts(&self, command: &RtcCommand) {
        let mut kept = self.kept.borrow_mut();
        match command {
            RtcCommand::Capture(sources) if !kept.slow => {
                for source in sources {
                    let missing = kept.missing.iter().find(|(known, _)| known == source);
                    let outcome = missing.map_or(Ok(()), |(_, error)| Err(*error));
                    self.tell(RtcEvent::Captured(*source, outcome));
                }
            }
            RtcCommand::Open { peer, .. } => kept.peer = *peer,
            RtcCommand::Offer(peer, _) | RtcCommand::Answer(peer) => {
                kept.descriptions += 1;
                let sdp = format!("description {}", kept.descriptions);
                self.tell(RtcEvent::Described(*peer, Ok(sdp)));
            }
            RtcCommand::Apply(peer, ..) => self.tell(RtcEvent::Applied(*peer, Ok(()))),
            RtcCommand::Gather(peer) => {
                let hosts = "v=0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n\
                             a=candidate:2 1 udp 1 198.51.100.7 9 typ relay\r\n";
                self.tell(RtcEvent::Gathered(*peer, hosts.to_owned()));
            }
            RtcCommand::Capture(_)
            | RtcCommand::Release(_)
            | RtcCommand::Enable(_)
            | RtcCommand::Choose(..)
            | RtcCommand::Enumerate
            | RtcCommand::Configure { .. }
            | RtcCommand::Show(..)
            | RtcCommand::Pause(..)
            | RtcCommand::Candidates(..)
            | RtcCommand::Tones(..)
            | RtcCommand::Measure(_)
            | RtcCommand::Play
            | RtcCommand::Close(_) => {}
        }
    }
}

impl Rtc for Script {
    type Events = mpsc::UnboundedReceiver<RtcEvent>;
    type Sleep = Pin<Box<dyn Future<Output = ()>>>;

    fn perform(&self, command: RtcCommand) {
        self.reacts(&command);
        self.kept.borrow_mut().commands.push(command);
    }

    fn events(&self) -> Self::Events {
        self.kept.borrow_mut().events.take().expect("asked for once")
    }

    fn now(&self) -> Timestamp {
        self.world.now()
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        Box::pin(self.world.sleep(duration))
    }
}
