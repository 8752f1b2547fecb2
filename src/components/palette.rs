//! From a brand colour to colours that can be read (WCAG 2.2, 1.4.3 and 1.4.11).

use crate::core::config::{Color, Theme};

/// Text on a background: at least this ratio (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;

/// What is no text and still has to be seen: at least this ratio (WCAG 2.2, 1.4.11).
const VISIBLE: f64 = 3.0;

const WHITE: Color = rgb(255, 255, 255);
const BLACK: Color = rgb(0, 0, 0);
const DARK_TEXT: Color = rgb(0x14, 0x18, 0x1f);
/// The surfaces on which the brand appears as text: tints of the panel's own, a shade worse than it.
const LIGHT_SURFACE: Color = rgb(0xec, 0xee, 0xf3);
const DARK_SURFACE: Color = rgb(0x2a, 0x2f, 0x3a);

/// What becomes of one brand colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The colour itself.
    pub brand: Color,
    /// Text on it, and on [`deep`](Self::deep).
    pub on_brand: Color,
    /// The far end of a gradient: away from the text's colour.
    pub deep: Color,
    /// The brand as text on a light surface.
    pub ink_light: Color,
    /// The brand as text on a dark surface.
    pub ink_dark: Color,
}

impl Palette {
    /// Computes it. Every pair named in the fields has a contrast of at least 4.5.
    #[must_use]
    pub fn of(brand: Color) -> Self {
        let on_brand = readable_on(brand);
        let away = if luminance(on_brand) > 0.5 { BLACK } else { WHITE };
        Self {
            brand,
            on_brand,
            deep: mix(brand, away, 0.28),
            ink_light: towards(brand, BLACK, LIGHT_SURFACE),
            ink_dark: towards(brand, WHITE, DARK_SURFACE),
        }
    }
}

