//! Counts what is allocated: how much a piece of work holds at its peak.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, which counts each thread's bytes. A program makes it its own with
/// `#[global_allocator]`; where none has, every peak is 0.
#[derive(Clone, Copy, Debug)]
pub struct Counting;

#[derive(Clone, Copy)]
struct Count {
    held: isize,
    peak: isize,
}

thread_local! {
    // Without a destructor, so that it can be counted to the thread's very end.
    static COUNT: Cell<Count> = const { Cell::new(Count { held: 0, peak: 0 }) };
}

fn count(bytes: isize) {
    let Count { held, peak } = COUNT.get();
    COUNT.set(Count { held: held + bytes, peak: peak.max(held + bytes) });
}

fn size(layout: Layout) -> isize {
    isize::try_from(layout.size()).unwrap_or(isize::MAX)
}

// SAFETY: every call is the system allocator's; beside it only numbers are kept.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(size(layout));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-size(layout));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(at, layout) }
    }
    // `realloc` is the trait's own: a new place and the old one, both held while it is copied.
}

/// Does some work, and says how many bytes it held at its peak beyond what was held before.
pub fn peak_of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = held();
    COUNT.set(Count { held: before, peak: before });
    let done = work();
    (done, usize::try_from(COUNT.get().peak - before).unwrap_or_default())
}

/// What this thread has allocated and not given back, in bytes. Less than 0 where it gave back what
/// others had allocated.
#[must_use]
pub fn held() -> isize {
    COUNT.get().held
}
