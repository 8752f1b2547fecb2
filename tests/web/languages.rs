//! The languages, as a browser's `Intl` has it.

use leptos::prelude::*;
use tvox_widget::core::Map;
use tvox_widget::i18n::{Key, Lang, Texts};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::room::Room;

/// What JavaScript makes of an expression.
fn script(expression: &str) -> String {
    js_sys::eval(expression).unwrap().as_string().unwrap()
}

/// The text that counts says its form's name, so that one sees which is taken.
fn forms(lang: Lang) -> Texts {
    let names = ["zero", "one", "two", "few", "many", "other"];
    let forms: Vec<String> = names.iter().map(|name| format!("{name} {{{name}}}")).collect();
    let own =
        Map::from_iter([("unread".to_owned(), format!("{{n, plural, {}}}", forms.join(" ")))]);
    let (texts, faults) =
        Texts::built_in(lang).with(&Map::from_iter([(lang.code().to_owned(), own)]));
    assert_eq!(faults, [""; 0]);
    texts
}

#[wasm_bindgen_test]
fn the_form_is_the_one_that_the_languages_grammar_asks_for() {
    let taken = |lang, n| forms(lang).count(Key::Unread, n);
    let arabic =
        [(0, "zero"), (1, "one"), (2, "two"), (3, "few"), (10, "few"), (11, "many"), (99, "many")];
    for (n, form) in arabic.into_iter().chain([(100, "other"), (102, "other"), (103, "few")]) {
        assert_eq!(taken(Lang::Ar, n), form, "{n} in Arabic");
    }
    for (n, form) in [(0, "other"), (1, "one"), (2, "other"), (21, "other")] {
        assert_eq!(taken(Lang::It, n), form, "{n} in Italian");
        assert_eq!(taken(Lang::De, n), form, "{n} in German");
    }
    for (n, form) in [(0, "one"), (1, "one"), (2, "other")] {
        assert_eq!(taken(Lang::Fr, n), form, "{n} in French");
    }
    assert_eq!(Texts::built_in(Lang::Ar).count(Key::NewMessages, 2), "رسالتان جديدتان");
    assert_eq!(Texts::built_in(Lang::It).count(Key::NewMessages, 1), "1 nuovo messaggio");
}

#[wasm_bindgen_test]
fn a_number_is_written_as_the_language_writes_it() {
    for (lang, tag) in [(Lang::De, "de-CH"), (Lang::It, "it"), (Lang::Ar, "ar-EG")] {
        let file = format!("{{{}}}", file(lang));
        let texts = Texts::read(tag, &file).unwrap();
        let expected = script(&format!("(1234567).toLocaleString('{tag}')"));
        assert_eq!(texts.number(1_234_567), expected, "{tag}");
        assert!(texts.count(Key::QueuePosition, 1_234_567).contains(&expected), "{tag}");
    }
    let german = Texts::built_in(Lang::De).number(1_234_567);
    assert_ne!(german, Texts::built_in(Lang::En).number(1_234_567), "the language makes no odds");
}

/// A language's file, made of what the texts say: the forms do not matter here.
fn file(lang: Lang) -> String {
    let texts = Texts::built_in(lang);
    let member = |key: &Key| {
        let text = js_sys::JSON::stringify(&JsValue::from_str(&texts.get(*key))).unwrap();
        format!("\"{}\":{text}", key.name())
    };
    Key::ALL.iter().map(member).collect::<Vec<_>>().join(",")
}

#[wasm_bindgen_test]
async fn the_day_between_messages_is_written_in_the_language() {
    let mut room = Room::new(1);
    room.talk().await;
    room.says("Eccomi");
    room.until("the message", |look| look.has("message")).await;
    for lang in [Lang::De, Lang::Ar, Lang::It] {
        room.settings.update(|settings| settings.texts = Texts::built_in(lang));
        let texts = Texts::built_in(lang);
        // The script's messages are of one day, which may be today, yesterday or long ago.
        let long = script(&format!(
            "new Date('2026-11-22T10:00:00.000Z').toLocaleString('{}', {{ weekday: 'long', day: 'numeric', month: 'long' }})",
            lang.code()
        ));
        let words = [texts.get(Key::Today), texts.get(Key::Yesterday), long.into()];
        room.until("the day in the language", |look| {
            let day = look.all(".log__day").first().and_then(|day| day.text_content());
            day.is_some_and(|day| words.contains(&day.into()))
        })
        .await;
    }
}
