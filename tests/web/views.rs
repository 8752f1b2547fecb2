//! The one kind of element: what is kept, replaced and let go.

use leptos::mount::mount_to;
use leptos::prelude::*;
use tvox_widget::components::dom::el;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Look, place, until};

#[wasm_bindgen_test]
async fn a_row_that_stays_keeps_its_element_wherever_it_moves() {
    let place = place();
    let keys = ArcRwSignal::new(vec!["a", "b", "c"]);
    let shown = keys.clone();
    let mounted = mount_to(place.clone(), move || {
        let keys = move || shown.get().into_iter().map(str::to_owned).collect();
        el("div").rows(keys, |key| el("i").attr("data-key", key))
    });
    let look = Look(place.into());
    let order = || -> Vec<String> {
        look.all("i").iter().map(|row| row.get_attribute("data-key").unwrap()).collect()
    };
    assert_eq!(order(), ["a", "b", "c"]);
    let first = look.all("i").remove(0);

    keys.set(vec!["d", "c", "a", "e"]);
    until("the new order", || order() == ["d", "c", "a", "e"]).await;
    assert!(look.all("i")[2].is_same_node(Some(&first)));
    keys.set(Vec::new());
    until("no rows", || order().is_empty()).await;
    keys.set(vec!["a"]);
    until("a row again", || order() == ["a"]).await;
    drop(mounted);
}

#[wasm_bindgen_test]
async fn what_is_swapped_out_reads_nothing_any_more() {
    let place = place();
    let (outer, inner) = (ArcRwSignal::new(true), ArcRwSignal::new(0));
    let (on, count) = (outer.clone(), inner.clone());
    let mounted = mount_to(place.clone(), move || {
        el("div").swap(move || {
            on.get().then(|| {
                // Lives as long as what is drawn here, and no longer.
                let own = RwSignal::new(1);
                let (outer, count) = (count.clone(), count.clone());
                el("b").swap(move || {
                    let sum = outer.get();
                    let count = count.clone();
                    let text = move || (own.get() + count.get() + sum).to_string().into();
                    Some(el("i").text_live(text))
                })
            })
        })
    });
    let look = Look(place.into());
    until("the first text", || look.all("i").len() == 1).await;
    // Both at once: the inner parts are due when the outer one takes them away. Reading a signal that
    // has gone would panic, and this test with it.
    outer.set(false);
    inner.set(5);
    until("nothing", || look.all("b").is_empty()).await;
    outer.set(true);
    until("the text again", || {
        look.all("i").first().and_then(|it| it.text_content()).as_deref() == Some("11")
    })
    .await;
    drop(mounted);
}

#[wasm_bindgen_test]
fn attributes_and_classes_follow_and_text_is_never_markup() {
    let place = place();
    let mounted = mount_to(place.clone(), || {
        el("p").class("a").class_if("b", || true).attr_live("title", || None).text("<b>x</b>")
    });
    let look = Look(place.into());
    let paragraph = look.all("p").remove(0);
    assert_eq!(paragraph.class_name(), "a b");
    assert!(!paragraph.has_attribute("title"));
    assert_eq!(paragraph.text_content().unwrap(), "<b>x</b>");
    assert!(look.all("b").is_empty());
    drop(mounted);
}
