//! Files of a conversation: announced, arrived, looked at, fetched. The bytes themselves never come here.
//!
//! ```text
//!  file.begin ──▶ announced ──▶ Uploaded ──▶ SCANNING ──▶ Scanned ──▶ AVAILABLE | REFUSED
//! ```

use super::state::{Author, Stage, What, fingerprint};
use super::{Effect, Engine, Owner, Record, Timestamp};
use crate::settings::TYPES;
use crate::wire::call::Key;
use crate::wire::fault::Fault;
use crate::wire::file::{
    Attachment, FileAddress, FileBegin, FileCall, FileSlot, FileState, FileUrl,
};
use crate::wire::frame::raw;
use crate::wire::id::{FileId, OperatorId, SessionId, VisitorId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::Sha256;
use std::fmt;
use std::time::Duration;

/// Bytes of a file's name.
const NAME: usize = 200;
/// How soon a file that is looked at may be asked for again.
const SOON: Duration = Duration::from_secs(1);
/// Endings by which programs are known, also before the last one.
const PROGRAMS: [&str; 24] = [
    "app", "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "htm", "html", "jar", "js", "lnk",
    "mjs", "msi", "php", "ps1", "scr", "sh", "svg", "vbs", "wsf", "xhtml", "xml",
];

/// SHA-256 of a file's bytes.
pub type Digest = [u8; 32];

/// A file as it is kept.
#[derive(Clone)]
pub struct FileRow {
    /// Its id.
    pub id: FileId,
    /// Of which conversation.
    pub session: SessionId,
    /// Who sends it; nobody: the visitor.
    pub operator: Option<OperatorId>,
    /// The sender's key.
    pub key: String,
    /// As it is called where it comes from.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Media type.
    pub media_type: String,
    /// Until when it may arrive.
    pub expires: Timestamp,
    /// Of what arrived, if it did.
    pub digest: Option<Digest>,
    /// Where it stands, once it arrived.
    pub state: Option<FileState>,
}

impl fmt::Debug for FileRow {
    /// Without the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileRow({} {:?})", self.id, self.state)
    }
}

impl FileRow {
    /// Its name on the disk, once it arrived: other bytes would have another.
    pub fn stored(&self) -> Option<String> {
        self.digest.map(|digest| stored_name(&self.id, &digest))
    }

    fn attachment(&self, state: FileState) -> Attachment {
        Attachment {
            file: self.id.clone(),
            name: self.name.clone(),
            size: self.size,
            media_type: self.media_type.clone(),
            state,
            reason: (state == FileState::Refused).then(|| "FILE_INFECTED".to_owned()),
        }
    }
}

/// The name under which bytes of that digest lie on the disk.
pub fn stored_name(id: &FileId, digest: &Digest) -> String {
    let digest: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{id}-{digest}")
}

/// What may be uploaded with a token.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Exactly so many bytes.
    pub size: u64,
    /// Of this type.
    pub media_type: String,
    /// How long it may take.
    pub time: Duration,
}

/// What may be fetched with a signature.
#[derive(Clone)]
pub struct Download {
    /// On the disk.
    pub stored: String,
    /// For people.
    pub name: String,
    /// Of the content.
    pub media_type: String,
}

/// What is kept of an answer: the token is made anew when it is repeated.
#[derive(Serialize, Deserialize)]
struct Begun {
    file: FileId,
}

impl Engine {
    pub(super) fn visitor_file(
        &mut self,
        visitor: &VisitorId,
        call: FileCall,
    ) -> Result<Box<RawValue>, Fault> {
        match call {
            FileCall::Begin(call) => {
                self.own_chat(visitor, &call.session)?;
                self.file_begin(Owner::Visitor(visitor.clone()), call)
            }
            FileCall::Url(call) => {
                self.own_chat(visitor, &call.session)?;
                self.file_url(&call)
            }
        }
    }

    pub(super) fn operator_file(
        &mut self,
        operator: &OperatorId,
        call: FileCall,
    ) -> Result<Box<RawValue>, Fault> {
        match call {
            FileCall::Begin(call) => {
                self.visible_chat(operator, &call.session)?;
                self.file_begin(Owner::Operator(operator.clone()), call)
            }
            FileCall::Url(call) => {
                self.visible_chat(operator, &call.session)?;
                self.file_url(&call)
            }
        }
    }

