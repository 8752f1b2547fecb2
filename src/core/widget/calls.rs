//! Audio and video calls (reference, "Video", "Call" and "WebRTCManager").
//!
//! State and signalling; sound and picture come with a platform's
//! [`Rtc`](crate::core::ports::Rtc), see [`Widget::attach_media`].

use std::future::Future;

use super::handle::Widget;
use super::media::{Devices, Manner};
use crate::core::error::Error;
use crate::core::model::{CallChannelSession, CallRequest, ChannelType, SessionId, Track};
use crate::core::observe::Subscription;
use crate::core::rpc::Request;
use crate::core::session::call::Wish;

impl Widget {
    /// The visitor's call of a channel, whenever something in it changed; the present one first
    /// (reference, `videoChannelSessionMonitor` and `callChannelSessionMonitor`).
    ///
    /// Silent while there is no call. A call that had ended before is never told, a reconnect alone
    /// tells nothing. The call's last word is the state `IDLE`; the monitor goes on, for the next
    /// call, until [`stop_call_monitor`](Self::stop_call_monitor) or the end of the widget.
    ///
    /// # Errors
    /// [`Error::Unmonitored`] for a channel that has no calls.
    pub fn call_monitor(
        &self,
        channel: &ChannelType,
    ) -> Result<Subscription<CallChannelSession>, Error> {
        has_calls(channel)?;
        Ok(self.calls().monitor(channel, &self.inbox()))
    }

    /// Ends the monitors of a channel's calls: they complete (reference,
    /// `videoChannelSessionMonitorStop` and `callChannelSessionMonitorStop`). The call goes on.
    pub fn stop_call_monitor(&self, channel: &ChannelType) {
        self.calls().stop(channel, &self.inbox());
    }

    /// Calls a service, by voice or by video. Answers the session's id (reference,
    /// `videoChannelSessionNew` and `callChannelSessionNew`). Name and address fall back to the
    /// configuration's; without any the contact is anonymous.
    ///
    /// # Errors
    /// [`Error::Config`] for `server.webrtc` where it is absent or not enabled;
    /// [`Error::Unmonitored`] for a channel that has no calls; [`Error::Refused`] (no such service,
    /// closed, 1106 `SESSION_OPEN` while another call of the channel runs …);
    /// [`Error::NotConnected`] after 10 s without a connection.
    pub fn new_call(
        &self,
        channel: &ChannelType,
        service: &str,
        customer_display_name: Option<&str>,
        customer_value: Option<&str>,
    ) -> impl Future<Output = Result<SessionId, Error>> + Send + use<> {
        let customer = Some(self.customer_named(customer_display_name, customer_value));
        self.create_call(CallRequest {
            channel: channel.clone(),
            service: service.to_owned(),
            customer,
            fields: Vec::new(),
            with: None,
        })
    }

    /// Tells how a call was, from 1 (bad) to 5 (good), during it or after its end. A later rating
    /// replaces an earlier one. True when the server has taken it.
    ///
    /// # Errors
    /// [`Error::Refused`] with 1203 `NOT_CONNECTED` for a call that no operator had, -32602
    /// `INVALID_PARAMS` for any other score.
    pub fn rate_call(
        &self,
        call: &SessionId,
        score: u8,
        comment: Option<&str>,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        let (inbox, request) = (self.inbox(), Request::session_rate(call, score, comment));
        async move { inbox.call(request).await?.done() }
    }

    /// Calls a service with all that can be said beforehand: answers to its form, and the
    /// conversation whose operator is to be rung.
    ///
    /// # Errors
    /// As [`new_call`](Self::new_call); 1303 `SESSION_NOT_FOUND` for a conversation that is not
    /// this visitor's.
    pub fn create_call(
        &self,
        call: CallRequest,
    ) -> impl Future<Output = Result<SessionId, Error>> + Send + use<> {
        let allowed = has_calls(&call.channel).and_then(|()| self.has_webrtc());
        let customer = self.customer(call.customer.clone());
        let (inbox, calls, channel) = (self.inbox(), self.calls().clone(), call.channel.clone());
        let call = CallRequest { customer, ..call };
        async move {
            allowed?;
            let devices = Devices::taken(&calls, channel == ChannelType::Video).await?;
            let reply = inbox.clone().call(Request::call_create(&call)).await?;
            let (id, ice) = (reply.call_id()?, reply.ice()?);
            devices.open(&calls, &id, ice, Manner::New);
            calls.created(&id, &channel, &inbox);
            Ok(id)
        }
    }

