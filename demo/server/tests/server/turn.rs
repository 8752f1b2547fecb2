//! The relay inside, and the credentials for it: from outside, as a browser meets them.

use crate::support::{PATIENCE, World, key};
use crate::turn_client::TurnClient;
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tvox_demo_server::Settings;
use tvox_demo_server::engine::credential;
use tvox_demo_server::turn::TurnStatus;

const SECRET: &str = "between us";

async fn world(change: impl FnOnce(&mut Settings)) -> World {
    World::with(|settings| {
        settings.turn.enabled = true;
        settings.turn.port = 0;
        settings.turn.secret = SECRET.to_owned();
        settings.media.addresses = vec!["127.0.0.1".parse().unwrap()];
        change(settings);
    })
    .await
}

fn listening(world: &World) -> SocketAddr {
    status(world).listening[0]
}

fn status(world: &World) -> TurnStatus {
    world.running().turn().expect("a relay inside")
}

/// A name that holds for so long from now on, or ended so long ago.
fn username(seconds: i64) -> String {
    format!("{}:v_test:k_test", jiff::Timestamp::now().as_second() + seconds)
}

async fn clients(world: &World, username: &str, password: &str) -> [TurnClient; 2] {
    let server = listening(world);
    [
        TurnClient::udp(server, username, password).await,
        TurnClient::tcp(server, username, password).await,
    ]
}

