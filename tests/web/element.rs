//! The custom element: the class of `element.js` over the real object.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect, encode_uri_component};
use tvox_widget::element::object::{TvoxElement, css};
use tvox_widget::i18n::Lang;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{CustomEvent, HtmlElement};

use crate::page::{Look, document, place, until};

const CLASS: &str = include_str!("../../src/element/element.js");

const FILES: [(&str, &str); 3] = [
    ("ar", include_str!("../../src/i18n/texts/ar.json")),
    ("en", include_str!("../../src/i18n/texts/en.json")),
    ("it", include_str!("../../src/i18n/texts/it.json")),
];

#[wasm_bindgen(
    inline_js = "export const load = (text) => import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));"
)]
extern "C" {
    #[wasm_bindgen(catch)]
    fn load(text: &str) -> Result<Promise, JsValue>;
}

const FRENCH: &str = include_str!("../../src/i18n/texts/fr.json");

/// Runs the class's own text, with this test's module in place of the one that it imports.
async fn define(name: &str) {
    define_with(name, &str::to_owned).await;
}

/// The same with a change to the class.
async fn define_with(name: &str, change: &dyn Fn(&str) -> String) {
    type Make = dyn Fn(
        HtmlElement,
        HtmlElement,
        String,
        String,
        Option<String>,
        Option<String>,
    ) -> TvoxElement;
    let make = Closure::<Make>::new(|host, mount, lang: String, texts: String, json, why| {
        TvoxElement::new(host, mount, &lang, &texts, json, why).unwrap()
    });
    let glue = Object::new();
    let set = |name: &str, value: &JsValue| Reflect::set(&glue, &name.into(), value).unwrap();
    set("make", make.as_ref());
    set("css", &css().into());
    Reflect::set(&js_sys::global(), &"__glue".into(), &glue).unwrap();
    // The class is defined for the rest of the page's life.
    make.forget();

    let begin = CLASS.find("import init").unwrap();
    let end = begin + CLASS[begin..].find(';').unwrap() + 1;
    let stand_in = "const { make } = globalThis.__glue, sheet = globalThis.__glue.css;
        const init = async () => {}, css = () => sheet;
        const TvoxElement = function (...all) { return make(...all); };";
    let mut text = format!("{}{stand_in}{}", &CLASS[..begin], &CLASS[end..])
        .replace("\"tvox-widget\"", &format!("{name:?}"))
        .replace("import.meta.url", "document.baseURI");
    // There are no files beside this module: a language's is in its address.
    for (lang, file) in FILES {
        let data = format!("data:application/json,{}", encode_uri_component(file));
        text = text.replace(&format!("./texts/{lang}.json"), &data);
    }
    JsFuture::from(load(&change(&text)).unwrap()).await.unwrap();
}

/// A new element of its own name, and what it tells the page.
struct Page {
    element: HtmlElement,
    events: Rc<RefCell<Vec<CustomEvent>>>,
}

impl Page {
    fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        let element: HtmlElement = document().create_element(name).unwrap().unchecked_into();
        for (name, value) in attributes {
            element.set_attribute(name, value).unwrap();
        }
        let events = Rc::new(RefCell::new(Vec::new()));
        let seen = Rc::clone(&events);
        let listener =
            Closure::<dyn Fn(CustomEvent)>::new(move |event| seen.borrow_mut().push(event));
        for name in ["tvox-open", "tvox-close", "tvox-error"] {
            let function = listener.as_ref().unchecked_ref();
            element.add_event_listener_with_callback(name, function).unwrap();
        }
        listener.forget();
        Self { element, events }
    }

    fn look(&self) -> Look {
        Look(self.element.shadow_root().unwrap().into())
    }

    fn call(&self, method: &str) {
        let function: Function = Reflect::get(&self.element, &method.into()).unwrap().into();
        function.call0(&self.element).unwrap();
    }

    fn names(&self) -> Vec<String> {
        self.events.borrow().iter().map(|event| event.type_()).collect()
    }

    async fn drawn(&self) {
        until("the launcher", || {
            self.element.shadow_root().is_some() && self.look().has("launcher")
        })
        .await;
    }
}