    /// Whether a `PUT` with that token may begin.
    ///
    /// # Errors
    /// 1405: the token is none of this file's, or is none any more. 1301: the conversation is over.
    pub fn may_upload(&self, id: &FileId, token: &str, now: Timestamp) -> Result<Upload, Fault> {
        let expired = || Fault::upload_expired("this token is none, or none any more");
        let file = self.files.get(id).ok_or_else(expired)?;
        let given = token.strip_prefix("ut_").and_then(|mac| URL_SAFE_NO_PAD.decode(mac).ok());
        let is_token =
            given.is_some_and(|given| self.mac(&["put", id.as_str()]).verify_slice(&given).is_ok());
        if !is_token || file.expires <= now {
            return Err(expired());
        }
        if file.digest.is_none() && !self.is_open(&file.session) {
            return Err(Fault::session_closed("the conversation is over"));
        }
        Ok(Upload {
            size: file.size,
            media_type: file.media_type.clone(),
            time: file.expires.since(now),
        })
    }

    /// Whether these are the bytes that arrived under that id.
    ///
    /// # Errors
    /// 1304: others were. 1301: none were, since the conversation was over. 1405: there is no such file.
    pub fn has_arrived(&self, id: &FileId, digest: &Digest) -> Result<(), Fault> {
        match self.files.get(id).map(|file| file.digest) {
            Some(Some(known)) if known == *digest => Ok(()),
            Some(Some(_)) => Err(Fault::key_reused("other bytes came with this token")),
            Some(None) => Err(Fault::session_closed("the conversation is over")),
            None => Err(Fault::upload_expired("no such file")),
        }
    }

    /// What a signed address leads to.
    ///
    /// # Errors
    /// 1303: to nothing, or to nothing any more.
    pub fn may_download(
        &self,
        id: &FileId,
        signature: &str,
        now: Timestamp,
    ) -> Result<Download, Fault> {
        let none = || Fault::session_not_found("this address leads nowhere, or does not any more");
        let (end, given) = signature.split_once('.').ok_or_else(none)?;
        let file = self.files.get(id).ok_or_else(none)?;
        let given = URL_SAFE_NO_PAD.decode(given).map_err(|_| none())?;
        let is_ours = self
            .mac(&["get", id.as_str(), file.session.as_str(), end])
            .verify_slice(&given)
            .is_ok();
        let end: i64 = end.parse().map_err(|_| none())?;
        if !is_ours || Timestamp::from_millis(end.saturating_mul(1000)) <= now {
            return Err(none());
        }
        match (file.state, file.stored()) {
            (Some(FileState::Available), Some(stored)) => Ok(Download {
                stored,
                name: file.name.clone(),
                media_type: file.media_type.clone(),
            }),
            (Some(FileState::Available | FileState::Scanning | FileState::Refused) | None, _) => {
                Err(none())
            }
        }
    }

    /// The bytes are on the disk. What came second, or too late, is thrown away.
    pub(super) fn uploaded(&mut self, id: &FileId, digest: Digest) {
        let Some(file) = self.files.get(id) else {
            self.effects.push(Effect::Discard { stored: stored_name(id, &digest) });
            return;
        };
        let (session, known) = (file.session.clone(), file.digest);
        if known == Some(digest) {
            return;
        }
        if known.is_some() || !self.is_open(&session) {
            self.effects.push(Effect::Discard { stored: stored_name(id, &digest) });
            return;
        }
        let Some(file) = self.files.get_mut(id) else { return };
        file.digest = Some(digest);
        file.state = Some(FileState::Scanning);
        let row = file.clone();
        self.session_active(&session);
        self.push_over(&session);
        self.tell_of_file(&row, Some(row.key.clone()), FileState::Scanning);
        self.store(Record::File(row));
        self.scan(id);
    }

    /// It was looked at.
    pub(super) fn scanned(&mut self, id: &FileId, is_clean: bool) {
        let Some(file) = self.files.get_mut(id) else { return };
        if file.state != Some(FileState::Scanning) {
            return;
        }
        let state = if is_clean { FileState::Available } else { FileState::Refused };
        file.state = Some(state);
        let row = file.clone();
        // The end of a conversation is its last entry.
        if self.is_open(&row.session) {
            self.tell_of_file(&row, None, state);
        }
        if let Some(stored) = row.stored().filter(|_| !is_clean) {
            self.effects.push(Effect::Discard { stored });
        }
        self.store(Record::File(row));
    }

    /// Has it looked at, also after a restart in between.
    pub(super) fn scan(&mut self, id: &FileId) {
        let stored = self
            .files
            .get(id)
            .filter(|file| file.state == Some(FileState::Scanning))
            .and_then(FileRow::stored);
        if let Some(stored) = stored {
            self.effects.push(Effect::Scan { file: id.clone(), stored });
        }
    }

