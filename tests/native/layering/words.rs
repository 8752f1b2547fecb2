//! No component says anything of its own: what a visitor reads is a text of `src/i18n`, so that it is
//! there in every language.

use super::source::{self, literals};
use super::tree;

/// What an element says, and the attributes that are read out or shown.
const SAYS: [&str; 6] = [
    ".text(",
    ".attr(\"aria-label\",",
    ".attr(\"aria-description\",",
    ".attr(\"title\",",
    ".attr(\"placeholder\",",
    ".attr(\"alt\",",
];

/// Names that begin as a word of people does, and are none: keys of a keyboard, interfaces of a browser, what a drag carries,
/// what browsers call themselves (`Chrome/` and the like, too).
const NO_WORDS: [&str; 17] = [
    "Enter",
    "Escape",
    "Tab",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "ArrowUp",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "Notification",
    "Backspace",
    "Delete",
    "Space",
    "Edg",
    "Files",
];

/// The words that a file says to people by itself: texts that reach an element or an attribute, and
/// those that begin like a sentence, wherever they go.
fn own_words(text: &str) -> Vec<String> {
    let plain = &text[..text.find("#[cfg(test)]").unwrap_or(text.len())];
    let mut found = Vec::new();
    for (at, literal) in literals(plain) {
        let before = without_spaces(&plain[..at]);
        let said = SAYS.iter().any(|says| {
            let says = says.replace(' ', "");
            before.ends_with(&says) || before.ends_with(&format!("{says}format!("))
        });
        let is_name = literal.ends_with('/') || NO_WORDS.contains(&literal.as_str());
        if said && has_word(&literal) || begins_like_a_sentence(&literal) && !is_name {
            found.push(literal);
        }
    }
    found
}

fn without_spaces(text: &str) -> String {
    // The end is enough: a call and the attribute's name.
    let end: String = text.chars().rev().take(120).filter(|c| !c.is_whitespace()).collect();
    end.chars().rev().collect()
}

/// Whether there are letters outside of the places to fill.
fn has_word(literal: &str) -> bool {
    let mut depth = 0_i32;
    literal.chars().any(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0 && c.is_alphabetic()
    })
}

/// `Send`, `È tardi`, `Write a message`: not `OUTBOUND`, not `M4 12L3`, not `composer-send`.
fn begins_like_a_sentence(literal: &str) -> bool {
    let mut letters = literal.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.find(|c| *c != '’').is_some_and(|c| c.is_lowercase() || c == ' ')
}

#[test]
fn no_component_says_anything_of_its_own() {
    let own: Vec<String> = tree()
        .iter()
        .filter(|(path, _)| path.starts_with("src/components/") || path.starts_with("src/signals"))
        .flat_map(|(path, text)| {
            own_words(text).into_iter().map(move |words| format!("{path}: {words:?}"))
        })
        .collect();
    assert!(own.is_empty(), "these belong into src/i18n: {own:#?}");
}

#[test]
fn a_planted_word_is_found() {
    for planted in [
        "fn f() { el(\"p\").text(\"hello\") }",
        "fn f() { el(\"p\").text(format!(\"{n} files\")) }",
        "fn f() { button(\"a\", \"b\")\n    .attr( \"aria-label\", \"close\") }",
        "fn f() { img.attr(\"alt\", \"a bicycle\") }",
        "fn f() { el(\"p\").text_live(|| \"Hello there\".into()) }",
        "const A: &str = \"È tardi\";",
        "const A: &str = r#\"Goodbye\"#;",
    ] {
        assert_eq!(own_words(planted).len(), 1, "{planted}");
    }
}

#[test]
fn what_is_no_word_of_people_is_let_pass() {
    for allowed in [
        "/// Says \"Hello\".\nfn f() { el(\"p\").class(\"bar bar--wide\").says(ui, Key::Send) }",
        "fn f() { el(\"p\").text(\"· \").text(format!(\"{a}: {b}\")).attr(\"alt\", \"\") }",
        "fn f() { key == \"Escape\" || state == \"OUTBOUND\" || icon(\"M4.5 12L3.5\") }",
        "fn f() {}\n#[cfg(test)]\nmod tests { const A: &str = \"Hello\"; }",
    ] {
        assert_eq!(own_words(allowed), [""; 0], "{allowed}");
    }
    assert_eq!(source::literals("'\"' \"a\\\"b\" // \"c\""), [(4, "a\\\"b".to_owned())]);
}
