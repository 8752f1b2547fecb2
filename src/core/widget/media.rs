//! Sound and picture of calls (reference, "WebRTCManager"), for whoever holds the widget.

use std::future::Future;

use super::handle::Widget;
use crate::core::connection;
use crate::core::error::Error;
use crate::core::model::{CallMedia, ChannelType, Device, DeviceKind, Ice, OpenSession, SessionId};
use crate::core::observe::Subscription;
use crate::core::ports::Rtc;
use crate::core::rpc::{Request, Topic};
use crate::core::session::Command;
use crate::core::session::call::{Calls, Feed, Wish};
use crate::core::webrtc::MediaDriver;

/// The platform of this page has no sound and no picture.
const NOT_ATTACHED: Error = Error::WrongState { operation: "media", state: "not attached" };

impl Widget {
    /// Gives the widget's calls their sound and picture. The caller runs the driver, as the widget's
    /// own; it ends with the widget.
    pub fn attach_media<R: Rtc>(&self, rtc: R) -> MediaDriver<R> {
        let (feed, wishes) = Feed::new();
        self.calls().attach(feed);
        let webrtc = self.client().options().server.webrtc.as_ref();
        MediaDriver::new(rtc, webrtc, wishes, self.calls().clone(), self.inbox())
    }

    /// Sound and picture of a call of this page, as they are and as they change; the last word is
    /// [`MediaPhase::Ended`](crate::core::model::MediaPhase::Ended).
    pub fn call_media(&self, session: &SessionId) -> Subscription<CallMedia> {
        self.calls().media(session)
    }

    /// The devices there are, with every change. Browsers tell their names only to a page that was
    /// allowed to use one.
    pub fn devices(&self) -> Subscription<Vec<Device>> {
        self.feed(Wish::Enumerate);
        self.calls().devices().subscribe()
    }

    /// Uses a device, in a running call at once; remembered for the calls of this page.
    ///
    /// # Errors
    /// [`Error::Media`] where it cannot be had: the call goes on without;
    /// [`Error::WrongState`] without an engine for media.
    pub fn choose_device(
        &self,
        kind: DeviceKind,
        device: &str,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.asked(Wish::Choose(kind, device.to_owned()))
    }

    /// Shows a screen in place of the camera, or the camera again. The browser asks which.
    ///
    /// # Errors
    /// [`Error::Media`] where it was not allowed; [`Error::WrongState`] without such a call.
    pub fn share_screen(
        &self,
        session: &SessionId,
        on: bool,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.asked(Wish::Share(session.clone(), on))
    }

    /// Dials in a call: digits, `*`, `#`, `A` to `D`, and `,` for a pause (RFC 4733).
    ///
    /// # Errors
    /// [`Error::WrongState`] where nobody is there yet to hear it.
    pub fn send_tones(
        &self,
        session: &SessionId,
        tones: &str,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.asked(Wish::Tones(session.clone(), tones.to_owned()))
    }

    /// Plays what the browser holds back until a gesture; to be called within one.
    pub fn play(&self) {
        self.feed(Wish::Play);
    }

    /// Takes up a call that an earlier page of the visitor had, within the time that the server
    /// keeps it (30 s).
    ///
    /// # Errors
    /// As [`new_call`](Self::new_call).
    pub fn join_call(
        &self,
        session: &OpenSession,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let allowed = self.has_webrtc();
        let (inbox, calls) = (self.inbox(), self.calls().clone());
        let (id, channel) = (session.id.clone(), session.channel.clone());
        async move {
            allowed?;
            let picture = channel == ChannelType::Video;
            let devices = Devices::taken(&calls, picture).await?;
            // What was said so far is read before the first word: the answer to the next call comes
            // after it.
            devices.open(&calls, &id, Ice::default(), Manner::Resumed);
            calls.created(&id, &channel, &inbox);
            let topic = Topic::Signal(id.clone());
            inbox.put(Command::Connection(connection::Input::Watch(topic, None)));
            let ice = inbox.call(Request::call_ice(&id)).await.and_then(|reply| reply.ice());
            let joined = ice.as_ref().map(|_| ()).map_err(Clone::clone);
            if let Some(feed) = calls.feed() {
                feed.put(if joined.is_ok() { Wish::Ice(id, ice) } else { Wish::Close(id) });
            }
            joined
        }
    }

