//! What can be done to a connection, and how it is written on a command line.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One of the two directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// What happens to a connection once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Both sides see an orderly end of the TCP connection (FIN), without a WebSocket close frame.
    Cut,
    /// Both sides see a reset (RST): what was under way is lost.
    Reset,
    /// From now on nothing gets through this way, nor does any end of the connection: nobody is told.
    Silence(Way),
    /// Nothing gets through this way for so long; then all of it does, in order.
    Stall(Way, Duration),
    /// Of the next frame this way one half is delivered, then the connection is cut.
    HalfFrame(Way),
    /// The client is sent a close frame with this code and reason; the server sees a cut.
    Close(u16, String),
    /// The next text frame of the server is delivered twice.
    Duplicate,
    /// The client is sent this text as a frame of the server's, which the server never sent.
    Say(String),
}

/// How a connection behaves all the time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// From one end to the other and back. Half of it passes before a byte is delivered, all of it
    /// before the first one, as TCP's handshake takes.
    pub round_trip: Duration,
    /// Bytes a second, each way; `None`: as many as there are.
    pub rate: Option<u32>,
}

/// What was written is no fault: says what would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is none of: cut, reset, silence up|down, stall up|down <ms>, half up|down, \
             close <code> [reason], duplicate, say <text>",
            self.0
        )
    }
}

impl std::error::Error for Unknown {}

impl FromStr for Fault {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let unknown = || Unknown(text.to_owned());
        let (name, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let way = |word: &str| match word {
            "up" => Ok(Way::Up),
            "down" => Ok(Way::Down),
            _other => Err(unknown()),
        };
        Ok(match name {
            "cut" => Self::Cut,
            "reset" => Self::Reset,
            "silence" => Self::Silence(way(rest)?),
            "stall" => {
                let (word, time) = rest.split_once(' ').ok_or_else(unknown)?;
                let time = time.parse().map_err(|_no_number| unknown())?;
                Self::Stall(way(word)?, Duration::from_millis(time))
            }
            "half" => Self::HalfFrame(way(rest)?),
            "close" => {
                let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
                Self::Close(code.parse().map_err(|_no_number| unknown())?, reason.to_owned())
            }
            "duplicate" => Self::Duplicate,
            "say" if !rest.is_empty() => Self::Say(rest.to_owned()),
            _other => return Err(unknown()),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::{Fault, Way};

    #[test]
    fn faults_are_read_as_the_usage_says() {
        let read = |text: &str| text.parse::<Fault>();
        assert_eq!(read("cut").unwrap(), Fault::Cut);
        assert_eq!(read("silence down").unwrap(), Fault::Silence(Way::Down));
        assert_eq!(
            read("stall up 1500").unwrap(),
            Fault::Stall(Way::Up, Duration::from_millis(1500))
        );
        assert_eq!(read("close 4201").unwrap(), Fault::Close(4201, String::new()));
        let reason = "OVERLOADED;retry=700".to_owned();
        assert_eq!(read("close 4100 OVERLOADED;retry=700").unwrap(), Fault::Close(4100, reason));
    }

    #[test]
    fn what_is_no_fault_is_refused_with_a_list_of_those_there_are() {
        for text in ["", "cutt", "silence", "silence left", "stall up", "close soon", "say"] {
            let refused = text.parse::<Fault>().unwrap_err().to_string();
            assert!(refused.contains("silence up|down"), "{text}: {refused}");
        }
    }
}
