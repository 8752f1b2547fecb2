//! A chat session as signals.

use std::borrow::Cow;
use std::future::Future;

use leptos::prelude::*;

use super::progress::{Progress, Pushed, Stage, Warning};
use super::timeline::Timeline;
use super::uploads::{self, Uploads};
use crate::components::clock;
use crate::components::rating::Rated;
use crate::components::ui::{Announcement, Ui};
use crate::core::model::{Direction, FileId, MessageId, SessionId};
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
pub struct Talk(RwSignal<State>);

/// One signal: it changes at most once a frame, and what it draws is compared before it is drawn.
struct State {
    // What does not change.
    ui: Ui,
    number: u32,
    chat: ChatSession,
    service: String,
    /// Told of each change of the draft: one at each key, which nothing else need follow.
    typed: RwSignal<u64>,
    rated: Rated,
    uploads: Uploads,
    // What does.
    progress: Progress,
    timeline: Timeline,
    draft: String,
    typing: bool,
    /// Why it could not be created.
    failure: Option<Error>,
    /// Why the last message was not taken into the outbox.
    refused: Option<Error>,
    /// The place in the log up to which the visitor has read.
    read: u64,
    /// Messages that appeared together and were written before; 0 while news come one by one.
    history: usize,
    /// The last page that was sent and decided about.
    handled: Option<String>,
}

impl Talk {
    /// Follows a chat session, under the present reactive owner.
    #[must_use]
    pub fn new(ui: Ui, chat: &ChatSession, service: &str) -> Self {
        let talk = Self(RwSignal::new(State {
            ui,
            number: ui.next_number(),
            chat: chat.clone(),
            service: service.to_owned(),
            typed: RwSignal::new(0),
            rated: Rated::new(),
            uploads: Uploads::new(ui, chat),
            progress: Progress::default(),
            timeline: Timeline::default(),
            draft: ui.recall(DRAFT).unwrap_or_default(),
            typing: false,
            failure: None,
            refused: None,
            read: read_before(chat, ui.recall(READ)),
            history: 0,
            handled: ui.recall(PUSHED),
        }));
        signals::each_frame(chat.session_monitor(), move |sessions| {
            let mut sessions = sessions.into_iter();
            let now = clock::now();
            talk.change(&mut |state| {
                for session in sessions.by_ref() {
                    let before = state.progress.operator().map(str::to_owned);
                    state.progress.apply_at(session, Some(now));
                    if let (Some(from), Some(to)) = (before, state.progress.operator())
                        && from != to
                    {
                        state.timeline.pass(from, to.to_owned());
                    }
                }
            });
        });
        signals::each_frame(chat.operator_typing(), move |typing| {
            let typing = typing.last().copied().unwrap_or_default();
            talk.change(&mut |state| state.typing = typing);
        });
        signals::each_frame(chat.conversation(), move |changes| talk.take(changes));
        talk
    }

    fn take(self, changes: Vec<Change>) {
        let news: Vec<Entry> = changes.iter().filter_map(inserted).cloned().collect();
        let (mut changes, mut past) = (changes.into_iter(), false);
        self.change(&mut |state| {
            state.progress.met(state.chat.was_connected());
            let batch = state.timeline.apply(changes.by_ref());
            past = batch.reset || batch.inbound > BURST;
            if past {
                state.history = if batch.reset { state.timeline.len() } else { batch.inbound };
            }
        });
        self.uploads().see(&self.0.read_untracked().timeline);
        self.acknowledge();
        if !past {
            news.iter().for_each(|entry| self.announce(entry));
        }
    }

    fn announce(self, entry: &Entry) {
        let session = self.0.read_untracked().chat.id();
        self.ui().announce(&Announcement::Message {
            session: session.map(|id| id.to_string()).unwrap_or_default(),
            own: entry.direction == Direction::Outbound,
            text: entry.text.to_string(),
        });
    }

    /// Tells the server what has arrived here.
    fn acknowledge(self) {
        let state = self.0.read_untracked();
        let newest = state.timeline.newest_news().and_then(|entry| entry.id.as_ref());
        if let Some(id) = newest {
            state.chat.mark_received(id);
        }
    }

