//! Relaying a WebSocket frame by frame, so that a scenario can put words into the server's mouth.
//! Source: RFC 6455, section 5.2.

use std::io::Result;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::broadcast::Receiver;

/// Passes on what the server says, and between its frames what is `slipped` in, each as a text frame.
///
/// # Errors
/// One of the connections broke.
pub(crate) async fn pass_on(
    server: &mut (impl AsyncBufRead + Unpin),
    browser: &mut (impl AsyncWrite + Unpin),
    mut slipped: Receiver<String>,
) -> Result<()> {
    pass_head(server, browser).await?;
    loop {
        tokio::select! {
            ready = server.fill_buf() => {
                if ready?.is_empty() {
                    return Ok(());
                }
                pass_frame(server, browser).await?;
            }
            Ok(text) = slipped.recv() => browser.write_all(&text_frame(&text)).await?,
        }
    }
}

/// The answer to the upgrade, up to its empty line.
async fn pass_head(
    server: &mut (impl AsyncBufRead + Unpin),
    browser: &mut (impl AsyncWrite + Unpin),
) -> Result<()> {
    let mut line = Vec::new();
    while server.read_until(b'\n', &mut line).await? > 0 {
        browser.write_all(&line).await?;
        if line == b"\r\n" {
            break;
        }
        line.clear();
    }
    Ok(())
}

async fn pass_frame(
    server: &mut (impl AsyncBufRead + Unpin),
    browser: &mut (impl AsyncWrite + Unpin),
) -> Result<()> {
    let mut head = vec![0; 2];
    server.read_exact(&mut head).await?;
    let short = head.get(1).copied().unwrap_or(0) & 0x7f;
    let mut longer = vec![
        0;
        match short {
            126 => 2,
            127 => 8,
            _ => 0,
        }
    ];
    server.read_exact(&mut longer).await?;
    let length = match longer.len() {
        0 => u64::from(short),
        _ => longer.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
    };
    head.append(&mut longer);
    browser.write_all(&head).await?;
    // Frames of a server are not masked: the payload follows at once.
    tokio::io::copy_buf(&mut server.take(length), browser).await?;
    browser.flush().await
}

fn text_frame(text: &str) -> Vec<u8> {
    const FINAL_TEXT: u8 = 0x81;
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    let mut frame = match u8::try_from(length) {
        Ok(short @ 0..=125) => vec![FINAL_TEXT, short],
        _ => [&[FINAL_TEXT, 126][..], &length.to_be_bytes()].concat(),
    };
    frame.extend(text.bytes().take(length.into()));
    frame
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::BufReader;
    use tokio::sync::broadcast;

    use super::{pass_on, text_frame};

    #[tokio::test]
    async fn frames_of_every_length_pass_unchanged() {
        for length in [0, 1, 125, 126, 300, 65_535] {
            let said =
                [b"HTTP/1.1 101 Switching Protocols\r\n\r\n", &text_frame(&"x".repeat(length))[..]]
                    .concat();
            let (_slip, slipped) = broadcast::channel(1);
            let mut heard = Vec::new();
            pass_on(&mut BufReader::new(&said[..]), &mut heard, slipped).await.unwrap();
            assert_eq!(heard, said, "a frame of {length} bytes");
        }
    }

    #[tokio::test]
    async fn what_is_slipped_in_comes_between_frames() {
        let (mut server, there) = tokio::io::duplex(1024);
        let (slip, slipped) = broadcast::channel(1);
        let relay = tokio::spawn(async move {
            let mut heard = Vec::new();
            pass_on(&mut BufReader::new(there), &mut heard, slipped).await.unwrap();
            heard
        });
        use tokio::io::AsyncWriteExt;
        server.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").await.unwrap();
        server.write_all(&text_frame("first")).await.unwrap();
        slip.send("rubbish".to_owned()).unwrap();
        while !slip.is_empty() {
            tokio::task::yield_now().await;
        }
        server.write_all(&text_frame("second")).await.unwrap();
        drop(server);
        let heard = relay.await.unwrap();
        let count = |text: &str| {
            heard.windows(text.len() + 2).filter(|part| *part == text_frame(text)).count()
        };
        assert_eq!((count("first"), count("rubbish"), count("second")), (1, 1, 1));
    }
}