async fn until(world: &World, what: &str, is_so: impl Fn(&TurnStatus) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so(&status(world)) {
        assert!(Instant::now() < end, "{what}: {:?}", status(world));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn it_relays_both_ways_over_udp_and_tcp_and_counts_what_it_relayed() {
    let world = world(|_| {}).await;
    let name = username(60);
    let mut relayed = 0;
    for mut client in clients(&world, &name, &credential(SECRET, &name)).await {
        assert_eq!(client.binding().await, client.address(), "it answers STUN's question too");
        let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = peer.local_addr().unwrap();
        let relay = client.allocate().await.unwrap();
        assert!((10_000..=20_000).contains(&relay.port()), "{relay}");
        client.permit(at).await.unwrap();
        let mut buffer = [0; 64];
        // Of every length: what goes by TCP is padded to four bytes.
        for length in 1..=9 {
            let bytes = vec![7; length];
            client.send_to(&bytes, at).await;
            let (received, from) = peer.recv_from(&mut buffer).await.unwrap();
            assert_eq!((&buffer[..received], from), (&bytes[..], relay));
            peer.send_to(&bytes, relay).await.unwrap();
            assert_eq!(client.receive().await, bytes);
            relayed += length as u64;
        }
        client.bind_channel(0x4001, at).await.unwrap();
        for length in 1..=9 {
            let bytes = vec![9; length];
            client.send_channel(0x4001, &bytes).await;
            let (received, _) = peer.recv_from(&mut buffer).await.unwrap();
            assert_eq!(&buffer[..received], bytes);
            peer.send_to(&bytes, relay).await.unwrap();
            assert_eq!(client.receive().await, bytes);
            relayed += length as u64;
        }
        until(&world, "the allocation is counted", |status| status.open == 1).await;
        client.refresh(0).await.unwrap();
        until(&world, "and gone", |status| status.open == 0).await;
        until(&world, "its port is free", |_| std::net::UdpSocket::bind(relay).is_ok()).await;
    }
    let status = status(&world);
    assert_eq!((status.allocations, status.refused), (2, 0));
    assert_eq!((status.bytes_to_peers, status.bytes_from_peers), (relayed, relayed));
}

#[tokio::test]
async fn wrong_and_expired_credentials_are_refused_over_udp_and_tcp() {
    let world = world(|_| {}).await;
    let (good, past) = (username(60), username(-1));
    for (name, password) in [
        (good.clone(), "guessed".to_owned()),
        (good.clone(), credential("another secret", &good)),
        (past.clone(), credential(SECRET, &past)),
        ("9999999999".to_owned(), credential(SECRET, "9999999999:v:k")),
        ("for ever".to_owned(), credential(SECRET, "for ever")),
    ] {
        for mut client in clients(&world, &name, &password).await {
            assert_eq!(client.allocate().await, Err(401), "{name}");
        }
    }
    assert_eq!(status(&world).allocations, 0);
}

#[tokio::test]
async fn it_relays_to_nobody_but_this_machine_and_to_no_service_of_it() {
    let world = world(|settings| settings.turn.peers = vec!["203.0.113.7".parse().unwrap()]).await;
    let name = username(60);
    for mut client in clients(&world, &name, &credential(SECRET, &name)).await {
        client.allocate().await.unwrap();
        let foreign: SocketAddr = "192.0.2.7:40000".parse().unwrap();
        assert_eq!(client.permit(foreign).await, Err(403));
        assert_eq!(client.bind_channel(0x4001, foreign).await, Err(403));
        assert_eq!(client.permit("0.0.0.0:40000".parse().unwrap()).await, Err(403));
        assert_eq!(client.bind_channel(0x4001, "127.0.0.1:53".parse().unwrap()).await, Err(403));
        client.permit("127.0.0.1:40000".parse().unwrap()).await.unwrap();
        client.permit("203.0.113.7:40000".parse().unwrap()).await.expect("one that is set");
    }
    assert!(status(&world).refused >= 8);
}

#[tokio::test]
async fn there_are_as_many_allocations_at_a_time_as_are_set() {
    let world = world(|settings| settings.turn.allocations = 1).await;
    let name = username(60);
    let [mut first, mut second] = clients(&world, &name, &credential(SECRET, &name)).await;
    first.allocate().await.unwrap();
    assert_eq!(second.allocate().await, Err(508));
    first.refresh(0).await.unwrap();
    until(&world, "the first is gone", |status| status.open == 0).await;
    second.allocate().await.unwrap();
}

#[tokio::test]
async fn a_connection_that_ends_takes_its_allocation_with_it() {
    let world = world(|_| {}).await;
    let name = username(60);
    let [_, mut client] = clients(&world, &name, &credential(SECRET, &name)).await;
    let relay = client.allocate().await.unwrap();
    assert_eq!(status(&world).open, 1);
    drop(client);
    until(&world, "it is gone", |status| status.open == 0).await;
    until(&world, "its port is free", |_| std::net::UdpSocket::bind(relay).is_ok()).await;
}

#[tokio::test]
async fn a_call_is_told_of_it_with_credentials_that_it_accepts() {
    let world = world(|settings| settings.turn.secret.clear()).await;
    let _operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let params = json!({"key": key(), "channel": "VIDEO", "service": "service0001"});
    let created = visitor.call("call.create", params).await.unwrap();
    let at = listening(&world);
    assert_eq!(created["iceServers"][0], json!({"urls": [format!("stun:{at}")]}));
    let relay = &created["iceServers"][1];
    let urls = ["udp", "tcp"].map(|transport| format!("turn:{at}?transport={transport}"));
    assert_eq!(relay["urls"], json!(urls));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (name, password) = (text(&relay["username"]), text(&relay["credential"]));
    for mut client in clients(&world, &name, &password).await {
        client.allocate().await.unwrap();
    }
}

#[tokio::test]
async fn where_its_port_is_taken_another_one_does() {
    let taken = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let world = world(|settings| settings.turn.port = port).await;
    assert_ne!(listening(&world).port(), port);
    let name = username(60);
    for mut client in clients(&world, &name, &credential(SECRET, &name)).await {
        client.allocate().await.unwrap();
    }
}

#[tokio::test]
async fn it_listens_on_this_machines_own_address_too_and_names_that_one() {
    let world = world(|settings| settings.media.addresses.clear()).await;
    let all: Vec<IpAddr> = status(&world).listening.iter().map(SocketAddr::ip).collect();
    assert!(all[0].is_loopback());
    // A machine without a network has no other.
    let Some(other) = all.get(1) else { return };
    assert!(!other.is_loopback());
    let _operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let params = json!({"key": key(), "channel": "VIDEO", "service": "service0001"});
    let created = visitor.call("call.create", params).await.unwrap();
    let url = created["iceServers"][1]["urls"][0].as_str().unwrap();
    assert!(url.starts_with(&format!("turn:{other}:")), "{url}");
}

#[tokio::test]
async fn a_relay_that_is_set_takes_its_place() {
    let world = world(|settings| {
        settings.rules.calls.turn = vec!["turn:turn.example.org:3478".to_owned()];
        settings.rules.calls.turn_secret = SECRET.to_owned();
    })
    .await;
    assert!(world.running().turn().is_none());
}

#[tokio::test]
async fn its_counts_can_be_read_on_this_machine() {
    let world = world(|_| {}).await;
    let answer = crate::pages::get(&world, "/tvox/demo/turn").await;
    assert_eq!(answer.status, 200);
    let counts: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(counts["listening"], json!([listening(&world)]));
    assert_eq!((&counts["bytesToPeers"], &counts["open"]), (&json!(0), &json!(0)));
}

/// A coturn with credentials of the TURN REST scheme, as docs/turnserver.conf sets it up.
struct Coturn {
    process: tokio::process::Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Coturn {
    /// Nothing where there is no coturn. `cargo xtask test` brings it.
    async fn start() -> Option<Self> {
        let program = match std::env::var_os("TVOX_TURNSERVER") {
            Some(program) => program.into(),
            None => ["/usr/bin/turnserver", "/usr/sbin/turnserver"]
                .into_iter()
                .map(std::path::PathBuf::from)
                .find(|path| path.exists())?,
        };
        let folder = tempfile::tempdir().unwrap();
        // A port that was free a moment ago.
        let address = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let documented = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/turnserver.conf"
        ))
        .unwrap();
        let mut lines: Vec<String> = documented
            .lines()
            .filter(|line| {
                !line.starts_with("listening-") && !line.starts_with("static-auth-secret")
            })
            .map(str::to_owned)
            .collect();
        lines.extend([
            format!("listening-ip={}", address.ip()),
            format!("listening-port={}", address.port()),
            format!("relay-ip={}", address.ip()),
            format!("static-auth-secret={SECRET}"),
            "allow-loopback-peers".to_owned(),
            "log-file=stdout".to_owned(),
            format!("pidfile={}/pid", folder.path().display()),
            format!("userdb={}/users", folder.path().display()),
        ]);
        let file = folder.path().join("turnserver.conf");
        std::fs::write(&file, lines.join("\n")).unwrap();
        let process = tokio::process::Command::new(program)
            .arg("-c")
            .arg(&file)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let end = Instant::now() + PATIENCE;
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(Instant::now() < end, "coturn does not listen");
            ticks.tick().await;
        }
        Some(Self { process, address, _folder: folder })
    }

    async fn clients(&self, username: &str, password: &str) -> [TurnClient; 2] {
        [
            TurnClient::udp(self.address, username, password).await,
            TurnClient::tcp(self.address, username, password).await,
        ]
    }
}

