//! Files that the visitor sends: one after the other, each given up or tried again by hand.

use futures::future::{AbortHandle, abortable};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::{File, FileList, Url};

use super::timeline::Timeline;
use super::upload_view::{self, Fate, is_picture};
use crate::components::ui::Ui;
use crate::core::model::{Direction, FileId, FileLimits};
use crate::core::{ChatSession, Error};
use crate::signals;

/// What is kept of them for the next page.
pub(crate) const KEPT: &str = "files";

/// The files of one conversation that are not in it yet. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Uploads(RwSignal<State>);

struct State {
    ui: Ui,
    chat: ChatSession,
    limits: Option<FileLimits>,
    items: Vec<Item>,
    next: u32,
    /// How long the conversation is.
    entries: usize,
    /// Pictures of files that have arrived.
    arrived: Vec<(FileId, Picture)>,
}

/// A file that is not in the conversation yet.
#[derive(Clone)]
pub struct Item {
    /// Names it on this page.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its media type.
    pub media_type: String,
    /// What has become of it.
    pub fate: Fate,
    file: Option<SendWrapper<File>>,
    picture: Option<Picture>,
    handle: Option<AbortHandle>,
    /// How long the conversation was when it was chosen: it comes later.
    since: usize,
}

/// A picture of the visitor's own, by an address that only this page knows.
#[derive(Clone)]
struct Picture(std::sync::Arc<Address>);

struct Address(String);

impl Drop for Address {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}

impl Item {
    fn new(id: u32, file: File, since: usize) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of bytes, far below 2^53"
        )]
        let size = file.size() as u64;
        let media_type = file.type_();
        let address = is_picture(&media_type).then(|| Url::create_object_url_with_blob(&file));
        let picture = address.and_then(Result::ok).map(|it| Picture(Address(it).into()));
        Self {
            id,
            name: file.name(),
            size,
            media_type,
            fate: Fate::Waiting,
            file: Some(SendWrapper::new(file)),
            picture,
            handle: None,
            since,
        }
    }

    /// The address of its picture, where it is one.
    #[must_use]
    pub fn picture(&self) -> Option<String> {
        self.picture.as_ref().map(|picture| picture.0.0.clone())
    }
}

impl Uploads {
    /// Those of a conversation, under the present reactive owner, whose end gives them up.
    #[must_use]
    pub fn new(ui: Ui, chat: &ChatSession) -> Self {
        let session = chat.id().map(|id| id.to_string()).unwrap_or_default();
        let lost = ui.recall(KEPT).map(|kept| upload_view::recalled(&session, &kept));
        let items = lost.into_iter().flatten().zip(0..).map(|((size, name), id)| Item {
            id,
            name,
            size,
            media_type: String::new(),
            fate: Fate::Lost,
            file: None,
            picture: None,
            handle: None,
            since: 0,
        });
        let items: Vec<Item> = items.collect();
        let next = u32::try_from(items.len()).unwrap_or_default();
        let (chat, arrived) = (chat.clone(), Vec::new());
        let limits = chat.limits();
        let state = State { ui, chat, limits: None, items, next, entries: 0, arrived };
        let uploads = Self(RwSignal::new(state));
        signals::each_frame(limits, move |limits| {
            let newest = limits.into_iter().next_back().and_then(|limits| limits.file);
            uploads.change(&mut |state| state.limits.clone_from(&newest));
        });
        on_cleanup(move || {
            let items = uploads.0.try_update_untracked(|state| std::mem::take(&mut state.items));
            for item in items.into_iter().flatten() {
                item.handle.iter().for_each(AbortHandle::abort);
            }
        });
        uploads
    }

    /// Which files can be sent, reactively; `None` where none can.
    #[must_use]
    pub fn limits(self) -> Option<FileLimits> {
        let state = self.0.read();
        state.limits.clone().filter(|_| state.ui.embedding().has_files())
    }

    /// Which there are, reactively.
    #[must_use]
    pub fn ids(self) -> Vec<u32> {
        self.0.read().items.iter().map(|item| item.id).collect()
    }

    /// One of them, reactively.
    #[must_use]
    pub fn item(self, id: u32) -> Option<Item> {
        self.0.read().items.iter().find(|item| item.id == id).cloned()
    }

    /// The picture of a file of the visitor's own that has arrived.
    #[must_use]
    pub fn picture(self, file: &FileId) -> Option<String> {
        let state = self.0.read_untracked();
        let found = state.arrived.iter().find(|(known, _)| known == file);
        found.map(|(_, picture)| picture.0.0.clone())
    }

