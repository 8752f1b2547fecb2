//! What the tabs of a visitor tell each other.

use futures::StreamExt;
use tvox_widget::core::WidgetConf;
use tvox_widget::core::model::ChannelType;
use tvox_widget::platform::browser::Siblings;
use tvox_widget::platform::browser::storage::Storage;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::BroadcastChannel;

/// A server of its own for each test: they share the page's storage.
fn storage(server: &str) -> Storage {
    let conf = WidgetConf::builder(server).service(ChannelType::Chat, "service0001", "Support");
    Storage::new(&conf.build().unwrap())
}

/// Another page of the site.
fn other_page(server: &str) -> BroadcastChannel {
    BroadcastChannel::new(&format!("tvox:{server}:")).unwrap()
}

fn word(key: &str, value: &JsValue) -> js_sys::Array {
    js_sys::Array::of2(&key.into(), value)
}

#[wasm_bindgen_test]
async fn what_is_no_word_is_passed_over() {
    let server = "https://rubbish.example";
    let mut siblings = Siblings::new(&storage(server)).unwrap();
    let other = other_page(server);
    let rubbish: [JsValue; 6] = [
        7.into(),
        JsValue::NULL,
        "token".into(),
        js_sys::Array::new().into(),
        js_sys::Array::of2(&1.into(), &2.into()).into(),
        word("token", &7.into()).into(),
    ];
    for message in rubbish {
        other.post_message(&message).unwrap();
    }
    other.post_message(&word("read", &"s_1 4".into())).unwrap();
    assert_eq!(siblings.next().await, Some(("read".to_owned(), Some("s_1 4".to_owned()))));
    other.close();
}

#[wasm_bindgen_test]
async fn a_token_is_taken_unless_a_conversation_hangs_on_another() {
    let server = "https://tokens.example";
    let storage = storage(server);
    let mut siblings = Siblings::new(&storage).unwrap();
    let other = other_page(server);
    other.post_message(&word("token", &"rt_ours".into())).unwrap();
    assert_eq!(siblings.next().await, Some(("token".to_owned(), Some("rt_ours".to_owned()))));
    storage.save("session", "a conversation");
    assert_eq!(siblings.next().await.unwrap().0, "session");
    other.post_message(&word("token", &"rt_another".into())).unwrap();
    other.post_message(&word("read", &"s_1 1".into())).unwrap();
    assert_eq!(siblings.next().await, Some(("read".to_owned(), Some("s_1 1".to_owned()))));
    assert_eq!(storage.load("token").as_deref(), Some("rt_ours"));
    storage.remove("token");
    assert_eq!(siblings.next().await, Some(("token".to_owned(), None)), "a page hears itself");
    other.close();
}

#[wasm_bindgen_test]
fn where_nothing_is_kept_nobody_is_asked() {
    let conf = WidgetConf::builder("https://none.example").service(ChannelType::Chat, "s", "S");
    let conf = conf.build().unwrap();
    let none = Storage::or(tvox_widget::core::config::Persist::None, &conf);
    assert!(Siblings::new(&none).is_none());
}
