//! Which ways may be named to the other side (reference, `IceGatherPolicy`).

use crate::core::config::IceGatherPolicy;

/// What is left out of what we say. Browsers know of [`Relay`](Filter::Relay) themselves; addresses of
/// the visitor's own network they would tell, so they are taken out of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    All,
    NoHost,
    Relay,
}

impl From<IceGatherPolicy> for Filter {
    fn from(policy: IceGatherPolicy) -> Self {
        match policy {
            IceGatherPolicy::All => Self::All,
            IceGatherPolicy::NoHost => Self::NoHost,
            IceGatherPolicy::Relay => Self::Relay,
        }
    }
}

/// Whether a candidate may be named (RFC 8839, section 5.1, "cand-type").
pub(super) fn is_wanted(candidate: &str, filter: Filter) -> bool {
    let is = |kind: &str| {
        let mut words = candidate.split(' ');
        words.any(|word| word == "typ") && words.next() == Some(kind)
    };
    // An empty one is how some browsers say that there are no more.
    !candidate.is_empty()
        && match filter {
            Filter::All => true,
            Filter::NoHost => !is("host"),
            Filter::Relay => is("relay"),
        }
}

/// The description without the visitor's own addresses.
pub(super) fn without_hosts(sdp: &str) -> String {
    let mut kept = String::with_capacity(sdp.len());
    for line in sdp.split_inclusive('\n') {
        let candidate = line.trim_end().strip_prefix("a=candidate:");
        if candidate.is_none_or(|candidate| is_wanted(candidate, Filter::NoHost)) {
            kept.push_str(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "candidate:1 1 udp 2122260223 192.0.2.10 51000 typ host generation 0";
    const RELAY: &str =
        "candidate:2 1 udp 41885439 198.51.100.7 61000 typ relay raddr 0.0.0.0 rport 0";

    #[test]
    fn each_policy_names_its_own_kinds_of_ways() {
        for (filter, host, relay) in
            [(Filter::All, true, true), (Filter::NoHost, false, true), (Filter::Relay, false, true)]
        {
            assert_eq!(is_wanted(HOST, filter), host, "{filter:?}");
            assert_eq!(is_wanted(RELAY, filter), relay, "{filter:?}");
            assert!(!is_wanted("", filter));
        }
    }

    #[test]
    fn a_description_loses_its_own_addresses_and_nothing_else() {
        let sdp = format!("v=0\r\nm=audio 9 X 111\r\na={HOST}\r\na={RELAY}\r\na=mid:0\r\n");
        assert_eq!(
            without_hosts(&sdp),
            format!("v=0\r\nm=audio 9 X 111\r\na={RELAY}\r\na=mid:0\r\n")
        );
    }
}
