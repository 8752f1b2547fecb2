//! From the configuration's graphics to the style sheet's properties.
//!
//! Set one by one through CSSOM, which a policy without inline styles allows; a `style` attribute it
//! would refuse.

use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::components::dom::Node;
use crate::components::palette::{Palette, faults};
use crate::components::ui::Ui;
use crate::core::config::{Color, Graphics, Position, Theme};
use crate::signals;

/// The brand where the site names none.
const BRAND: Color = Color { red: 0x34, green: 0x51, blue: 0xd1 };

const BRAND_NAME: &str = "--tvox-color";

/// Keeps the properties on the root true, and tells the developer which of the site's colours cannot be
/// read.
pub(super) fn follow(ui: Ui, root: Node) {
    let mut told = Vec::new();
    signals::effect(move || {
        let Some(root) = root.get() else { return };
        ui.graphics(|graphics| apply(&root, graphics));
        let theme = ui.graphics(|graphics| graphics.theme);
        let faults = faults(theme, &|name| {
            let brand = || ui.graphics(|graphics| graphics.color.filter(|_| name == BRAND_NAME));
            site_color(&root, name).or_else(brand)
        });
        if told != faults {
            for fault in &faults {
                leptos::logging::warn!("tvox-widget: {fault}");
            }
            told = faults;
        }
    });
}

fn apply(root: &HtmlElement, graphics: &Graphics) {
    let style = root.style();
    let set = |name: &str, value: &str| {
        let _ = style.set_property(name, value);
    };
    let palette = Palette::of(site_color(root, BRAND_NAME).or(graphics.color).unwrap_or(BRAND));
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

/// A colour that the site's own style sheet names. Its brand wins over the configuration, and what is
/// computed has to follow it.
fn site_color(root: &HtmlElement, name: &str) -> Option<Color> {
    let style = window().get_computed_style(root).ok().flatten()?;
    style.get_property_value(name).ok()?.parse().ok()
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
