use super::choice::choice;
use crate::core::json::Field;

choice! {
    /// When ICE candidates are sent (reference, `TrickleIcePolicy`; RFC 8838).
    TrickleIcePolicy {
        /// All of them inside the offer.
        NotSupported = "NotSupported",
        /// Each as it is found, both ways.
        FullTrickle = "FullTrickle",
        /// Ours inside the offer, the other side's as they are found.
        HalfTrickle = "HalfTrickle",
    } default FullTrickle
}

choice! {
    /// Which ICE candidates are used (reference, `IceGatherPolicy`).
    IceGatherPolicy {
        /// All of them.
        All = "All",
        /// None that shows an address of the visitor's own network.
        NoHost = "NoHost",
        /// Only those of a TURN server.
        Relay = "Relay",
    } default All
}

/// Audio and video (reference, `WebrtcConfig`). `videoContainer`, an element of the page, is taken
/// by the page's side and never gets here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webrtc {
    /// Whether calls are wanted.
    pub enabled: bool,
    /// When candidates are sent; as they are found by default.
    pub trickle_ice_policy: TrickleIcePolicy,
    /// Which candidates are used; all by default.
    pub ice_gather_policy: IceGatherPolicy,
}

impl Webrtc {
    /// Calls, with everything else as it is by default.
    pub const WANTED: Self = Self {
        enabled: true,
        trickle_ice_policy: TrickleIcePolicy::FullTrickle,
        ice_gather_policy: IceGatherPolicy::All,
    };

    #[inline(never)]
    pub(super) fn read(field: &Field<'_>) -> Self {
        field.known(&["enabled", "trickleIcePolicy", "iceGatherPolicy", "videoContainer"]);
        let trickle = field.word_or_number("trickleIcePolicy", TrickleIcePolicy::NAMES);
        let gather = field.word_or_number("iceGatherPolicy", IceGatherPolicy::NAMES);
        Self {
            enabled: field.get("enabled").needed_flag(),
            trickle_ice_policy: trickle.map(|at| TrickleIcePolicy::ALL[at]).unwrap_or_default(),
            ice_gather_policy: gather.map(|at| IceGatherPolicy::ALL[at]).unwrap_or_default(),
        }
    }
}
