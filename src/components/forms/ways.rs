//! Other ways to reach somebody, where this one is closed or takes long.

use leptos::prelude::*;

use crate::components::dom::{El, button, div, el};
use crate::components::home::view::Channel;
use crate::components::ui::Ui;
use crate::i18n::Key;

/// The offers as buttons, below a sentence; nothing where there are none.
#[must_use]
pub fn ways(
    ui: Ui,
    offers: Vec<(Channel, Option<String>)>,
    on_choose: Callback<(Channel, Option<String>)>,
) -> Option<El> {
    if offers.is_empty() {
        return None;
    }
    let view = div("ways").part("ways").child(el("p").class("ways__text").says(ui, Key::Instead));
    let list = offers.into_iter().fold(div("ways__list"), |list, (channel, service)| {
        let choose = move |_| on_choose.run((channel, service.clone()));
        list.child(
            button("button ways__way", "way")
                .attr("data-channel", channel.on_wire().as_str())
                .on("click", choose)
                .child(channel.icon().view())
                .child(el("span").says(ui, channel.keys().0)),
        )
    });
    Some(view.child(list))
}
