//! Each fault as both ends of a real connection see it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, accept_async, connect_async};
use tvox_faults::{Fault, Line, Proxy, Shape, Way};

const SOON: Duration = Duration::from_secs(10);
/// As long as this something must not happen: long beside what loopback takes.
const A_WHILE: Duration = Duration::from_millis(200);
const PATH: &str = "/tvox/widget";

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What the server saw of its connections.
#[derive(Debug, PartialEq)]
enum Seen {
    Message(String),
    /// FIN, without a close frame.
    Ended,
    /// RST.
    Reset,
}

/// A server that says back what it hears, and notes it.
async fn echo() -> (SocketAddr, mpsc::UnboundedReceiver<Seen>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (note, notes) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _from)) = listener.accept().await {
            let note = note.clone();
            tokio::spawn(async move {
                let Ok(mut socket) = accept_async(stream).await else { return };
                loop {
                    let seen = match socket.next().await {
                        Some(Ok(Message::Text(text))) => {
                            let seen = Seen::Message(text.to_string());
                            let _ = socket.send(Message::Text(text)).await;
                            seen
                        }
                        Some(Ok(_control)) => continue,
                        Some(Err(Error::Io(error)))
                            if error.kind() == ErrorKind::ConnectionReset =>
                        {
                            Seen::Reset
                        }
                        Some(Err(_)) | None => Seen::Ended,
                    };
                    let over = !matches!(seen, Seen::Message(_));
                    if note.send(seen).is_err() || over {
                        break;
                    }
                }
            });
        }
    });
    (address, notes)
}

/// A proxy before an echo, a client that has been heard through it, and its line.
async fn connected() -> (Proxy, Client, Line, mpsc::UnboundedReceiver<Seen>) {
    let (server, mut notes) = echo().await;
    let proxy = Proxy::open().await.unwrap();
    proxy.lead_to(Some(server));
    let mut client = dial(&proxy).await.unwrap();
    say(&mut client, "hello").await;
    assert_eq!(hear(&mut client).await.unwrap(), "hello");
    assert_eq!(soon(notes.recv()).await, Some(Seen::Message("hello".to_owned())));
    let line = proxy.lines(PATH).pop().unwrap();
    (proxy, client, line, notes)
}

async fn dial(proxy: &Proxy) -> Result<Client, Error> {
    let address = format!("ws://{}{PATH}?tab=1", proxy.address());
    soon(connect_async(address)).await.map(|(client, _answer)| client)
}

async fn say(client: &mut Client, text: &str) {
    client.send(Message::text(text)).await.unwrap();
}

async fn hear(client: &mut Client) -> Result<String, Option<Error>> {
    match soon(client.next()).await {
        Some(Ok(message)) => Ok(message.into_text().unwrap().to_string()),
        Some(Err(error)) => Err(Some(error)),
        None => Err(None),
    }
}

async fn soon<T>(fact: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, fact).await.expect("within 10 s")
}

async fn not_for_a_while<T>(fact: impl Future<Output = T>) -> bool {
    tokio::time::timeout(A_WHILE, fact).await.is_err()
}

fn is_reset(end: &Option<Error>) -> bool {
    matches!(end, Some(Error::Io(error)) if error.kind() == ErrorKind::ConnectionReset)
}

#[tokio::test]
async fn a_cut_is_an_orderly_end_on_both_sides() {
    let (_proxy, mut client, line, mut notes) = connected().await;
    assert!(soon(line.strike(&Fault::Cut).took_effect()).await);
    let end = hear(&mut client).await.unwrap_err();
    assert!(!is_reset(&end), "{end:?}");
    drop(client);
    assert_eq!(soon(notes.recv()).await, Some(Seen::Ended));
    assert!(!soon(line.strike(&Fault::Cut).took_effect()).await, "it has ended");
}

#[tokio::test]
async fn a_reset_is_a_reset_on_both_sides() {
    let (proxy, mut client, line, mut notes) = connected().await;
    assert!(soon(line.strike(&Fault::Reset).took_effect()).await);
    let end = hear(&mut client).await.unwrap_err();
    assert!(is_reset(&end), "{end:?}");
    assert_eq!(soon(notes.recv()).await, Some(Seen::Reset));
    let mut next = dial(&proxy).await.unwrap();
    say(&mut next, "again").await;
    assert_eq!(hear(&mut next).await.unwrap(), "again");
    assert_eq!(proxy.asked(PATH), 2);
}

#[tokio::test]
async fn silence_upwards_hides_messages_and_the_clients_end_from_the_server() {
    let (_proxy, mut client, line, mut notes) = connected().await;
    assert!(soon(line.strike(&Fault::Silence(Way::Up)).took_effect()).await);
    say(&mut client, "nobody hears").await;
    drop(client);
    assert!(not_for_a_while(notes.recv()).await, "the server notices nothing");
    assert!(line.is_open() && !line.is_used() && line.is_silent());
}

#[tokio::test]
async fn silence_downwards_hides_answers_but_not_questions() {
    let (_proxy, mut client, line, mut notes) = connected().await;
    assert!(soon(line.strike(&Fault::Silence(Way::Down)).took_effect()).await);
    say(&mut client, "a question").await;
    assert_eq!(soon(notes.recv()).await, Some(Seen::Message("a question".to_owned())));
    assert!(not_for_a_while(client.next()).await, "no answer, and no end");
}