    /// Of a session that nobody can ask for any more.
    pub(super) fn forget_files(&mut self, session: &SessionId) {
        self.files.retain(|_, file| file.session != *session);
    }

    fn tell_of_file(&mut self, row: &FileRow, key: Option<String>, state: FileState) {
        let by = row.operator.clone().map_or(Author::Visitor, Author::Operator);
        let attachment = row.attachment(state);
        self.append(&row.session, What::File { by, key, attachment });
    }

    fn is_open(&self, session: &SessionId) -> bool {
        self.sessions.get(session).is_some_and(super::state::Session::is_open)
    }

    fn file_begin(&mut self, owner: Owner, call: FileBegin) -> Result<Box<RawValue>, Fault> {
        let print = fingerprint(&[
            call.session.as_str(),
            &call.name,
            &call.size.to_string(),
            &call.media_type,
        ]);
        if let Some(kept) = self.recall_begin(&owner, &call.key, print)? {
            let Begun { file } = serde_json::from_str(kept.get())
                .map_err(|_| Fault::internal("the first answer cannot be read"))?;
            return self.slot(&file);
        }
        let rules = &self.rules.files;
        if !rules.is_on() || !rules.types.contains(&call.media_type) {
            return Err(Fault::file_type("type: not one of those that are taken"));
        }
        if call.size == 0 || call.size > rules.bytes {
            return Err(Fault::file_size(format!("size: 1 to {} bytes", rules.bytes)));
        }
        check_name(&call.name, &call.media_type)?;
        let operator = match &owner {
            Owner::Visitor(_) => None,
            Owner::Operator(id) => Some(id.clone()),
        };
        self.check_room(&call.session, operator.as_ref())?;
        let session = call.session;
        let row = FileRow {
            id: FileId::new(self.random_text::<12>("f_")),
            session: session.clone(),
            operator,
            key: call.key.as_str().to_owned(),
            name: call.name,
            size: call.size,
            media_type: call.media_type,
            expires: self.now.after(self.rules.files.upload),
            digest: None,
            state: None,
        };
        let id = row.id.clone();
        self.files.insert(id.clone(), row.clone());
        self.store(Record::File(row));
        let kept = raw(&Begun { file: id.clone() });
        self.keep_answer(owner, "file.begin", &call.key, print, &session, &kept);
        self.slot(&id)
    }

    /// Whether that side may announce another file.
    fn check_room(&self, id: &SessionId, sender: Option<&OperatorId>) -> Result<(), Fault> {
        let session =
            self.sessions.get(id).ok_or_else(|| Fault::session_not_found("no such session"))?;
        let is_fine = match &session.progress.stage {
            Stage::Connected { operator, .. } => sender.is_none_or(|sender| sender == operator),
            Stage::Closed { .. } => return Err(Fault::session_closed("the session is over")),
            Stage::Welcome { .. }
            | Stage::Waiting
            | Stage::Offered { .. }
            | Stage::Invited { .. } => false,
        };
        if !is_fine {
            return Err(Fault::not_connected("the conversation is not connected"));
        }
        let rules = &self.rules.files;
        let of_session: Vec<&FileRow> = self
            .files
            .values()
            .filter(|file| file.session == *id)
            .filter(|file| file.digest.is_some() || file.expires > self.now)
            .collect();
        if of_session.len() >= rules.per_session {
            return Err(Fault::rate_limited(format!("{} files a conversation", rules.per_session)));
        }
        let pending: Vec<&&FileRow> = of_session
            .iter()
            .filter(|file| file.digest.is_none() && file.operator.as_ref() == sender)
            .collect();
        if pending.len() >= rules.pending {
            let first = pending.iter().map(|file| file.expires).min().unwrap_or(self.now);
            return Err(Fault::rate_limited("send those first that were announced")
                .after(first.since(self.now)));
        }
        Ok(())
    }

    fn slot(&self, id: &FileId) -> Result<Box<RawValue>, Fault> {
        let file =
            self.files.get(id).ok_or_else(|| Fault::upload_expired("this file is forgotten"))?;
        let mac = self.mac(&["put", id.as_str()]).finalize().into_bytes();
        Ok(raw(&FileSlot {
            file: id.clone(),
            method: "PUT".to_owned(),
            url: format!("/tvox/widget/files/{id}"),
            token: format!("ut_{}", URL_SAFE_NO_PAD.encode(mac)),
            expires: file.expires.iso(),
        }))
    }