    /// The visitor has seen this message and all before it.
    pub fn seen(self, key: &str) {
        let Some((id, seq)) = self.unseen(key) else { return };
        self.change(&mut |state| state.read = seq);
        let chat = self.chat();
        chat.mark_read(&id);
        if let Some(session) = chat.id() {
            self.ui().keep(READ, Some(&format!("{session} {seq}")));
        }
    }

    /// The visitor has seen messages on another page.
    pub fn read_elsewhere(self, kept: &str) {
        let seq = read_before(&self.chat(), Some(kept.to_owned()));
        self.change(&mut |state| state.read = state.read.max(seq));
    }

    fn unseen(self, key: &str) -> Option<(MessageId, u64)> {
        let state = self.0.read_untracked();
        let entry = state.timeline.entry(key)?;
        Some((entry.id.clone()?, entry.seq.filter(|seq| *seq > state.read)?))
    }

    /// Puts a text into the outbox and empties the draft; where it is refused, the draft stays.
    pub fn send(self, text: &str) {
        let sent = self.chat().send(text);
        match &sent {
            Ok(()) => self.write(String::new()),
            Err(error) => self.ui().report(error),
        }
        self.change(&mut |state| state.refused = sent.as_ref().err().cloned());
    }

    /// Why the last message was not taken, reactively.
    #[must_use]
    pub fn refused(self) -> Option<Error> {
        self.0.read().refused.clone()
    }

    /// The visitor writes: keeps the draft and lets the operator know.
    pub fn write(self, draft: String) {
        let empty = draft.is_empty();
        self.ui().keep(DRAFT, (!empty).then_some(&draft));
        self.0.write_untracked().draft = draft;
        let typed = self.0.read_untracked().typed;
        typed.set(typed.get_untracked() + 1);
        if self.0.read_untracked().refused.is_some() {
            self.change(&mut |state| state.refused = None);
        }
        let chat = self.chat();
        if empty { chat.idle() } else { chat.composing() }
    }

    /// The visitor has stopped writing.
    pub fn idle(self) {
        self.chat().idle();
    }

    /// Fetches a file of the conversation, as the browser fetches what it is to keep.
    pub fn fetch(self, file: &FileId) {
        let (ui, asking) = (self.ui(), self.chat().file_url(file));
        leptos::task::spawn_local(async move {
            match asking.await {
                // The server gives it as an attachment: no page is shown, here or there.
                Ok(address) => {
                    let _ = window().open_with_url(&address.url);
                }
                Err(error) => ui.report(&error),
            }
        });
    }

    /// Sends a failed message again.
    pub fn retry(self, key: &str) {
        if let Some(key) = self.entry_key(key) {
            self.chat().retry(&key);
        }
    }

    /// Lets a failed message go.
    pub fn discard(self, key: &str) {
        if let Some(key) = self.entry_key(key) {
            self.chat().discard(&key);
        }
    }

    fn entry_key(self, key: &str) -> Option<EntryKey> {
        self.0.read_untracked().timeline.entry(key).map(|it| it.key.clone())
    }

    /// Ends it.
    pub fn close(self) {
        self.chat().close();
        self.ui().keep(READ, None);
        self.ui().keep(PUSHED, None);
        self.ui().keep(uploads::KEPT, None);
    }

    /// It could not be created.
    pub fn fail(self, error: &Error) {
        self.change(&mut |state| state.failure = Some(error.clone()));
    }

    fn ui(self) -> Ui {
        self.0.read_untracked().ui
    }

    /// Changes what the screens show, and tells them. Compiled once for all changes.
    fn change(self, change: &mut dyn FnMut(&mut State)) {
        change(&mut self.0.write());
    }

    fn chat(self) -> ChatSession {
        self.0.read_untracked().chat.clone()
    }

