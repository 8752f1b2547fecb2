//! A chat session as signals.

use leptos::prelude::*;

use super::progress::{Progress, Pushed, Stage, Warning};
use super::timeline::{Batch, Timeline};
use crate::components::ui::{Announcement, Ui};
use crate::core::model::Direction;
use crate::core::session::chat::{Change, Entry, EntryKey, EntryKind};
use crate::core::{ChatSession, Error};
use crate::i18n::Key;
use crate::signals;

/// More news at once than this is history: it is summed up for a screen reader, not read out.
const BURST: usize = 5;

const DRAFT: &str = "draft";
const READ: &str = "read";
const PUSHED: &str = "pushed";

/// One conversation. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Talk {
    ui: Ui,
    chat: StoredValue<ChatSession>,
    service: StoredValue<String>,
    progress: ReadSignal<Progress>,
    timeline: RwSignal<Timeline>,
    typing: ReadSignal<bool>,
    draft: RwSignal<String>,
    failure: RwSignal<Option<Error>>,
    read: RwSignal<u64>,
    /// Messages that appeared together and were written before; 0 while news come one by one.
    history: RwSignal<usize>,
    handled: RwSignal<Option<String>>,
}

impl Talk {
    /// Follows a chat session, under the present reactive owner.
    #[must_use]
    pub fn new(ui: Ui, chat: &ChatSession, service: &str) -> Self {
        let embedding = ui.embedding();
        let talk = Self {
            ui,
            progress: signals::fold(Progress::default(), chat.session_monitor(), Progress::apply),
            timeline: RwSignal::new(Timeline::default()),
            typing: signals::latest(false, chat.operator_typing()),
            draft: RwSignal::new(embedding.recall(DRAFT).unwrap_or_default()),
            failure: RwSignal::new(None),
            read: RwSignal::new(0),
            history: RwSignal::new(0),
            handled: RwSignal::new(embedding.recall(PUSHED)),
            chat: StoredValue::new(chat.clone()),
            service: StoredValue::new(service.to_owned()),
        };
        talk.recall_read();
        signals::each_frame(chat.conversation(), move |changes| talk.take(changes));
        talk
    }

    fn take(self, changes: Vec<Change>) {
        let news: Vec<Entry> = changes.iter().filter_map(inserted).cloned().collect();
        let mut batch = Batch::default();
        self.timeline.update(|timeline| batch = timeline.apply(changes));
        let past = batch.reset || batch.inbound > BURST;
        if past {
            self.history.set(self.timeline.with_untracked(Timeline::len));
        }
        self.acknowledge();
        if !past {
            news.iter().for_each(|entry| self.announce(entry));
        }
    }

    fn announce(self, entry: &Entry) {
        let session = self
            .progress
            .with_untracked(|progress| progress.session_id().unwrap_or_default().to_owned());
        let _ = self.ui.embedding().announce(&Announcement::Message {
            session,
            own: entry.direction == Direction::Outbound,
            text: entry.text.to_string(),
        });
    }

    /// Tells the server what has arrived here.
    fn acknowledge(self) {
        let newest = self
            .timeline
            .with_untracked(|timeline| timeline.newest_news().and_then(|entry| entry.id.clone()));
        if let Some(id) = newest {
            self.chat.with_value(|chat| chat.mark_received(&id));
        }
    }

    /// The visitor has seen this message and all before it.
    pub fn seen(self, key: &str) {
        let seen = self.timeline.with_untracked(|timeline| {
            timeline.entry(key).and_then(|entry| Some((entry.id.clone()?, entry.seq?)))
        });
        let Some((id, seq)) = seen else { return };
        if seq <= self.read.get_untracked() {
            return;
        }
        self.read.set(seq);
        self.chat.with_value(|chat| {
            chat.mark_read(&id);
            if let Some(session) = chat.id() {
                self.ui.embedding().keep(READ, Some(&format!("{session} {seq}")));
            }
        });
    }

    /// After a reload: what was read before it.
    fn recall_read(self) {
        let kept = self.ui.embedding().recall(READ);
        let session = self.chat.with_value(ChatSession::id);
        if let (Some(kept), Some(session)) = (kept, session)
            && let Some((of, seq)) = kept.split_once(' ')
            && of == session.as_str()
        {
            self.read.set(seq.parse().unwrap_or_default());
        }
    }