    fn file_url(&self, call: &FileUrl) -> Result<Box<RawValue>, Fault> {
        let file = self
            .files
            .get(&call.file)
            .filter(|file| file.session == call.session)
            .ok_or_else(|| Fault::session_not_found("no such session"))?;
        match file.state {
            Some(FileState::Available) => {}
            Some(FileState::Refused) => {
                return Err(Fault::file_infected("this file was refused"));
            }
            Some(FileState::Scanning) => {
                return Err(Fault::busy("this file is still looked at").after(SOON));
            }
            None if file.expires > self.now => {
                return Err(Fault::busy("this file is still on its way").after(SOON));
            }
            None => return Err(Fault::upload_expired("no such file came")),
        }
        let end = self.now.after(self.rules.files.address);
        // Whole seconds: the address works a little longer rather than shorter than it says.
        let seconds = (end.millis().saturating_add(999) / 1000).to_string();
        let parts = ["get", call.file.as_str(), call.session.as_str(), &seconds];
        let mac = URL_SAFE_NO_PAD.encode(self.mac(&parts).finalize().into_bytes());
        Ok(raw(&FileAddress {
            url: format!("/tvox/widget/files/{}?sig={seconds}.{mac}", call.file),
            expires: end.iso(),
        }))
    }

    fn recall_begin(
        &self,
        owner: &Owner,
        key: &Key,
        print: [u8; 16],
    ) -> Result<Option<Box<RawValue>>, Fault> {
        let keys = match owner {
            Owner::Visitor(id) => self.visitors.get(id).map(|visitor| &visitor.keys),
            Owner::Operator(id) => self.operators.get(id).map(|operator| &operator.keys),
        };
        keys.map_or(Ok(None), |keys| keys.recall("file.begin", key, print))
    }

    /// HMAC-SHA256 over the parts, each with its length.
    fn mac(&self, parts: &[&str]) -> Hmac<Sha256> {
        // HMAC itself fills a short key up with zeros.
        let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
        key[..self.secret.len()].copy_from_slice(&self.secret);
        let mut mac = Hmac::<Sha256>::new(&key);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

/// A plain name whose ending fits the type.
fn check_name(name: &str, media_type: &str) -> Result<(), Fault> {
    let wrong = |why: &str| Err(Fault::file_name(format!("name: {why}")));
    if name.is_empty() || name.len() > NAME || name.trim() != name || name.starts_with('.') {
        return wrong("1 to 200 bytes, without blanks around and without a point before");
    }
    if name.contains(['/', '\\']) {
        return wrong("must not hold a path");
    }
    if name.chars().any(|one| one.is_control() || is_invisible(one)) {
        return wrong("must not hold what cannot be seen");
    }
    let mut endings = name.split('.').skip(1).map(str::to_ascii_lowercase).collect::<Vec<_>>();
    let last = endings.pop().unwrap_or_default();
    let fits = TYPES
        .iter()
        .find(|(known, _)| *known == media_type)
        .is_some_and(|(_, endings)| endings.contains(&last.as_str()));
    if !fits {
        return wrong("must end as its type does");
    }
    if endings.iter().any(|ending| PROGRAMS.contains(&ending.trim())) {
        return wrong("must not look like a program");
    }
    Ok(())
}

/// Zero width, or turns the direction of reading: `fdp.exe` that reads `exe.pdf`.
fn is_invisible(one: char) -> bool {
    matches!(one, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_and_ends_as_its_type_does() {
        for (name, media_type) in [
            ("fattura.pdf", "application/pdf"),
            ("Foto di però 2.JPEG", "image/jpeg"),
            ("v1.2.final.png", "image/png"),
            ("日本.txt", "text/plain"),
        ] {
            assert!(check_name(name, media_type).is_ok(), "{name}");
        }
        let long = format!("{}.pdf", "a".repeat(200));
        for (name, media_type) in [
            ("", "application/pdf"),
            ("pdf", "application/pdf"),
            (".pdf", "application/pdf"),
            ("a.pdf ", "application/pdf"),
            ("a.png", "application/pdf"),
            ("a.pdf.exe", "application/pdf"),
            ("a.exe.pdf", "application/pdf"),
            ("a.php.png", "image/png"),
            ("../a.pdf", "application/pdf"),
            ("C:\\a.pdf", "application/pdf"),
            ("a\u{0}.pdf", "application/pdf"),
            ("a\r\nSet-Cookie: b.pdf", "application/pdf"),
            ("a\u{202e}fdp.exe.pdf", "application/pdf"),
            ("a\u{200b}.pdf", "application/pdf"),
            (&long, "application/pdf"),
        ] {
            let fault = check_name(name, media_type).err().map(|fault| fault.code);
            assert_eq!(fault, Some(1403), "{name:?}");
        }
    }
}
