//! One peer connection of str0m's, and what goes back on it.

use crate::wire::telephony::Candidate as WireCandidate;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Instant;
use str0m::change::SdpPendingOffer;
use str0m::crypto::{CryptoProvider, from_feature_flags};
use str0m::format::{Codec, CodecExtra, FormatParams, PayloadParams};
use str0m::media::{
    Frequency, KeyframeRequestKind, MediaData, MediaKind, MediaTime, Mid, TelephoneEvent,
};
use str0m::net::Protocol;
use str0m::{Candidate, Rtc};

/// One peer connection.
pub(super) struct Session {
    pub(super) rtc: Rtc,
    local: Vec<Candidate>,
    pub(super) pending: Option<Pending>,
    pub(super) media: Vec<(Mid, MediaKind)>,
    pub(super) connection: Connection,
    /// The key that was sent back last: where, and when it was pressed.
    pressed: Option<(Mid, MediaTime)>,
}

/// An offer of ours that waits for its answer.
pub(super) struct Pending {
    pub(super) generation: u32,
    pub(super) offer: SdpPendingOffer,
    /// What is new in it.
    pub(super) added: Option<Mid>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    Begun,
    Up,
    /// The visitor was asked for an ICE restart.
    Lost,
}

impl Session {
    pub(super) fn new(addresses: &[SocketAddr], now: Instant) -> Self {
        // Made once: it looks at what the processor can do.
        static CRYPTO: LazyLock<Arc<CryptoProvider>> =
            LazyLock::new(|| Arc::new(from_feature_flags()));
        let mut config = Rtc::builder().set_crypto_provider(Arc::clone(&CRYPTO));
        // Keys pressed in a call (RFC 4733), at the clock rates of Opus and of G.711; the numbers that Chromium gives them.
        for (number, rate) in [(110, Frequency::FORTY_EIGHT_KHZ), (126, Frequency::EIGHT_KHZ)] {
            let format = FormatParams::default();
            config.codec_config().add_config(number.into(), None, Codec::Tele, rate, None, format);
        }
        let mut rtc = config.build(now);
        let local = addresses
            .iter()
            .filter_map(|address| Candidate::host(*address, Protocol::Udp).ok())
            .filter_map(|candidate| rtc.add_local_candidate(candidate).cloned())
            .collect();
        Self {
            rtc,
            local,
            pending: None,
            media: Vec::new(),
            connection: Connection::Begun,
            pressed: None,
        }
    }

    /// Ours, as `RTCIceCandidateInit` has them.
    pub(super) fn candidates(&mut self, sdp: &str) -> Vec<WireCandidate> {
        let ufrag = self.rtc.direct_api().local_ice_credentials().ufrag;
        // All media share one transport (max-bundle): that of the first.
        let mid = sdp.lines().find_map(|line| line.strip_prefix("a=mid:")).map(str::to_owned);
        let line = |candidate: &Candidate| WireCandidate {
            candidate: candidate.to_sdp_string(),
            sdp_mid: mid.clone(),
            sdp_m_line_index: Some(0),
            username_fragment: Some(ufrag.clone()),
        };
        self.local.iter().map(line).collect()
    }

    pub(super) fn mid_of(&self, kind: MediaKind) -> Option<Mid> {
        let is_usable = |mid: &Mid| self.rtc.media(*mid).is_some_and(|it| !it.stopped());
        let mut of_kind = self.media.iter().filter(|(_, it)| *it == kind).map(|(mid, _)| *mid);
        of_kind.rfind(is_usable)
    }

    pub(super) fn receives(&self, kind: MediaKind) -> bool {
        let media = self.mid_of(kind).and_then(|mid| self.rtc.media(mid));
        media.is_some_and(|media| media.direction().is_receiving())
    }

    pub(super) fn send_back(&mut self, data: MediaData) {
        if let CodecExtra::Tele(key) = data.codec_extra {
            self.press_back(&data, key);
            return;
        }
        let MediaData { mid, params, network_time, time, contiguous, data, .. } = data;
        if !contiguous {
            self.request_keyframe(mid, KeyframeRequestKind::Pli);
        }
        if let Some(writer) = self.rtc.writer(mid)
            && let Some(number) = writer.match_params(params)
            && let Err(error) = writer.write(number, network_time, time, data)
        {
            tracing::debug!(%error, "a frame is not sent back");
        }
    }

    /// A key that was pressed. It is told of again and again while it lasts, and the end three times (RFC 4733, 2.5.1.4): it goes back once, as a whole.
    fn press_back(&mut self, data: &MediaData, key: TelephoneEvent) {
        if !key.end || self.pressed == Some((data.mid, data.time)) {
            return;
        }
        self.pressed = Some((data.mid, data.time));
        let Some(writer) = self.rtc.writer(data.mid) else { return };
        let rate = data.params.spec().clock_rate;
        let audio = writer.payload_params().find(|it| {
            let spec = it.spec();
            spec.codec.is_audio() && spec.clock_rate == rate
        });
        let Some(number) = audio.map(PayloadParams::pt) else { return };
        let nothing: &[u8] = &[];
        let written =
            writer.telephone_event(key).write(number, data.network_time, data.time, nothing);
        if let Err(error) = written {
            tracing::debug!(%error, "a key is not sent back");
        }
    }

    /// The source of what we send is the other side itself.
    pub(super) fn request_keyframe(&mut self, mid: Mid, kind: KeyframeRequestKind) {
        if let Some(mut writer) = self.rtc.writer(mid)
            && writer.is_request_keyframe_possible(kind)
        {
            // Refused where nothing is received: then there is nothing to repair.
            let _ = writer.request_keyframe(None, kind);
        }
    }

    pub(super) fn request_keyframes(&mut self) {
        if let Some(mid) = self.mid_of(MediaKind::Video) {
            self.request_keyframe(mid, KeyframeRequestKind::Pli);
        }
    }
}
