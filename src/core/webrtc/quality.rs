//! How good a line is, from the counters of a peer connection.
//!
//! The mean opinion score is an estimate after the E-model (ITU-T G.107), in the short form that
//! many WebRTC tools use: a rating `R` falls with the delay from mouth to ear and with loss,
//! and annex B of G.107 turns it into a score. It knows nothing of echo, noise and codecs: it compares
//! lines, it does not judge voices.

use std::collections::VecDeque;

use crate::core::model::{Advice, Quality};
use crate::core::ports::Sample;
use crate::core::time::Timestamp;

/// How many samples, one a second, make a judgement.
const WINDOW: usize = 5;

/// The rating of a line without any delay or loss (ITU-T G.107, default values).
const BEST: f64 = 93.2;

/// Codec, packets and sound card, in milliseconds.
const PROCESSING: f64 = 10.0;

/// The level that a score is worth.
const LEVELS: [(f64, u8); 4] = [(4.2, 5), (4.0, 4), (3.6, 3), (3.0, 2)];

/// Measures one peer connection.
#[derive(Debug, Default)]
pub(super) struct Meter {
    samples: VecDeque<(Timestamp, Sample)>,
}

impl Meter {
    /// Another peer connection.
    pub(super) fn reset(&mut self) {
        self.samples.clear();
    }

    /// Takes a sample; a judgement as soon as there are two.
    pub(super) fn take(
        &mut self,
        sample: &Sample,
        now: Timestamp,
        camera: bool,
    ) -> Option<Quality> {
        // A receiver that was made anew begins at zero.
        if self.samples.back().is_some_and(|(_, last)| sample.bytes_in < last.bytes_in) {
            self.reset();
        }
        if self.samples.len() > WINDOW {
            self.samples.pop_front();
        }
        self.samples.push_back((now, *sample));
        let (since, first) = self.samples.front()?;
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let seconds = now.since(*since).as_millis() as f64 / 1000.0;
        (seconds > 0.0).then(|| judge(first, sample, seconds, camera))
    }
}

fn judge(first: &Sample, last: &Sample, seconds: f64, camera: bool) -> Quality {
    let more = |of: fn(&Sample) -> f64| (of(last) - of(first)).max(0.0);
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let (received, lost) = (more(|it| it.received), more(|it| it.lost));
    let loss = share(lost, received + lost).max(last.lost_there.clamp(0.0, 1.0));
    let waited = 1000.0 * share(more(|it| it.buffered), more(|it| it.played));
    let round_trip = last.round_trip.map(|seconds| 1000.0 * seconds);
    let jitter = 1000.0 * last.jitter;
    let delay = round_trip.unwrap_or(0.0) / 2.0 + waited.max(2.0 * jitter) + PROCESSING;
    let mos = opinion(delay, 100.0 * loss);
    let level = LEVELS.iter().find(|(least, _)| mos > *least).map_or(1, |(_, level)| *level);
    let advice = (level <= 2).then_some(match (loss > 0.03, camera) {
        (true, true) => Advice::CameraOff,
        (true, false) => Advice::Network,
        (false, _) => Advice::Delay,
    });
    Quality {
        level,
        mos,
        round_trip,
        jitter,
        loss,
        bits_in: 8.0 * more(|it| it.bytes_in) / seconds,
        bits_out: 8.0 * more(|it| it.bytes_out) / seconds,
        frames: more(|it| it.frames) / seconds,
        freezes: whole(last.freezes),
        relayed: last.relayed,
        advice,
    }
}

/// From a delay in milliseconds and a loss in percent.
fn opinion(delay: f64, loss: f64) -> f64 {
    let late = if delay < 160.0 { delay / 40.0 } else { (delay - 120.0) / 10.0 };
    let rating = (BEST - late - 2.5 * loss).clamp(0.0, 100.0);
    // Below a rating of 6.5 the curve dips under its own lower end.
    (1.0 + 0.035 * rating + 7e-6 * rating * (rating - 60.0) * (100.0 - rating)).max(1.0)
}

fn whole(number: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from a float saturates"
    )]
    {
        number as u32
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn measured(samples: &[Sample], camera: bool) -> Option<Quality> {
        let mut meter = Meter::default();
        let mut quality = None;
        for (second, sample) in (0u64..).zip(samples) {
            quality = meter.take(sample, Timestamp::from_millis(1_000 * second), camera);
        }
        quality
    }

    fn sample(second: f64, lost: f64, round_trip: f64) -> Sample {
        Sample {
            received: 50.0 * second,
            lost: lost * second,
            bytes_in: 5_000.0 * second,
            bytes_out: 4_000.0 * second,
            frames: 30.0 * second,
            round_trip: Some(round_trip),
            jitter: 0.002,
            ..Sample::default()
        }
    }

    fn line(lost: f64, round_trip: f64) -> Vec<Sample> {
        (0..8).map(|second| sample(f64::from(second), lost, round_trip)).collect()
    }

    #[test]
    fn a_short_line_without_loss_is_excellent_and_needs_no_advice() {
        let quality = measured(&line(0.0, 0.02), true).unwrap();
        assert_eq!((quality.level, quality.advice), (5, None));
        assert!((4.2..=4.5).contains(&quality.mos), "{}", quality.mos);
        assert!((quality.bits_in - 40_000.0).abs() < 1.0);
        assert!((quality.frames - 30.0).abs() < 0.01);
    }

    #[test]
    fn each_trouble_lowers_the_level_and_has_its_own_advice() {
        let lossy = measured(&line(10.0, 0.05), true).unwrap();
        assert!(lossy.level <= 2, "{lossy:?}");
        assert!((lossy.loss - 1.0 / 6.0).abs() < 0.001);
        assert_eq!(lossy.advice, Some(Advice::CameraOff));
        assert_eq!(measured(&line(10.0, 0.05), false).unwrap().advice, Some(Advice::Network));
        let slow = measured(&line(0.0, 1.0), true).unwrap();
        assert!(slow.level <= 2, "{slow:?}");
        assert_eq!(slow.advice, Some(Advice::Delay));
    }

    #[test]
    fn loss_that_only_the_other_side_sees_counts() {
        let mut samples = line(0.0, 0.02);
        samples.last_mut().unwrap().lost_there = 0.2;
        assert!(measured(&samples, true).unwrap().level < 3);
    }

    #[test]
    fn one_sample_is_no_judgement_and_counters_that_begin_again_begin_a_new_one() {
        assert_eq!(measured(&[sample(3.0, 0.0, 0.02)], true), None);
        let mut meter = Meter::default();
        let at = Timestamp::from_millis;
        meter.take(&sample(100.0, 0.0, 0.02), at(0), true);
        assert_eq!(meter.take(&sample(0.0, 0.0, 0.02), at(1_000), true), None);
        assert!(meter.take(&sample(1.0, 0.0, 0.02), at(2_000), true).unwrap().bits_in > 0.0);
    }

    #[test]
    fn the_score_stays_within_its_scale_and_falls_with_delay_and_loss() {
        let mut last = f64::MAX;
        for delay in 0..200 {
            let score = opinion(f64::from(delay) * 10.0, 0.0);
            assert!((1.0..=4.5).contains(&score) && score <= last + 1e-9, "{delay}: {score}");
            last = score;
        }
        assert!(opinion(20.0, 1.0) > opinion(20.0, 5.0));
    }
}
