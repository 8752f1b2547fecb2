//! A connection to the server, secured where its address says so.

use hyper::Uri;
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;

/// Connects to where an address of `ws:`, `wss:`, `http:` or `https:` points.
pub(super) async fn connect(uri: &Uri) -> Option<MaybeTlsStream<TcpStream>> {
    let secure = matches!(uri.scheme_str(), Some("wss" | "https"));
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let host = uri.host()?.trim_matches(['[', ']']);
    let socket = TcpStream::connect((host, port)).await.ok()?;
    // Frames are small and each is wanted at once.
    let _ = socket.set_nodelay(true);
    if secure { tls::secure(socket, host).await } else { Some(MaybeTlsStream::Plain(socket)) }
}

/// TLS with the certificates that the operating system trusts.
#[cfg(feature = "native-tls-roots")]
mod tls {
    use std::sync::{Arc, LazyLock};

    use rustls::crypto::ring;
    use rustls::pki_types::ServerName;
    use rustls::{ClientConfig, RootCertStore};
    use tokio::net::TcpStream;
    use tokio_rustls::TlsConnector;
    use tokio_tungstenite::MaybeTlsStream;

    /// Made once: the system's store is a few hundred files.
    static CONFIG: LazyLock<Option<Arc<ClientConfig>>> = LazyLock::new(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().ok()?;
        Some(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
    });

    pub(super) async fn secure(socket: TcpStream, host: &str) -> Option<MaybeTlsStream<TcpStream>> {
        let name = ServerName::try_from(host.to_owned()).ok()?;
        let connector = TlsConnector::from(CONFIG.clone()?);
        connector.connect(name, socket).await.ok().map(MaybeTlsStream::Rustls)
    }
}

#[cfg(not(feature = "native-tls-roots"))]
mod tls {
    use tokio::net::TcpStream;
    use tokio_tungstenite::MaybeTlsStream;

    /// Without the feature there is nothing to secure a connection with.
    #[expect(clippy::unused_async, reason = "as the one with the feature")]
    pub(super) async fn secure(_: TcpStream, _: &str) -> Option<MaybeTlsStream<TcpStream>> {
        None
    }
}