    /// The visitor has chosen these. What cannot be sent says so at once.
    pub fn add(self, files: &FileList) {
        for at in 0..files.length() {
            let Some(file) = files.item(at) else { continue };
            self.change(&mut |state| {
                let mut item = Item::new(state.next, file.clone(), state.entries);
                state.next += 1;
                let check = state.chat.check_file(&item.name, &item.media_type, item.size);
                if let Err(error) = check {
                    item.fate = Fate::Failed(error);
                }
                state.items.push(item);
            });
        }
        self.keep();
        self.go_on();
    }

    /// Tries one again.
    pub fn retry(self, id: u32) {
        self.update(id, &mut |item| item.fate = Fate::Waiting);
        self.go_on();
    }

    /// Gives one up, or lets a failed one go.
    pub fn discard(self, id: u32) {
        self.update(id, &mut |item| item.handle.iter().for_each(AbortHandle::abort));
        self.change(&mut |state| state.items.retain(|item| item.id != id));
        self.keep();
        self.go_on();
    }

    /// The conversation has changed: what is in it now is no longer on its way.
    pub(super) fn see(self, timeline: &Timeline) {
        self.0.write_untracked().entries = timeline.len();
        if self.0.read_untracked().items.is_empty() {
            return;
        }
        let arrived = |item: &Item| {
            let entries = timeline.entries().get(item.since..).unwrap_or_default();
            entries.iter().find_map(|entry| {
                let file = entry.attachment.as_ref()?;
                let same = match &item.fate {
                    Fate::Done(id) => *id == file.file,
                    Fate::Failed(_) => false,
                    Fate::Waiting | Fate::Sending(_) | Fate::Lost => {
                        *file.name == item.name && file.size == item.size
                    }
                };
                (same && entry.direction == Direction::Outbound).then(|| file.file.clone())
            })
        };
        self.change(&mut |state| {
            let State { items, arrived: pictures, .. } = state;
            items.retain(|item| {
                let Some(file) = arrived(item) else { return true };
                pictures.extend(item.picture.clone().map(|picture| (file, picture)));
                false
            });
        });
        self.keep();
        self.go_on();
    }

    /// Sends the next one, unless one is on its way.
    fn go_on(self) {
        let next = {
            let state = self.0.read_untracked();
            let busy = |item: &Item| matches!(item.fate, Fate::Sending(_));
            let waiting = state.items.iter().find(|item| item.fate == Fate::Waiting);
            let next = waiting.filter(|_| !state.items.iter().any(busy));
            next.and_then(|item| Some((item.id, item.file.clone()?)))
        };
        let Some((id, file)) = next else { return };
        let (embedding, chat) = {
            let state = self.0.read_untracked();
            (state.ui.embedding(), state.chat.clone())
        };
        let told = Box::new(move |part: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
            let percent = (part * 100.0).clamp(0.0, 100.0) as u8;
            self.update(id, &mut |item| item.fate = Fate::Sending(percent));
        });
        let (sending, handle) = abortable(embedding.upload(chat, file.take(), told));
        self.update(id, &mut |item| {
            item.fate = Fate::Sending(0);
            item.handle = Some(handle.clone());
        });
        signals::spawn_detached(async move {
            if let Ok(outcome) = sending.await {
                self.done(id, &outcome.map(|attachment| attachment.file));
            }
        });
    }

    fn done(self, id: u32, outcome: &Result<FileId, Error>) {
        self.update(id, &mut |item| {
            item.fate = match outcome {
                Ok(file) => Fate::Done(file.clone()),
                Err(error) => Fate::Failed(error.clone()),
            };
        });
        if self.0.try_read_untracked().is_some() {
            self.go_on();
        }
    }

    /// For the next page.
    fn keep(self) {
        let state = self.0.read_untracked();
        let Some(session) = state.chat.id() else { return };
        let open = state.items.iter().filter(|item| !matches!(item.fate, Fate::Failed(_)));
        let files = open.map(|item| (item.size, &*item.name));
        state.ui.keep(KEPT, upload_view::kept(session.as_str(), files).as_deref());
    }

    fn update(self, id: u32, change: &mut dyn FnMut(&mut Item)) {
        self.change(&mut |state| {
            if let Some(item) = state.items.iter_mut().find(|item| item.id == id) {
                change(item);
            }
        });
    }

    /// Compiled once for all changes. The conversation may have been left meanwhile.
    fn change(self, change: &mut dyn FnMut(&mut State)) {
        let _ = self.0.try_update(|state| change(state));
    }
}
