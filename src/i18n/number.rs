//! Numbers in a language: how they are written, and which of its plural forms they take.
//!
//! In a page the browser knows (ECMA-402), so no rule is compiled in. Natively, where nothing is shown
//! and only tests look, the rules of CLDR 48 for whole numbers stand here; the tests in a browser hold
//! the two against each other.

use std::borrow::Cow;

/// The number as the locale writes it.
#[cfg(target_arch = "wasm32")]
pub(super) fn written(locale: &str, n: u64) -> String {
    js_sys::Number::from(double(n)).to_locale_string(locale).into()
}

/// The number in ASCII digits.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn written(_locale: &str, n: u64) -> String {
    n.to_string()
}

/// The plural category: `zero`, `one`, `two`, `few`, `many` or `other`.
#[cfg(target_arch = "wasm32")]
pub(super) fn category(locale: &str, n: u64) -> Cow<'static, str> {
    let locales = js_sys::Array::of1(&locale.into());
    let rules = js_sys::Intl::PluralRules::new(&locales, &js_sys::Object::new());
    Cow::Owned(rules.select(double(n)).into())
}

#[cfg(target_arch = "wasm32")]
fn double(n: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "nothing is counted beyond 2^53")]
    let double = n as f64;
    double
}

/// The plural category: `zero`, `one`, `two`, `few`, `many` or `other`.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn category(locale: &str, n: u64) -> Cow<'static, str> {
    let primary = locale.split('-').next().unwrap_or_default();
    // Portugal counts nought as a plural, Brazil as a singular.
    let nought_is_one = primary == "fr" || primary == "pt" && locale != "pt-PT";
    let millions = n != 0 && n.is_multiple_of(1_000_000);
    let category = match (primary, n) {
        ("ar", 0) => "zero",
        ("ar", 2) => "two",
        ("ar", _) if (3..=10).contains(&(n % 100)) => "few",
        ("ar", _) if n % 100 >= 11 => "many",
        (_, 0) if nought_is_one => "one",
        (_, 1) => "one",
        ("it" | "es" | "fr" | "pt", _) if millions => "many",
        _ => "other",
    };
    Cow::Borrowed(category)
}
