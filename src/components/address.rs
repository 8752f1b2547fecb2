//! Web addresses that come from outside: which may be followed, and where they stand in a text.
//!
//! The grammar is stricter than a browser's parser on purpose. What is refused stays plain text; what
//! is accepted means the same to every parser, so that what is shown is where it leads.

/// An address that is safe to put into a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The whole address, with its scheme.
    pub href: String,
    /// Host, and port where one is given; empty for `mailto:`.
    pub host: String,
}

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// An address, as it was written.
    Link(&'a str, Address),
}

/// Reads an absolute `https:` or `http:` address.
///
/// Refused: other schemes, white space and control characters, backslashes, credentials, hosts that
/// are not plain ASCII (an international name is accepted in its `xn--` form only).
#[must_use]
pub fn web(text: &str) -> Option<Address> {
    let rest = strip_prefix_ignoring_case(text, "https://")
        .or_else(|| strip_prefix_ignoring_case(text, "http://"))?;
    let clean = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !is_deceptive(c));
    if !clean {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    is_host(authority)
        .then(|| Address { href: text.to_owned(), host: authority.to_ascii_lowercase() })
}

/// Where a pushed page (a `TO_URL` step) may lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A page of the site on which the widget stands.
    Here(String),
    /// A page of another site.
    Elsewhere(Address),
}

/// Judges where a pushed page leads. `origin` is the page's own (`https://shop.example`).
///
/// `None`, which means that it is not followed: anything but https, except http where the page itself
/// is http; addresses that [`web`] refuses; and relative ones, except an absolute path.
#[must_use]
pub fn destination(uri: &str, origin: &str) -> Option<Destination> {
    let own = web(origin)?;
    let path = uri.strip_prefix('/').filter(|rest| !rest.starts_with(['/', '\\']));
    let absolute = match path {
        Some(_) => format!("{}{uri}", origin.trim_end_matches('/')),
        None => uri.to_owned(),
    };
    let address = web(&absolute)?;
    let secure = |href: &str| strip_prefix_ignoring_case(href, "https://").is_some();
    if !secure(&address.href) && secure(&own.href) {
        return None;
    }
    let same = address.host == own.host && secure(&address.href) == secure(&own.href);
    Some(if same { Destination::Here(address.href) } else { Destination::Elsewhere(address) })
}

/// Finds the addresses in a text. The pieces, joined, are the text again.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let lead = word.len() - word.trim_start_matches(OPENING).len();
        let core = trim_end(word[lead..].trim_end());
        if let Some(address) = link(core) {
            let start = at + lead;
            if plain < start {
                pieces.push(Piece::Text(&text[plain..start]));
            }
            pieces.push(Piece::Link(core, address));
            plain = start + core.len();
        }
        at += word.len();
    }
    if plain < text.len() {
        pieces.push(Piece::Text(&text[plain..]));
    }
    pieces
}

const OPENING: [char; 6] = ['(', '[', '{', '<', '"', '«'];

fn link(word: &str) -> Option<Address> {
    if strip_prefix_ignoring_case(word, "www.").is_some() {
        return web(&format!("https://{word}"));
    }
    web(word).or_else(|| mail(word))
}

/// A plain mail address: letters, digits and `._+-` around one `@`, and a dotted host.
fn mail(word: &str) -> Option<Address> {
    let (name, host) = word.split_once('@')?;
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte));
    let is_domain = host.contains('.') && is_host(host) && !host.contains([':', '[']);
    (is_name && is_domain).then(|| Address { href: format!("mailto:{word}"), host: String::new() })
}

/// Punctuation that ends a sentence ends no address; a closing bracket does only if it was opened.
fn trim_end(word: &str) -> &str {
    let mut word = word;
    loop {
        let Some(last) = word.chars().next_back() else { return word };
        let drop = match last {
            ')' => word.matches(')').count() > word.matches('(').count(),
            other => ".,;:!?'\"]}>»…".contains(other),
        };
        if !drop {
            return word;
        }
        word = &word[..word.len() - last.len_utf8()];
    }
}

