//! The samples of the reference, cut from its text.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::fault::{Outcome, ensure};

/// What every sample begins with; a line like this outside of every sample is a sample forgotten.
const BEGINNINGS: [&str; 4] = ["var ", "widget.client.webrtc", "chatSession.", "monitor."];

/// One sample and what must be true after it ran.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sample {
    /// A sentence that can be false.
    pub(crate) name: String,
    lines: [usize; 2],
    with: With,
    /// The beginnings of lines that it logs.
    #[serde(default)]
    pub(crate) says: Vec<String>,
    /// Expressions of the page that become true.
    #[serde(default)]
    pub(crate) until: Vec<String>,
    /// What the page does beside it.
    pub(crate) after: Option<String>,
    /// Parts of the errors that it throws, because it errs itself.
    #[serde(default)]
    pub(crate) throws: Vec<String>,
    #[serde(default)]
    offline: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum With {
    Nothing,
    Conf,
    Widget,
    Call,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Samples {
    sample: Vec<Sample>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repairs {
    repair: Vec<Repair>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repair {
    line: usize,
    printed: String,
    run: String,
}

impl Repair {
    /// Only closing parentheses are added, and only the literal `...` is replaced.
    fn is_allowed(&self) -> bool {
        let closing = |c: char| matches!(c, ')' | '}' | ' ');
        self.printed == "..."
            || (self.printed.chars().all(closing) && self.run.chars().all(closing))
    }
}

/// The reference's text: what `TVOX_REFERENCE` names, or the folder beside the project.
pub(crate) fn text(project: &Path) -> Option<PathBuf> {
    let beside = || project.join("../shared/reference/tvox-widget-library-1.0.txt");
    let path = std::env::var_os("TVOX_REFERENCE").map_or_else(beside, PathBuf::from);
    path.is_file().then_some(path)
}

/// All samples, each with the script to run, in the order of the text.
///
/// # Errors
/// A file cannot be read, a repair is not allowed, or the text holds code that is in no sample.
pub(crate) fn read(project: &Path, text: &Path) -> Outcome<Vec<(Sample, String)>> {
    let folder = project.join("tests/reference");
    let text = std::fs::read_to_string(text)?;
    let lines: Vec<&str> = text.lines().collect();
    let Samples { sample: samples } =
        toml::from_str(&std::fs::read_to_string(folder.join("samples.toml"))?)?;
    let Repairs { repair: repairs } =
        toml::from_str(&std::fs::read_to_string(folder.join("repairs.toml"))?)?;
    check(&lines, &samples, &repairs)?;
    Ok(samples
        .into_iter()
        .map(|sample| {
            let script = script(&lines, &sample, &repairs);
            (sample, script)
        })
        .collect())
}

fn check(lines: &[&str], samples: &[Sample], repairs: &[Repair]) -> Outcome {
    for repair in repairs {
        let printed = repair.line.checked_sub(1).and_then(|index| lines.get(index));
        ensure!(repair.is_allowed(), "the repair of line {} does more than it may", repair.line);
        ensure!(
            printed == Some(&repair.printed.as_str()),
            "line {} is {printed:?}, not {:?}: this is another text",
            repair.line,
            repair.printed
        );
    }
    let cut =
        |number| samples.iter().any(|sample| (sample.lines[0]..=sample.lines[1]).contains(&number));
    for (line, number) in lines.iter().zip(1..) {
        let code = BEGINNINGS.iter().any(|beginning| line.starts_with(beginning));
        ensure!(!code || cut(number), "line {number} is code and in no sample: {line}");
    }
    Ok(())
}

fn script(lines: &[&str], sample: &Sample, repairs: &[Repair]) -> String {
    let [first, last] = sample.lines;
    let run = |number: usize| {
        let repair = repairs.iter().find(|repair| repair.line == number);
        let printed = number.checked_sub(1).and_then(|index| lines.get(index)).copied();
        repair.map_or(printed.unwrap_or_default(), |repair| repair.run.as_str())
    };
    let code: Vec<&str> = (first..=last).map(run).collect();
    let code = code.join("\n");
    match sample.with {
        With::Call => {
            format!("reference.calling(function () {{\n{code}\nreference.over = true\n}})\n")
        }
        With::Nothing | With::Conf | With::Widget => format!("{code}\n;reference.over = true\n"),
    }
}

/// The page that runs the sample whose script is at `script`.
pub(crate) fn page(sample: &Sample, script: &str) -> String {
    let with = match sample.with {
        With::Nothing => "nothing",
        With::Conf => "conf",
        With::Widget => "widget",
        With::Call => "call",
    };
    html(
        &format!(r#"data-with="{with}"{}"#, if sample.offline { " data-offline" } else { "" }),
        script,
    )
}

/// The page that runs the table of names.
pub(crate) fn names_page() -> String {
    html(r#"data-with="nothing""#, "/demo/reference/names.js")
}

fn html(attributes: &str, script: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en" {attributes}>
<meta charset="utf-8">
<title>The reference</title>
<link rel="icon" href="/demo/site/icon.svg" type="image/svg+xml">
<body>
<script src="/demo/reference/page.js"></script>
<script src="/widget/bundle/tvox-widget.js" data-compat></script>
<script src="/demo/reference/given.js"></script>
<script src="{script}"></script>
"#
    )
}

/// All names that the text's tables describe: methods, fields and values.
pub(crate) fn names(text: &str) -> BTreeSet<String> {
    const HEADS: [&str; 5] = ["Properties", "Parameter", "Method", "Enum", "---"];
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let name = |cell: &str| {
        cell.split([' ', '?', ':']).next().map(|name| name.trim_matches('"').to_owned())
    };
    cells
        .filter_map(name)
        .filter(|name| !name.is_empty() && !HEADS.contains(&name.as_str()))
        .collect()
}

impl Sample {
    /// An expression that is true when all that must be true is, and otherwise what is not yet.
    pub(crate) fn verdict(&self) -> String {
        let says = self.says.iter().map(|words| {
            let words = serde_json::Value::from(words.as_str());
            format!("reference.said.some((line) => line.startsWith({words}))")
        });
        let facts = std::iter::once("reference.over".to_owned())
            .chain(says)
            .chain(self.until.iter().cloned())
            .map(|fact| format!("[{}, () => {fact}]", serde_json::Value::from(fact.as_str())));
        let facts: Vec<String> = facts.collect();
        format!(
            "const holds = (fact) => {{ try {{ return fact() === true }} catch {{ return false }} }};
             return [{}].filter(([, fact]) => !holds(fact)).map(([text]) => text);",
            facts.join(",\n")
        )
    }

    /// Whether the sample throws this error by a mistake of its own.
    pub(crate) fn is_its_own_error(&self, error: &str) -> bool {
        self.throws.iter().any(|part| error.contains(part.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Repair, Sample, With, check, names};

    fn sample(lines: [usize; 2]) -> Sample {
        Sample {
            name: String::new(),
            lines,
            with: With::Conf,
            says: Vec::new(),
            until: Vec::new(),
            after: None,
            throws: Vec::new(),
            offline: false,
        }
    }

    fn repair(printed: &str, run: &str) -> Repair {
        Repair { line: 2, printed: printed.to_owned(), run: run.to_owned() }
    }

    #[test]
    fn only_parentheses_and_dots_are_repaired() {
        assert!(repair("}", "})").is_allowed());
        assert!(repair("...", "whenCalling(function () {").is_allowed());
        assert!(!repair("}", "}, 1)").is_allowed());
        assert!(!repair("notification.status", ")").is_allowed());
    }

    #[test]
    fn names_are_the_first_cells_of_tables() {
        let text =
            "prose | x\n| Parameter | Type |\n|---|---|\n| webrtc ? | T |\n| \"MAIL\" | Ticket |";
        assert_eq!(Vec::from_iter(names(text)), ["MAIL", "webrtc"]);
    }

    #[test]
    fn code_in_no_sample_is_noticed_and_so_is_another_text() {
        let text = ["var a = 1", "}", "prose"];
        assert!(check(&text, &[sample([1, 2])], &[repair("}", "})")]).is_ok());
        assert!(check(&text, &[sample([2, 2])], &[]).is_err());
        assert!(check(&text, &[sample([1, 2])], &[repair("]", ")")]).is_err());
    }
}
