//! The check before a call: how loud the microphone is, and whether the speaker is heard
//! (W3C, "Web Audio API").

use std::cell::RefCell;

use super::BrowserRtc;
use super::bind::{AudioContext, AudioNode, Player, Stream, Track};
use super::peer::forget;
use super::play::player;
use crate::core::error::MediaSource;

/// How many samples are looked at for a level: about 40 ms.
const SAMPLES: u32 = 2048;
/// Speech at arm's length fills about a fifth of the scale: as the meter shows it, most of it.
const GAIN: f64 = 5.0;
/// The two notes of the chime, in hertz, and how long each lasts, in seconds.
const NOTES: [f64; 2] = [523.25, 783.99];
const NOTE: f64 = 0.35;

/// What measures and what chimes, while it does.
#[derive(Debug, Default)]
pub(super) struct Sound {
    meter: RefCell<Option<Meter>>,
    // Held while it plays; the next one takes its place.
    chime: RefCell<Option<(AudioContext, Player)>>,
}

#[derive(Debug)]
struct Meter {
    track: Track,
    context: AudioContext,
    analyser: AudioNode,
    // Not read: some browsers collect a source that nobody holds.
    _source: AudioNode,
}

impl BrowserRtc {
    /// How loud the visitor's microphone is, 0 to 1; 0 while it is not held.
    #[must_use]
    pub fn level(&self) -> f64 {
        self.shared.sound.level(self.track(MediaSource::Microphone).as_ref())
    }

    /// Lets a short sound be heard, from the speaker that was chosen. To be called within a gesture.
    pub fn chime(&self) {
        self.shared.sound.chime(self.shared.stage.speaker().as_deref());
    }
}

impl Sound {
    /// How loud this microphone is, 0 to 1; 0 without one.
    pub(super) fn level(&self, microphone: Option<&Track>) -> f64 {
        let mut meter = self.meter.borrow_mut();
        if meter.as_ref().map(|meter| &meter.track) != microphone {
            *meter = microphone.and_then(Meter::new);
        }
        meter.as_ref().map_or(0.0, Meter::level)
    }

    /// The microphone is given back: nothing is measured any more.
    pub(super) fn rest(&self) {
        *self.meter.borrow_mut() = None;
    }

    /// Plays two notes on this speaker, or on the usual one. To be called within a gesture.
    pub(super) fn chime(&self, speaker: Option<&str>) {
        let played = chime(speaker);
        if let Some((before, _)) = self.chime.replace(played) {
            forget(before.end());
        }
    }
}

impl Meter {
    fn new(track: &Track) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let stream = Stream::new();
        stream.add_track(track);
        let source = context.source(&stream).ok()?;
        let analyser = context.analyser();
        source.connect(&analyser);
        Some(Self { track: track.clone(), context, analyser, _source: source })
    }

    fn level(&self) -> f64 {
        // It may have begun before a gesture.
        if let Ok(promise) = self.context.resume() {
            forget(promise);
        }
        let samples = js_sys::Float32Array::new_with_length(SAMPLES);
        self.analyser.samples(&samples);
        let samples = samples.to_vec();
        let power: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        ((power / f64::from(SAMPLES)).sqrt() * GAIN).min(1.0)
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        forget(self.context.end());
    }
}

/// Through an element, as the sound of calls: only those can choose a speaker everywhere.
fn chime(speaker: Option<&str>) -> Option<(AudioContext, Player)> {
    let context = AudioContext::new().ok()?;
    let player = player("audio")?;
    let (gain, destination) = (context.gain(), context.destination());
    gain.connect(&destination);
    let mut at = context.time();
    for note in NOTES {
        let tone = context.oscillator();
        tone.frequency().set_at(note, at);
        tone.connect(&gain);
        gain.loudness().set_at(0.0, at);
        gain.loudness().ramp_to(0.3, at + 0.02);
        gain.loudness().ramp_to(0.0, at + NOTE);
        tone.start_at(at);
        at += NOTE;
        tone.stop_at(at);
    }
    player.set_source(Some(&destination.stream()));
    if let Some(Ok(promise)) = speaker.map(|speaker| player.set_sink(speaker)) {
        forget(promise);
    }
    if let Ok(promise) = context.resume() {
        forget(promise);
    }
    if let Ok(promise) = player.play() {
        forget(promise);
    }
    Some((context, player))
}
