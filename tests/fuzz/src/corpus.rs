//! The golden messages: what frames look like that both sides understand.

use std::path::Path;

use serde_json::Value;

/// All golden frames, as they would stand on the wire.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// Well-formed ones, and what is malformed as a text.
    pub frames: Vec<String>,
    /// The well-formed ones as trees.
    pub trees: Vec<Value>,
}

impl Corpus {
    /// Reads `tests/golden`.
    ///
    /// # Errors
    /// They are not there, or hardly any.
    pub fn load() -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden");
        let mut corpus = Self { frames: Vec::new(), trees: Vec::new() };
        let entries = std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        // What a seed makes must not depend on the order of a folder.
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it == "jsonl")) {
            let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
            for line in text.lines() {
                let Ok(golden) = serde_json::from_str::<Value>(line) else { continue };
                if golden["frame"].is_object() {
                    corpus.frames.push(golden["frame"].to_string());
                    corpus.trees.push(golden["frame"].clone());
                } else if let Some(text) = golden["text"].as_str() {
                    corpus.frames.push(text.to_owned());
                }
            }
        }
        if corpus.trees.len() < 100 {
            return Err(format!("only {} golden messages were found", corpus.trees.len()));
        }
        Ok(corpus)
    }
}
