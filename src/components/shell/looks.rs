//! From the configuration's graphics to the style sheet's properties.
//!
//! Set one by one through CSSOM, which a policy without inline styles allows; a `style` attribute it
//! would refuse.

use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::components::dom::Node;
use crate::components::palette::Palette;
use crate::components::ui::Ui;
use crate::core::config::{Color, Graphics, Position, Theme};
use crate::signals;

/// The brand where the site names none.
const BRAND: Color = Color { red: 0x34, green: 0x51, blue: 0xd1 };

/// Keeps the properties on the root true.
pub(super) fn follow(ui: Ui, root: Node) {
    signals::effect(move || {
        let Some(root) = root.get() else { return };
        ui.graphics(|graphics| apply(&root, graphics));
    });
}

fn apply(root: &HtmlElement, graphics: &Graphics) {
    let style = root.style();
    let set = |name: &str, value: &str| {
        let _ = style.set_property(name, value);
    };
    let palette = Palette::of(site_color(root).or(graphics.color).unwrap_or(BRAND));
    for (name, color) in [
        ("--_brand", palette.brand),
        ("--_on-brand", palette.on_brand),
        ("--_brand-deep", palette.deep),
        ("--_ink-light", palette.ink_light),
        ("--_ink-dark", palette.ink_dark),
    ] {
        set(name, &color.to_string());
    }
    for (name, length) in [("--_offset-x", graphics.offset_x), ("--_offset-y", graphics.offset_y)] {
        set(name, &format!("{length}px"));
    }
    match &graphics.font {
        Some(font) => set("--_family", font),
        None => {
            let _ = style.remove_property("--_family");
        }
    }
}

/// The colour that the site's own style sheet names: it wins over the configuration, and what is
/// computed has to follow it.
fn site_color(root: &HtmlElement) -> Option<Color> {
    let style = window().get_computed_style(root).ok().flatten()?;
    style.get_property_value("--tvox-color").ok()?.parse().ok()
}

/// The word in the `data-theme` attribute.
pub(super) const fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

/// The word in the `data-side` attribute.
pub(super) const fn side(position: Position) -> &'static str {
    match position {
        Position::Right => "right",
        Position::Left => "left",
    }
}
