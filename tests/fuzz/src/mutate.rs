//! From golden frames to ones that nobody has thought of.

use serde_json::{Map, Value, json};
use tvox_simulator::dice::Dice;

use crate::corpus::Corpus;

/// The longest frame that may be read, in bytes.
const LONGEST: usize = 65_536;

/// What tends to be read wrongly.
const TOKENS: [&str; 30] = [
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "18446744073709551616",
    "9007199254740993",
    "0.5",
    "\"\"",
    "\"\\ud800\"",
    "\\u0000",
    "\u{0}",
    "\u{202e}",
    "\u{feff}",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "{}",
    "[]",
    "\"id\":1",
    "\"result\":{}",
    "\"error\":{}",
    "\"params\":[]",
    "\"method\":\"event\"",
    "🙂",
];

/// The names under which something is looked for.
const NAMES: [&str; 12] = [
    "id",
    "result",
    "error",
    "params",
    "subscription",
    "seq",
    "rev",
    "session",
    "message",
    "key",
    "data",
    "topic",
];

/// The next frame.
pub fn frame(dice: &mut Dice, corpus: &Corpus) -> String {
    match dice.within(0..1000) {
        0..80 => noise(dice),
        80..500 => tree(dice, corpus),
        500..800 => text(dice, corpus),
        800..880 => splice(dice, corpus),
        880..997 => aimed(dice, corpus).to_string(),
        // Few, because they are long.
        _ => extreme(dice),
    }
}

/// Nothing that was ever a frame.
fn noise(dice: &mut Dice) -> String {
    if dice.permille(500) {
        let mut bytes = vec![0; at(dice, 300)];
        dice.fill(&mut bytes);
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    (0..dice.within(0..60)).map(|_| *pick(dice, &TOKENS)).collect()
}

/// A golden frame with some of its characters changed.
fn text(dice: &mut Dice, corpus: &Corpus) -> String {
    let mut letters: Vec<char> = pick(dice, &corpus.frames).chars().collect();
    for _ in 0..dice.within(1..6) {
        let from = at(dice, letters.len() + 1);
        let to = (from + at(dice, 12)).min(letters.len());
        match dice.within(0..6) {
            0 => drop(letters.drain(from..to)),
            1 => letters.truncate(from),
            2 => {
                let again: Vec<char> = letters[from..to].to_vec();
                letters.splice(from..from, again);
            }
            3 if from < letters.len() => letters[from] = char::from(dice.roll().to_le_bytes()[0]),
            _ => drop(letters.splice(from..from, pick(dice, &TOKENS).chars())),
        }
    }
    letters.into_iter().collect()
}

/// The beginning of one golden frame and the end of another.
fn splice(dice: &mut Dice, corpus: &Corpus) -> String {
    let (head, tail) = (pick(dice, &corpus.frames), pick(dice, &corpus.frames));
    let head = head.chars().take(at(dice, head.len() + 1));
    head.chain(tail.chars().skip(at(dice, tail.len() + 1))).collect()
}

/// A golden frame, well-formed still, with something else in its places.
fn tree(dice: &mut Dice, corpus: &Corpus) -> String {
    let mut tree = aimed(dice, corpus);
    for _ in 0..dice.within(1..5) {
        let donor = pick(dice, &corpus.trees).clone();
        change(dice, &mut tree, &donor);
    }
    tree.to_string()
}

/// A golden frame that concerns a call or a subscription that there may be.
fn aimed(dice: &mut Dice, corpus: &Corpus) -> Value {
    let mut tree = pick(dice, &corpus.trees).clone();
    if dice.permille(600) {
        if tree.get("id").is_some() {
            tree["id"] = json!(dice.within(1..20));
        }
        if tree["params"].get("subscription").is_some() {
            tree["params"]["subscription"] = json!(format!("w{}", dice.within(1..8)));
        }
        if tree["params"].get("session").is_some() {
            tree["params"]["session"] = json!(format!("s_{}", dice.within(1..4)));
        }
    }
    tree
}

fn change(dice: &mut Dice, value: &mut Value, donor: &Value) {
    // Down to some place, and there something.
    let deeper = dice.permille(750);
    match value {
        Value::Object(members) if deeper && !members.is_empty() => {
            let nth = at(dice, members.len());
            if let Some((_, member)) = members.iter_mut().nth(nth) {
                change(dice, member, donor);
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let nth = at(dice, items.len());
            change(dice, &mut items[nth], donor);
        }
        Value::Object(members) if dice.permille(700) => change_members(dice, members, donor),
        Value::Array(items) if dice.permille(700) => match items.first().cloned() {
            Some(first) if dice.permille(700) => {
                items.extend(std::iter::repeat_n(first, at(dice, 300)));
            }
            _ => items.clear(),
        },
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => *value = other(dice, donor),
    }
}

fn change_members(dice: &mut Dice, members: &mut Map<String, Value>, donor: &Value) {
    let nth = at(dice, members.len().max(1));
    let name = members.keys().nth(nth).cloned();
    match (dice.within(0..3), name) {
        (0, Some(name)) => {
            members.remove(&name);
        }
        (1, Some(name)) => {
            let value = members.remove(&name).unwrap_or_default();
            members.insert((*pick(dice, &NAMES)).to_owned(), value);
        }
        _ => {
            members.insert((*pick(dice, &NAMES)).to_owned(), other(dice, donor));
        }
    }
}

/// A value of any kind.
fn other(dice: &mut Dice, donor: &Value) -> Value {
    match dice.within(0..12) {
        0 => Value::Null,
        1 => json!(dice.permille(500)),
        2 => json!(0),
        3 => json!(u64::MAX),
        4 => json!(i64::MIN),
        5 => json!(dice.within(0..100)),
        6 => json!(0.5),
        7 => json!(""),
        8 => json!("x".repeat(at(dice, 5_000))),
        9 => json!([]),
        10 => json!({}),
        _ => donor.clone(),
    }
}

/// As much of one thing as a frame may hold, or a little more.
fn extreme(dice: &mut Dice) -> String {
    let room = LONGEST + at(dice, 60) - 30;
    let fill = |piece: &str, around: usize| piece.repeat((room - around) / piece.len());
    match dice.within(0..9) {
        0 => "[".repeat(at(dice, room)),
        1 => {
            let deep = at(dice, 40);
            format!(r#"{{"id":1,"result":{}1{}}}"#, "[".repeat(deep), "]".repeat(deep))
        }
        2 => format!(r#"{{"id":1,"result":[{}0]}}"#, fill("0,", 20)),
        3 => format!(r#"{{"id":1,"result":[{}[]]}}"#, fill("[],", 20)),
        4 => format!(r#"{{"id":1,"result":{{{}"":0}}}}"#, fill(r#""":0,"#, 24)),
        5 => format!(r#"{{"id":1,"result":"{}"}}"#, fill("x", 19)),
        6 => format!(r#"{{"id":1,"result":"{}"}}"#, fill(r"\u00e8", 19)),
        7 => format!(r#"{{"id":1,"result":{}}}"#, fill("9", 17)),
        _ => format!(
            r#"{{"method":"event","params":{{"subscription":"w1","result":[{}{{}}]}}}}"#,
            fill("{},", 60)
        ),
    }
}

fn at(dice: &mut Dice, length: usize) -> usize {
    usize::try_from(dice.within(0..length.max(1) as u64)).unwrap_or_default()
}

fn pick<'a, T>(dice: &mut Dice, list: &'a [T]) -> &'a T {
    &list[at(dice, list.len())]
}