/// A pair of the site's properties, each with its default in the light and in the dark, and the ratio
/// that it needs.
type Pair = (Property, Property, f64);
type Property = (&'static str, Color, Color);

const SURFACE: Property = ("--tvox-surface", WHITE, rgb(0x16, 0x19, 0x1f));
const RAISED: Property = ("--tvox-surface-raised", rgb(0xf3, 0xf4, 0xf7), rgb(0x23, 0x27, 0x2f));
const TEXT: Property = ("--tvox-text", DARK_TEXT, rgb(0xee, 0xf1, 0xf5));
const MUTED: Property = ("--tvox-text-muted", rgb(0x59, 0x61, 0x6e), rgb(0xa9, 0xb1, 0xbd));
const PAIRS: [Pair; 5] = [
    (TEXT, SURFACE, READABLE),
    (TEXT, RAISED, READABLE),
    (MUTED, SURFACE, READABLE),
    (MUTED, RAISED, READABLE),
    // The colour of buttons: it is compared where the site has chosen the surface around them.
    (("--tvox-color", WHITE, WHITE), SURFACE, VISIBLE),
];

/// Which of the colours that a site has set cannot be read or seen on one another (WCAG 2.2, 1.4.3 and
/// 1.4.11): sentences for the developer's console. `set` is the value of a custom property, where the
/// site sets it; one that it does not set has its default in the themes that visitors may get.
#[must_use]
pub fn faults(theme: Theme, set: &dyn Fn(&str) -> Option<Color>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut judge = |front: (&str, Color), back: (&str, Color), needed: f64| {
        let ratio = contrast(front.1, back.1);
        if ratio < needed {
            let (front, back) =
                (format!("{} {}", front.0, front.1), format!("{} {}", back.0, back.1));
            let (ratio, needed) = (tenths(ratio), tenths(needed));
            let fault =
                format!("{front} on {back} has a contrast of {ratio}:1, it needs {needed}:1");
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    };
    if let (Some(text), Some(brand)) = (set("--tvox-on-color"), set("--tvox-color")) {
        judge(("--tvox-on-color", text), ("--tvox-color", brand), READABLE);
    }
    for dark in [false, true] {
        if theme == if dark { Theme::Light } else { Theme::Dark } {
            continue;
        }
        for (front, back, needed) in PAIRS {
            let (own, behind) = (set(front.0), set(back.0));
            // Its own defaults fit: what is judged is what the site has chosen.
            let chosen = match (own, behind) {
                (Some(_), Some(_)) => true,
                (Some(_), None) | (None, Some(_)) => needed >= READABLE,
                (None, None) => false,
            };
            if !chosen {
                continue;
            }
            let of = |own: Option<Color>, (_, light, night): Property| {
                own.unwrap_or(if dark { night } else { light })
            };
            judge((front.0, of(own, front)), (back.0, of(behind, back)), needed);
        }
    }
    faults
}

/// A ratio to one place, rounded down: what falls short does not look as if it did not.
fn tenths(ratio: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 1 and 21
    let tenths = (ratio * 10.0) as u32;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// White where it can be read, as brands expect; otherwise the darkest text that is needed.
fn readable_on(background: Color) -> Color {
    [WHITE, DARK_TEXT]
        .into_iter()
        .find(|text| contrast(*text, background) >= READABLE)
        .unwrap_or(BLACK)
}

/// The colour nearest to `color` on its way to `end` that can be read on `surface`.
fn towards(color: Color, end: Color, surface: Color) -> Color {
    (0..=20)
        .map(|step| mix(color, end, f64::from(step) / 20.0))
        .find(|mixed| contrast(*mixed, surface) >= READABLE)
        .unwrap_or(end)
}

fn mix(from: Color, to: Color, part: f64) -> Color {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and 255
    let channel =
        |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    rgb(channel(from.red, to.red), channel(from.green, to.green), channel(from.blue, to.blue))
}

/// The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Relative luminance (WCAG 2.2).
fn luminance(color: Color) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { to_2_4((value + 0.055) / 1.055) }
    };
    0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
}

/// `x` to the power of 2.4, for `x` from 0 to 1, as the fifth root of `x` to the twelfth by Newton's
/// method: a library's `powf` for any `x` is a kilobyte.
fn to_2_4(x: f64) -> f64 {
    let sixth = x * x * x * x * x * x;
    let mut root = 1.0;
    for _ in 0..40 {
        let fourth = root * root * root * root;
        root = (4.0 * root + sixth * sixth / fourth) / 5.0;
    }
    root
}

const fn rgb(red: u8, green: u8, blue: u8) -> Color {
    Color { red, green, blue }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Every fifteenth value of each channel: brands choose anything.
    fn brands() -> impl Iterator<Item = Color> {
        let values = || (0..=255_u8).step_by(15);
        values().flat_map(move |red| {
            values().flat_map(move |green| values().map(move |blue| rgb(red, green, blue)))
        })
    }

    #[test]
    fn text_can_be_read_on_any_brand_and_its_gradient() {
        for brand in brands() {
            let palette = Palette::of(brand);
            for background in [palette.brand, palette.deep, mix(brand, palette.deep, 0.5)] {
                let ratio = contrast(palette.on_brand, background);
                assert!(ratio >= READABLE, "{brand}: {ratio}");
            }
        }
    }

    #[test]
    fn any_brand_can_be_read_as_text_on_both_surfaces() {
        for brand in brands() {
            let palette = Palette::of(brand);
            assert!(contrast(palette.ink_light, LIGHT_SURFACE) >= READABLE, "{brand}");
            assert!(contrast(palette.ink_dark, DARK_SURFACE) >= READABLE, "{brand}");
        }
    }

    #[test]
    fn a_brand_that_can_be_read_as_it_is_stays_as_it_is() {
        let navy = rgb(0x1b, 0x2a, 0x6b);
        assert_eq!(Palette::of(navy).ink_light, navy);
        assert_eq!(Palette::of(navy).on_brand, WHITE);
        assert_eq!(Palette::of(rgb(0xff, 0xe0, 0x00)).on_brand, DARK_TEXT);
    }

    fn faults_of(theme: Theme, set: &[(&str, &str)]) -> Vec<String> {
        faults(theme, &|name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, color)| color.parse().unwrap())
        })
    }

    #[test]
    fn a_site_that_sets_no_colour_has_nothing_to_hear() {
        for theme in [Theme::Auto, Theme::Light, Theme::Dark] {
            assert_eq!(faults_of(theme, &[]), Vec::<String>::new());
        }
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_told_with_its_ratio() {
        let pale = [("--tvox-color", "#ffe000"), ("--tvox-on-color", "#fff")];
        assert_eq!(
            faults_of(Theme::Light, &pale),
            [
                "--tvox-on-color #ffffff on --tvox-color #ffe000 has a contrast of 1.3:1, it needs 4.5:1"
            ]
        );
    }

    #[test]
    fn a_text_colour_for_the_light_alone_is_no_good_in_the_dark() {
        let navy = [("--tvox-text", "#112244")];
        assert_eq!(faults_of(Theme::Light, &navy), Vec::<String>::new());
        assert!(
            faults_of(Theme::Auto, &navy)
                .iter()
                .all(|fault| fault.contains("#16191f") || fault.contains("#23272f"))
        );
        assert_eq!(faults_of(Theme::Auto, &navy).len(), 2);
    }

    #[test]
    fn buttons_need_three_to_one_on_a_surface_of_the_site() {
        let beige = [("--tvox-color", "#f0e6c8"), ("--tvox-surface", "#fff8e7")];
        assert_eq!(faults_of(Theme::Light, &beige).len(), 1);
        assert_eq!(faults_of(Theme::Light, &beige[..1]), Vec::<String>::new());
    }

    #[test]
    fn the_power_is_that_of_the_standard() {
        for step in 1..=255_u8 {
            let x = (f64::from(step) / 255.0 + 0.055) / 1.055;
            assert!((to_2_4(x) - x.powf(2.4)).abs() < 1e-9, "{x}");
        }
    }

    #[test]
    fn black_on_white_is_21_to_1() {
        assert!((contrast(BLACK, WHITE) - 21.0).abs() < 0.001);
    }
}
