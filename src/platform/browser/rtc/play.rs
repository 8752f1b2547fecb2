//! What comes is played: the sound by an element of our own, which is in no page; pictures by the
//! elements that the page or the interface shows.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

use super::bind::{Player, Stream, Track};
use super::peer::forget;
use crate::core::model::SessionId;

/// Whose picture an element shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The visitor's own.
    Own,
    /// The other side's.
    Other,
}

/// The streams of a page's calls and the elements that play them.
#[derive(Debug, Default)]
pub(super) struct Stage {
    /// The other sides', by call.
    others: RefCell<Vec<Other>>,
    /// The visitor's own picture.
    own: RefCell<Option<Stream>>,
    shown: RefCell<Vec<Shown>>,
    sink: RefCell<Option<String>>,
}

#[derive(Clone, Debug)]
struct Other {
    call: SessionId,
    stream: Stream,
    sound: Option<Player>,
}

#[derive(Debug)]
struct Shown {
    player: Player,
    call: SessionId,
    whose: Whose,
}

impl Stage {
    /// Shows a picture in this element, from now on. It is silent: the sound is played elsewhere.
    pub(super) fn attach(&self, element: &HtmlElement, call: &SessionId, whose: Whose) {
        let player: Player = element.unchecked_ref::<Player>().clone();
        player.set_muted(true);
        let mut shown = self.shown.borrow_mut();
        // Those that have left the page are let go here.
        shown.retain(|shown| shown.player != player && shown.player.is_connected());
        shown.push(Shown { player, call: call.clone(), whose });
        drop(shown);
        self.refresh();
    }

    /// The stream that holds what comes in a call.
    pub(super) fn other(&self, call: &SessionId) -> Stream {
        let mut others = self.others.borrow_mut();
        if let Some(other) = others.iter().find(|other| other.call == *call) {
            return other.stream.clone();
        }
        let stream = Stream::new();
        let sound = player("audio");
        if let Some(sound) = &sound {
            sound.set_source(Some(&stream));
            if let Some(sink) = &*self.sink.borrow()
                && let Ok(promise) = sound.set_sink(sink)
            {
                forget(promise);
            }
        }
        others.push(Other { call: call.clone(), stream: stream.clone(), sound });
        drop(others);
        self.refresh();
        stream
    }

    /// A new peer connection: what the old one gave is over.
    pub(super) fn clear(&self, call: &SessionId) {
        let others = self.others.borrow();
        if let Some(other) = others.iter().find(|other| other.call == *call) {
            for track in other.stream.tracks().iter() {
                other.stream.remove_track(track.unchecked_ref());
            }
        }
    }

    /// A call is over.
    pub(super) fn end(&self, call: &SessionId) {
        let mut others = self.others.borrow_mut();
        others.retain(|other| {
            let over = other.call == *call;
            if over && let Some(sound) = &other.sound {
                sound.set_source(None);
            }
            !over
        });
        drop(others);
        self.shown.borrow_mut().retain(|shown| {
            let over = shown.call == *call;
            if over {
                shown.player.set_source(None);
            }
            !over
        });
    }

    /// The visitor's own picture is another.
    pub(super) fn show(&self, picture: Option<&Track>) {
        *self.own.borrow_mut() = picture.map(|track| {
            let stream = Stream::new();
            stream.add_track(track);
            stream
        });
        self.refresh();
    }

    /// This one ends: it is not shown any more.
    pub(super) fn hide(&self, picture: &Track) {
        let own = self.own.borrow();
        let shown = own.as_ref().is_some_and(|own| own.tracks().includes(picture, 0));
        drop(own);
        if shown {
            self.show(None);
        }
    }

    /// Every sound goes to this speaker.
    pub(super) fn sink(&self, device: String) {
        for other in self.others.borrow().iter() {
            if let Some(Ok(promise)) = other.sound.as_ref().map(|sound| sound.set_sink(&device)) {
                forget(promise);
            }
        }
        *self.sink.borrow_mut() = Some(device);
    }

    /// The speaker that was chosen.
    pub(super) fn speaker(&self) -> Option<String> {
        self.sink.borrow().clone()
    }

    /// Plays the sound of every call. False where the browser wants a gesture first.
    pub(super) async fn play(sounds: Vec<Player>) -> bool {
        let mut plays = true;
        for sound in sounds {
            if let Ok(promise) = sound.play() {
                plays &= JsFuture::from(promise).await.is_ok();
            }
        }
        plays
    }

    pub(super) fn sounds(&self) -> Vec<Player> {
        self.others.borrow().iter().filter_map(|other| other.sound.clone()).collect()
    }

    /// Gives each element what it is to show.
    fn refresh(&self) {
        let (others, own) = (self.others.borrow(), self.own.borrow());
        for Shown { player, call, whose } in self.shown.borrow().iter() {
            let stream = match whose {
                Whose::Own => own.as_ref(),
                Whose::Other => others.iter().find(|it| it.call == *call).map(|it| &it.stream),
            };
            // The same again would empty the element for a moment.
            if player.source().as_ref() == stream {
                continue;
            }
            player.set_source(stream);
            // Silent pictures need no gesture.
            if stream.is_some()
                && let Ok(promise) = player.play()
            {
                forget(promise);
            }
        }
    }
}

/// An element that plays and is in no page.
pub(super) fn player(name: &str) -> Option<Player> {
    let element = web_sys::window()?.document()?.create_element(name).ok()?;
    let player: Player = element.unchecked_into();
    // In the page, and not in the full screen of the device (iOS).
    let _ = player.set_attribute("playsinline", "");
    let _ = player.set_attribute("autoplay", "");
    Some(player)
}
