//! Where HTTP heads and WebSocket frames begin and end. Source: RFC 6455, section 5.2; RFC 9112.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// No head and no frame of ours is longer: more is a mistake, and no reason to fill the memory.
const MOST: u64 = 16 * 1024 * 1024;
const FINAL: u8 = 0x80;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;

/// What a relay passes on as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unit {
    /// The head of a request or of an answer.
    Head(Vec<u8>),
    /// One WebSocket frame.
    Frame(Vec<u8>),
    /// Some bytes of something else.
    Bytes(Vec<u8>),
}

impl Unit {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Head(bytes) | Self::Frame(bytes) | Self::Bytes(bytes) => bytes,
        }
    }

    pub(crate) const fn is_frame(&self) -> bool {
        matches!(self, Self::Frame(_))
    }

    /// Whether this is a whole text message in one frame.
    pub(crate) fn is_text(&self) -> bool {
        self.is_frame() && self.bytes().first() == Some(&(FINAL | TEXT))
    }
}

/// Reads a head with its empty line; `None` if the connection ends before it does.
///
/// # Errors
/// The connection broke, or there is no end to it.
pub(crate) async fn head(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    loop {
        let before = head.len();
        let left = MOST.saturating_sub(before as u64);
        if (&mut *from).take(left).read_until(b'\n', &mut head).await? == 0 {
            return if left == 0 { Err(Error::from(ErrorKind::InvalidData)) } else { Ok(None) };
        }
        if matches!(head.get(before..), Some(b"\r\n" | b"\n")) {
            return Ok(Some(head));
        }
    }
}

/// Reads a frame of either side; `None` if the connection ends between frames.
///
/// # Errors
/// The connection broke or ended within a frame, or the frame is too long.
pub(crate) async fn frame(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<Vec<u8>>> {
    if from.fill_buf().await?.is_empty() {
        return Ok(None);
    }
    let mut frame = vec![0; 2];
    from.read_exact(&mut frame).await?;
    let second = frame.get(1).copied().unwrap_or_default();
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let extended = match second & 0x7f {
        126 => 2,
        127 => 8,
        _short => 0,
    };
    let mut more = vec![0; extended + mask];
    from.read_exact(&mut more).await?;
    let length = match more.get(..extended) {
        Some(bytes) if !bytes.is_empty() => {
            bytes.iter().fold(0, |length: u64, byte| length << 8 | u64::from(*byte))
        }
        Some(_) | None => u64::from(second & 0x7f),
    };
    if length > MOST {
        return Err(Error::from(ErrorKind::InvalidData));
    }
    frame.append(&mut more);
    if from.take(length).read_to_end(&mut frame).await? as u64 != length {
        return Err(Error::from(ErrorKind::UnexpectedEof));
    }
    Ok(Some(frame))
}

/// A text frame of a server.
pub(crate) fn text(text: &str) -> Vec<u8> {
    unmasked(TEXT, text.as_bytes())
}

/// A close frame of a server; what does not fit of the reason is left out.
pub(crate) fn close(code: u16, reason: &str) -> Vec<u8> {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let reason = reason.get(..end).unwrap_or_default();
    unmasked(CLOSE, &[&code.to_be_bytes()[..], reason.as_bytes()].concat())
}

fn unmasked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let first = FINAL | opcode;
    let head = match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short @ 0..=125), _) => vec![first, short],
        (_, Ok(middle)) => [&[first, 126][..], &middle.to_be_bytes()].concat(),
        _long => [&[first, 127][..], &(payload.len() as u64).to_be_bytes()].concat(),
    };
    [&head, payload].concat()
}

/// Whether a request asks for a WebSocket, or an answer grants one.
pub(crate) fn upgrades(head: &[u8]) -> bool {
    String::from_utf8_lossy(head).lines().any(|line| {
        line.split_once(':').is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("upgrade") && value.trim().eq_ignore_ascii_case("websocket")
        })
    })
}

/// The path of a request, without its query.
pub(crate) fn path(head: &[u8]) -> String {
    let head = String::from_utf8_lossy(head);
    let target = head.split_whitespace().nth(1).unwrap_or_default();
    target.split('?').next().unwrap_or_default().to_owned()
}

/// Whether the answer to an upgrade agrees to it.
pub(crate) fn agrees(head: &[u8]) -> bool {
    String::from_utf8_lossy(head).split_whitespace().nth(1) == Some("101")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Unit, agrees, close, frame, head, path, text, upgrades};

    #[tokio::test]
    async fn frames_of_every_length_are_read_to_their_end() {
        for length in [0, 1, 125, 126, 300, 65_535, 65_536, 100_000] {
            let said = text(&"x".repeat(length));
            let both = [&said[..], &said[..]].concat();
            let mut from = &both[..];
            assert_eq!(frame(&mut from).await.unwrap().unwrap(), said, "{length} bytes");
            assert_eq!(frame(&mut from).await.unwrap().unwrap(), said, "and the next");
            assert_eq!(frame(&mut from).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_masked_frame_is_read_with_its_mask() {
        let masked = [0x81, 0x82, 1, 2, 3, 4, b'a', b'b'];
        let mut from = &masked[..];
        assert_eq!(frame(&mut from).await.unwrap().unwrap(), masked);
    }

    #[tokio::test]
    async fn a_frame_that_breaks_off_or_claims_to_be_endless_is_an_error() {
        let whole = text("hello");
        assert!(frame(&mut &whole[..4]).await.is_err());
        let endless = [0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, b'a'];
        assert!(frame(&mut &endless[..]).await.is_err());
    }

    #[tokio::test]
    async fn a_head_ends_with_its_empty_line() {
        let both = b"GET /tvox/widget?x=1 HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\nrest";
        let mut from = &both[..];
        let found = head(&mut from).await.unwrap().unwrap();
        assert_eq!(from, b"rest");
        assert_eq!(path(&found), "/tvox/widget");
        assert!(upgrades(&found));
        assert!(!upgrades(b"GET / HTTP/1.1\r\nHost: upgrade\r\n\r\n"));
        assert_eq!(head(&mut &both[..20]).await.unwrap(), None);
        assert!(agrees(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"));
        assert!(!agrees(b"HTTP/1.1 403 Forbidden\r\n\r\n"));
    }

    #[test]
    fn only_whole_text_messages_count_as_text() {
        assert!(Unit::Frame(text("{}")).is_text());
        assert!(!Unit::Frame(close(1000, "")).is_text());
        assert!(!Unit::Bytes(text("{}")).is_text());
    }

    #[test]
    fn a_reason_is_cut_to_what_a_control_frame_holds() {
        assert_eq!(close(4100, "A"), [0x88, 3, 0x10, 0x04, b'A']);
        assert!(close(4100, &"è".repeat(100)).len() <= 2 + 125);
    }
}
