//! How properties are tried.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::{FileFailurePersistence, RngSeed};

/// So many cases, the same ones each time; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let rng_seed = match asked.rng_seed {
        RngSeed::Random => RngSeed::Fixed(4),
        RngSeed::Fixed(seed) => RngSeed::Fixed(seed),
    };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { cases };
    let kept = FileFailurePersistence::WithSource("proptest-regressions");
    ProptestConfig { cases, rng_seed, failure_persistence: Some(Box::new(kept)), ..asked }
}
