use std::fmt;
use std::str::FromStr;

use crate::core::error::Error;
use crate::core::json::quote;

/// The server's address: scheme, host and port (docs/protocol.md, "Connection").
///
/// `https` unless written otherwise; `http` only for a loopback host, because a page served over
/// https may not talk to anything else and because messages would be readable on the way.
/// The browser's or the socket library's own parser has the last word on the host's spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerUrl {
    secure: bool,
    /// Host and port as a URL writes them; the scheme's own port is left out.
    authority: String,
}

impl ServerUrl {
    pub(crate) const EXPECTED: &'static str = "an address such as https://contact.example.com";

    /// The WebSocket of the widget.
    #[must_use]
    pub fn socket_url(&self) -> String {
        format!("{}://{}/tvox/widget", if self.secure { "wss" } else { "ws" }, self.authority)
    }

    /// The origin (RFC 6454), such as `https://contact.example.com`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.authority)
    }
}

impl FromStr for ServerUrl {
    type Err = Error;

    /// Reads an address with or without a scheme; a path of `/` may follow, nothing else.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let wrong = |expected: &str| Err(Error::mistake("server.url", expected, quote(text)));
        let scheme = text
            .split_once(':')
            .and_then(|(scheme, rest)| Some((scheme, rest.strip_prefix("//")?)));
        let (scheme, rest) = scheme.unwrap_or(("https", text));
        let secure = scheme.eq_ignore_ascii_case("https");
        if !secure && !scheme.eq_ignore_ascii_case("http") {
            return wrong("https, or http for this very machine");
        }
        if rest.contains('@') {
            // Never quoted: a name and a password may stand before the sign.
            let expected = "an address without a user name";
            return Err(Error::mistake("server.url", expected, "one with a user name".to_owned()));
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.bytes().any(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\')) {
            return wrong("an address without a path");
        }
        let Some((host, port)) = split_authority(rest) else {
            return wrong(Self::EXPECTED);
        };
        if !secure && !is_loopback(&host) {
            return wrong("https (http is for localhost, 127.0.0.1 and [::1] only)");
        }
        let own_port = if secure { 443 } else { 80 };
        let authority = match port {
            Some(port) if port != own_port => format!("{host}:{port}"),
            Some(_) | None => host,
        };
        Ok(Self { secure, authority })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`, with the host in lower case.
fn split_authority(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = if text.starts_with('[') {
        let end = text.find(']')? + 1;
        let (host, rest) = text.split_at(end);
        let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
        let inner = host.trim_matches(['[', ']']);
        let allowed = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
        if !inner.contains(':') || !inner.bytes().all(allowed) {
            return None;
        }
        (host, port)
    } else {
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        };
        if !is_host_name(host) {
            return None;
        }
        (host, port)
    };
    let port = match port {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port != 0)?)
        }
        Some(_) => return None,
        None => None,
    };
    Some((host.to_ascii_lowercase(), port))
}

/// Letters, digits, hyphens, underscores and dots; letters beyond ASCII are left to the platform.
fn is_host_name(host: &str) -> bool {
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') || c > '\u{a0}';
    let labels = host.strip_suffix('.').unwrap_or(host).split('.');
    host.chars().all(allowed) && labels.into_iter().all(|label| !label.is_empty())
}

fn is_loopback(host: &str) -> bool {
    let named = host == "localhost" || host.ends_with(".localhost") || host == "[::1]";
    let mut parts = host.split('.');
    let bytes = host.starts_with("127.") && parts.all(|part| part.parse::<u8>().is_ok());
    named || bytes && host.split('.').count() == 4
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn socket(text: &str) -> String {
        text.parse::<ServerUrl>().unwrap().socket_url()
    }

    fn refusal(text: &str) -> String {
        match text.parse::<ServerUrl>() {
            Ok(url) => panic!("{text} was read as {url}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_scheme_decides_how_the_socket_is_opened() {
        assert_eq!(socket("https://contact.example.com"), "wss://contact.example.com/tvox/widget");
        assert_eq!(socket("HTTPS://Contact.Example.COM/"), "wss://contact.example.com/tvox/widget");
        assert_eq!(socket("http://localhost:8080"), "ws://localhost:8080/tvox/widget");
    }

    #[test]
    fn an_address_without_a_scheme_is_https() {
        assert_eq!(socket("contact.example.com"), "wss://contact.example.com/tvox/widget");
        assert_eq!(socket(" 192.0.2.7 "), "wss://192.0.2.7/tvox/widget");
        assert_eq!(socket("localhost:8443"), "wss://localhost:8443/tvox/widget");
    }

    #[test]
    fn the_port_of_the_scheme_is_left_out_and_another_is_kept() {
        assert_eq!(socket("https://a.example:443"), "wss://a.example/tvox/widget");
        assert_eq!(socket("http://127.0.0.1:80"), "ws://127.0.0.1/tvox/widget");
        assert_eq!(socket("https://a.example:80"), "wss://a.example:80/tvox/widget");
        assert_eq!(socket("https://[2001:db8::1]:9443"), "wss://[2001:db8::1]:9443/tvox/widget");
    }

    #[test]
    fn http_reaches_a_loopback_host_and_no_other() {
        for host in ["localhost", "shop.localhost", "127.0.0.1", "127.8.9.10", "[::1]"] {
            assert_eq!(socket(&format!("http://{host}")), format!("ws://{host}/tvox/widget"));
        }
        for host in ["example.com", "127.0.0.1.example.com", "128.0.0.1", "127.0.0", "[::2]"] {
            assert!(refusal(&format!("http://{host}")).contains("expected https"), "{host}");
        }
    }

    #[test]
    fn nothing_but_a_host_and_a_port_is_an_address() {
        for text in [
            "",
            " ",
            "https://",
            "https://:443",
            "a b",
            "a..b",
            ".a",
            "a.example:0",
            "a.example:65536",
            "a.example:+1",
            "a.example:http",
            "[::1",
            "[]",
            "[::1]x",
            "[g::1]",
            "exa<mple.com",
            "a.example:80:80",
        ] {
            assert!(
                refusal(text).starts_with("configuration: server.url: expected an address such as"),
                "{text}"
            );
        }
        for text in
            ["https://a.example/tvox", "a.example?x", "a.example#x", "a.example\\x", "a.example//"]
        {
            assert!(refusal(text).contains("without a path"), "{text}");
        }
        for text in ["wss://a.example", "ftp://a.example", "javascript://a.example"] {
            assert!(refusal(text).contains("expected https, or http"), "{text}");
        }
    }

    #[test]
    fn a_password_in_the_address_is_refused_and_not_repeated() {
        let refusal = refusal("https://anna:hunter2@a.example");
        assert!(refusal.contains("without a user name") && !refusal.contains("hunter2"));
    }
}
