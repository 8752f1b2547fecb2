//! A browser's counters, as [`Sample`].

use js_sys::{Array, Map, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::bind::Pc;
use crate::core::ports::Sample;

/// Measures.
pub(super) async fn measure(pc: Pc) -> Option<Sample> {
    let report = JsFuture::from(pc.stats()).await.ok()?;
    // `RTCStatsReport` is like a `Map`.
    let entries = Array::from(&report.unchecked_ref::<Map>().values());
    Some(sample(&entries.to_vec()))
}

fn sample(entries: &[JsValue]) -> Sample {
    let mut sample = Sample::default();
    let mut pair = None;
    for entry in entries {
        let number = |name: &str| number(entry, name).unwrap_or(0.0);
        match &*word(entry, "type") {
            "inbound-rtp" => {
                sample.bytes_in += number("bytesReceived") + number("headerBytesReceived");
                sample.received += number("packetsReceived");
                sample.lost += number("packetsLost");
                sample.frames += number("framesDecoded");
                sample.freezes += number("freezeCount");
                if word(entry, "kind") == "audio" {
                    sample.jitter = number("jitter");
                    sample.buffered = number("jitterBufferDelay");
                    sample.played = number("jitterBufferEmittedCount");
                }
            }
            "outbound-rtp" => {
                sample.bytes_out += number("bytesSent") + number("headerBytesSent");
            }
            "remote-inbound-rtp" => {
                sample.lost_there = sample.lost_there.max(number("fractionLost"));
                // What the other side's reports say is better than ICE's checks.
                sample.round_trip = self::number(entry, "roundTripTime").or(sample.round_trip);
            }
            "transport" => pair = Some(word(entry, "selectedCandidatePairId")),
            _ => {}
        }
    }
    let find = |id: String| entries.iter().find(|entry| word(entry, "id") == id);
    if let Some(pair) = pair.and_then(find) {
        let ice = number(pair, "currentRoundTripTime").filter(|seconds| *seconds > 0.0);
        sample.round_trip = sample.round_trip.or(ice);
        let local = find(word(pair, "localCandidateId"));
        sample.relayed = local.is_some_and(|local| word(local, "candidateType") == "relay");
    }
    sample
}

fn word(entry: &JsValue, name: &str) -> String {
    member(entry, name).as_string().unwrap_or_default()
}

fn number(entry: &JsValue, name: &str) -> Option<f64> {
    member(entry, name).as_f64()
}

fn member(entry: &JsValue, name: &str) -> JsValue {
    Reflect::get(entry, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
