//! A visitor in a terminal: the widget's core without a browser, against the demo server.
//!
//! ```sh
//! cargo xtask demo                                                 # in one terminal
//! cargo run --example headless_visitor --features native           # in another
//! cargo run --example headless_visitor --features native -- http://127.0.0.1:8080 service0002
//! ```
//!
//! It connects, waits until somebody answers for the service, begins a chat, prints what happens
//! and sends what is typed. A line that begins with a slash does something else: `/file <path>`
//! sends a file, `/mail <address>` the conversation, `/rate <1-5>` says how it was. An empty line,
//! or the end of the input, ends the conversation.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::io::BufRead;
use std::path::Path;

use futures::StreamExt;
use futures::channel::mpsc;
use tvox_widget::core::model::{
    Attachment, ChannelType, ChatChannelSession, Direction, ServiceStatus, StepType,
};
use tvox_widget::core::session::chat::{Change, Entry, EntryKind};
use tvox_widget::core::{ChatSession, ConnectionState, Phase, Widget, WidgetConf};
use tvox_widget::platform::native::Native;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let server = arguments.next().unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let service = arguments.next().unwrap_or_else(|| "service0001".to_owned());
    let conf =
        WidgetConf::builder(&server).service(ChannelType::Chat, &service, "Support").build()?;

    // The core never spawns: whoever makes a widget runs its driver.
    let native = Native::new(Some(&server));
    let (widget, driver) = Widget::new(conf, native.clone());
    let driver = tokio::spawn(driver.run());

    wait_for_an_operator(&widget, &service).await?;
    let chat = widget.new_chat_session(&service, Vec::new(), Some("Terminal"), None);
    talk(&widget, &chat, &native).await?;

    widget.disconnect();
    driver.await?;
    Ok(())
}

/// Tells how the service stands until somebody answers for it.
async fn wait_for_an_operator(widget: &Widget, service: &str) -> Result<(), Box<dyn Error>> {
    let mut connection = widget.client().connection_state();
    let mut statuses = widget.service_status(service, &ChannelType::Chat)?;
    loop {
        tokio::select! {
            Some(state) = connection.next() => match state.reason {
                // A server that will not have us says so once; everything else is tried again.
                Some(error) if state.phase == Phase::Stopped => {
                    return Err(error.into());
                }
                _ if state.phase == Phase::Connecting => {}
                _ => println!("-- {}", link(&state)),
            },
            Some(status) = statuses.next() => {
                println!("-- {service} is {}", word(&status));
                if status.is_available() {
                    return Ok(());
                }
            }
            else => return Err("the widget has ended".into()),
        }
    }
}

/// One conversation, from the queue to its end.
async fn talk(widget: &Widget, chat: &ChatSession, native: &Native) -> Result<(), Box<dyn Error>> {
    let mut connection = widget.client().connection_event();
    let mut states = chat.session_monitor();
    let mut conversation = chat.conversation();
    let mut lines = keyboard();
    chat.create().await?;
    println!("Type and press Enter; an empty line ends the conversation.");

    let mut ending = false;
    let mut told = None;
    loop {
        tokio::select! {
            Some(event) = connection.next() => {
                println!("-- {}", if event.connected { "connected" } else { "connection lost" });
            }
            Some(session) = states.next() => match step(&session) {
                Some(step) => println!("-- {step}"),
                None => break,
            },
            Some(change) = conversation.next() => match change {
                Change::Reset(entries) => entries.iter().for_each(show),
                Change::Insert { entry, .. } => show(&entry),
                // Receipts are changes too; of those that stand here, only a file's fate is told.
                Change::Update { entry, .. } if entry.attachment != told => {
                    entry.attachment.iter().for_each(|it| file(it));
                    told = entry.attachment;
                }
                Change::Update { .. } | Change::Remove { .. } => {}
            },
            line = lines.next(), if !ending => match line.filter(|line| !line.is_empty()) {
                Some(line) => {
                    if let Err(error) = say(chat, &line, native).await {
                        eprintln!("-- {error}");
                    }
                }
                None => {
                    ending = true;
                    chat.close();
                }
            },
            else => break,
        }
    }
    Ok(())
}

/// Does what a line asks for.
async fn say(chat: &ChatSession, line: &str, native: &Native) -> Result<(), Box<dyn Error>> {
    match line.split_once(' ') {
        Some(("/file", path)) => {
            let path = Path::new(path);
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let upload =
                chat.send_file(&name, media_type(path), std::fs::read(path)?, native.clone());
            let mut progress = upload.progress();
            let watching = async {
                while let Some(progress) = progress.next().await {
                    println!("-- {} of {} bytes", progress.sent, progress.total);
                }
            };
            futures::join!(upload, watching).0?;
        }
        Some(("/mail", address)) => {
            chat.send_recap(address).await?;
            println!("-- the conversation goes to {address}");
        }
        Some(("/rate", score)) => {
            chat.rate(score.parse()?, None).await?;
            println!("-- thank you");
        }
        Some(_) | None => chat.send(line)?,
    }
    Ok(())
}

fn link(state: &ConnectionState) -> String {
    match (&state.phase, state.retry_in) {
        (phase, Some(wait)) => format!("{phase:?}, again in {} s", wait.as_secs()),
        (phase, None) => format!("{phase:?}"),
    }
}

fn word(status: &ServiceStatus) -> &str {
    status.status.as_ref().map_or("not known", |status| status.as_str())
}

/// What the session is doing, in words; `None` when it is over.
fn step(session: &ChatChannelSession) -> Option<String> {
    if session.is_closed() {
        return None;
    }
    let step = session.step.clone().unwrap_or_default();
    Some(match (step.kind?, step.queue_position, &session.agent) {
        (StepType::Queue, Some(place), _) => match step.expected_wait {
            Some(seconds) => format!("in the queue, number {place}, about {seconds} s to go"),
            None => format!("in the queue, number {place}"),
        },
        (StepType::Connected, _, Some(agent)) => format!("connected with {}", *agent.name),
        (other, _, _) => other.to_string(),
    })
}

fn show(entry: &Entry) {
    match (&entry.kind, &entry.attachment) {
        (EntryKind::Opened, _) => println!("-- opened"),
        (EntryKind::Closed, _) => println!("-- closed"),
        (EntryKind::Message, Some(attachment)) => file(attachment),
        (EntryKind::Message, None) if entry.direction == Direction::Inbound => {
            println!("> {}", *entry.text);
        }
        (EntryKind::Message, None) => {}
    }
}

fn file(attachment: &Attachment) {
    println!("-- file {}: {}", *attachment.name, attachment.state);
}

/// What the demo server takes, by a file's ending.
fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("gif") => "image/gif",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some(_) | None => "text/plain",
    }
}

/// Lines as they are typed. Reading a terminal blocks, so it has a thread of its own.
fn keyboard() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.unbounded_send(line).is_err() {
                break;
            }
        }
    });
    lines
}
