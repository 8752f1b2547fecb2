//! The proxy by hand: `tvox-faults --to 127.0.0.1:8080`, then one command a line.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tvox_faults::{Fault, Proxy, Shape};

const HELP: &str = "\
tvox-faults --to <address> [--listen <address>] [--path <path>]

Stands before a server and, told so on its standard input, breaks the open WebSockets of a path
(/tvox/widget unless told otherwise):

  cut                      an orderly end of TCP
  reset                    a reset
  silence up|down          nothing gets through any more, nobody is told
  stall up|down <ms>       nothing gets through for so long
  half up|down             half of the next frame, then a cut
  close <code> [reason]    a close frame for the client
  duplicate                the next message of the server twice
  say <text>               a message that the server never sent
  shape <ms> [bytes/s]     a round trip and a rate, for present and future connections
  shut, open               refuse connections, take them again
";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}\n\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (mut to, mut listen, mut path) = (None, "127.0.0.1:0".parse()?, "/tvox/widget".to_owned());
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--to" => to = Some(value()?.parse::<SocketAddr>()?),
            "--listen" => listen = value()?.parse()?,
            "--path" => path = value()?,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    let proxy = Proxy::open_at(listen).await?;
    proxy.lead_to(Some(to.ok_or("--to is missing")?));
    println!("listening on http://{}", proxy.address());
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match obey(&proxy, &path, line.trim()).await {
            Ok(said) => println!("{said}"),
            Err(problem) => println!("{problem}"),
        }
    }
    Ok(())
}

async fn obey(
    proxy: &Proxy,
    path: &str,
    command: &str,
) -> Result<String, Box<dyn std::error::Error>> {
    match command.split_once(' ').unwrap_or((command, "")) {
        ("shut", "") => proxy.shut(),
        ("open", "") => proxy.reopen().await?,
        ("shape", rest) => {
            let mut numbers = rest.split_whitespace().map(str::parse::<u32>);
            let round_trip = numbers.next().ok_or("a shape has a round trip in milliseconds")??;
            let shape = Shape {
                round_trip: Duration::from_millis(round_trip.into()),
                rate: numbers.next().transpose()?,
            };
            proxy.shape(shape);
        }
        _fault => {
            let fault: Fault = command.parse()?;
            let struck: Vec<_> = proxy.lines(path).iter().map(|line| line.strike(&fault)).collect();
            return Ok(format!("{} connections", struck.len()));
        }
    }
    Ok("done".to_owned())
}
