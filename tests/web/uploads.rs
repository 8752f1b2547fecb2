//! The page's way of sending files, against whatever serves this page: it takes none, and says so.

use futures::{Stream, StreamExt};
use tvox_widget::core::ports::{Http, PutEvent, PutRequest};
use tvox_widget::platform::browser::Uploads;
use wasm_bindgen_test::wasm_bindgen_test;

fn request(url: &str) -> PutRequest {
    PutRequest {
        url: url.to_owned(),
        token: "ut_1".to_owned(),
        content_type: "text/plain".to_owned(),
        body: vec![b'x'; 300_000].into(),
    }
}

/// The address of a server that speaks HTTP: the one this page came from.
fn here() -> String {
    let origin = web_sys::window().unwrap().location().origin().unwrap();
    format!("{origin}/tvox/widget/files/f_1")
}

#[wasm_bindgen_test]
async fn a_put_tells_how_far_it_is_and_then_what_the_server_says() {
    let told = told(&mut Uploads.put(&request(&here()))).await;
    let Some((PutEvent::Answered { status, .. }, before)) = told.split_last() else {
        panic!("no answer: {told:?}")
    };
    assert!((400..600).contains(status), "a server without files answered {status}");
    assert!(before.iter().all(|event| matches!(event, PutEvent::Sent(1..=300_000))), "{before:?}");
    assert!(!before.is_empty(), "nothing was told before the answer");
}

#[wasm_bindgen_test]
async fn a_put_to_nobody_is_lost() {
    // Nothing listens on the discard port of this machine.
    let told = told(&mut Uploads.put(&request("http://127.0.0.1:9/f_1"))).await;
    assert_eq!(told.last(), Some(&PutEvent::Lost));
}

#[wasm_bindgen_test]
async fn a_put_that_is_dropped_is_given_up_quietly() {
    drop(Uploads.put(&request(&here())));
    // Its callbacks are gone with it: if one were called, the page would see an exception, at the
    // latest when the one behind it is answered.
    let told = told(&mut Uploads.put(&request(&here()))).await;
    assert!(matches!(told.last(), Some(PutEvent::Answered { .. })), "{told:?}");
}

/// All that is told, to the end.
async fn told(put: &mut (impl Stream<Item = PutEvent> + Unpin)) -> Vec<PutEvent> {
    let mut told = Vec::new();
    while let Some(event) = put.next().await {
        let goes_on = matches!(event, PutEvent::Sent(_));
        told.push(event);
        if !goes_on {
            break;
        }
    }
    told
}
