//! Running other programs: said aloud, with a clear word when one is missing or fails.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::problem::{Problem, Result};
use crate::tally::Tally;

/// Says what runs, as it could be typed.
pub(crate) fn announce(command: &Command) {
    let mut words = Vec::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.to_string_lossy(), quoted(&value.to_string_lossy())));
        }
    }
    words.push(quoted(&command.get_program().to_string_lossy()));
    words.extend(command.get_args().map(|word| quoted(&word.to_string_lossy())));
    println!("\n$ {}", words.join(" "));
    let _ = std::io::stdout().flush();
}

/// Announces and runs `command` to its end, without input.
///
/// # Errors
/// The program is missing or ends with a failure.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    announce(command);
    let status = command.stdin(Stdio::null()).status().map_err(|error| missing(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Problem::new(format!("{} ended with {status}", name(command))))
    }
}

/// Runs `command`, lets its output through to `out` and adds up the test summaries in it.
///
/// Gives the counts and whether the program ended well.
///
/// # Errors
/// The program is missing or its output cannot be read.
pub(crate) fn run_counted(command: &mut Command, out: &mut impl Write) -> Result<(Tally, bool)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| missing(command, &error))?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        // Bytes, not `lines()`: one letter that is no UTF-8 must not end the count.
        while output.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let _ = out.write_all(&line).and_then(|()| out.flush());
            tally = tally.plus(Tally::of_line(&String::from_utf8_lossy(&line)).unwrap_or_default());
            line.clear();
        }
    }
    let status = child
        .wait()
        .map_err(|error| Problem::new(format!("lost sight of {}: {error}", name(command))))?;
    Ok((tally, status.success()))
}

/// Runs `command` silently and gives its standard output; `None` if it is missing or fails.
pub(crate) fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first program on the `PATH` that has one of these names.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| {
        std::env::split_paths(&path)
            .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
            .find(|program| is_program(program))
    })
}

fn is_program(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}

fn missing(command: &Command, error: &std::io::Error) -> Problem {
    let name = name(command);
    let hint = match name.as_str() {
        "rustup" => ": install it from https://rustup.rs",
        "cc" => ": install a C compiler (Debian: apt-get install gcc libc6-dev)",
        "npm" | "node" => ": install Node 20 or newer",
        "apt-get" => ": install Chromium with chromedriver and Firefox yourself",
        _other => "",
    };
    Problem::new(format!("cannot run {name} ({error}){hint}"))
}

fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,@+%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::process::Command;

    use super::{on_path, quoted, run, run_counted};
    use crate::tally::Tally;

    #[test]
    fn a_word_with_spaces_is_quoted_and_a_plain_one_is_not() {
        assert_eq!(quoted("--port=80"), "--port=80");
        assert_eq!(quoted("-D warnings"), "'-D warnings'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn a_missing_program_is_a_problem_that_names_it() {
        let problem = run(&mut Command::new("no-such-program-here")).unwrap_err().to_string();
        assert!(problem.contains("no-such-program-here"), "{problem}");
        assert_eq!(on_path(&["no-such-program-here"]), None);
    }

    #[cfg(unix)]
    #[test]
    fn summaries_are_counted_whatever_the_output_around_them() {
        let script =
            r"printf '\377\376 not text\ntest result: ok. 2 passed; 0 failed; 0 ignored\n'; exit 3";
        // Not standard output: whoever runs these tests counts summaries there.
        let mut out = Vec::new();
        let (tally, ended_well) =
            run_counted(Command::new("sh").args(["-c", script]), &mut out).unwrap();
        assert_eq!(tally, Tally { passed: 2, failed: 0 });
        assert!(!ended_well);
        assert!(out.starts_with(b"\xff\xfe not text\n"), "output is let through as it is");
    }
}
