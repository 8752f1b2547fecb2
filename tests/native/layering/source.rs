//! Just enough of Rust's grammar to see which paths a file names.

/// The code of a file with comments, texts and characters blanked out; line breaks stay.
pub(super) fn without_text(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            code.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    code
}

/// The texts in the code of a file, as they are written, each with the byte at which it begins.
pub(super) fn literals(text: &str) -> Vec<(usize, String)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut at, mut byte) = (Vec::new(), 0, 0);
    while at < chars.len() {
        let end = literal_end(&chars, at).max(at + 1);
        let literal: String = chars[at..end].iter().collect();
        let inside = literal.trim_start_matches('r').trim_matches('#');
        if let Some(inside) = inside.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
            found.push((byte, inside.to_owned()));
        }
        byte += literal.len();
        at = end;
    }
    found
}

/// Every path the code of `file` names, `use` groups spelt out, `crate`, `self` and `super`
/// resolved: `["crate", "core", "model", "Step"]`.
pub(super) fn paths(file: &str, code: &str) -> Vec<Vec<String>> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = if is_name(&tokens[at]) { path(&tokens, at, &[], &mut found) } else { at + 1 };
    }
    let module = module(file);
    found.iter().map(|path| resolved(path, &module)).collect()
}

/// Where the comment, text or character that begins at `at` ends; `at` itself if none does.
fn literal_end(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let until = |from: usize, found: &dyn Fn(usize) -> bool| {
        (at + from..chars.len()).find(|index| found(*index)).unwrap_or(chars.len())
    };
    match rest {
        ['/', '/', ..] => until(2, &|it| chars[it] == '\n'),
        ['/', '*', ..] => {
            let mut depth = 0_usize;
            let mut it = at;
            while it < chars.len() {
                match chars[it..] {
                    ['/', '*', ..] => (depth, it) = (depth + 1, it + 2),
                    ['*', '/', ..] => (depth, it) = (depth - 1, it + 2),
                    _ => it += 1,
                }
                if depth == 0 {
                    break;
                }
            }
            it
        }
        ['r', '"' | '#', ..]
            if at == 0 || !(chars[at - 1].is_alphanumeric() || chars[at - 1] == '_') =>
        {
            let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
            if rest.get(1 + hashes) != Some(&'"') {
                return at;
            }
            let closes = |it: usize| {
                chars[it] == '"'
                    && chars[it + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
            };
            (until(2 + hashes, &closes) + 1 + hashes).min(chars.len())
        }
        ['"', ..] => {
            let mut it = at + 1;
            while it < chars.len() && chars[it] != '"' {
                it += if chars[it] == '\\' { 2 } else { 1 };
            }
            (it + 1).min(chars.len())
        }
        ['\'', '\\', _, ..] => until(3, &|it| chars[it] == '\'') + 1,
        // Anything else after a quote is a lifetime.
        ['\'', _, '\'', ..] => at + 3,
        _ => at,
    }
}

fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in code.chars() {
        let continues = |token: &String| is_name(token) && (last.is_alphanumeric() || last == '_');
        match tokens.last_mut() {
            Some(token) if (c.is_alphanumeric() || c == '_') && continues(token) => token.push(c),
            Some(token) if c == ':' && last == ':' && token == ":" => token.push(c),
            _ if !c.is_whitespace() => tokens.push(c.to_string()),
            _ => {}
        }
        last = c;
    }
    tokens
}

/// Reads the path that begins at `at` below `prefix`, groups included; gives the place after it.
fn path(tokens: &[String], at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut names = prefix.to_vec();
    let mut at = at;
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    let token = tokens[at].as_str();
                    at = match token {
                        "as" => at + 2,
                        _ if is_name(token) || matches!(token, "*" | "{") => {
                            path(tokens, at, &names, found)
                        }
                        _ => at + 1,
                    };
                }
                return at + 1;
            }
            name => names.push(name.to_owned()),
        }
        at += 1;
        let goes_on = tokens.get(at).is_some_and(|token| token == "::")
            && tokens.get(at + 1).is_some_and(|next| is_name(next) || next == "{" || next == "*");
        if !goes_on {
            break;
        }
        at += 1;
    }
    found.push(names);
    at
}

fn is_name(token: &str) -> bool {
    token.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// `src/core/rpc/codec.rs` is `crate::core::rpc::codec`.
fn module(file: &str) -> Vec<String> {
    let inside = file.split_once("src/").map_or(file, |(_, inside)| inside);
    let mut module = vec!["crate".to_owned()];
    module.extend(inside.trim_end_matches(".rs").split('/').map(str::to_owned));
    if module.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

fn resolved(path: &[String], module: &[String]) -> Vec<String> {
    let mut base = module.to_vec();
    let mut rest = path;
    if rest.first().is_some_and(|first| first == "self") {
        rest = &rest[1..];
    } else if rest.first().is_none_or(|first| first != "super") {
        return path.to_vec();
    }
    while let Some((_, after)) = rest.split_first().filter(|(first, _)| *first == "super") {
        base.pop();
        rest = after;
    }
    base.extend(rest.iter().cloned());
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(file: &str, code: &str) -> Vec<String> {
        paths(file, &without_text(code)).iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn comments_texts_and_characters_are_no_code() {
        let code = without_text(
            "a(\"b \\\" c\", 'd', '\\'', r#\"e\"f\"#) // g\n/* h /* i */ j */ k::<'l>()",
        );
        let words: Vec<&str> =
            code.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
        assert_eq!(words, ["a", "k", "l"]);
        assert_eq!(code.lines().count(), 2);
    }

    #[test]
    fn a_group_is_spelt_out_and_relative_names_are_resolved() {
        let file = "src/core/rpc/codec.rs";
        assert_eq!(
            named(file, "use a::{b, c::{d, self as e}, f::*};"),
            ["use", "a::b", "a::c::d", "a::c::self", "a::f::*"]
        );
        assert_eq!(named(file, "super::topic::Topic"), ["crate::core::rpc::topic::Topic"]);
        assert_eq!(named(file, "super::super::model"), ["crate::core::model"]);
        assert_eq!(named("src/core/rpc/mod.rs", "self::topic"), ["crate::core::rpc::topic"]);
        assert_eq!(named("src/lib.rs", "self::core"), ["crate::core"]);
    }
}
