use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::channel::mpsc;
use futures::{Stream, StreamExt};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ProgressEvent, Response, XmlHttpRequest};

use crate::core::ports::{PutEvent, PutRequest};

/// Bytes on their way; dropping them takes them back.
pub struct Put {
    events: mpsc::UnboundedReceiver<PutEvent>,
    carrier: Carrier,
}

enum Carrier {
    /// A page's: the only one that says how far it is.
    Page { request: XmlHttpRequest, _callbacks: [Closure<dyn FnMut(ProgressEvent)>; 2] },
    /// Where there is no page, as in Node.
    Elsewhere(AbortController),
    /// There is neither.
    Nothing,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, options: &JsValue) -> Result<Promise, JsValue>;
}

impl Put {
    pub(super) fn new(put: &PutRequest) -> Self {
        let (sender, events) = mpsc::unbounded();
        let carrier = by_page(put, &sender).or_else(|_| elsewhere(put, sender));
        Self { events, carrier: carrier.unwrap_or(Carrier::Nothing) }
    }
}

impl Stream for Put {
    type Item = PutEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<PutEvent>> {
        self.events.poll_next_unpin(context)
    }
}

impl Drop for Put {
    fn drop(&mut self) {
        match &self.carrier {
            Carrier::Page { request, .. } => {
                // Giving up tells the callbacks too, which are going away.
                request.set_onloadend(None);
                if let Ok(upload) = request.upload() {
                    upload.set_onprogress(None);
                }
                let _ = request.abort();
            }
            Carrier::Elsewhere(controller) => controller.abort(),
            Carrier::Nothing => {}
        }
    }
}

impl fmt::Debug for Put {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Put")
    }
}

fn by_page(put: &PutRequest, sender: &mpsc::UnboundedSender<PutEvent>) -> Result<Carrier, JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open("PUT", &put.url)?;
    request.set_request_header("Authorization", &bearer(put))?;
    request.set_request_header("Content-Type", &put.content_type)?;
    let progress = {
        let sender = sender.clone();
        Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count of bytes, far below 2^53"
            )]
            let _ = sender.unbounded_send(PutEvent::Sent(event.loaded() as u64));
        })
    };
    let end = {
        let (sender, request) = (sender.clone(), request.clone());
        Closure::<dyn FnMut(ProgressEvent)>::new(move |_: ProgressEvent| {
            let _ = sender.unbounded_send(match request.status() {
                Ok(status @ 1..) => {
                    let body = request.response_text().ok().flatten().unwrap_or_default();
                    PutEvent::Answered { status, body }
                }
                // Status 0: it never came to an answer, or a page of this origin may not read it.
                Ok(0) | Err(_) => PutEvent::Lost,
            });
        })
    };
    request.upload()?.set_onprogress(Some(progress.as_ref().unchecked_ref::<Function>()));
    request.set_onloadend(Some(end.as_ref().unchecked_ref::<Function>()));
    request.send_with_opt_u8_array(Some(&put.body))?;
    Ok(Carrier::Page { request, _callbacks: [progress, end] })
}

fn elsewhere(
    put: &PutRequest,
    sender: mpsc::UnboundedSender<PutEvent>,
) -> Result<Carrier, JsValue> {
    let controller = AbortController::new()?;
    let object = |pairs: &[(&str, JsValue)]| {
        let object = js_sys::Object::new();
        for (name, value) in pairs {
            Reflect::set(&object, &JsValue::from_str(name), value)?;
        }
        Ok::<JsValue, JsValue>(object.into())
    };
    let headers = object(&[
        ("Authorization", bearer(put).into()),
        ("Content-Type", put.content_type.as_str().into()),
    ])?;
    let options = object(&[
        ("method", "PUT".into()),
        ("headers", headers),
        ("body", js_sys::Uint8Array::from(&put.body[..]).into()),
        ("signal", controller.signal().into()),
    ])?;
    let answer = fetch(&put.url, &options)?;
    wasm_bindgen_futures::spawn_local(async move {
        let event = answered(answer).await.unwrap_or(PutEvent::Lost);
        let _ = sender.unbounded_send(event);
    });
    Ok(Carrier::Elsewhere(controller))
}

async fn answered(answer: Promise) -> Result<PutEvent, JsValue> {
    let response: Response = JsFuture::from(answer).await?.unchecked_into();
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(PutEvent::Answered { status: response.status(), body })
}

fn bearer(put: &PutRequest) -> String {
    format!("Bearer {}", put.token)
}
