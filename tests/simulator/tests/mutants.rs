//! Whether the simulator would notice: it is shown mistakes. With the feature `mutants` only.
#![cfg(feature = "mutants")]
#![allow(missing_docs)]

use tvox_simulator::mutant::Mutant;
use tvox_simulator::world::{Size, play};

/// Seeds within which a mistake must be noticed; the same ones show nothing without it.
const SEEDS: u64 = 400;

/// The first seed that shows that this mistake is made, of so many.
fn noticed(mutant: Option<Mutant>, seeds: u64) -> Option<(u64, Vec<String>)> {
    let size = Size { messages: 25, faults: 10, reloads: true, mutant };
    (0..seeds).map(|seed| (seed, play(seed, size).violations)).find(|(_, seen)| !seen.is_empty())
}

fn notices(mutant: Mutant, what: &str) {
    let found = noticed(Some(mutant), SEEDS);
    let tells = |(_, seen): &(u64, Vec<String>)| seen.iter().any(|line| line.contains(what));
    assert!(found.as_ref().is_some_and(tells), "{}: {found:?}", mutant.name());
}

#[test]
fn without_a_mistake_there_is_nothing_to_notice() {
    assert_eq!(noticed(None, SEEDS), None);
}

#[test]
fn a_server_that_carries_out_a_repeated_key_doubles_messages() {
    notices(Mutant::NoDedupe, "doubled");
}

#[test]
fn an_outbox_that_sends_everything_at_once_reorders_messages() {
    notices(Mutant::Pipelined, "reordered");
}

#[test]
fn a_log_that_is_followed_without_a_cursor_loses_messages() {
    notices(Mutant::NoSince, "lost");
}

#[test]
fn events_that_are_taken_whatever_their_number_are_told_twice() {
    notices(Mutant::NoSeqCheck, "was told after");
}

#[test]
fn a_heartbeat_that_takes_any_frame_for_life_misses_a_silent_loss() {
    notices(Mutant::AnyInbound, "unnoticed");
}

#[test]
fn an_answer_of_a_new_connection_that_is_taken_for_an_old_ones_loses_messages() {
    notices(Mutant::StaleIds, "lost");
}

#[test]
fn a_page_that_keeps_what_waits_but_not_what_is_under_way_loses_messages() {
    notices(Mutant::SentIsGone, "lost");
}
