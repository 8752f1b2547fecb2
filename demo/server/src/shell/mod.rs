//! Performs what the engine decides. One thread owns engine, store and echo; connections speak to it through a channel.
//!
//! What arrived together is handled together and committed once; frames go out after that commit and never before.

mod outlet;

pub use outlet::{Inlet, Outgoing, Outlet, cost};

use crate::echo::Echo;
use crate::engine::{
    Close, Dice, Digest, Door, Download, Effect, Engine, Input, LinkId, Mail, Record, Timestamp,
    Upload,
};
use crate::error::Error;
use crate::files::{self, Errand};
use crate::mail;
use crate::media::{Addresses, Peers, Report};
use crate::settings::Settings;
use crate::store::{Fresh, Store};
use crate::wire::fault::Fault;
use crate::wire::id::FileId;
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// Inputs handled before one commit: enough for one sync to serve many, few enough that nobody waits long.
const BATCH: usize = 256;

/// What the thread is told.
pub(crate) enum Message {
    /// A connection was made; what is for it goes to the outlet.
    Opened { link: LinkId, door: Door, origin: String, address: IpAddr, outlet: Outlet },
    /// A frame came in. The permit returns when it is dealt with.
    Frame { link: LinkId, text: String, permit: OwnedSemaphorePermit },
    /// A connection is gone.
    Closed { link: LinkId },
    /// A mail went out, or will not.
    Mailed { id: String, is_sent: bool },
    /// May these bytes come?
    MayUpload { file: FileId, token: String, reply: oneshot::Sender<Result<Upload, Fault>> },
    /// They are on the disk; answered once that is written down.
    Uploaded { file: FileId, digest: Digest, reply: Reply },
    /// A file was looked at.
    Scanned { file: FileId, is_clean: bool },
    /// May this be fetched?
    MayDownload { file: FileId, signature: String, reply: oneshot::Sender<Result<Download, Fault>> },
    /// The media of a call has something to say.
    Media(Report),
    /// Do nothing until the sender of the receiver's channel is dropped.
    Pause(Receiver<()>),
    /// Tell everybody, then end.
    ShutDown,
    /// End at once, as a killed process does.
    Die,
}

/// Where somebody waits for what is to be written down first.
type Reply = oneshot::Sender<Result<(), Fault>>;

/// The running thread.
pub(crate) struct Shell {
    pub(crate) messages: Sender<Message>,
    pub(crate) thread: JoinHandle<Result<(), Error>>,
}

/// Opens the store and starts the thread. The media of calls runs on that runtime.
pub(crate) fn start(
    settings: &Settings,
    addresses: Arc<Addresses>,
    runtime: Handle,
) -> Result<Shell, Error> {
    let mut store = Store::open(&settings.paths.data, &settings.store)?;
    let (engine, mails) = load(&mut store, settings)?;
    let (messages, inbox) = channel();
    let post = mail::start(settings, messages.clone())?;
    for mail in mails {
        // A thread that is gone is one that never was: the mail stays on the disk.
        let _ = post.send(mail);
    }
    let folder = files::folder(&settings.paths.data);
    files::tidy(&folder, &store.files()?);
    let porter = files::start(folder, messages.clone())?;
    let reports = messages.clone();
    let tell = Arc::new(move |report| {
        // Who asked for the media may be gone before it.
        let _ = reports.send(Message::Media(report));
    });
    let peers = Peers::new(runtime, addresses, tell);
    let mut core = Core {
        settings: settings.clone(),
        store,
        engine,
        inbox,
        post,
        outlets: BTreeMap::new(),
        echo: None,
        peers,
        next_own_link: u64::MAX,
        porter,
        records: Vec::new(),
        errands: Vec::new(),
        replies: Vec::new(),
        outgoing: VecDeque::new(),
    };
    let thread = std::thread::Builder::new()
        .name("tvox-engine".to_owned())
        .spawn(move || core.run())
        .map_err(|error| Error::System(format!("no thread for the engine: {error}")))?;
    Ok(Shell { messages, thread })
}

/// A program that speaks the operators' wire from inside.
struct Inside {
    link: LinkId,
    echo: Echo,
}

struct Core {
    settings: Settings,
    store: Store,
    engine: Engine,
    inbox: Receiver<Message>,
    /// To the thread that sends mail.
    post: Sender<Mail>,
    outlets: BTreeMap<LinkId, Outlet>,
    echo: Option<Inside>,
    /// His ends of calls.
    peers: Peers,
    /// Connections from inside are counted down, those from outside up.
    next_own_link: u64,
    /// To the thread that looks at files.
    porter: Sender<Errand>,
    records: Vec<Record>,
    errands: Vec<Errand>,
    replies: Vec<(Reply, Result<(), Fault>)>,
    outgoing: VecDeque<(LinkId, Outgoing)>,
}

