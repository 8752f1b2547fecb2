//! Mail: through a server that speaks SMTP, and into a folder without one.

use crate::support::{PATIENCE, World, key};
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tvox_demo_server::settings::{Smtp, SmtpTls};

/// A mail as it came in: from whom, to whom, and its text.
#[derive(Debug)]
struct Received {
    from: String,
    to: Vec<String>,
    text: String,
    /// What was said to log in.
    login: Option<String>,
}

/// A small mail server. The first `refusals` conversations end with 451.
async fn mail_server(refusals: usize) -> (u16, mpsc::UnboundedReceiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (received, mails) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut conversations = 0;
        while let Ok((stream, _)) = listener.accept().await {
            conversations += 1;
            let is_refused = conversations <= refusals;
            let received = received.clone();
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let (mut from, mut to, mut login) = (String::new(), Vec::new(), None);
                write.write_all(b"220 test ESMTP\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    let word = line.split(' ').next().unwrap().to_ascii_uppercase();
                    let answer = match word.as_str() {
                        "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
                        "AUTH" => {
                            login = Some(line);
                            "235 welcome\r\n"
                        }
                        "MAIL" if is_refused => "451 come back later\r\n",
                        "MAIL" => {
                            from = line;
                            "250 ok\r\n"
                        }
                        "RCPT" => {
                            to.push(line);
                            "250 ok\r\n"
                        }
                        "DATA" => {
                            write.write_all(b"354 go on\r\n").await.unwrap();
                            let mut text = String::new();
                            while let Ok(Some(line)) = lines.next_line().await {
                                if line == "." {
                                    break;
                                }
                                text.push_str(&line);
                                text.push('\n');
                            }
                            let (from, to, login) = (from.clone(), to.clone(), login.clone());
                            let mail = Received { from, to, text, login };
                            received.send(mail).unwrap();
                            "250 kept\r\n"
                        }
                        "QUIT" => "221 bye\r\n",
                        _ => "250 ok\r\n",
                    };
                    if write.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (port, mails)
}

async fn world_with_server(refusals: usize) -> (World, mpsc::UnboundedReceiver<Received>) {
    let (port, mails) = mail_server(refusals).await;
    let world = World::with(|settings| {
        settings.rules.mail.from = "Boats <noreply@boats.example>".to_owned();
        settings.rules.mail.retry = Duration::from_millis(20);
        settings.rules.mail.smtp = Some(Smtp {
            host: "127.0.0.1".to_owned(),
            port: Some(port),
            tls: SmtpTls::None,
            user: None,
            password: None,
            ca: None,
        });
    })
    .await;
    (world, mails)
}

async fn next(mails: &mut mpsc::UnboundedReceiver<Received>) -> Received {
    tokio::time::timeout(PATIENCE, mails.recv()).await.expect("no mail came").unwrap()
}

#[tokio::test]
async fn the_transcript_goes_by_mail_to_who_asked_for_it() {
    let (world, mut mails) = world_with_server(0).await;
    let mut operator = world.operator("Anna").await;
    let mut visitor = world.visitor_with(json!({"locale": "it-IT"})).await;
    let session = visitor.create("service0001").await;
    let recap = |mail: &str| json!({"session": session, "key": key(), "mail": mail});
    assert_eq!(
        visitor.refused("chat.recap", recap("g@example.org")).await,
        1203,
        "nobody joined yet"
    );
    operator.accept(&session).await;
    visitor.say(&session, "Il freno fischia").await;
    operator.say(&session, "Da quando?\r\n.\r\nBcc: all@example.org").await;
    assert_eq!(visitor.refused("chat.recap", recap("nobody")).await, -32602);
    assert_eq!(
        visitor.refused("chat.recap", recap("a@example.org\r\nBcc: b@example.org")).await,
        -32602
    );

    let asked = recap("Giulia@example.org");
    assert_eq!(visitor.call("chat.recap", asked.clone()).await.unwrap(), json!(true));
    assert_eq!(visitor.call("chat.recap", asked).await.unwrap(), json!(true), "and again");
    let mail = next(&mut mails).await;
    assert_eq!(mail.from.split(' ').nth(1).unwrap(), "FROM:<noreply@boats.example>");
    assert_eq!(mail.to, ["RCPT TO:<Giulia@example.org>"]);
    let (head, body) = mail.text.split_once("\n\n").unwrap();
    assert!(head.contains("Subject: La tua conversazione con Assistenza"), "{head}");
    assert!(head.lines().all(|line| !line.starts_with("Bcc")), "{head}");
    assert!(body.contains("Tu: Il freno fischia"), "{body}");
    assert!(body.contains("Anna: Da quando?"), "{body}");

    assert_eq!(
        visitor.refused("chat.recap", recap("giulia@EXAMPLE.org")).await,
        1201,
        "the same address"
    );
    for other in ["b@example.org", "c@example.org"] {
        visitor.call("chat.recap", recap(other)).await.unwrap();
        assert_eq!(next(&mut mails).await.to, [format!("RCPT TO:<{other}>")]);
    }
    assert_eq!(
        visitor.refused("chat.recap", recap("d@example.org")).await,
        1201,
        "three are enough"
    );
}

#[tokio::test]
async fn a_visitors_mail_goes_to_its_service_and_is_answered_to_him() {
    let (world, mut mails) = world_with_server(2).await;
    let mut visitor =
        world.visitor_with(json!({"customer": {"customerDisplayName": "Giulia"}})).await;
    let request = json!({
        "key": key(), "service": "service0002", "from": "giulia@example.org",
        "subject": "Fattura 12 – però", "message": "Dov'è?", "fields": [{"key": "order\r\nX", "value": "991"}]
    });
    visitor.call("mail.request", request).await.unwrap();
    // Refused twice for now, it comes the third time.
    let mail = next(&mut mails).await;
    assert_eq!(mail.to, ["RCPT TO:<inbox@localhost>"]);
    assert!(mail.text.contains("\nReply-To: giulia@example.org\n"), "{}", mail.text);
    assert!(mail.text.contains("991"), "{}", mail.text);
    // One after the other: when the second is under way, the first is done with.
    let second = json!({
        "key": key(), "service": "service0002", "from": "a@example.org", "subject": "b", "message": "b"
    });
    visitor.call("mail.request", second).await.unwrap();
    next(&mut mails).await;
    let first = "SELECT id FROM mails WHERE subject LIKE '%Fattura%'";
    assert!(crate::requests::rows(world, first).await.is_empty(), "what was sent is not kept");
}

#[tokio::test]
async fn a_mail_that_could_not_be_sent_is_sent_by_the_next_server() {
    let (port, mut mails) = mail_server(0).await;
    let mut world = World::with(|settings| {
        settings.rules.mail.smtp = Some(Smtp {
            host: "127.0.0.1".to_owned(),
            // Nobody listens there.
            port: Some(1),
            tls: SmtpTls::None,
            user: None,
            password: None,
            ca: None,
        });
    })
    .await;
    let mut visitor = world.visitor().await;
    let request = json!({
        "key": key(), "service": "service0001", "from": "a@example.org", "subject": "a", "message": "a"
    });
    visitor.call("mail.request", request).await.unwrap();
    if let Some(smtp) = &mut world.settings.rules.mail.smtp {
        smtp.port = Some(port);
    }
    world.kill_and_restart().await;
    assert!(next(&mut mails).await.text.contains("Subject: [t_1] a"));
}

#[tokio::test]
async fn without_a_mail_server_mail_is_written_into_a_folder() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    let request = json!({
        "key": key(), "service": "service0001", "from": "a@example.org", "subject": "Invoice", "message": "Where?"
    });
    visitor.call("mail.request", request).await.unwrap();
    let folder = world.settings.paths.data.join("mail");
    let read = async {
        loop {
            let found = std::fs::read_dir(&folder)
                .into_iter()
                .flatten()
                .map(|entry| entry.unwrap().path())
                .find(|file| file.extension().is_some_and(|extension| extension == "eml"));
            match found {
                Some(file) => return std::fs::read_to_string(file).unwrap(),
                None => tokio::task::yield_now().await,
            }
        }
    };
    let text = tokio::time::timeout(PATIENCE, read).await.expect("no file came");
    assert!(text.contains("Subject: [t_1] Invoice\r\n") && text.contains("Where?"), "{text}");
}

async fn world_that_logs_in(port: u16, tls: SmtpTls) -> World {
    World::with(|settings| {
        settings.rules.mail.retry = Duration::from_millis(20);
        settings.rules.mail.attempts = 2;
        settings.rules.mail.smtp = Some(Smtp {
            host: "127.0.0.1".to_owned(),
            port: Some(port),
            tls,
            user: Some("boats".to_owned()),
            password: Some("secret".to_owned()),
            ca: None,
        });
    })
    .await
}

fn letter() -> serde_json::Value {
    json!({
        "key": key(), "service": "service0001", "from": "g@example.org", "subject": "a", "message": "b"
    })
}

#[tokio::test]
async fn the_server_logs_in_where_it_has_a_name_and_a_password() {
    let (port, mut mails) = mail_server(0).await;
    let world = world_that_logs_in(port, SmtpTls::None).await;
    world.visitor().await.call("mail.request", letter()).await.unwrap();
    // RFC 4616: nothing, the user and the password, in base64.
    let login = next(&mut mails).await.login;
    assert_eq!(login.as_deref(), Some("AUTH PLAIN AGJvYXRzAHNlY3JldA=="));
}

#[tokio::test]
async fn neither_mail_nor_password_goes_to_a_server_that_does_not_encrypt_where_that_is_wanted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let world = world_that_logs_in(listener.local_addr().unwrap().port(), SmtpTls::Starttls).await;
    world.visitor().await.call("mail.request", letter()).await.unwrap();
    // Both tries, to the end of each conversation.
    let mut said = Vec::new();
    for _ in 0..2 {
        let (stream, _) =
            tokio::time::timeout(PATIENCE, listener.accept()).await.expect("nobody comes").unwrap();
        let (read, mut write) = stream.into_split();
        write.write_all(b"220 test ESMTP\r\n").await.unwrap();
        let mut lines = BufReader::new(read).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer: &[u8] = if line.starts_with("EHLO") {
                b"250-test\r\n250 AUTH PLAIN\r\n"
            } else {
                b"221 bye\r\n"
            };
            said.push(line);
            if write.write_all(answer).await.is_err() {
                break;
            }
        }
    }
    assert!(said.iter().any(|line| line.starts_with("EHLO")), "{said:?}");
    let told = said.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL"));
    assert!(!told, "{said:?}");
}

