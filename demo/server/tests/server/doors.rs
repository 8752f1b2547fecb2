//! Who is let in: origins, hosts, subprotocols.

use crate::support::World;
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

async fn status(world: &World, path: &str, protocol: &str, headers: &[(&str, &str)]) -> u16 {
    match world.try_dial(path, protocol, headers).await.map(|_| ()) {
        Ok(()) => 101,
        Err(error) => {
            let Error::Http(response) = *error else { panic!("{error}") };
            response.status().as_u16()
        }
    }
}

#[tokio::test]
async fn a_page_of_a_strangers_site_cannot_connect() {
    let world =
        World::with(|settings| settings.http.origins.push("https://www.example.org".to_owned()))
            .await;
    let own = format!("http://{}", world.address());
    for (path, protocol) in
        [("/tvox/widget", "tvox.widget.v1"), ("/tvox/operator", "tvox.operator.v1")]
    {
        for (origin, expected) in [
            (own.as_str(), 101),
            ("http://localhost:1234", 101),
            ("https://www.example.org", 101),
            ("https://www.example.org.evil.example", 403),
            ("https://evil.example", 403),
            ("null", 403),
        ] {
            assert_eq!(
                status(&world, path, protocol, &[("origin", origin)]).await,
                expected,
                "{path} from {origin}"
            );
        }
        assert_eq!(status(&world, path, protocol, &[]).await, 403, "{path} without an origin");
    }
}

#[tokio::test]
async fn programs_without_an_origin_are_let_in_where_that_is_set() {
    let world = World::with(|settings| settings.http.allow_missing_origin = true).await;
    assert_eq!(status(&world, "/tvox/widget", "tvox.widget.v1", &[]).await, 101);
    assert_eq!(
        status(&world, "/tvox/widget", "tvox.widget.v1", &[("origin", "https://evil.example")])
            .await,
        403
    );
}

#[tokio::test]
async fn a_name_that_was_made_to_point_here_is_not_answered() {
    let world = World::new().await;
    let rebound = [("host", "evil.example"), ("origin", "http://evil.example")];
    assert_eq!(status(&world, "/tvox/widget", "tvox.widget.v1", &rebound).await, 421);
    assert_eq!(status(&world, "/tvox/operator", "tvox.operator.v1", &rebound).await, 421);
}

#[tokio::test]
async fn the_subprotocol_must_be_the_doors_own() {
    let world = World::new().await;
    let origin = format!("http://{}", world.address());
    let headers = [("origin", origin.as_str())];
    for (path, protocol, expected) in [
        ("/tvox/widget", "tvox.widget.v1", 101),
        ("/tvox/widget?cid=0b9f6c1e-0d0c-4a53-9a53-0a9c9d3d6a01", "tvox.widget.v1", 101),
        ("/tvox/widget", "tvox.widget.v0, tvox.widget.v1", 101),
        ("/tvox/widget", "tvox.operator.v1", 400),
        ("/tvox/widget", "", 400),
        ("/tvox/operator", "tvox.widget.v1", 400),
    ] {
        assert_eq!(status(&world, path, protocol, &headers).await, expected, "{path} {protocol:?}");
    }
}

#[tokio::test]
async fn a_cookie_is_worth_nothing() {
    let world = World::new().await;
    let (visitor, _operator, _session) = world.conversation().await;
    let origin = format!("http://{}", world.address());
    let cookie = format!("resume={}", visitor.token());
    let mut client = world
        .try_dial("/tvox/widget", "tvox.widget.v1", &[("origin", &origin), ("cookie", &cookie)])
        .await
        .unwrap();
    let welcome = client
        .call("hello", json!({"client": {"name": "x", "version": "1"}, "api": "10.26.0"}))
        .await
        .unwrap();
    assert_eq!((&welcome["resumed"], &welcome["sessions"]), (&json!(false), &json!([])));
}

#[tokio::test]
async fn there_is_an_end_to_connections() {
    let world = World::with(|settings| settings.http.connections = 2).await;
    let origin = format!("http://{}", world.address());
    let one = world.visitor().await;
    let _two = world.visitor().await;
    let headers = [("origin", origin.as_str())];
    assert_eq!(status(&world, "/tvox/widget", "tvox.widget.v1", &headers).await, 503);
    one.client.vanish();
    let deadline = std::time::Instant::now() + crate::support::PATIENCE;
    while status(&world, "/tvox/widget", "tvox.widget.v1", &headers).await != 101 {
        assert!(std::time::Instant::now() < deadline, "a place that fell free was not given");
        tokio::task::yield_now().await;
    }
}
