use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::registry::{Muted, Registry, Told};
use crate::core::connection;
use crate::core::error::Error;
use crate::core::map::Map;
use crate::core::model::{CallChannelSession, ChannelType, SessionId};
use crate::core::observe::{Subject, Subscription};
use crate::core::ports::{Media, Track};
use crate::core::rpc::{DecodeError, Request, StateValue, Topic, TopicEvent};
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

    /// Hears what the server says of a channel's call, or why it will say nothing more. Answers what
    /// is to be done then.
    fn hear(&self, channel: &ChannelType, event: TopicEvent) -> Result<Vec<Command>, DecodeError>;

    /// Nothing follows: the widget is disconnected.
    fn end(&self);
}

#[derive(Debug, Default)]
struct Shared {
    registry: Registry,
    /// Channels that the server is asked about.
    followed: Vec<ChannelType>,
    monitors: Map<ChannelType, Subject<CallChannelSession>>,
    media: Option<Engine>,
    over: bool,
}

/// The platform's engine need not have a `Debug`.
#[derive(Clone)]
struct Engine(Arc<dyn Media>);

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

    /// Gives calls their sound and picture.
    pub(crate) fn attach(&self, media: Arc<dyn Media>) {
        self.lock().media = Some(Engine(media));
    }

    /// Holds back what is heard or seen of the visitor, or lets it go again.
    pub(crate) async fn toggle(
        self,
        id: SessionId,
        track: Track,
        inbox: Inbox,
    ) -> Result<bool, Error> {
        let (toggled, media) = {
            let mut shared = self.lock();
            (shared.registry.toggle(&id, track), shared.media.clone())
        };
        let operation = match track {
            Track::Audio => "toggleAudioMute",
            Track::Video => "toggleVideoMute",
        };
        let muted = toggled.ok_or(Error::WrongState { operation, state: "not running" })?;
        if let Some(Engine(media)) = media
            && let Err(error) = media.switch(id.as_str(), track, !muted.now.is(track)).await
        {
            // The engine could not: what was wished for is taken back.
            self.lock().registry.toggle(&id, track);
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

    fn hear(&self, channel: &ChannelType, event: TopicEvent) -> Result<Vec<Command>, DecodeError> {
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
        if let Some(monitor) = shared.monitors.get(channel) {
            news.into_iter().for_each(|session| monitor.next(session));
        }
        let mut wishes: Vec<_> = answered.map(|(id, muted)| hint(&id, muted)).into_iter().collect();
        if shared.rests(channel) {
            wishes.push(unfollow(channel));
        }
        Ok(wishes)
    }

    fn end(&self) {
        let mut shared = self.lock();
        shared.over = true;
        for monitor in shared.monitors.values() {
            monitor.complete();
        }
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
    Command::Call(Request::signal_media(id, None, !muted.audio, !muted.video), None)
}

fn unfollow(channel: &ChannelType) -> Command {
    Command::Connection(connection::Input::Unwatch(Topic::Call(channel.clone())))
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}