/// A registered name, an IPv4 or a bracketed IPv6 address, and a port or none.
fn is_host(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else { return false };
            let hex = address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
            if !hex || address.is_empty() {
                return false;
            }
            ("ipv6", port)
        }
        None => match authority.find(':') {
            Some(colon) => authority.split_at(colon),
            None => (authority, ""),
        },
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let number = |port: &str| {
        (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    host.len() <= 253
        && host.split('.').all(label)
        && (port.is_empty() || port.strip_prefix(':').is_some_and(number))
}

/// Characters that change how the rest of an address looks: direction marks and invisible ones.
fn is_deceptive(c: char) -> bool {
    c == '\\'
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PAGE: &str = "https://shop.example";

    #[test]
    fn no_trick_is_an_address() {
        for text in [
            "javascript:alert(1)",
            "JaVa\tScRiPt:alert(1)",
            "java\nscript:alert(1)",
            " https://shop.example",
            "data:text/html,<script>",
            "vbscript:x",
            "blob:https://shop.example/1",
            "filesystem:https://shop.example/x",
            "file:///etc/passwd",
            "ftp://shop.example/",
            "about:blank",
            "https:shop.example",
            "https:/shop.example",
            "https:\\\\evil.example",
            "https://shop.example\\@evil.example",
            "https://user@evil.example",
            "https://user:secret@evil.example/",
            "https://shop.example@evil.example",
            "https://",
            "https:///path",
            "https://.example",
            "https://a..example",
            "https://exa mple.com",
            "https://ex\u{202e}ample.com",
            "https://аpple.com",
            "https://shop。example",
            "https://host:port/",
            "https://host:123456/",
            "https://[::1/",
            "https://[<b>]/",
            "https://%73hop.example/",
            "//evil.example",
            "\\\\evil.example",
        ] {
            assert_eq!(web(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_plain_address_is_one() {
        for (text, host) in [
            ("https://shop.example", "shop.example"),
            ("HTTPS://Shop.Example:8443/a?b=c#d", "shop.example:8443"),
            ("http://127.0.0.1:8080/x", "127.0.0.1:8080"),
            ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
            ("https://xn--caf-dma.example/caffè", "xn--caf-dma.example"),
        ] {
            assert_eq!(web(text).unwrap().host, host);
        }
    }

    #[test]
    fn a_pushed_page_leads_only_where_the_rules_allow() {
        let here = |uri: &str| Some(Destination::Here(uri.to_owned()));
        assert_eq!(destination("/cart?x=1", PAGE), here("https://shop.example/cart?x=1"));
        assert_eq!(destination("https://shop.example/a", PAGE), here("https://shop.example/a"));
        assert!(matches!(
            destination("https://shop.example.evil.example/", PAGE),
            Some(Destination::Elsewhere(address)) if address.host == "shop.example.evil.example"
        ));
        for uri in [
            "http://shop.example/",
            "//evil.example",
            "/\\evil.example",
            "cart",
            "javascript:1",
            "",
        ] {
            assert_eq!(destination(uri, PAGE), None, "{uri}");
        }
        assert_eq!(
            destination("http://localhost:8080/a", "http://localhost:8080"),
            here("http://localhost:8080/a"),
        );
        assert!(matches!(
            destination("https://localhost:8080/a", "http://localhost:8080"),
            Some(Destination::Elsewhere(_))
        ));
        assert_eq!(destination("/a", "null"), None, "a sandboxed page has no origin");
    }

    #[test]
    fn addresses_are_found_without_the_punctuation_around_them() {
        let text = "Vedi (https://a.example/b_(c)), www.d.example. Scrivi a <e@f.example>!\nCiao";
        let links: Vec<(&str, String)> = pieces(text)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Link(word, address) => Some((word, address.href)),
                Piece::Text(_) => None,
            })
            .collect();
        assert_eq!(
            links,
            [
                ("https://a.example/b_(c)", "https://a.example/b_(c)".to_owned()),
                ("www.d.example", "https://www.d.example".to_owned()),
                ("e@f.example", "mailto:e@f.example".to_owned()),
            ]
        );
    }

    #[test]
    fn the_pieces_joined_are_the_text_again() {
        for text in [
            "",
            " ",
            "https://a.example",
            "a https://a.example  b\n\nwww.x.example,",
            "<https://a.example>",
            "((((",
            "caffè\u{a0}https://a.example/è…",
            "javascript:alert(1) https://u@h.example",
        ] {
            let joined: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text) | Piece::Link(text, _) => text,
                })
                .collect();
            assert_eq!(joined, text);
        }
    }
}
