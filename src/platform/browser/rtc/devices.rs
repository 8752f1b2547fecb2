//! Microphone, camera and screen of the visitor.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::bind::{DeviceInfo, Exception, MEDIA_DEVICES, MediaDevices, Stream, Track};
use super::peer::parsed;
use crate::core::error::{MediaError, MediaSource};
use crate::core::json::Writer;
use crate::core::model::{Device, DeviceKind};

/// What each device gave, or why not.
pub(super) type Taken = Vec<(MediaSource, Result<Track, MediaError>)>;

/// Which devices were chosen, by kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen(Vec<(DeviceKind, String)>);

impl Chosen {
    pub(super) fn set(&mut self, kind: DeviceKind, id: String) {
        self.0.retain(|(known, _)| *known != kind);
        self.0.push((kind, id));
    }

    pub(super) fn get(&self, kind: DeviceKind) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == kind).map(|(_, id)| &**id)
    }
}

/// The browser's devices; none in a page without TLS.
pub(super) fn all() -> Option<MediaDevices> {
    MEDIA_DEVICES.with(Clone::clone)
}

/// Takes devices, in one question to the visitor where there are several; one by one where that fails,
/// to know which it was and to have the other.
pub(super) async fn take(sources: Vec<MediaSource>, chosen: Chosen) -> Taken {
    if let [_, _, ..] = &sources[..] {
        let together = ask(&sources, &chosen).await;
        let is_whole = together.iter().all(|(_, outcome)| outcome.is_ok());
        if is_whole {
            return together;
        }
    }
    let mut taken = Vec::new();
    for source in sources {
        taken.extend(ask(&[source], &chosen).await);
    }
    taken
}

/// The devices there are. `used`: the ids of those that are in use.
pub(super) async fn list(used: Vec<String>) -> Vec<Device> {
    let Some(devices) = all() else { return Vec::new() };
    let Ok(found) = JsFuture::from(devices.enumerate()).await else { return Vec::new() };
    let mut list = Vec::new();
    for info in js_sys::Array::from(&found).iter() {
        let info: DeviceInfo = info.unchecked_into();
        // Without an id it is only said that there is one, before anything was allowed.
        let (Some(kind), Some(id)) = (DeviceKind::named(&info.kind()), info.id()) else { continue };
        let used = used.contains(&id);
        list.push(Device { kind, id, label: info.label(), used });
    }
    list
}

async fn ask(sources: &[MediaSource], chosen: &Chosen) -> Taken {
    let failed = |error: fn(MediaSource) -> MediaError| {
        sources.iter().map(|source| (*source, Err(error(*source)))).collect()
    };
    let Some(devices) = all() else { return failed(MediaError::Unsupported) };
    // A choice counts; but one that is gone is no reason to have none.
    let mut answer = question(&devices, sources, chosen, Choice::Exact).await;
    if answer.as_ref().is_err_and(is_gone) {
        answer = question(&devices, sources, chosen, Choice::Ideal).await;
    }
    match answer {
        Ok(stream) => given(sources, stream.unchecked_ref()),
        Err(error) => failed(named(&error)),
    }
}

/// How a device that was chosen is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Exact,
    Ideal,
}

/// Asks the visitor. A browser that knows no such question throws.
async fn question(
    devices: &MediaDevices,
    sources: &[MediaSource],
    chosen: &Chosen,
    choice: Choice,
) -> Result<JsValue, JsValue> {
    let constraints = constraints(sources, chosen, choice);
    let asked = if sources.contains(&MediaSource::Screen) {
        devices.display_media(&constraints)
    } else {
        devices.user_media(&constraints)
    };
    JsFuture::from(asked?).await
}

/// What came, by kind.
fn given(sources: &[MediaSource], stream: &Stream) -> Taken {
    let mut tracks: Vec<Track> = stream.tracks().iter().map(JsCast::unchecked_into).collect();
    let mut taken = Vec::new();
    for source in sources {
        let kind = if *source == MediaSource::Microphone { "audio" } else { "video" };
        let at = tracks.iter().position(|track| track.kind() == kind);
        let track = at.map(|at| tracks.swap_remove(at));
        taken.push((*source, track.ok_or(MediaError::NotFound(*source))));
    }
    // The sound of a shared tab, which nobody asked for.
    tracks.iter().for_each(Track::stop);
    taken
}

fn constraints(sources: &[MediaSource], chosen: &Chosen, choice: Choice) -> JsValue {
    let mut writer = Writer::new();
    for source in sources {
        let (name, kind) = match source {
            MediaSource::Microphone => ("audio", DeviceKind::AudioInput),
            MediaSource::Camera => ("video", DeviceKind::VideoInput),
            MediaSource::Screen => {
                writer.flag("video", true);
                continue;
            }
        };
        writer.object(name);
        match chosen.get(kind) {
            // An ideal alone may be overruled by the browser's own choice.
            Some(id) if choice == Choice::Exact => {
                writer.object("deviceId");
                writer.text("exact", id);
                writer.end();
            }
            id => writer.optional("deviceId", id),
        }
        if *source == MediaSource::Camera {
            writer.text("facingMode", "user");
            writer.number("width", 1280);
            writer.number("height", 720);
            writer.number("frameRate", 30);
        }
        writer.end();
    }
    parsed(writer)
}

/// Whether a device that was asked for by name is not there any more.
fn is_gone(error: &JsValue) -> bool {
    error.unchecked_ref::<Exception>().name().as_deref() == Some("OverconstrainedError")
}

/// W3C, "Media Capture and Streams", section 10.3.1.
fn named(error: &JsValue) -> fn(MediaSource) -> MediaError {
    match error.unchecked_ref::<Exception>().name().as_deref() {
        // `InvalidStateError`: a screen may only be asked for in a click.
        Some("NotAllowedError" | "SecurityError" | "InvalidStateError") => {
            MediaError::PermissionDenied
        }
        Some("NotFoundError" | "OverconstrainedError") => MediaError::NotFound,
        Some("NotReadableError" | "AbortError") => MediaError::InUse,
        _ => MediaError::Unsupported,
    }
}
