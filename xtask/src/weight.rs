//! What the widget weighs, and what it may weigh.

use std::io::Write;
use std::path::Path;

use crate::problem::{Problem, Result};

/// The two files that a page with the widget loads.
pub(crate) const FILES: [&str; 2] = ["tvox-widget.js", "tvox-widget-glue_bg.wasm"];

/// The sizes of one file, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Weight {
    fn of(bytes: &[u8]) -> Result<Self> {
        Ok(Self {
            raw: bytes.len() as u64,
            gzip: gzip(bytes)?.len() as u64,
            brotli: brotli(bytes).len() as u64,
        })
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }
}

/// Prints the sizes of the files in `dist` with their sum; true if the sum is within the budget,
/// which is the text of `budget.toml`.
///
/// # Errors
/// A file of the widget is missing, or the budget cannot be read.
pub(crate) fn report(dist: &Path, budget: &str) -> Result<bool> {
    let budget = parse_budget(budget)?;
    let mut sum = Weight::default();
    println!("{:<28}{:>10}{:>10}{:>11}", "file", "raw", "gzip", "brotli 11");
    for file in FILES {
        let path = dist.join(file);
        let bytes = std::fs::read(&path).map_err(|error| Problem::io("read", &path, &error))?;
        let weight = Weight::of(&bytes)?;
        println!("{file:<28}{:>10}{:>10}{:>11}", weight.raw, weight.gzip, weight.brotli);
        sum = sum.plus(weight);
    }
    println!("{:<28}{:>10}{:>10}{:>11}", "sum", sum.raw, sum.gzip, sum.brotli);
    let within = sum.brotli <= budget;
    if within {
        println!("within the budget of {budget} bytes, {} to spare", budget - sum.brotli);
    } else {
        println!("OVER the budget of {budget} bytes by {}", sum.brotli - budget);
    }
    Ok(within)
}

/// Writes `<file>.br` and `<file>.gz` beside each file of the widget in `dist`.
///
/// # Errors
/// A file of the widget is missing or the folder cannot be written to.
pub(crate) fn compress(dist: &Path) -> Result<()> {
    for file in FILES {
        let path = dist.join(file);
        let bytes = std::fs::read(&path).map_err(|error| Problem::io("read", &path, &error))?;
        for (ending, bytes) in [("br", brotli(&bytes)), ("gz", gzip(&bytes)?)] {
            let path = dist.join(format!("{file}.{ending}"));
            std::fs::write(&path, bytes).map_err(|error| Problem::io("write", &path, &error))?;
        }
    }
    Ok(())
}

/// The bytes that `budget.toml` allows.
fn parse_budget(text: &str) -> Result<u64> {
    let table: toml::Table = text
        .parse()
        .map_err(|error| Problem::new(format!("budget.toml cannot be read: {error}")))?;
    table
        .get("brotli")
        .and_then(toml::Value::as_integer)
        .and_then(|bytes| u64::try_from(bytes).ok())
        .ok_or_else(|| Problem::new("budget.toml needs `brotli = <bytes>`, a whole number from 0"))
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    // Quality 11 and a window of 2^22 bytes, what a server that compresses ahead of time uses.
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, 11, 22);
    let written = writer.write_all(bytes);
    debug_assert!(written.is_ok(), "writing into memory does not fail");
    drop(writer);
    packed
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer
        .write_all(bytes)
        .and_then(|()| writer.finish())
        .map_err(|error| Problem::new(format!("gzip failed: {error}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{FILES, Weight, parse_budget, report};

    #[test]
    fn the_budget_is_a_whole_number_of_bytes() {
        assert_eq!(parse_budget("brotli = 120_000").unwrap(), 120_000);
        assert!(parse_budget("brotli = -1").is_err());
        assert!(parse_budget("brotli = \"120 kB\"").is_err());
        assert!(parse_budget("gzip = 1").is_err());
    }

    #[test]
    fn text_that_repeats_itself_gets_smaller_and_a_sum_adds_up() {
        let text = "tvox ".repeat(1000);
        let weight = Weight::of(text.as_bytes()).unwrap();
        assert_eq!(weight.raw, 5000);
        assert!(weight.gzip < 200 && weight.brotli < 100, "{weight:?}");
        assert_eq!(weight.plus(weight).brotli, 2 * weight.brotli);
    }

    #[test]
    fn the_sum_of_the_parts_decides_over_the_budget() {
        let dist = std::env::temp_dir().join(format!("tvox-weight-{}", std::process::id()));
        std::fs::create_dir_all(&dist).unwrap();
        for file in FILES {
            std::fs::write(dist.join(file), b"0123456789").unwrap();
        }
        let each = Weight::of(b"0123456789").unwrap().brotli;
        assert!(report(&dist, &format!("brotli = {}", 2 * each)).unwrap());
        assert!(!report(&dist, &format!("brotli = {}", 2 * each - 1)).unwrap());
        std::fs::remove_file(dist.join(FILES[1])).unwrap();
        assert!(report(&dist, "brotli = 1000").is_err());
        std::fs::remove_dir_all(&dist).unwrap();
    }
}
