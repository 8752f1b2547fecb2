//! What a call says and shows.

use crate::core::model::{
    Advice, CallChannelSession, CallMedia, CallState, ChatChannelSession, MediaPhase,
    MultiChannelState, Quality,
};
use crate::core::{Error, MediaError};
use crate::i18n::Key;

/// What a call has in common with a chat: queue, operator, end.
#[must_use]
pub fn contact(call: &CallChannelSession) -> ChatChannelSession {
    let state =
        if call.is_over() { Some(MultiChannelState::Closed) } else { call.session_state.clone() };
    ChatChannelSession {
        id: call.id.clone(),
        service: call.service.clone(),
        session_state: state,
        step: call.step.clone(),
        agent: call.agent.clone(),
    }
}

/// A length of time as a clock shows it: `0:07`, `12:07`, `1:02:07`.
#[must_use]
pub fn clock(millis: u64) -> String {
    let seconds = millis / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A quality in a word.
#[must_use]
pub const fn quality(quality: &Quality) -> Key {
    match quality.level {
        0..=2 => Key::QualityPoor,
        3 => Key::QualityFair,
        _ => Key::QualityGood,
    }
}

/// What is said over the pictures: the one thing that matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Nothing.
    None,
    /// The sound is on its way for the first time.
    Connecting,
    /// The way was lost and is looked for again.
    Reconnecting,
    /// An operator is being sought again.
    Handover,
    /// The operator has put the call on hold.
    Hold,
    /// A device could not be had.
    Device(MediaError),
    /// The line is poor, and something would help.
    Advice(Advice),
    /// More than two talk.
    Conference,
    /// The visitor shows a screen.
    Screen,
}

impl Remark {
    /// The remark for a call in this state with this sound and picture.
    #[must_use]
    pub fn of(state: Option<&CallState>, media: Option<&CallMedia>, handover: bool) -> Self {
        let phase = media.map(|media| media.phase).unwrap_or_default();
        let device = media.and_then(|media| media.error.as_ref()).and_then(device);
        let quality = media.and_then(|media| media.quality);
        let advice = quality.and_then(|quality| quality.advice);
        match (phase, device, advice) {
            _ if handover => Self::Handover,
            (MediaPhase::Reconnecting, ..) => Self::Reconnecting,
            _ if state == Some(&CallState::Hold) => Self::Hold,
            (MediaPhase::Waiting | MediaPhase::Connecting, ..) => Self::Connecting,
            (_, Some(error), _) => Self::Device(error),
            (.., Some(advice)) => Self::Advice(advice),
            _ if state == Some(&CallState::Conferenced) => Self::Conference,
            _ if media.is_some_and(|media| media.screen) => Self::Screen,
            _ => Self::None,
        }
    }

    /// Tells the remarks apart.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Connecting => 1,
            Self::Reconnecting => 2,
            Self::Handover => 3,
            Self::Hold => 4,
            Self::Conference => 5,
            Self::Screen => 6,
            Self::Advice(Advice::CameraOff) => 7,
            Self::Advice(Advice::Network) => 8,
            Self::Advice(Advice::Delay) => 9,
            Self::Device(error) => match error.source() {
                Some(source) => 10 + source as u32,
                None => 13,
            },
        }
    }

    /// Its words; those of a device are its own.
    #[must_use]
    pub const fn key(self) -> Option<Key> {
        Some(match self {
            Self::None => return None,
            Self::Connecting => Key::CallConnecting,
            Self::Reconnecting => Key::CallReconnecting,
            Self::Handover => Key::Transferring,
            Self::Hold => Key::OnHold,
            Self::Conference => Key::Conference,
            Self::Screen => Key::ScreenShown,
            Self::Advice(Advice::CameraOff) => Key::AdviceCamera,
            Self::Advice(Advice::Network) => Key::AdviceNetwork,
            Self::Advice(Advice::Delay) => Key::AdviceDelay,
            Self::Device(error) => trouble(error),
        })
    }

    /// The word in the `data-remark` attribute.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Connecting => "connecting",
            Self::Reconnecting => "reconnecting",
            Self::Handover => "handover",
            Self::Hold => "hold",
            Self::Device(_) => "device",
            Self::Advice(_) => "advice",
            Self::Conference => "conference",
            Self::Screen => "screen",
        }
    }
}

