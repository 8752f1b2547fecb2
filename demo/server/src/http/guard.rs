//! Who may ask: `Host` against DNS rebinding, `Origin` against pages that have no business here.

use crate::settings::Http;
use axum::http::{HeaderMap, HeaderName, header};
use std::net::IpAddr;

/// Whether the request was meant for this server. A page of a stranger's site whose name was made to point here says that name.
pub(super) fn is_our_host(headers: &HeaderMap, settings: &Http) -> bool {
    let Some(host) = single(headers, &header::HOST) else { return false };
    let Some(name) = host_name(host) else { return false };
    is_loopback_name(&name)
        || is_address(&name)
        || settings.hosts.iter().any(|known| known == "*" || known.eq_ignore_ascii_case(&name))
}

/// The origin of the page that asks, if it may. `Ok("")`: no page, and that is allowed.
pub(super) fn allowed_origin<'a>(headers: &'a HeaderMap, settings: &Http) -> Result<&'a str, ()> {
    if !headers.contains_key(header::ORIGIN) {
        return if settings.allow_missing_origin { Ok("") } else { Err(()) };
    }
    let origin = single(headers, &header::ORIGIN).ok_or(())?;
    if settings.origins.iter().any(|known| known == "*" || known.eq_ignore_ascii_case(origin)) {
        return Ok(origin);
    }
    let authority =
        origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")).ok_or(())?;
    let name = host_name(authority).ok_or(())?;
    let same =
        single(headers, &header::HOST).is_some_and(|host| host.eq_ignore_ascii_case(authority));
    if same || is_loopback_name(&name) || is_loopback_address(&name) { Ok(origin) } else { Err(()) }
}

/// `name`, `name:port`, `[::1]:port`, and nothing else: no user, no path, no blanks.
fn host_name(authority: &str) -> Option<String> {
    let (name, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (name, rest) = rest.split_once(']')?;
            name.parse::<std::net::Ipv6Addr>().ok()?;
            (name, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => match authority.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (authority, None),
        },
    };
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'_'));
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    (is_name && is_port).then(|| name.to_ascii_lowercase())
}

fn is_loopback_name(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// A bare address cannot be made to point elsewhere.
fn is_address(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok()
}

fn is_loopback_address(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The value of a header that is there exactly once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_names_of_this_server_are_answered() {
        let settings = Http { hosts: vec!["demo.example.org".to_owned()], ..Http::default() };
        for (host, ours) in [
            ("localhost:8080", true),
            ("LOCALHOST", true),
            ("shop.localhost:1", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("192.0.2.7", true),
            ("demo.example.org", true),
            ("Demo.Example.Org:443", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("demo.example.org.evil.example", false),
            ("user@localhost", false),
            ("localhost:port", false),
            ("[::1", false),
            ("", false),
        ] {
            assert_eq!(is_our_host(&headers(host, None), &settings), ours, "{host:?}");
        }
        assert!(!is_our_host(&HeaderMap::new(), &settings));
    }

    #[test]
    fn only_pages_of_allowed_origins_may_connect() {
        let settings =
            Http { origins: vec!["https://www.example.org".to_owned()], ..Http::default() };
        for (origin, allowed) in [
            ("http://127.0.0.1:8080", true),
            ("http://localhost:3000", true),
            ("http://[::1]:1", true),
            ("http://192.0.2.7:8080", true), // the server's own
            ("https://www.example.org", true),
            ("http://www.example.org", false),
            ("https://www.example.org:8443", false),
            ("https://www.example.org.evil.example", false),
            ("https://evil.example", false),
            ("http://localhost.evil.example", false),
            ("http://192.0.2.8:8080", false),
            ("null", false),
            ("file://", false),
            ("", false),
        ] {
            assert_eq!(
                allowed_origin(&headers("192.0.2.7:8080", Some(origin)), &settings).is_ok(),
                allowed,
                "{origin:?}"
            );
        }
    }

    #[test]
    fn a_missing_origin_is_refused_unless_that_is_set() {
        assert!(allowed_origin(&headers("localhost", None), &Http::default()).is_err());
        let lenient = Http { allow_missing_origin: true, ..Http::default() };
        assert_eq!(allowed_origin(&headers("localhost", None), &lenient), Ok(""));
    }

    #[test]
    fn two_origins_are_none() {
        let mut two = headers("localhost", Some("http://localhost"));
        two.append(header::ORIGIN, "http://localhost".parse().unwrap());
        assert!(allowed_origin(&two, &Http::default()).is_err());
    }
}
