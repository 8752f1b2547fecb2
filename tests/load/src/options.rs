//! The words on the command line.

use std::path::PathBuf;

/// What the words mean.
pub(crate) const HELP: &str = "\
load [--visitors N] [--rate M] [--seconds S] [--conversations C] [--connects K] [--flood F]
     --server PROGRAM [--json FILE]

  --visitors N        visitors who stay connected (200)
  --rate M            chat messages a second, half of them the operators' (50)
  --seconds S         how long they talk (10)
  --conversations C   visitors who talk (a twentieth of all, at least 1 and at most M/2)
  --connects K        visitors who come in a second (500)
  --flood F           in the second half, one more socket sends F requests a second (0: none)
  --server PROGRAM    the demo server
  --json FILE         where the report goes as JSON
";

/// More than this needs more ports and file descriptors than one address has.
const MOST_VISITORS: usize = 20_000;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) visitors: usize,
    /// Messages a second, of both sides together.
    pub(crate) rate: u64,
    pub(crate) seconds: u64,
    pub(crate) conversations: usize,
    /// Connections a second.
    pub(crate) connects: u64,
    /// Requests a second of somebody who does not mean well.
    pub(crate) flood: u64,
    pub(crate) server: PathBuf,
    pub(crate) json: Option<PathBuf>,
}

impl Options {
    /// Reads `--name value` pairs.
    ///
    /// # Errors
    /// A word is unknown, a value missing or out of its bounds.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut visitors, mut rate, mut seconds) = (200, 50, 10);
        let (mut conversations, mut connects, mut flood) = (None, 500, 0);
        let (mut server, mut json) = (None, None);
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
            let number = |least: u64, most: u64| match value.parse() {
                Ok(number) if (least..=most).contains(&number) => Ok(number),
                Ok(_) | Err(_) => Err(format!("{word} is a number from {least} to {most}")),
            };
            match word.as_str() {
                "--visitors" => visitors = size(number(1, MOST_VISITORS as u64)?),
                "--rate" => rate = number(2, 100_000)?,
                "--seconds" => seconds = number(1, 86_400)?,
                "--conversations" => {
                    conversations = Some(size(number(1, MOST_VISITORS as u64)?));
                }
                "--connects" => connects = number(1, 100_000)?,
                "--flood" => flood = number(0, 1_000_000)?,
                "--server" => server = Some(value.into()),
                "--json" => json = Some(value.into()),
                _ => return Err(format!("unknown option {word}")),
            }
        }
        let most = visitors.min(size(rate / 2)).max(1);
        let conversations = conversations.unwrap_or(visitors / 20).clamp(1, most);
        let server = server.ok_or("--server is missing")?;
        Ok(Self { visitors, rate, seconds, conversations, connects, flood, server, json })
    }
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Options;

    fn parse(words: &str) -> Result<Options, String> {
        Options::parse(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_twentieth_of_the_visitors_talks_unless_it_is_said_otherwise() {
        assert_eq!(parse("--server s --visitors 5000 --rate 500").unwrap().conversations, 250);
        assert_eq!(parse("--server s --conversations 7").unwrap().conversations, 7);
        let few = parse("--server s --visitors 5 --rate 100 --conversations 90").unwrap();
        assert_eq!(few.conversations, 5, "nobody talks twice");
    }

    #[test]
    fn what_is_missing_unknown_or_out_of_bounds_is_named() {
        assert!(parse("").unwrap_err().contains("--server"));
        assert!(parse("--server s --visitors 0").unwrap_err().contains("--visitors"));
        assert!(parse("--server s --rate").unwrap_err().contains("--rate"));
        assert!(parse("--server s --speed 3").unwrap_err().contains("--speed"));
    }
}