const OK: [(&str, &str); 2] = [("server", "http://localhost:9"), ("services", "s1=Assistenza")];

#[wasm_bindgen_test]
async fn attributes_are_followed_while_the_element_lives() {
    define("tvox-one").await;
    let page = Page::new("tvox-one", &[OK[0], OK[1], ("lang", "it"), ("theme", "dark")]);
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    assert!(page.look().is("root", "data-theme", "dark"));
    assert!(page.look().is("launcher", "aria-label", "Contattaci"));

    page.element.set_attribute("lang", "en").unwrap();
    page.element.set_attribute("position", "left").unwrap();
    page.element.remove_attribute("theme").unwrap();
    until("English", || page.look().is("launcher", "aria-label", "Contact us")).await;
    until("the left side", || page.look().is("root", "data-side", "left")).await;
    until("no theme", || page.look().is("root", "data-theme", "auto")).await;
    page.element.remove();
}

#[wasm_bindgen_test]
async fn a_configuration_set_before_the_class_is_known_counts_and_one_set_later_too() {
    let page = Page::new("tvox-two", &[]);
    let conf = |label: &str| {
        js_sys::JSON::parse(&format!(
            r#"{{"server":{{"url":"http://localhost:9"}},"servicesConfiguration":[{{"type":"CHAT","services":[{{"code":"s1","description":"A"}}]}}],"graphics":{{"label":"{label}"}}}}"#
        ))
        .unwrap()
    };
    Reflect::set(&page.element, &"configuration".into(), &conf("Before")).unwrap();
    place().append_child(&page.element).unwrap();
    define("tvox-two").await;
    page.drawn().await;
    until("its label", || page.look().text("launcher-label") == "Before").await;
    Reflect::set(&page.element, &"configuration".into(), &conf("After")).unwrap();
    until("the next label", || page.look().text("launcher-label") == "After").await;
    page.element.remove();
}

#[wasm_bindgen_test]
async fn json_in_the_element_is_its_configuration() {
    define("tvox-json").await;
    let page = Page::new("tvox-json", &[]);
    let script = document().create_element("script").unwrap();
    script.set_attribute("type", "application/json").unwrap();
    script.set_text_content(Some(
        r#"{"server":{"url":"http://localhost:9"},"servicesConfiguration":[{"type":"CHAT","services":[{"code":"s1"}]}],"graphics":{"label":"From JSON"}}"#,
    ));
    page.element.append_child(&script).unwrap();
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    assert_eq!(page.look().text("launcher-label"), "From JSON");
    page.element.remove();
}

#[wasm_bindgen_test]
async fn a_colour_of_the_site_that_cannot_be_read_is_told_in_the_console() {
    define("tvox-pale").await;
    let said: Rc<RefCell<Vec<String>>> = Rc::default();
    let heard = Rc::clone(&said);
    let listener = Closure::<dyn Fn(JsValue)>::new(move |what: JsValue| {
        heard.borrow_mut().extend(what.as_string());
    });
    let console = Reflect::get(&js_sys::global(), &"console".into()).unwrap();
    let before = Reflect::get(&console, &"warn".into()).unwrap();
    Reflect::set(&console, &"warn".into(), listener.as_ref()).unwrap();

    let page = Page::new("tvox-pale", &OK);
    let style = page.element.style();
    style.set_property("--tvox-color", "#ffe000").unwrap();
    style.set_property("--tvox-on-color", "#ffffff").unwrap();
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    let told = || said.borrow().iter().any(|it| it.contains("#ffffff on --tvox-color #ffe000"));
    until("the warning", told).await;
    Reflect::set(&console, &"warn".into(), &before).unwrap();
    page.element.remove();
}

