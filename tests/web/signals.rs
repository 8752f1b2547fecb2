//! From streams to signals.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use leptos::prelude::*;
use tvox_widget::core::Subject;
use tvox_widget::signals;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::until;

fn owner() -> Owner {
    let _ = any_spawner_ready();
    Owner::new()
}

/// What `mount_to` does for an application: effects need an executor.
fn any_spawner_ready() -> bool {
    drop(leptos::mount::mount_to(crate::page::place(), || ()));
    true
}

#[wasm_bindgen_test]
fn a_signal_has_the_present_value_from_the_beginning() {
    let subject = Subject::state(7);
    let owner = owner();
    owner.with(|| {
        let value = signals::latest(0, subject.subscribe());
        assert_eq!(value.get_untracked(), 7);
    });
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn the_end_of_the_owner_ends_the_subscription() {
    let subject = Subject::state(0);
    let owner = owner();
    owner.with(|| signals::latest(0, subject.subscribe()));
    assert_eq!(subject.subscribers(), 1);
    owner.cleanup();
    until("nobody listens", || subject.subscribers() == 0).await;
}

#[wasm_bindgen_test]
async fn what_arrives_within_a_frame_is_applied_together_and_in_order() {
    let subject = Subject::events();
    let owner = owner();
    let runs = Arc::new(AtomicUsize::new(0));
    let list = owner.with(|| {
        let list = signals::fold(Vec::new(), subject.subscribe(), Vec::push);
        let runs = runs.clone();
        Effect::new(move |_| {
            list.track();
            runs.fetch_add(1, Ordering::Relaxed);
        });
        list
    });
    until("the effect's first run", || runs.load(Ordering::Relaxed) == 1).await;
    for value in 0..1_000 {
        subject.next(value);
    }
    until("every value", || list.with_untracked(Vec::len) == 1_000).await;
    until("the effect's next run", || runs.load(Ordering::Relaxed) > 1).await;
    assert_eq!(runs.load(Ordering::Relaxed), 2, "one change for a thousand values");
    assert!(list.get_untracked().is_sorted());
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn a_stream_that_ends_leaves_its_last_value() {
    let subject = Subject::state(1);
    let owner = owner();
    let value = owner.with(|| signals::latest(0, subject.subscribe()));
    subject.next(2);
    subject.complete();
    until("the last value", || value.get_untracked() == 2).await;
    owner.cleanup();
}