#[tokio::test]
async fn coturn_accepts_the_credentials_of_a_call_and_refuses_expired_ones() {
    let Some(mut coturn) = Coturn::start().await else { return };
    let address = coturn.address;
    let world = world(|settings| {
        settings.rules.calls.turn = vec![format!("turn:{address}")];
        settings.rules.calls.turn_secret = SECRET.to_owned();
    })
    .await;
    let _operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let params = json!({"key": key(), "channel": "VIDEO", "service": "service0001"});
    let created = visitor.call("call.create", params).await.unwrap();
    let relay = &created["iceServers"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (name, password) = (text(&relay["username"]), text(&relay["credential"]));
    for mut client in coturn.clients(&name, &password).await {
        let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let relay = client.allocate().await.unwrap();
        client.permit(peer.local_addr().unwrap()).await.unwrap();
        client.send_to(b"through coturn", peer.local_addr().unwrap()).await;
        let mut buffer = [0; 64];
        let (length, from) = peer.recv_from(&mut buffer).await.unwrap();
        assert_eq!((&buffer[..length], from.port()), (&b"through coturn"[..], relay.port()));
    }
    let past = username(-60);
    for mut client in coturn.clients(&past, &credential(SECRET, &past)).await {
        assert_eq!(client.allocate().await, Err(401));
    }
    for mut client in coturn.clients(&name, "guessed").await {
        assert_eq!(client.allocate().await, Err(401));
    }
    coturn.process.kill().await.unwrap();
}
