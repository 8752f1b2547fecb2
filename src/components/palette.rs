//! From a brand colour to colours that can be read (WCAG 2.2, 1.4.3 and 1.4.11).

use crate::core::config::Color;

/// Text on a background: at least this ratio (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;

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
mod tests {
    use super::*;

    /// 20 colours spread over the cube by a fixed stride: brands choose anything.
    fn brands() -> impl Iterator<Item = Color> {
        (0..20_u32).map(|n| {
            let [_, red, green, blue] = (n * 838_861 + n * n * 7919).to_be_bytes();
            rgb(red, green, blue)
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
