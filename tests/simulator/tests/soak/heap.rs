//! How much is allocated and not freed yet.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's, counted for each thread: tests run beside each other.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Whose heap it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The visitor's page: whatever is not the other's.
    Visitor,
    /// The contact centre: server and operator.
    Centre,
}

thread_local! {
    static LIVE: [Cell<usize>; 2] = const { [Cell::new(0), Cell::new(0)] };
    static OWNER: Cell<Owner> = const { Cell::new(Owner::Visitor) };
}

/// Bytes that this thread has allocated and not freed on somebody's behalf.
pub(crate) fn live(owner: Owner) -> usize {
    LIVE.with(|live| live[owner as usize].get())
}

/// Does something on the contact centre's behalf. What is given over must be copied, and freed where
/// it was allocated.
pub(crate) fn centre<T>(act: impl FnOnce() -> T) -> T {
    let before = OWNER.replace(Owner::Centre);
    let result = act();
    OWNER.set(before);
    result
}

fn count(change: impl FnOnce(usize) -> usize) {
    // A thread that ends frees when its counters are gone.
    let _ = OWNER.try_with(|owner| {
        LIVE.try_with(|live| {
            let live = &live[owner.get() as usize];
            live.set(change(live.get()));
        })
    });
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(|live| live.wrapping_add(layout.size()));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(|live| live.wrapping_sub(layout.size()));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(|live| live.wrapping_sub(layout.size()).wrapping_add(size));
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
