//! What a page keeps for its visitor.
//!
//! | key | holds | until |
//! |---|---|---|
//! | `tvox:<origin of the server>:token` | the secret by which the server knows the visitor again | as the configuration's `persist` says, or `forget()` |
//! | `…:chat` | the running conversation as it was last seen | it is over |
//! | `…:outbox` | messages that the server has not taken yet; in the session storage, as every tab sends its own | they are taken |
//!
//! The element adds keys of its own under the same prefix (`docs/element.md`). Nothing is written
//! before the visitor acts. Where the browser refuses storage, everything works until a reload.

use crate::core::config::{Persist, WidgetConf};

/// A storage of the page, under the prefix of one server.
#[derive(Clone, Debug)]
pub struct Storage {
    prefix: String,
    persist: Persist,
}

impl Storage {
    /// For the server of this configuration: until the tab is closed, unless it says otherwise.
    #[must_use]
    pub fn new(conf: &WidgetConf) -> Self {
        Self::or(Persist::Session, conf)
    }

    /// The same, for as long as `default` where the configuration does not say how long.
    #[must_use]
    pub fn or(default: Persist, conf: &WidgetConf) -> Self {
        Self {
            prefix: format!("tvox:{}:", conf.server.url.origin()),
            persist: conf.persist.unwrap_or(default),
        }
    }

    /// Reads a value.
    #[must_use]
    pub fn load(&self, key: &str) -> Option<String> {
        self.place(key)?.get_item(&self.name(key)).ok().flatten()
    }

    /// Writes a value, where the browser lets us.
    pub fn save(&self, key: &str, value: &str) {
        if let Some(storage) = self.place(key) {
            let _ = storage.set_item(&self.name(key), value);
        }
    }

    /// Forgets a value.
    pub fn remove(&self, key: &str) {
        if let Some(storage) = self.place(key) {
            let _ = storage.remove_item(&self.name(key));
        }
    }

    /// `None` where nothing is to be kept, or storage is blocked: reading the property alone may throw.
    fn place(&self, key: &str) -> Option<web_sys::Storage> {
        let place = match self.persist {
            Persist::None => return None,
            Persist::Local if key != "outbox" => web_sys::window()?.local_storage(),
            Persist::Local | Persist::Session => web_sys::window()?.session_storage(),
        };
        place.ok().flatten()
    }

    fn name(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}