#[wasm_bindgen_test]
async fn moving_keeps_the_widget_and_removing_frees_it() {
    define("tvox-three").await;
    let page = Page::new("tvox-three", &OK);
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    page.call("open");
    until("the panel", || page.look().has("panel")).await;
    let panel = page.look().the("panel");

    place().append_child(&page.element).unwrap();
    JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await.unwrap();
    assert!(page.look().the("panel").is_same_node(Some(&panel)), "moved, not made anew");

    page.element.remove();
    until("an empty root", || page.element.shadow_root().unwrap().child_element_count() == 0).await;
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    assert!(!page.look().has("panel"), "made anew");
    page.element.remove();
}

#[wasm_bindgen_test]
async fn two_elements_stand_side_by_side() {
    define("tvox-four").await;
    let (one, other) = (Page::new("tvox-four", &OK), Page::new("tvox-four", &OK));
    let place = place();
    place.append_child(&one.element).unwrap();
    place.append_child(&other.element).unwrap();
    one.drawn().await;
    other.drawn().await;
    one.look().click("launcher");
    until("one panel", || one.look().has("panel")).await;
    assert!(!other.look().has("panel"));
    assert_eq!(other.names(), Vec::<String>::new());
    one.element.remove();
    until("the one is gone", || one.element.shadow_root().unwrap().child_element_count() == 0)
        .await;
    other.look().click("launcher");
    until("the other's panel", || other.look().has("panel")).await;
    other.element.remove();
}

#[wasm_bindgen_test]
async fn a_wrong_configuration_is_an_event_and_a_text_never_a_panic() {
    define("tvox-five").await;
    let page = Page::new("tvox-five", &[OK[0], OK[1], ("theme", "blue")]);
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    until("the event", || page.names() == ["tvox-error"]).await;
    let detail = page.events.borrow()[0].detail();
    let field = Reflect::get(&detail, &"field".into()).unwrap();
    assert_eq!(field.as_string().unwrap(), "attribute theme");
    page.look().click("launcher");
    until("the text", || page.look().text("error").contains("attribute theme")).await;
    page.element.set_attribute("theme", "light").unwrap();
    until("the home screen", || page.look().has("home")).await;
    page.element.remove();
}

#[wasm_bindgen_test]
async fn a_listener_can_prevent_the_opening_and_call_back_into_the_element() {
    define("tvox-six").await;
    let page = Page::new("tvox-six", &OK);
    let target = page.element.clone();
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        // While the object is in the middle of `open`.
        target.set_attribute("lang", "it").unwrap();
        event.prevent_default();
    });
    let function = listener.as_ref().unchecked_ref();
    page.element.add_event_listener_with_callback("tvox-open", function).unwrap();
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    page.call("open");
    until("Italian", || page.look().is("launcher", "aria-label", "Contattaci")).await;
    assert!(!page.look().has("panel"));
    page.element.remove();
}

#[wasm_bindgen_test]
async fn a_language_that_cannot_be_had_is_english_and_no_error_of_the_page() {
    define("tvox-lost").await;
    // Of French this test has no file.
    let page = Page::new("tvox-lost", &[OK[0], OK[1], ("lang", "fr")]);
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    assert!(page.look().is("root", "lang", "en"));
    assert!(page.look().is("launcher", "aria-label", "Contact us"));
    page.element.set_attribute("lang", "it").unwrap();
    until("Italian", || page.look().is("launcher", "aria-label", "Contattaci")).await;
    page.element.remove();
}

