use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::feed::{Feed, Wish};
use super::registry::{Muted, Registry, Told};
use crate::core::connection;
use crate::core::error::Error;
use crate::core::map::Map;
use crate::core::model::{
    CallChannelSession, CallMedia, ChannelType, Device, MediaPhase, SessionId, Signal, Track,
};
use crate::core::observe::{Subject, Subscription};
use crate::core::rpc::{DecodeError, LogEntry, Request, StateValue, Topic, TopicEvent};
use crate::core::session::{Command, Inbox};

/// The visitor's calls, as every handle of the widget shares them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    shared: Arc<Mutex<Shared>>,
}

/// The calls as the widget and its driver see them. It is a trait for a page's sake: what only its
/// methods use is loaded with [`Calls`], and a page that makes no calls loads none of it.
pub(crate) trait CallsOfWidget: fmt::Debug + Send + Sync {
    /// All that they can do.
    fn calls(&self) -> &Calls;

    /// Hears what the server says of a channel's call, or the other side of a call's media, or why
    /// there will be nothing more. Answers what is to be done then.
    fn hear(&self, topic: &Topic, event: TopicEvent) -> Result<Vec<Command>, DecodeError>;

    /// Nothing follows: the widget is disconnected.
    fn end(&self);
}

#[derive(Debug, Default)]
struct Shared {
    registry: Registry,
    /// Channels that the server is asked about.
    followed: Vec<ChannelType>,
    monitors: Map<ChannelType, Subject<CallChannelSession>>,
    /// Who plays them, if anybody does.
    feed: Option<Feed>,
    media: Map<SessionId, Subject<CallMedia>>,
    devices: Option<Subject<Vec<Device>>>,
    over: bool,
}

impl Calls {
    /// Listens to a channel's call; the present one first.
    pub(crate) fn monitor(
        &self,
        channel: &ChannelType,
        inbox: &Inbox,
    ) -> Subscription<CallChannelSession> {
        let mut shared = self.lock();
        // Made only now, they have not heard that the widget was disconnected.
        let over = shared.over || inbox.is_closed();
        let present = shared.registry.present(channel).cloned();
        let subject = shared.monitors.get_or_insert_with(channel.clone(), Subject::events);
        let monitor = match present {
            Some(present) => subject.subscribe_from(present),
            None => subject.subscribe(),
        };
        if over {
            subject.complete();
        }
        drop(shared);
        self.follow(channel, inbox);
        monitor
    }

    /// Ends a channel's monitors. A call that lives is still followed, until it ends.
    pub(crate) fn stop(&self, channel: &ChannelType, inbox: &Inbox) {
        let (monitor, rests) = {
            let mut shared = self.lock();
            (shared.monitors.remove(channel), shared.rests(channel))
        };
        if let Some(monitor) = monitor {
            monitor.complete();
        }
        if rests {
            inbox.put(unfollow(channel));
        }
    }

    /// The server has taken a call of the visitor's.
    pub(crate) fn created(&self, id: &SessionId, channel: &ChannelType, inbox: &Inbox) {
        self.lock().registry.created(id.clone(), channel.clone());
        self.follow(channel, inbox);
    }

    /// Somebody plays the calls from now on.
    pub(crate) fn attach(&self, feed: Feed) {
        self.lock().feed = Some(feed);
    }

    /// Who plays the calls, if anybody does.
    pub(crate) fn feed(&self) -> Option<Feed> {
        self.lock().feed.clone()
    }

    /// Whose call it is.
    pub(crate) fn channel(&self, id: &SessionId) -> Option<ChannelType> {
        self.lock().registry.channel(id)
    }

    /// Sound and picture of a call are there from now on.
    pub(crate) fn opened(&self, id: &SessionId) {
        let media = Subject::state(CallMedia::of(id.clone()));
        self.lock().media.insert(id.clone(), media);
    }

    /// What the server has said of a call before somebody played it is said again.
    pub(crate) fn retell(&self, id: &SessionId) {
        let shared = self.lock();
        if let (Some(feed), Some(session)) = (&shared.feed, shared.registry.told_of(id)) {
            feed.put(Wish::Session(Box::new(session.clone())));
        }
    }

    /// Sound and picture of a call, as they are and as they change.
    pub(crate) fn media(&self, id: &SessionId) -> Subscription<CallMedia> {
        let known = self.lock().media.get(id).cloned();
        known.unwrap_or_else(|| ended(CallMedia::of(id.clone()))).subscribe()
    }

    /// Sound and picture of a call have changed.
    pub(crate) fn tell(&self, media: CallMedia) {
        let mut shared = self.lock();
        let over = media.phase == MediaPhase::Ended;
        let subject = if over {
            shared.media.remove(&media.session)
        } else {
            shared.media.get(&media.session).cloned()
        };
        drop(shared);
        if let Some(subject) = subject {
            subject.next(media);
            if over {
                subject.complete();
            }
        }
    }

    /// The devices there are, as often as that changes.
    pub(crate) fn devices(&self) -> Subject<Vec<Device>> {
        self.lock().devices.get_or_insert_with(Subject::replay).clone()
    }

