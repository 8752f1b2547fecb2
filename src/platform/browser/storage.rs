//! What a page keeps for its visitor.
//!
//! | key | holds | until |
//! |---|---|---|
//! | `tvox:<origin of the server>:token` | the secret by which the server knows the visitor again | the tab is closed, or `forget()` |
//!
//! The element adds keys of its own under the same prefix (`docs/element.md`). Nothing is written
//! before the visitor acts. Where the browser refuses storage, everything works until a reload.

use crate::core::config::WidgetConf;

/// The session storage of the page, under the prefix of one server.
#[derive(Clone, Debug)]
pub struct Storage {
    prefix: String,
}

impl Storage {
    /// For the server of this configuration.
    #[must_use]
    pub fn new(conf: &WidgetConf) -> Self {
        Self { prefix: format!("tvox:{}:", conf.server.url.origin()) }
    }

    /// Reads a value.
    #[must_use]
    pub fn load(&self, key: &str) -> Option<String> {
        session_storage()?.get_item(&self.name(key)).ok().flatten()
    }

    /// Writes a value, where the browser lets us.
    pub fn save(&self, key: &str, value: &str) {
        if let Some(storage) = session_storage() {
            let _ = storage.set_item(&self.name(key), value);
        }
    }

    /// Forgets a value.
    pub fn remove(&self, key: &str) {
        if let Some(storage) = session_storage() {
            let _ = storage.remove_item(&self.name(key));
        }
    }

    fn name(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

/// `None` where storage is blocked: reading the property alone may throw.
fn session_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}