/// What is wrong with a device, where the call goes on without.
fn device(error: &Error) -> Option<MediaError> {
    match error {
        Error::Media(MediaError::Unreachable | MediaError::TakenOver) => None,
        Error::Media(error) => Some(*error),
        Error::Config(_)
        | Error::NotConnected
        | Error::ConnectionLost
        | Error::TimedOut { .. }
        | Error::Refused(_)
        | Error::Protocol(_)
        | Error::WrongState { .. }
        | Error::Unmonitored(_)
        | Error::Cancelled => None,
    }
}

/// What is wrong with sound or picture, in a line.
#[must_use]
pub const fn trouble(error: MediaError) -> Key {
    use crate::core::MediaSource::{Camera, Microphone, Screen};
    match error {
        MediaError::PermissionDenied(Microphone) => Key::MicrophoneDenied,
        MediaError::PermissionDenied(Camera) => Key::CameraDenied,
        MediaError::NotFound(Microphone) => Key::MicrophoneMissing,
        MediaError::NotFound(Camera) => Key::CameraMissing,
        MediaError::InUse(Microphone) => Key::MicrophoneInUse,
        MediaError::InUse(Camera) => Key::CameraInUse,
        MediaError::Unsupported(Microphone | Camera) => Key::CallsUnsupported,
        MediaError::PermissionDenied(Screen)
        | MediaError::NotFound(Screen)
        | MediaError::InUse(Screen)
        | MediaError::Unsupported(Screen) => Key::ScreenDenied,
        MediaError::Unreachable => Key::Unreachable,
        MediaError::TakenOver => Key::TakenOver,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::MediaSource;

    fn media(phase: MediaPhase) -> CallMedia {
        CallMedia { phase, ..CallMedia::of("s_1".into()) }
    }

    #[test]
    fn a_clock_has_hours_only_when_there_are_some() {
        assert_eq!(clock(0), "0:00");
        assert_eq!(clock(67_999), "1:07");
        assert_eq!(clock(3_600_000 + 2 * 60_000 + 7_000), "1:02:07");
    }

    #[test]
    fn a_lost_way_is_said_before_a_hold_and_a_hold_before_advice() {
        let quality = Quality {
            level: 2,
            mos: 2.0,
            round_trip: None,
            jitter: 0.0,
            loss: 0.2,
            bits_in: 0.0,
            bits_out: 0.0,
            frames: 0.0,
            freezes: 0,
            relayed: false,
            advice: Some(Advice::Network),
        };
        let poor = CallMedia { quality: Some(quality), ..media(MediaPhase::Connected) };
        let lost = CallMedia { phase: MediaPhase::Reconnecting, ..poor.clone() };
        let hold = Some(&CallState::Hold);
        assert_eq!(Remark::of(hold, Some(&lost), false), Remark::Reconnecting);
        assert_eq!(Remark::of(hold, Some(&poor), false), Remark::Hold);
        assert_eq!(Remark::of(None, Some(&poor), false), Remark::Advice(Advice::Network));
        assert_eq!(Remark::of(None, Some(&media(MediaPhase::Connected)), false), Remark::None);
    }

    #[test]
    fn a_call_of_which_nothing_flows_yet_is_connecting() {
        assert_eq!(Remark::of(None, None, false), Remark::Connecting);
    }

    #[test]
    fn a_missing_camera_is_named_and_no_way_to_the_other_side_is_no_device() {
        let missing = MediaError::NotFound(MediaSource::Camera);
        let dark =
            |error| CallMedia { error: Some(Error::Media(error)), ..media(MediaPhase::Connected) };
        assert_eq!(Remark::of(None, Some(&dark(missing)), false), Remark::Device(missing));
        let none = Remark::of(None, Some(&dark(MediaError::Unreachable)), false);
        assert_eq!(none, Remark::None);
    }

    #[test]
    fn an_idle_call_is_over_whatever_its_session_says() {
        let call = CallChannelSession {
            id: "s_1".into(),
            service: None,
            session_state: Some(MultiChannelState::Active),
            step: None,
            state: Some(CallState::Idle),
            start: None,
            time: None,
            agent: None,
            expires: None,
            with: None,
        };
        assert!(contact(&call).is_closed());
        assert!(!contact(&CallChannelSession { state: None, ..call }).is_closed());
    }
}