#[tokio::test]
async fn a_stall_keeps_everything_back_and_delivers_it_later_in_order() {
    let (_proxy, mut client, line, mut notes) = connected().await;
    let start = Instant::now();
    let stall = Fault::Stall(Way::Up, Duration::from_millis(400));
    assert!(soon(line.strike(&stall).took_effect()).await);
    for text in ["1", "2", "3"] {
        say(&mut client, text).await;
    }
    assert!(not_for_a_while(notes.recv()).await);
    for text in ["1", "2", "3"] {
        assert_eq!(soon(notes.recv()).await, Some(Seen::Message(text.to_owned())));
    }
    assert!(start.elapsed() >= Duration::from_millis(400), "{:?}", start.elapsed());
}

#[tokio::test]
async fn half_a_frame_upwards_is_no_message_to_the_server() {
    let (_proxy, mut client, line, mut notes) = connected().await;
    let struck = line.strike(&Fault::HalfFrame(Way::Up));
    say(&mut client, "will break in the middle").await;
    assert!(soon(struck.took_effect()).await);
    assert_eq!(soon(notes.recv()).await, Some(Seen::Ended));
}

#[tokio::test]
async fn half_a_frame_downwards_is_no_message_to_the_client() {
    let (_proxy, mut client, line, mut notes) = connected().await;
    let struck = line.strike(&Fault::HalfFrame(Way::Down));
    say(&mut client, "the answer will break").await;
    assert!(soon(struck.took_effect()).await);
    hear(&mut client).await.unwrap_err();
    let heard = Some(Seen::Message("the answer will break".to_owned()));
    assert_eq!(soon(notes.recv()).await, heard);
}

#[tokio::test]
async fn a_close_code_reaches_the_client_with_its_reason() {
    let (_proxy, mut client, line, mut notes) = connected().await;
    let close = Fault::Close(4201, "RESTARTING;retry=500".to_owned());
    let struck = line.strike(&close);
    let Some(Ok(Message::Close(Some(frame)))) = soon(client.next()).await else {
        panic!("no close frame");
    };
    assert_eq!(frame.code, CloseCode::Library(4201));
    assert_eq!(frame.reason.as_str(), "RESTARTING;retry=500");
    assert!(soon(struck.took_effect()).await);
    drop(client);
    assert_eq!(soon(notes.recv()).await, Some(Seen::Ended));
}

#[tokio::test]
async fn a_duplicate_comes_twice_and_the_next_message_once() {
    let (_proxy, mut client, line, _notes) = connected().await;
    let struck = line.strike(&Fault::Duplicate);
    say(&mut client, "first").await;
    assert!(soon(struck.took_effect()).await);
    say(&mut client, "second").await;
    for expected in ["first", "first", "second"] {
        assert_eq!(hear(&mut client).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn what_is_said_in_the_servers_name_comes_between_its_messages() {
    let (_proxy, mut client, line, _notes) = connected().await;
    let long = "x".repeat(70_000);
    assert!(soon(line.strike(&Fault::Say(long.clone())).took_effect()).await);
    say(&mut client, "after").await;
    assert_eq!(hear(&mut client).await.unwrap(), long);
    assert_eq!(hear(&mut client).await.unwrap(), "after");
}

#[tokio::test]
async fn a_round_trip_takes_as_long_as_the_shape_says_and_does_not_add_up() {
    let (proxy, mut client, _line, _notes) = connected().await;
    let round_trip = Duration::from_millis(100);
    proxy.shape(Shape { round_trip, rate: None });
    let start = Instant::now();
    for text in ["1", "2", "3", "4", "5"] {
        say(&mut client, text).await;
    }
    for text in ["1", "2", "3", "4", "5"] {
        assert_eq!(hear(&mut client).await.unwrap(), text);
    }
    let took = start.elapsed();
    assert!(took >= round_trip && took < round_trip * 4, "{took:?}");
    let start = Instant::now();
    dial(&proxy).await.unwrap();
    assert!(start.elapsed() >= round_trip * 2, "TCP and the upgrade: {:?}", start.elapsed());
}

#[tokio::test]
async fn a_rate_is_kept_to() {
    let (proxy, mut client, _line, _notes) = connected().await;
    proxy.shape(Shape { round_trip: Duration::ZERO, rate: Some(40_000) });
    let start = Instant::now();
    say(&mut client, &"x".repeat(20_000)).await;
    hear(&mut client).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_shut_proxy_refuses_until_it_is_opened_again() {
    let (proxy, mut client, _line, _notes) = connected().await;
    proxy.shut();
    hear(&mut client).await.unwrap_err();
    let refused = async || TcpStream::connect(proxy.address()).await.is_err();
    soon(async {
        while !refused().await {
            tokio::task::yield_now().await;
        }
    })
    .await;
    proxy.reopen().await.unwrap();
    let mut client = dial(&proxy).await.unwrap();
    say(&mut client, "back").await;
    assert_eq!(hear(&mut client).await.unwrap(), "back");
}

#[tokio::test]
async fn a_cut_ends_what_is_no_websocket_too() {
    let (proxy, _client, _line, _notes) = connected().await;
    let idle = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    proxy.lead_to(Some(idle.local_addr().unwrap()));
    let mut page = TcpStream::connect(proxy.address()).await.unwrap();
    page.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let (mut server, _from) = soon(idle.accept()).await.unwrap();
    let mut asked = [0; 14];
    soon(server.read_exact(&mut asked)).await.unwrap();
    assert_eq!(&asked, b"GET / HTTP/1.1");
    proxy.cut();
    assert!(soon(page.read(&mut [0; 8])).await.is_ok_and(|read| read == 0));
}

#[tokio::test]
async fn without_a_server_a_connection_is_taken_and_ended() {
    let (proxy, _client, _line, _notes) = connected().await;
    proxy.lead_to(None);
    assert!(dial(&proxy).await.is_err());
    assert_eq!(proxy.lines("/another").len(), 0);
}
