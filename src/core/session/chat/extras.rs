//! What a conversation offers besides its messages: a copy by mail, a rating, files.

use std::future::Future;
use std::sync::Arc;

use super::ChatSession;
use crate::core::error::Error;
use crate::core::model::{
    Attachment, AttachmentState, FileId, FileUrl, Limits, Private, SessionId,
};
use crate::core::observe::{Subject, Subscription};
use crate::core::ports::{Http, PutRequest};
use crate::core::rpc::Request;
use crate::core::session::upload::{FileUpload, UploadProgress, upload};

impl ChatSession {
    /// Sends the conversation to a mail address (reference, `chatSendRecapOfSession`). True when
    /// the server has taken it.
    ///
    /// # Errors
    /// [`Error::WrongState`] before the session exists; [`Error::Refused`] with 1203
    /// `NOT_CONNECTED` before an operator has joined, 1302 `MAIL_NOT_CONFIGURED` where the server
    /// sends no mail, 1201 `RATE_LIMITED` after too many.
    pub fn send_recap(
        &self,
        mail: &str,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        let operation = "chatSendRecapOfSession";
        let request = self.of_session(operation, |session| Request::chat_recap(session, mail));
        self.carried_out(request)
    }

    /// Tells how it was, from 1 (bad) to 5 (good), during the conversation or after it. A later
    /// rating replaces an earlier one. True when the server has taken it.
    ///
    /// # Errors
    /// [`Error::WrongState`] before the session exists; [`Error::Refused`] with -32602
    /// `INVALID_PARAMS` for any other score.
    pub fn rate(
        &self,
        score: u8,
        comment: Option<&str>,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        let rate = |session: &SessionId| Request::session_rate(session, score, comment);
        let request = self.of_session("rate", rate);
        self.carried_out(request)
    }

    /// What the server accepts, whenever it has said so; the present first.
    pub fn limits(&self) -> Subscription<Limits> {
        self.limits.subscribe()
    }

    /// Whether a file may be sent at all, by what the server said that it accepts: to be asked before
    /// the file is read. [`send_file`](Self::send_file) asks it too.
    ///
    /// # Errors
    /// [`Error::WrongState`] before the session exists; [`Error::Refused`] with 1401 `FILE_TYPE`,
    /// 1402 `FILE_SIZE` or 1403 `FILE_NAME`.
    pub fn check_file(&self, name: &str, media_type: &str, size: u64) -> Result<(), Error> {
        self.id().ok_or(Error::WrongState { operation: "sendFile", state: "not created" })?;
        let limits = self.limits.latest().unwrap_or_default();
        // A server that names no limits judges by itself.
        limits.file.map_or(Ok(()), |limits| limits.check(name, media_type, size))
    }

    /// Sends a file: announces it, then sends its bytes by the platform's HTTP, again where they
    /// got lost. The file appears in the [`conversation`](Self::conversation) when the server has
    /// it.
    ///
    /// ```no_run
    /// # use tvox_widget::core::{ChatSession, Error, ports::Http};
    /// # use futures::StreamExt;
    /// # async fn example(chat: ChatSession, bytes: Vec<u8>, http: impl Http) -> Result<(), Error> {
    /// let upload = chat.send_file("invoice.pdf", "application/pdf", bytes, http);
    /// let mut progress = upload.progress();
    /// let watching = async { while progress.next().await.is_some() {} };
    /// let (attachment, ()) = futures::join!(upload, watching);
    /// # attachment.map(drop)
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongState`] before the session exists; [`Error::Refused`] with 1401 `FILE_TYPE`,
    /// 1402 `FILE_SIZE`, 1403 `FILE_NAME` or 1405 `UPLOAD_EXPIRED`; [`Error::ConnectionLost`] when
    /// every attempt got lost. That a file would do harm (1404 `FILE_INFECTED`) may be known only
    /// later, and is then told in the conversation.
    pub fn send_file<H: Http, B: Into<Arc<[u8]>>>(
        &self,
        name: &str,
        media_type: &str,
        bytes: B,
        http: H,
    ) -> FileUpload<impl Future<Output = Result<Attachment, Error>> + use<H, B>> {
        let body: Arc<[u8]> = bytes.into();
        let size = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let begin = self.check_file(name, media_type, size).and_then(|()| {
            let begin = |session: &_| Request::file_begin(session, name, size, media_type);
            self.of_session("sendFile", begin)
        });
        let (origin, inbox) = (self.server.origin(), self.inbox.clone());
        let (name, media_type) = (Private::from(name), media_type.to_owned());
        let progress = Subject::state(UploadProgress { sent: 0, total: size });
        let told = progress.clone();
        let sending = async move {
            let ticket = inbox.call(begin?).await?.upload_ticket()?;
            let put = PutRequest {
                url: origin + &ticket.url,
                token: ticket.token.into_inner(),
                content_type: media_type.clone(),
                body,
            };
            upload(put, told, http).await?;
            let state = AttachmentState::Scanning;
            Ok(Attachment { file: ticket.file, name, size, media_type, state, reason: None })
        };
        FileUpload::new(progress, sending)
    }

    /// Asks where a file of the conversation can be fetched. The address holds for about a minute.
    ///
    /// # Errors
    /// [`Error::WrongState`] before the session exists; [`Error::Refused`] for a file that is not
    /// there, or not fit to be fetched.
    pub fn file_url(
        &self,
        file: &FileId,
    ) -> impl Future<Output = Result<FileUrl, Error>> + Send + use<> {
        let request = self.of_session("fileUrl", |session| Request::file_url(session, file));
        let (origin, inbox) = (self.server.origin(), self.inbox.clone());
        async move {
            let address = inbox.call(request?).await?.file_address()?;
            Ok(FileUrl { url: Private::new(origin + &address.url), ..address })
        }
    }

    fn carried_out(
        &self,
        request: Result<Request, Error>,
    ) -> impl Future<Output = Result<bool, Error>> + Send + use<> {
        let inbox = self.inbox.clone();
        async move { inbox.call(request?).await?.done() }
    }

    fn of_session(
        &self,
        operation: &'static str,
        request: impl FnOnce(&SessionId) -> Request,
    ) -> Result<Request, Error> {
        let session = self.id().ok_or(Error::WrongState { operation, state: "not created" })?;
        Ok(request(&session))
    }
}