    /// Ends a call. True when there was one to end (reference, `videoChannelSessionClose` and
    /// `callChannelSessionClose`).
    ///
    /// # Errors
    /// [`Error::Refused`] with 1303 `SESSION_NOT_FOUND` for a call that is not this visitor's;
    /// [`Error::NotConnected`] after 10 s without a connection.
    pub fn close_call(
        &self,
        session: &SessionId,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        if let Some(feed) = self.calls().feed() {
            // Not only when the server knows: microphone and camera are off at once.
            feed.put(Wish::Close(session.clone()));
        }
        self.carried_out(Request::call_close(session))
    }

    /// Takes an operator's invitation, a call in state `NEW_INBOUND`. True when it is taken.
    ///
    /// # Errors
    /// [`Error::Config`] for `server.webrtc` where it is absent or not enabled;
    /// [`Error::Refused`] with 1301 `SESSION_CLOSED` when it does not ring any more.
    pub fn accept_call(
        &self,
        session: &SessionId,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        let allowed = self.has_webrtc();
        let (inbox, calls, id) = (self.inbox(), self.calls().clone(), session.clone());
        let picture = calls.channel(session) != Some(ChannelType::PhoneCall);
        async move {
            allowed?;
            let devices = Devices::taken(&calls, picture).await?;
            let reply = inbox.call(Request::call_accept(&id)).await?;
            let ice = reply.ice()?;
            devices.open(&calls, &id, ice, Manner::New);
            reply.call_id().map(|_| true)
        }
    }

    /// Refuses an operator's invitation.
    ///
    /// # Errors
    /// [`Error::Refused`] with 1301 `SESSION_CLOSED` when it does not ring any more.
    pub fn decline_call(
        &self,
        session: &SessionId,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        self.carried_out(Request::call_decline(session))
    }

    /// Holds the microphone back, or gives it again; a call begins with it on (reference,
    /// `toggleAudioMute`). True when that is so. The operator's side is told.
    ///
    /// # Errors
    /// [`Error::WrongState`] for a call that is not running; the engine's own error where the
    /// device could not be had.
    pub fn toggle_audio_mute(
        &self,
        session: &SessionId,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        self.calls().clone().toggle(session.clone(), Track::Audio, self.inbox())
    }

    /// Gives the camera back, or takes it again; a call begins with it on (reference,
    /// `toggleVideoMute`). True when that is so. The operator's side is told.
    ///
    /// # Errors
    /// As [`toggle_audio_mute`](Self::toggle_audio_mute).
    pub fn toggle_video_mute(
        &self,
        session: &SessionId,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        self.calls().clone().toggle(session.clone(), Track::Video, self.inbox())
    }

    fn carried_out(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        let asking = self.inbox().call(request);
        async move { asking.await?.done() }
    }

    pub(super) fn has_webrtc(&self) -> Result<(), Error> {
        let found = match &self.client().options().server.webrtc {
            Some(webrtc) if webrtc.enabled => return Ok(()),
            Some(_) => "enabled: false",
            None => "nothing",
        };
        Err(Error::mistake("server.webrtc", "enabled: true, for calls", found.to_owned()))
    }
}

fn has_calls(channel: &ChannelType) -> Result<(), Error> {
    match channel {
        ChannelType::Video | ChannelType::PhoneCall => Ok(()),
        ChannelType::Chat | ChannelType::Mail | ChannelType::Callback | ChannelType::Unknown(_) => {
            Err(Error::Unmonitored(format!("calls/{channel}").into()))
        }
    }
}