impl Core {
    fn run(&mut self) -> Result<(), Error> {
        self.admit_echo();
        loop {
            self.perform()?;
            match self.wait() {
                Ok(message) => {
                    if self.take_all(message)?.is_break() {
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.tick();
        }
    }

    /// Takes a message, and what has arrived behind it.
    fn take_all(&mut self, first: Message) -> Result<ControlFlow<()>, Error> {
        let mut next = Some(first);
        for taken in 1..=BATCH {
            let Some(message) = next.take() else { break };
            if self.take(message)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if taken < BATCH {
                next = self.inbox.try_recv().ok();
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn take(&mut self, message: Message) -> Result<ControlFlow<()>, Error> {
        match message {
            Message::Opened { link, door, origin, address, outlet } => {
                self.outlets.insert(link, outlet);
                self.engine(Input::Opened { link, door, origin, address });
            }
            Message::Frame { link, text, permit } => {
                self.engine(Input::Frame { link, text });
                drop(permit);
            }
            Message::Closed { link } => {
                self.outlets.remove(&link);
                self.engine(Input::Closed { link });
            }
            Message::Mailed { id, is_sent } => {
                let done = if is_sent { Record::MailSent(id) } else { Record::MailGivenUp(id) };
                self.records.push(done);
            }
            Message::MayUpload { file, token, reply } => {
                let _ = reply.send(self.engine.may_upload(&file, &token, clock()));
            }
            Message::Uploaded { file, digest, reply } => {
                self.engine(Input::Uploaded { file: file.clone(), digest });
                self.replies.push((reply, self.engine.has_arrived(&file, &digest)));
            }
            Message::Scanned { file, is_clean } => self.engine(Input::Scanned { file, is_clean }),
            Message::MayDownload { file, signature, reply } => {
                let _ = reply.send(self.engine.may_download(&file, &signature, clock()));
            }
            Message::Media(report) => self.media_says(report),
            Message::Pause(resumed) => {
                self.perform()?;
                // Ends with an error when the other end is dropped: that is the signal.
                let _ = resumed.recv();
            }
            Message::ShutDown => {
                self.shut_down()?;
                return Ok(ControlFlow::Break(()));
            }
            Message::Die => return Ok(ControlFlow::Break(())),
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Waits for a message, or for the next thing that is due.
    fn wait(&self) -> Result<Message, RecvTimeoutError> {
        let echo = self.echo.as_ref().and_then(|inside| inside.echo.deadline());
        match self.engine.deadline().into_iter().chain(echo).min() {
            None => self.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(deadline) => {
                // A millisecond more, so that the deadline has passed when it is looked at.
                let wait = deadline.since(clock()) + Duration::from_millis(1);
                self.inbox.recv_timeout(wait)
            }
        }
    }

    fn tick(&mut self) {
        let now = clock();
        if self.engine.deadline().is_some_and(|deadline| deadline <= now) {
            self.engine(Input::Tick);
        }
        if let Some(inside) = &mut self.echo
            && inside.echo.deadline().is_some_and(|deadline| deadline <= now)
        {
            let frames = inside.echo.tick(now);
            self.inside_says(frames);
        }
    }

    /// The call is either the operator's inside or a trial of the engine's: the other one does not know it.
    fn media_says(&mut self, report: Report) {
        if let Some(inside) = &mut self.echo {
            let frames = inside.echo.report(&report);
            self.inside_says(frames);
        }
        self.engine(Input::Media(report));
    }

    /// What the operator inside sends, and what he has his media do.
    fn inside_says(&mut self, frames: Vec<String>) {
        let Some(inside) = &mut self.echo else { return };
        let link = inside.link;
        for order in inside.echo.orders() {
            self.peers.order(order);
        }
        for text in frames {
            self.engine(Input::Frame { link, text });
        }
    }

    /// Has the engine decide, and puts down what is to be done. What is for the operator inside is handed over at once.
    fn engine(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let now = clock();
            for effect in self.engine.handle(input, now) {
                match effect {
                    Effect::Store(record) => self.records.push(*record),
                    Effect::Send { link, text } => match &mut self.echo {
                        Some(inside) if inside.link == link => {
                            inputs.extend(
                                inside
                                    .echo
                                    .receive(&text, now)
                                    .into_iter()
                                    .map(|text| Input::Frame { link, text }),
                            );
                            for order in inside.echo.orders() {
                                self.peers.order(order);
                            }
                        }
                        Some(_) | None => self.outgoing.push_back((link, Outgoing::Text(text))),
                    },
                    Effect::Scan { file, stored } => {
                        self.errands.push(Errand::Scan { file, stored });
                    }
                    Effect::Media(order) => self.peers.order(order),
                    Effect::Discard { stored } => self.errands.push(Errand::Discard { stored }),
                    Effect::Close { link, close } => {
                        self.outgoing.push_back((link, Outgoing::Close(close)));
                    }
                }
            }
        }
    }

    /// Commits, then sends; again, where a client that does not read is closed.
    fn perform(&mut self) -> Result<(), Error> {
        loop {
            let records = std::mem::take(&mut self.records);
            let mails = mails_of(&records);
            match self.store.commit(records) {
                // What is on the disk may go out: if it is lost on its way, it is read again.
                Ok(()) => mails.into_iter().for_each(|mail| {
                    let _ = self.post.send(mail);
                }),
                Err(error) => self.recover(&error)?,
            }
            for stored in self.store.take_gone() {
                self.errands.push(Errand::Discard { stored });
            }
            for errand in std::mem::take(&mut self.errands) {
                let _ = self.porter.send(errand);
            }
            for (reply, answer) in std::mem::take(&mut self.replies) {
                // Who asked may be gone.
                let _ = reply.send(answer);
            }
            let mut slow = Vec::new();
            for (link, outgoing) in std::mem::take(&mut self.outgoing) {
                let Some(outlet) = self.outlets.get(&link) else { continue };
                let is_last = matches!(outgoing, Outgoing::Close(_));
                let has_room = outlet.put(outgoing);
                if (is_last || !has_room)
                    && let Some(outlet) = self.outlets.remove(&link)
                    && !has_room
                {
                    tracing::warn!(link = link.0, "a client does not read: closed");
                    outlet.cut(Close::slow_consumer());
                    slow.push(link);
                }
            }
            if slow.is_empty() {
                return Ok(());
            }
            for link in slow {
                self.engine(Input::Closed { link });
            }
        }
    }

    /// What could not be written did not happen: nobody was told of it, everybody comes again, and the engine is made anew from what is on the disk.
    fn recover(&mut self, error: &Error) -> Result<(), Error> {
        tracing::error!(%error, "could not be written; all connections are closed and everything is read again");
        self.outgoing.clear();
        // Nobody is told that his file is there: it is not.
        self.replies.clear();
        self.errands.clear();
        for outlet in std::mem::take(&mut self.outlets).into_values() {
            outlet.cut(Close::restarting());
        }
        self.echo = None;
        self.peers.end_all();
        let (engine, mails) = load(&mut self.store, &self.settings)?;
        self.engine = engine;
        for mail in mails {
            let _ = self.post.send(mail);
        }
        self.admit_echo();
        self.store.commit(std::mem::take(&mut self.records))
    }

    fn shut_down(&mut self) -> Result<(), Error> {
        self.echo = None;
        self.peers.end_all();
        self.engine(Input::Shutdown);
        self.perform()
    }

    fn admit_echo(&mut self) {
        if !self.settings.echo.enabled {
            return;
        }
        let link = LinkId(self.next_own_link);
        self.next_own_link -= 1;
        let mut echo = Echo::new(self.settings.echo.clone());
        let frames = echo.begin();
        self.echo = Some(Inside { link, echo });
        self.engine(Input::Opened {
            link,
            door: Door::Automatic,
            origin: String::new(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        });
        for text in frames {
            self.engine(Input::Frame { link, text });
        }
    }
}

fn mails_of(records: &[Record]) -> Vec<Mail> {
    let mail = |record: &Record| {
        if let Record::Mail(mail) = record { Some(mail.clone()) } else { None }
    };
    records.iter().filter_map(mail).collect()
}

/// The engine, and the mails that are not sent yet.
fn load(store: &mut Store, settings: &Settings) -> Result<(Engine, Vec<Mail>), Error> {
    let mut dice = system_dice()?;
    let (mut bytes, mut secret) = ([0; 6], [0; 32]);
    dice(&mut bytes);
    dice(&mut secret);
    let epoch = format!("e_{}", bytes.map(|byte| format!("{byte:02x}")).concat());
    let now = clock();
    let mut snapshot = store.load(&Fresh { epoch, secret }, now)?;
    let mails = std::mem::take(&mut snapshot.mails);
    let engine = Engine::new(settings.rules.clone(), snapshot, settings.http.handshake, dice, now);
    Ok((engine, mails))
}

/// The operating system's random numbers. That it has some is found out at the start.
fn system_dice() -> Result<Dice, Error> {
    getrandom::fill(&mut [0])
        .map_err(|error| Error::System(format!("no random numbers: {error}")))?;
    Ok(Box::new(|bytes| {
        if let Err(error) = getrandom::fill(bytes) {
            // A guessable token would open somebody's conversation: rather end here.
            tracing::error!(%error, "the operating system has run out of random numbers");
            std::process::abort();
        }
    }))
}

fn clock() -> Timestamp {
    jiff::Timestamp::now().into()
}
