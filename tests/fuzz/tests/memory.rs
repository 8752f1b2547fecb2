//! What reading a frame may cost, with every allocation counted.
#![allow(missing_docs, clippy::panic)]

mod support;

use proptest::prelude::*;
use tvox_fuzz::block::{FRAMES, play};
use tvox_fuzz::corpus::Corpus;
use tvox_fuzz::memory::{Counting, peak_of};
use tvox_fuzz::{server, widget};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn broken_golden_frames_panic_nowhere_take_no_undue_memory_and_end_no_connection() {
    let corpus = Corpus::load().unwrap_or_else(|problem| panic!("{problem}"));
    for seed in 0..10 {
        let outcome = play(seed, FRAMES, &corpus);
        assert_eq!(outcome.broken, None, "SEED={seed}");
        assert!(outcome.understood * 5 > FRAMES, "hardly a frame was read: {outcome:?}");
    }
}

#[test]
fn a_block_is_the_same_each_time() {
    let corpus = Corpus::load().unwrap_or_else(|problem| panic!("{problem}"));
    let understood = |seed| play(seed, 300, &corpus).understood;
    assert_eq!(understood(3), understood(3));
    assert_ne!(understood(3), understood(4));
}

#[test]
fn a_frame_over_64_kib_is_refused_before_it_takes_anything() {
    let long = format!("[{}0]", "0,".repeat(2_000_000));
    let (is_message, peak) = peak_of(|| widget::read(&widget::waiting_codec(), &long));
    assert!(!is_message && peak < 1_000, "{peak}");
}

#[test]
fn a_frame_nested_without_end_is_refused_before_it_takes_anything() {
    let deep = format!(r#"{{"id":1,"result":{}"#, "[".repeat(60_000));
    let codec = widget::waiting_codec();
    let (is_message, of_widget) = peak_of(|| widget::read(&codec, &deep));
    let (is_request, of_server) = peak_of(|| server::read(&deep));
    assert!(!is_message && !is_request);
    assert!(of_widget < 1_000 && of_server < 1_000, "{of_widget}, {of_server}");
}

proptest! {
    #![proptest_config(support::config(2_000))]

    #[test]
    fn no_text_at_all_panics_a_reader(text in any::<String>(), json in r#"[\[\]{}:,"0-9a-z\\ .eE+-]{0,200}"#) {
        let codec = widget::waiting_codec();
        for text in [&text, &json] {
            let (_, peak) = peak_of(|| (widget::read(&codec, text), server::read(text)));
            prop_assert!(peak <= text.len() * 128 + 32 * 1024, "{}", peak);
        }
    }
}