    /// Calls an echo, to try devices and network with: no operator, no contact; it ends by itself
    /// after half a minute, or with [`close_call`](Self::close_call). What it is like tells
    /// [`call_media`](Self::call_media).
    ///
    /// # Errors
    /// As [`new_call`](Self::new_call).
    pub fn test_call(
        &self,
        video: bool,
    ) -> impl Future<Output = Result<SessionId, Error>> + Send + use<> {
        let allowed = self.has_webrtc();
        let (inbox, calls) = (self.inbox(), self.calls().clone());
        async move {
            allowed?;
            let devices = Devices::taken(&calls, video).await?;
            let reply = inbox.call(Request::call_test(video)).await?;
            let (id, ice) = (reply.call_id()?, reply.ice()?);
            devices.open(&calls, &id, ice, Manner::Test);
            Ok(id)
        }
    }

    /// Takes the microphone, and the camera where `video` says so, for the visitor to look at before a
    /// call; together with why one of them could not be had, once that is known. The preview goes over
    /// into a call that begins while it is held. Dropping it gives the devices back.
    ///
    /// # Errors
    /// [`Error::Media`]: of the microphone, without which there is no call, before the camera, without
    /// which there is; [`Error::WrongState`] without an engine for media.
    pub fn preview(
        &self,
        video: bool,
    ) -> (Preview, impl Future<Output = Result<(), Error>> + Send + use<>) {
        let preview = Preview(self.calls().feed());
        // Asked for at once: the preview may be dropped before anybody waits for the answer.
        let asking = preview.0.as_ref().map(|feed| feed.ask(Wish::Preview(video)));
        (preview, async move {
            match asking {
                Some(asking) => asking.await,
                None => Err(NOT_ATTACHED),
            }
        })
    }

    fn asked(&self, wish: Wish) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let feed = self.calls().feed();
        async move {
            match feed {
                Some(feed) => feed.ask(wish).await,
                None => Err(NOT_ATTACHED),
            }
        }
    }

    fn feed(&self, wish: Wish) {
        if let Some(feed) = self.calls().feed() {
            feed.put(wish);
        }
    }
}

/// Microphone and camera, looked at before a call: [`Widget::preview`].
#[derive(Debug)]
#[must_use = "dropping it gives the devices back"]
pub struct Preview(Option<Feed>);

impl Drop for Preview {
    fn drop(&mut self) {
        if let Some(feed) = &self.0 {
            feed.put(Wish::Abandon);
        }
    }
}

/// What kind of call the devices were taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    New,
    Resumed,
    Test,
}

/// Microphone and camera, taken for a call that is being made: given back where none comes of it.
#[must_use = "dropping them gives the devices back"]
pub(super) struct Devices {
    feed: Option<Feed>,
    picture: bool,
}

impl Devices {
    /// Takes them, where anybody plays calls at all.
    pub(super) async fn taken(calls: &Calls, picture: bool) -> Result<Self, Error> {
        let devices = Self { feed: calls.feed(), picture };
        if let Some(feed) = devices.feed.clone() {
            feed.ask(Wish::Prepare(picture)).await?;
        }
        Ok(devices)
    }

    /// The call is there.
    pub(super) fn open(mut self, calls: &Calls, id: &SessionId, ice: Ice, manner: Manner) {
        if let Some(feed) = self.feed.take() {
            calls.opened(id);
            let (resumed, test) = (manner == Manner::Resumed, manner == Manner::Test);
            feed.put(Wish::Opened { id: id.clone(), picture: self.picture, resumed, test });
            // A monitor may have heard of it before.
            calls.retell(id);
            if !resumed {
                feed.put(Wish::Ice(id.clone(), Ok(ice)));
            }
        }
    }
}

impl Drop for Devices {
    fn drop(&mut self) {
        if let Some(feed) = self.feed.take() {
            feed.put(Wish::Abandon);
        }
    }
}
