//! Mail over an encrypted connection: to whom the password is told, and to whom no word.

use crate::support::{PATIENCE, Visitor, World, key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, version};
use tvox_demo_server::settings::{Smtp, SmtpTls};

/// A line that the mail server read, and whether it came encrypted.
#[derive(Debug)]
struct Word {
    encrypted: bool,
    line: String,
}

struct MailServer {
    port: u16,
    /// Its certificate, which nobody but itself has signed.
    pem: String,
    words: UnboundedReceiver<Word>,
}

impl MailServer {
    async fn start() -> Self {
        let own = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            STANDARD.encode(own.cert.der())
        );
        let secret = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&version::TLS12])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], secret)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, words) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (acceptor, told) = (acceptor.clone(), told.clone());
                tokio::spawn(async move {
                    stream.write_all(b"220 test ESMTP\r\n").await.ok()?;
                    let plain = talk(stream, false, &told).await?;
                    let encrypted = acceptor.accept(plain).await.ok()?;
                    talk(encrypted, true, &told).await.map(|_| ())
                });
            }
        });
        Self { port, pem, words }
    }

    /// A world that sends its mail here.
    async fn world(&self, ca: Option<PathBuf>) -> World {
        let port = self.port;
        World::with(|settings| {
            settings.rules.mail.retry = Duration::from_millis(20);
            settings.rules.mail.smtp = Some(Smtp {
                host: "127.0.0.1".to_owned(),
                port: Some(port),
                tls: SmtpTls::Starttls,
                user: Some("noreply".to_owned()),
                password: Some("secret".to_owned()),
                ca,
            });
        })
        .await
    }

    /// All that is said until such a word has come so often.
    async fn until(&mut self, line: &str, times: usize) -> Vec<Word> {
        let mut said: Vec<Word> = Vec::new();
        while said.iter().filter(|word| word.line.starts_with(line)).count() < times {
            let next = tokio::time::timeout(PATIENCE, self.words.recv()).await;
            said.push(next.unwrap_or_else(|_| panic!("only {said:?} was said")).unwrap());
        }
        said
    }
}

/// Speaks SMTP; gives the connection back where it is to be encrypted.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    encrypted: bool,
    told: &UnboundedSender<Word>,
) -> Option<S> {
    let login = format!("AUTH PLAIN {}", STANDARD.encode("\0noreply\0secret"));
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        told.send(Word { encrypted, line: line.clone() }).ok()?;
        let answer = match line.split(' ').next() {
            Some("EHLO") if !encrypted => "250-test\r\n250 STARTTLS\r\n",
            Some("EHLO") => "250-test\r\n250 AUTH PLAIN LOGIN\r\n",
            Some("STARTTLS") => {
                stream.write_all(b"220 go on\r\n").await.ok()?;
                return Some(stream.into_inner());
            }
            Some("AUTH") if line == login => "235 welcome\r\n",
            Some("AUTH") => "535 who are you?\r\n",
            Some("DATA") => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut text).await.ok()?;
                }
                told.send(Word { encrypted, line: text }).ok()?;
                "250 kept\r\n"
            }
            Some("QUIT") => "221 bye\r\n",
            Some(_) | None => "250 ok\r\n",
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

async fn write(world: &World) -> Visitor {
    let mut visitor = world.visitor().await;
    let request = json!({
        "key": key(), "service": "service0001", "from": "giulia@example.org", "subject": "Fattura", "message": "Dov'è?"
    });
    visitor.call("mail.request", request).await.unwrap();
    visitor
}

#[tokio::test]
async fn mail_goes_out_encrypted_and_after_a_login() {
    let mut server = MailServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &server.pem).unwrap();
    let world = server.world(Some(ca)).await;
    let _visitor = write(&world).await;
    let mut said = server.until("DATA", 1).await;
    said.extend(server.until("", 1).await);
    let clear: Vec<&str> =
        said.iter().filter(|word| !word.encrypted).map(|word| word.line.as_str()).collect();
    assert!(clear[0].starts_with("EHLO ") && clear[1..] == ["STARTTLS"], "{clear:?}");
    let login = said.iter().position(|word| word.line.starts_with("AUTH PLAIN ")).unwrap();
    let mail = said.iter().position(|word| word.line.starts_with("MAIL FROM:")).unwrap();
    assert!(login < mail, "{said:?}");
    assert!(said.last().unwrap().line.contains("Reply-To: giulia@example.org"));
}

#[tokio::test]
async fn a_mail_server_with_a_strangers_certificate_is_told_nothing() {
    let mut server = MailServer::start().await;
    let world = server.world(None).await;
    let _visitor = write(&world).await;
    for word in server.until("STARTTLS", 3).await {
        let is_fine = word.line.starts_with("EHLO") || word.line == "STARTTLS";
        assert!(is_fine && !word.encrypted, "{word:?}");
    }
}