#[tokio::test]
async fn nobody_writes_headers_into_a_mail() {
    let (world, mut mails) = world_with_server(0).await;
    let (mut visitor, _operator, session) = world.conversation().await;
    let bcc = "x\r\nBcc: victim@example.org";
    let mail = |from: &str, subject: &str| json!({"key": key(), "service": "service0001", "from": from, "subject": subject, "message": bcc});
    let address = "a@example.org\r\nBcc: victim@example.org";
    assert_eq!(visitor.refused("mail.request", mail(address, "x")).await, -32602);
    assert_eq!(visitor.refused("mail.request", mail("a@example.org", bcc)).await, -32602);
    for to in [address, "a@example.org, b@example.org", "<a@example.org>", "a@b@example.org"] {
        let recap = json!({"session": session, "key": key(), "mail": to});
        assert_eq!(visitor.refused("chat.recap", recap).await, -32602, "{to:?}");
    }
    // What is written about is the body, and stays there.
    visitor.call("mail.request", mail("a@example.org", "x")).await.unwrap();
    let mail = next(&mut mails).await;
    assert_eq!(mail.to, ["RCPT TO:<inbox@localhost>"]);
    let (head, _) = mail.text.split_once("\n\n").unwrap();
    assert!(!head.contains("Bcc"), "{head}");
}