    /// Puts the draft into the outbox and empties it.
    ///
    /// # Errors
    /// As [`ChatSession::send`]: the draft stays.
    pub fn send(self, text: &str) -> Result<(), Error> {
        self.chat.with_value(|chat| chat.send(text))?;
        self.write(String::new());
        Ok(())
    }

    /// The visitor writes: keeps the draft and lets the operator know.
    pub fn write(self, draft: String) {
        let empty = draft.is_empty();
        self.ui.embedding().keep(DRAFT, (!empty).then_some(&draft));
        self.draft.set(draft);
        self.chat.with_value(|chat| if empty { chat.idle() } else { chat.composing() });
    }

    /// The visitor has stopped writing.
    pub fn idle(self) {
        self.chat.with_value(ChatSession::idle);
    }

    /// Sends a failed message again.
    pub fn retry(self, key: &str) {
        if let Some(key) = self.entry_key(key) {
            self.chat.with_value(|chat| chat.retry(&key));
        }
    }

    /// Lets a failed message go.
    pub fn discard(self, key: &str) {
        if let Some(key) = self.entry_key(key) {
            self.chat.with_value(|chat| chat.discard(&key));
        }
    }

    fn entry_key(self, key: &str) -> Option<EntryKey> {
        self.timeline.with_untracked(|timeline| timeline.entry(key).map(|entry| entry.key.clone()))
    }

    /// Ends it.
    pub fn close(self) {
        self.chat.with_value(ChatSession::close);
        self.ui.embedding().keep(READ, None);
        self.ui.embedding().keep(PUSHED, None);
    }

    /// It could not be created.
    pub fn fail(self, error: &Error) {
        self.failure.set(Some(error.clone()));
    }

    /// What to show, reactively.
    #[must_use]
    pub fn stage(self) -> Stage {
        let failure = self.failure.get();
        self.progress.with(|progress| progress.stage(failure.as_ref()))
    }

    /// Whether it is over, or never began, reactively.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self.stage(), Stage::Ended | Stage::Failed(_))
    }

    /// Whether anybody has ever answered, reactively.
    #[must_use]
    pub fn has_talked(self) -> bool {
        self.progress.with(Progress::has_talked)
    }

    /// The operator's name, or what operators are called, reactively.
    #[must_use]
    pub fn operator(self) -> String {
        let name = self.progress.with(|progress| progress.operator().map(str::to_owned));
        name.unwrap_or_else(|| self.ui.text(Key::Operator).into_owned())
    }

    /// Whether the conversation is about to end by itself, reactively.
    #[must_use]
    pub fn warning(self) -> Option<Warning> {
        self.progress.with(Progress::warning)
    }

    /// A page that the operator sent and the visitor has not decided about, reactively.
    #[must_use]
    pub fn pushed(self) -> Option<Pushed> {
        let handled = self.handled.get();
        let pushed = self.progress.with(|progress| progress.pushed().cloned())?;
        (handled.as_deref() != Some(pushed.id.as_str())).then_some(pushed)
    }

    /// The visitor has decided about it: it is not shown again, on this page or the next.
    pub fn handle_pushed(self, pushed: &Pushed) {
        self.ui.embedding().keep(PUSHED, Some(&pushed.id));
        self.handled.set(Some(pushed.id.clone()));
    }

    /// Whether the operator writes, reactively.
    #[must_use]
    pub fn operator_types(self) -> bool {
        self.typing.get() && !self.is_over()
    }

    /// The service's code.
    #[must_use]
    pub fn service(self) -> String {
        self.service.get_value()
    }

    /// How many messages the visitor has not seen, reactively.
    #[must_use]
    pub fn unread(self) -> usize {
        let read = self.read.get();
        self.timeline.with(|timeline| timeline.unread(read))
    }

    /// The messages.
    #[must_use]
    pub const fn timeline(self) -> RwSignal<Timeline> {
        self.timeline
    }

    /// What the visitor is writing.
    #[must_use]
    pub const fn draft(self) -> RwSignal<String> {
        self.draft
    }

    /// How many messages have just appeared that were written before; the list sets it back to 0.
    #[must_use]
    pub const fn history(self) -> RwSignal<usize> {
        self.history
    }
}

fn inserted(change: &Change) -> Option<&Entry> {
    match change {
        Change::Insert { entry, .. } => Some(entry).filter(|it| it.kind == EntryKind::Message),
        Change::Reset(_) | Change::Update { .. } | Change::Remove { .. } => None,
    }
}