#[wasm_bindgen_test]
async fn the_language_is_the_elements_then_the_configurations_then_the_pages() {
    define("tvox-wish").await;
    let page = Page::new("tvox-wish", &[]);
    let conf = |lang: &str| {
        js_sys::JSON::parse(&format!(
            r#"{{"server":{{"url":"http://localhost:9"}},"servicesConfiguration":[{{"type":"CHAT","services":[{{"code":"s1","description":"A"}}]}}]{lang}}}"#
        ))
        .unwrap()
    };
    let configure = |lang: &str| {
        Reflect::set(&page.element, &"configuration".into(), &conf(lang)).unwrap();
    };
    let speaks = async |lang: &str, dir: &str| {
        until(lang, || page.look().is("root", "lang", lang) && page.look().is("root", "dir", dir))
            .await;
    };
    let around = place();
    around.set_lang("it-CH");
    configure("");
    around.append_child(&page.element).unwrap();
    page.drawn().await;
    speaks("it", "ltr").await;
    configure(r#","graphics":{"lang":"ar-EG"}"#);
    speaks("ar", "rtl").await;
    page.element.set_attribute("lang", "en-GB").unwrap();
    speaks("en", "ltr").await;
    page.element.set_attribute("lang", "fi").unwrap();
    speaks("ar", "rtl").await;
    configure("");
    speaks("it", "ltr").await;
    page.element.remove();

    // The page's own, as it changes.
    let html = document().document_element().unwrap();
    let before = html.get_attribute("lang").unwrap_or_default();
    html.set_attribute("lang", "it").unwrap();
    let page = Page::new("tvox-wish", &OK);
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    assert!(page.look().is("root", "lang", "it"));
    html.set_attribute("lang", "ar").unwrap();
    until("Arabic", || page.look().is("root", "lang", "ar")).await;
    html.set_attribute("lang", &before).unwrap();
    page.element.remove();
}

#[wasm_bindgen_test]
async fn a_late_answer_of_an_earlier_choice_does_not_win() {
    // French comes when the test says so.
    let answer: Rc<RefCell<Option<Function>>> = Rc::default();
    let keep = Rc::clone(&answer);
    let promise = Promise::new(&mut |resolve, _| *keep.borrow_mut() = Some(resolve));
    Reflect::set(&js_sys::global(), &"__french".into(), &promise).unwrap();
    define_with("tvox-late", &|class| {
        let fetches = "await fetch(TEXTS[lang])";
        assert!(class.contains(fetches));
        class.replace(fetches, "await (lang === \"fr\" ? globalThis.__french : fetch(TEXTS[lang]))")
    })
    .await;
    let page = Page::new("tvox-late", &[OK[0], OK[1], ("lang", "it")]);
    place().append_child(&page.element).unwrap();
    page.drawn().await;
    page.element.set_attribute("lang", "fr").unwrap();
    page.element.set_attribute("lang", "ar").unwrap();
    until("Arabic", || page.look().is("root", "lang", "ar")).await;
    let late = web_sys::Response::new_with_opt_str(Some(FRENCH)).unwrap();
    answer.borrow().as_ref().unwrap().call1(&JsValue::NULL, &late).unwrap();
    JsFuture::from(promise).await.unwrap();
    for _ in 0..3 {
        tvox_widget::signals::frame().await;
    }
    assert!(page.look().is("root", "lang", "ar"));
    // It was French that came, and it is there for whoever wants it now.
    page.element.set_attribute("lang", "fr").unwrap();
    until("French", || page.look().is("root", "lang", "fr")).await;
    page.element.remove();
}

#[wasm_bindgen_test]
fn the_class_observes_what_the_object_reads() {
    let list = CLASS.split("const ATTRIBUTES = [").nth(1).unwrap().split(']').next().unwrap();
    let names: Vec<&str> =
        list.split(',').map(|it| it.trim().trim_matches('"')).filter(|it| !it.is_empty()).collect();
    assert_eq!(names, tvox_widget::element::attributes::OBSERVED);
    let _ = Array::new();
}

#[wasm_bindgen_test]
fn the_class_loads_the_languages_that_the_object_speaks() {
    let lines = CLASS.split("const TEXTS = {").nth(1).unwrap().split("};").next().unwrap().lines();
    let loaded: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
    let mut spoken = vec![String::new()];
    for lang in Lang::ALL {
        let code = lang.code();
        spoken.push(format!("{code}: new URL(\"./texts/{code}.json\", import.meta.url),"));
    }
    assert_eq!(loaded, spoken);
}
