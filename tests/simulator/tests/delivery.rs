//! What the simulator shows, in few seeds; `cargo xtask simulate` plays many.
#![allow(missing_docs, clippy::panic)]

use std::collections::BTreeMap;

use tvox_simulator::fault::{FAULTS, Fault};
use tvox_simulator::world::{Size, play};

const SIZE: Size = Size { messages: 25, faults: 10, reloads: true, mutant: None };

#[test]
fn nothing_is_lost_doubled_or_reordered_whatever_breaks() {
    let mut struck: BTreeMap<Fault, u64> = BTreeMap::new();
    for seed in 0..200 {
        let outcome = play(seed, SIZE);
        assert!(outcome.violations.is_empty(), "SEED={seed} {:?}", outcome.violations);
        for (fault, count) in outcome.faults {
            *struck.entry(fault).or_default() += count;
        }
    }
    for fault in FAULTS.iter() {
        assert!(
            struck.get(fault).is_some_and(|count| *count > 20),
            "{fault:?} hardly struck: {struck:?}"
        );
    }
}

#[test]
fn a_run_can_be_repeated_from_its_seed() {
    let told = |seed| {
        let outcome = play(seed, SIZE);
        (outcome.faults, outcome.messages, outcome.time)
    };
    assert_eq!(told(7), told(7));
    assert_ne!(told(7), told(8));
}