    /// Tells this conversation from the next one.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0.read_untracked().number
    }

    /// What to show, reactively.
    #[must_use]
    pub fn stage(self) -> Stage {
        let state = self.0.read();
        state.progress.stage(state.failure.as_ref())
    }

    /// Whether it is over, or never began, reactively.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self.stage(), Stage::Ended | Stage::Failed(_))
    }

    /// Whether anybody has ever answered, reactively.
    #[must_use]
    pub fn has_talked(self) -> bool {
        self.0.read().progress.has_talked()
    }

    /// The operator's name, or what operators are called, reactively.
    #[must_use]
    pub fn operator(self) -> Cow<'static, str> {
        let name = self.0.read().progress.operator().map(str::to_owned);
        name.map_or_else(|| self.ui().text(Key::Operator), Cow::Owned)
    }

    /// Whether the conversation is about to end by itself, reactively.
    #[must_use]
    pub fn warning(self) -> Option<Warning> {
        self.0.read().progress.warning()
    }

    /// Why it ended by itself, if it did, reactively.
    #[must_use]
    pub fn expired(self) -> Option<Warning> {
        self.0.read().progress.expired()
    }

    /// The visitor is still there.
    pub fn still_here(self) {
        self.chat().still_here();
    }

    /// How it was, as far as the visitor has said.
    #[must_use]
    pub fn rated(self) -> Rated {
        self.0.read_untracked().rated
    }

    /// The files that are not in it yet.
    #[must_use]
    pub fn uploads(self) -> Uploads {
        self.0.read_untracked().uploads
    }

    /// Tells the server how it was.
    pub fn rate(
        self,
        score: u8,
        comment: Option<&str>,
    ) -> impl Future<Output = Result<bool, Error>> + use<> {
        self.chat().rate(score, comment)
    }

    /// Asks the server to send the conversation to a mail address.
    pub fn recap(self, mail: &str) -> impl Future<Output = Result<bool, Error>> + use<> {
        self.chat().send_recap(mail)
    }

    /// A page that the operator sent and the visitor has not decided about, reactively.
    #[must_use]
    pub fn pushed(self) -> Option<Pushed> {
        let state = self.0.read();
        let pushed = state.progress.pushed()?;
        (state.handled.as_ref() != Some(&pushed.id)).then(|| pushed.clone())
    }

    /// The visitor has decided about it: it is not shown again, on this page or the next.
    pub fn handle_pushed(self, pushed: &Pushed) {
        self.ui().keep(PUSHED, Some(&pushed.id));
        self.change(&mut |state| state.handled = Some(pushed.id.clone()));
    }

    /// Whether the operator writes, reactively.
    #[must_use]
    pub fn operator_types(self) -> bool {
        self.0.read().typing && !self.is_over()
    }

    /// The session's id, once there is one.
    #[must_use]
    pub fn session(self) -> Option<SessionId> {
        self.chat().id()
    }

    /// The service's code.
    #[must_use]
    pub fn service(self) -> String {
        self.0.read_untracked().service.clone()
    }

    /// How many messages the visitor has not seen, reactively.
    #[must_use]
    pub fn unread(self) -> usize {
        let state = self.0.read();
        state.timeline.unread(state.read)
    }

    /// The place in the log up to which the visitor has read, reactively.
    #[must_use]
    pub fn read(self) -> u64 {
        self.0.read().read
    }

    /// So high do these entries stand on the screen: nothing that anybody is told of.
    pub(super) fn measured(self, heights: &[(usize, f64)]) {
        let mut state = self.0.write_untracked();
        heights.iter().for_each(|(index, pixels)| state.timeline.measured(*index, *pixels));
    }

    /// Reads the messages, reactively.
    pub fn timeline(self, read: &mut dyn FnMut(&Timeline)) {
        read(&self.0.read().timeline);
    }

    /// What the visitor is writing, reactively.
    #[must_use]
    pub fn draft(self) -> String {
        let state = self.0.read_untracked();
        state.typed.track();
        state.draft.clone()
    }

    /// How many messages have just appeared that were written before, reactively.
    #[must_use]
    pub fn history(self) -> usize {
        self.0.read().history
    }

    /// They have been summed up.
    pub fn history_told(self) {
        self.change(&mut |state| state.history = 0);
    }
}

/// After a reload: the place in the log up to which this session was read before it.
fn read_before(chat: &ChatSession, kept: Option<String>) -> u64 {
    let place = || {
        let (kept, session) = (kept?, chat.id()?);
        kept.strip_prefix(session.as_str())?.strip_prefix(' ')?.parse().ok()
    };
    place().unwrap_or_default()
}

fn inserted(change: &Change) -> Option<&Entry> {
    match change {
        Change::Insert { entry, .. } => Some(entry).filter(|it| it.kind == EntryKind::Message),
        Change::Reset(_) | Change::Update { .. } | Change::Remove { .. } => None,
    }
}
