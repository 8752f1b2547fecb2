//! What the widget weighs, and what it may weigh.

use std::io::Write;
use std::path::Path;

use crate::files::{files_below, read, write};
use crate::problem::{Problem, Result};
use crate::texts;

/// What is loaded together, by its name in `budget.toml`.
const SETS: [(&str, &[&str]); 4] = [
    ("element", &["element.js", "element.wasm"]),
    ("calls", &["calls.wasm"]),
    ("core", &["core.js", "core.wasm"]),
    ("bundle", &["bundle/tvox-widget.js"]),
];

/// The set that loads a language besides, one of several: the largest counts.
const SPEAKS: &str = "element";

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

    fn print(self, what: &str) {
        println!("{what:<28}{:>10}{:>10}{:>11}", self.raw, self.gzip, self.brotli);
    }
}

/// Prints the sizes of what pages load from `dist`; true if each sum is within its budget, of which
/// the text is given (`budget.toml`).
///
/// # Errors
/// A file is missing, or a budget cannot be read.
pub(crate) fn report(dist: &Path, budget: &str) -> Result<bool> {
    let budget = Budget::parse(budget)?;
    let mut within = true;
    println!("{:<28}{:>10}{:>10}{:>11}", "file", "raw", "gzip", "brotli 11");
    for (set, files) in SETS {
        let allowed = budget.of(set)?;
        let mut sum = Weight::default();
        for file in files {
            let weight = Weight::of(&read(&dist.join(file))?)?;
            weight.print(file);
            sum = sum.plus(weight);
        }
        if set == SPEAKS {
            let (file, weight) = largest_language(dist)?;
            weight.print(&file);
            sum = sum.plus(weight);
        }
        if files.len() > 1 {
            sum.print("sum");
        }
        if sum.brotli <= allowed {
            println!("{set}: within {allowed} bytes, {} to spare\n", allowed - sum.brotli);
        } else {
            println!("{set}: OVER {allowed} bytes by {}\n", sum.brotli - allowed);
            within = false;
        }
    }
    Ok(within)
}

/// The language that weighs most, and what it weighs.
fn largest_language(dist: &Path) -> Result<(String, Weight)> {
    let mut largest = None;
    for name in files_below(&dist.join(texts::FOLDER))? {
        // What is compressed lies beside it.
        if name.ends_with(".json") {
            let file = format!("{}/{name}", texts::FOLDER);
            let weight = Weight::of(&read(&dist.join(&file))?)?;
            if largest.as_ref().is_none_or(|(_, most): &(_, Weight)| weight.brotli > most.brotli) {
                largest = Some((file, weight));
            }
        }
    }
    largest.ok_or_else(|| Problem::new(format!("no languages in {}", dist.display())))
}

/// Writes `<file>.br` and `<file>.gz` beside each script, module and language in `dist`.
///
/// # Errors
/// A file cannot be read or the folder cannot be written to.
pub(crate) fn compress(dist: &Path) -> Result<()> {
    for file in files_below(dist)? {
        // Lists for people's tools stay as they are.
        let is_text = file.ends_with(".json") && file.contains("texts/");
        if file.ends_with(".js") || file.ends_with(".wasm") || is_text {
            let bytes = read(&dist.join(&file))?;
            write(&dist.join(format!("{file}.br")), &brotli(&bytes))?;
            write(&dist.join(format!("{file}.gz")), &gzip(&bytes)?)?;
        }
    }
    Ok(())
}

/// What `budget.toml` allows.
struct Budget(toml::Table);

impl Budget {
    fn parse(text: &str) -> Result<Self> {
        let table = text
            .parse()
            .map_err(|error| Problem::new(format!("budget.toml cannot be read: {error}")))?;
        Ok(Self(table))
    }

    /// The bytes that a set may have.
    fn of(&self, set: &str) -> Result<u64> {
        self.0
            .get(set)
            .and_then(|table| table.get("brotli")?.as_integer())
            .and_then(|bytes| u64::try_from(bytes).ok())
            .ok_or_else(|| {
                Problem::new(format!("budget.toml needs [{set}] with `brotli = <bytes>`, from 0"))
            })
    }
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
    use super::{Budget, SETS, Weight, report};

    #[test]
    fn a_budget_is_a_whole_number_of_bytes() {
        let of = |text: &str| Budget::parse(text).and_then(|budget| budget.of("core"));
        assert_eq!(of("[core]\nbrotli = 120_000").unwrap(), 120_000);
        assert!(of("[core]\nbrotli = -1").is_err());
        assert!(of("[core]\nbrotli = \"120 kB\"").is_err());
        assert!(of("[element]\nbrotli = 1").unwrap_err().to_string().contains("[core]"));
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
    fn every_sum_of_what_is_loaded_together_must_be_within_its_own_budget() {
        let dist = std::env::temp_dir().join(format!("tvox-weight-{}", std::process::id()));
        std::fs::create_dir_all(dist.join("bundle")).unwrap();
        for (_set, files) in SETS {
            for file in files {
                std::fs::write(dist.join(file), b"0123456789").unwrap();
            }
        }
        std::fs::create_dir_all(dist.join("texts")).unwrap();
        std::fs::write(dist.join("texts/it.json"), b"0123456789").unwrap();
        std::fs::write(dist.join("texts/en.json"), b"0").unwrap();
        let each = Weight::of(b"0123456789").unwrap().brotli;
        let budget = |element: u64, core: u64| {
            format!(
                "element.brotli = {element}\ncore.brotli = {core}\ncalls.brotli = {each}\nbundle.brotli = {each}"
            )
        };
        assert!(report(&dist, &budget(3 * each, 2 * each)).unwrap());
        assert!(!report(&dist, &budget(3 * each - 1, 2 * each)).unwrap());
        assert!(!report(&dist, &budget(3 * each, 2 * each - 1)).unwrap());
        std::fs::remove_file(dist.join("core.js")).unwrap();
        assert!(report(&dist, &budget(1000, 1000)).is_err());
        std::fs::remove_dir_all(&dist).unwrap();
    }
}
