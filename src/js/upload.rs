use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::convert;
use super::observable::{Source, promise};
use crate::core::model::Attachment;
use crate::core::{Error, FileUpload, Subscription, UploadProgress};

/// A file on its way to the server.
#[wasm_bindgen]
pub struct UploadHandle {
    inner: Shared,
}

/// Empty once it is given up.
type Shared = Rc<RefCell<Option<Box<dyn Upload>>>>;

/// An upload with the type of its future out of sight.
trait Upload: Future<Output = Result<Attachment, Error>> + Unpin {
    fn progress(&self) -> Subscription<UploadProgress>;
}

impl<F: Future<Output = Result<Attachment, Error>>> Upload for FileUpload<F> {
    fn progress(&self) -> Subscription<UploadProgress> {
        Self::progress(self)
    }
}

impl UploadHandle {
    pub(super) fn new(
        upload: FileUpload<impl Future<Output = Result<Attachment, Error>> + 'static>,
    ) -> Self {
        Self { inner: Rc::new(RefCell::new(Some(Box::new(upload)))) }
    }
}

#[wasm_bindgen]
impl UploadHandle {
    /// How far it has come.
    pub fn progress(&self) -> Source {
        let subscribe = |upload: &Shared| -> Result<Subscription<UploadProgress>, Error> {
            upload.borrow().as_ref().map(|upload| upload.progress()).ok_or(Error::Cancelled)
        };
        Source::fallible(&self.inner, subscribe, convert::progress)
    }

    /// Goes on until the server has the file.
    pub fn done(&self) -> Promise {
        let upload = Rc::clone(&self.inner);
        let done = poll_fn(move |context| match &mut *upload.borrow_mut() {
            Some(upload) => Pin::new(upload.as_mut()).poll(context),
            None => Poll::Ready(Err(Error::Cancelled)),
        });
        promise(done, convert::attachment)
    }

    /// Gives it up, if it still goes on.
    pub fn stop(&self) {
        let upload = self.inner.borrow_mut().take();
        drop(upload);
    }
}