    /// A device went, or was not there from the beginning. Answers what the other side is to be told.
    pub(crate) fn muted(&self, id: &SessionId, track: Track, muted: bool) -> Option<Command> {
        let toggled = self.lock().registry.set(id, track, muted)?;
        toggled.hint.then(|| hint(id, toggled.now))
    }

    /// Holds back what is heard or seen of the visitor, or lets it go again.
    pub(crate) async fn toggle(
        self,
        id: SessionId,
        track: Track,
        inbox: Inbox,
    ) -> Result<bool, Error> {
        let (toggled, feed) = {
            let mut shared = self.lock();
            (shared.registry.toggle(&id, track), shared.feed.clone())
        };
        let operation = match track {
            Track::Audio => "toggleAudioMute",
            Track::Video => "toggleVideoMute",
        };
        let muted = toggled.ok_or(Error::WrongState { operation, state: "not running" })?;
        let on = !muted.now.is(track);
        if let Some(feed) = feed
            && let Err(error) = feed.ask(Wish::Switch(id.clone(), track, on)).await
        {
            // The device could not be had: what was wished for is taken back.
            self.lock().registry.set(&id, track, on);
            return Err(error);
        }
        if muted.hint {
            inbox.put(hint(&id, muted.now));
        }
        Ok(true)
    }

    /// Has the server tell of a channel's call, unless it does.
    fn follow(&self, channel: &ChannelType, inbox: &Inbox) {
        {
            let mut shared = self.lock();
            if shared.followed.contains(channel) {
                return;
            }
            shared.followed.push(channel.clone());
        }
        let topic = Topic::Call(channel.clone());
        inbox.put(Command::Connection(connection::Input::Watch(topic, None)));
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallsOfWidget for Calls {
    fn calls(&self) -> &Calls {
        self
    }

    fn hear(&self, topic: &Topic, event: TopicEvent) -> Result<Vec<Command>, DecodeError> {
        match topic {
            Topic::Call(channel) => self.state(channel, event),
            Topic::Signal(id) => self.signals(id, event).map(|()| Vec::new()),
            Topic::Channels
            | Topic::Service(..)
            | Topic::Chat(_)
            | Topic::Receipts(_)
            | Topic::Session(_) => Ok(Vec::new()),
        }
    }

    fn end(&self) {
        let mut shared = self.lock();
        shared.over = true;
        for monitor in shared.monitors.values() {
            monitor.complete();
        }
        if let Some(feed) = shared.feed.take() {
            feed.put(Wish::End);
        }
    }
}

impl Calls {
    fn state(&self, channel: &ChannelType, event: TopicEvent) -> Result<Vec<Command>, DecodeError> {
        let mut shared = self.lock();
        let value = match event {
            TopicEvent::State { value: StateValue::Call(value), .. } => value,
            TopicEvent::Failed(error) => {
                shared.followed.retain(|followed| followed != channel);
                if let Some(monitor) = shared.monitors.remove(channel) {
                    monitor.fail(error);
                }
                return Ok(Vec::new());
            }
            TopicEvent::State { .. } | TopicEvent::Log { .. } | TopicEvent::Ephemeral(_) => {
                return Ok(Vec::new());
            }
        };
        let Told { news, answered } = shared.registry.told(channel, value.session()?);
        if let Some(feed) = &shared.feed {
            news.iter().for_each(|session| feed.put(Wish::Session(Box::new(session.clone()))));
        }
        if let Some(monitor) = shared.monitors.get(channel) {
            news.into_iter().for_each(|session| monitor.next(session));
        }
        let mut wishes: Vec<_> = answered.map(|(id, muted)| hint(&id, muted)).into_iter().collect();
        if shared.rests(channel) {
            wishes.push(unfollow(channel));
        }
        Ok(wishes)
    }

    fn signals(&self, id: &SessionId, event: TopicEvent) -> Result<(), DecodeError> {
        let Some(feed) = self.feed() else { return Ok(()) };
        match event {
            TopicEvent::Log { events, .. } => {
                for entry in events {
                    if let LogEntry::Signal(signal) = entry {
                        feed.put(Wish::Heard(id.clone(), signal.signal()?));
                    }
                }
            }
            TopicEvent::Failed(error) => feed.put(Wish::Deaf(id.clone(), error)),
            TopicEvent::State { .. } | TopicEvent::Ephemeral(_) => {}
        }
        Ok(())
    }
}

impl Shared {
    /// Stops following a channel where nobody listens and nothing runs; answers whether it did.
    fn rests(&mut self, channel: &ChannelType) -> bool {
        if self.monitors.contains_key(channel) || self.registry.has_call(channel) {
            return false;
        }
        let before = self.followed.len();
        self.followed.retain(|followed| followed != channel);
        self.followed.len() < before
    }
}

/// For the operator's screen: it waits for the connection, and nobody waits for it.
fn hint(id: &SessionId, muted: Muted) -> Command {
    let signal = Signal::Media { audio: !muted.audio, video: !muted.video };
    Command::Call(Request::signal(id, &signal), None)
}

fn unfollow(channel: &ChannelType) -> Command {
    Command::Connection(connection::Input::Unwatch(Topic::Call(channel.clone())))
}

/// What is over.
fn ended(media: CallMedia) -> Subject<CallMedia> {
    let subject = Subject::state(CallMedia { phase: MediaPhase::Ended, ..media });
    subject.complete();
    subject
}
