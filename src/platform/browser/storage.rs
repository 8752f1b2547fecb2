//! What a page keeps for its visitor.
//!
//! | key | holds | until |
//! |---|---|---|
//! | `tvox:<origin of the server>:token` | the secret by which the server knows the visitor again | as the configuration's `persist` says, or `forget()` |
//! | `…:session` | which conversation runs | it is over |
//! | `…:chat` | the running conversation as it was last seen | it is over |
//! | `…:outbox` | messages that the server has not taken yet; in the session storage, as every tab sends its own | they are taken |
//!
//! The element adds keys of its own under the same prefix (`docs/element.md`). Nothing is written
//! before the visitor acts. Where the browser refuses storage, everything works until a reload.

use web_sys::BroadcastChannel;

use crate::core::config::{Persist, WidgetConf};

/// The secret by which the server knows the visitor again.
pub(super) const TOKEN: &str = "token";

/// What the other pages of the visitor are told of.
const SHARED: [&str; 3] = [TOKEN, "session", "read"];

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
        self.put(key, Some(value));
        self.share(key, Some(value));
    }

    /// Forgets a value.
    pub fn remove(&self, key: &str) {
        if self.load(key).is_some() {
            self.put(key, None);
            self.share(key, None);
        }
    }

    pub(super) fn put(&self, key: &str, value: Option<&str>) {
        if let Some(storage) = self.place(key) {
            let name = self.name(key);
            let _ = match value {
                Some(value) => storage.set_item(&name, value),
                None => storage.remove_item(&name),
            };
        }
    }

    fn share(&self, key: &str, value: Option<&str>) {
        if SHARED.contains(&key) {
            self.say(key, value);
        }
    }

    /// Whether anything is kept at all.
    pub(super) fn keeps(&self) -> bool {
        self.place(TOKEN).is_some()
    }

    /// Where the pages of this site that speak to the same server hear each other; to be closed.
    pub(super) fn channel(&self) -> Option<BroadcastChannel> {
        self.keeps().then(|| BroadcastChannel::new(&self.prefix).ok())?
    }

    /// The name of the lock that the page holds which rings.
    pub(super) fn ring(&self) -> Option<String> {
        self.keeps().then(|| self.name("ring"))
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
