use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use super::storage::Storage;

/// Which of a visitor's tabs is the one that rings: the first, and when it goes the next (Web Locks
/// API). Dropping it gives the turn to another.
pub struct Turn(Rc<Held>);

#[derive(Default)]
struct Held {
    ours: Cell<bool>,
    gone: Cell<bool>,
    /// Ends the lock.
    end: RefCell<Option<Function>>,
}

impl Turn {
    /// Stands in line. `None` where the browser has no locks, or nothing is kept: every page is one
    /// of its own then.
    #[must_use]
    pub fn wait(storage: &Storage) -> Option<Self> {
        let name = storage.ring()?;
        let held = Rc::new(Held::default());
        let turn = Self(Rc::clone(&held));
        let granted = Closure::once_into_js(move |_: JsValue| {
            Promise::new(&mut |end: Function, _| {
                if held.gone.get() {
                    let _ = end.call0(&JsValue::UNDEFINED);
                } else {
                    held.ours.set(true);
                    held.end.replace(Some(end));
                }
            })
        });
        LOCKS.with(|locks| {
            let _asked = locks.as_ref()?.request(&name, granted.unchecked_ref());
            Some(turn)
        })
    }

    /// Whether it is this page's turn.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.0.ours.get()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.gone.set(true);
        if let Some(end) = self.0.end.take() {
            let _ = end.call0(&JsValue::UNDEFINED);
        }
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Turn").field(&self.is_ours()).finish()
    }
}

#[wasm_bindgen]
extern "C" {
    /// `LockManager`.
    type Locks;

    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = locks)]
    static LOCKS: Option<Locks>;

    #[wasm_bindgen(method)]
    fn request(this: &Locks, name: &str, granted: &Function) -> Promise;
}
