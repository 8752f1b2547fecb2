//! What is written down of each state (`expected.txt`): where the Tab key goes, and what the browser
//! tells assistive technology. A state that differs is a fault; whoever meant it runs the suite once
//! with `TVOX_E2E_WRITE=1` and reads the difference before it is committed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::fault::{Fault, Outcome};
use crate::options::Options;
use crate::visitor::Visitor;

/// More stops than any panel should have: whoever is still in it is trapped.
const STOPS: usize = 50;
/// What is in a list of messages depends on where it stands: links, the ways to its ends.
const OF_THE_LIST: [&str; 3] = ["a", "earlier", "new-pill"];
/// The names of those ways.
const ENDS: &str = r#"
  const root = document.querySelector("tvox-widget").shadowRoot;
  return [...root.querySelectorAll("[part~=new-pill], [part~=earlier]")]
    .map((one) => one.getAttribute("aria-label") ?? one.innerText.trim());
"#;
/// Set to write the file instead of comparing with it.
const WRITE: &str = "TVOX_E2E_WRITE";
/// One scenario at a time reads and writes the file.
static FILE: Mutex<()> = Mutex::new(());

/// Moves the focus to the panel itself, from where Tab goes to its first stop.
const ENTER: &str = r#"
  const root = document.querySelector("tvox-widget").shadowRoot;
  window.before = root.activeElement;
  const panel = root.querySelector("[part~=panel]");
  if (!panel?.checkVisibility({ visibilityProperty: true })) return false;
  panel.focus();
  return true;
"#;
const LEAVE: &str = "window.before?.focus()";
/// Where the focus is: its part and what tells it from its like; nothing outside of the panel. Says
/// as well whether it can be seen (an outline, of it or of the box that it fills), and whether it is in a question
/// that has to be answered first.
const STOP: &str = r#"
  const root = document.querySelector("tvox-widget").shadowRoot;
  const one = root.activeElement;
  if (!one?.closest("[part~=panel]")) return null;
  const { channel, service, key } = one.dataset;
  const name = one.getAttribute("part")?.split(" ")[0] ?? one.name ?? one.localName;
  const drawn = (box) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(box);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const visible = [one, one.parentElement, one.parentElement?.parentElement].some((box) => box && drawn(box));
  return [[name || one.localName, channel ?? service ?? (key && 'message')].filter(Boolean).join(" "), visible, Boolean(one.closest("[aria-modal=true]"))];
"#;
/// Of every node that assistive technology is told of: role, name, and what state it is in.
const STATES: [&str; 8] =
    ["checked", "disabled", "expanded", "invalid", "level", "live", "pressed", "required"];

/// Looks at the state and gives what differs from what is written down, or cannot be seen.
///
/// # Errors
/// There is no widget, or the file cannot be used.
pub(crate) async fn compare(
    options: &Options,
    visitor: &Visitor,
    state: &str,
) -> Outcome<Vec<String>> {
    let mut faults = Vec::new();
    let tree = tree(visitor).await?;
    let way = way(visitor, &mut faults).await?;
    let mut seen = String::new();
    let _ = writeln!(seen, "Tab: {}", way.join(", "));
    for line in tree {
        let _ = writeln!(seen, "{line}");
    }
    let _one = FILE.lock().map_err(|_| Fault::new("the file of states is lost"))?;
    let path: PathBuf = options.site.join("tests/e2e/expected.txt");
    let mut written = read(&std::fs::read_to_string(&path).unwrap_or_default());
    if std::env::var_os(WRITE).is_some() {
        written.insert(state.to_owned(), seen);
        let text: Vec<_> = written.iter().map(|(name, text)| format!("# {name}\n{text}")).collect();
        std::fs::write(&path, text.join("\n"))?;
    } else {
        let expected = written.get(state).map_or("", String::as_str);
        faults.extend(difference(expected, &seen));
    }
    Ok(faults)
}

/// The stops of the Tab key, from the panel on until it leaves it.
async fn way(visitor: &Visitor, faults: &mut Vec<String>) -> Outcome<Vec<String>> {
    let (mut way, mut stops) = (Vec::new(), 0);
    if visitor.browser.run(ENTER, vec![]).await? != json!(true) {
        return Ok(way);
    }
    loop {
        visitor.browser.driver.action_chain().send_keys(Key::Tab).perform().await?;
        let stop = visitor.browser.run(STOP, vec![]).await?;
        let Some(name) = stop.get(0).and_then(Value::as_str) else { break };
        if stop.get(1) != Some(&Value::Bool(true)) {
            faults.push(format!("the focus on {name} cannot be seen"));
        }
        let again = way.iter().filter(|stop| *stop == name).count() > 0;
        if again && stop.get(2) == Some(&Value::Bool(true)) {
            // A question goes round in itself until it is answered, or Escape is pressed.
            way.push("(again)".to_owned());
            break;
        }
        stops += 1;
        if !OF_THE_LIST.contains(&name) {
            way.push(name.to_owned());
        }
        if stops > STOPS {
            faults.push(format!("the Tab key does not leave the panel: {way:?}"));
            break;
        }
    }
    visitor.browser.run(LEAVE, vec![]).await?;
    Ok(way)
}

/// Source: Chrome DevTools Protocol, `Accessibility.queryAXTree`.
async fn tree(visitor: &Visitor) -> Outcome<Vec<String>> {
    let tools = visitor.browser.driver.cdp();
    let find = "document.querySelector('tvox-widget').shadowRoot.querySelector('[part~=root]')";
    let root = tools.send_raw("Runtime.evaluate", json!({ "expression": find })).await?;
    let id = root.pointer("/result/objectId").cloned().unwrap_or_default();
    let tree = tools.send_raw("Accessibility.queryAXTree", json!({ "objectId": id })).await?;
    let nodes = tree.get("nodes").and_then(Value::as_array).cloned().unwrap_or_default();
    let names = visitor.browser.run(ENDS, vec![]).await?;
    let names: Vec<_> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let ends: Vec<_> = names.iter().map(|name| format!("button “{}”", steady(name))).collect();
    Ok(nodes.iter().filter_map(told).filter(|line| !ends.contains(line)).collect())
}

fn told(node: &Value) -> Option<String> {
    // Options as well: the times of a callback are others every half hour.
    const PLAIN: [&str; 7] =
        ["none", "generic", "InlineTextBox", "StaticText", "LineBreak", "LabelText", "option"];
    if node.get("ignored") == Some(&Value::Bool(true)) {
        return None;
    }
    let role = node.pointer("/role/value").and_then(Value::as_str)?;
    let name = node.pointer("/name/value").and_then(Value::as_str).unwrap_or_default();
    // The links of messages are content.
    if PLAIN.contains(&role) || role == "link" && name.contains("://") {
        return None;
    }
    let mut line = format!("{role} “{}”", steady(name));
    for property in node.get("properties").and_then(Value::as_array).into_iter().flatten() {
        let state = property.get("name").and_then(Value::as_str).unwrap_or_default();
        let value = property.pointer("/value/value").cloned().unwrap_or_default();
        let plain = [json!(false), json!("false"), json!("off"), json!("")].contains(&value);
        if STATES.contains(&state) && !plain {
            let _ = write!(line, " {state}={}", value.to_string().replace('"', ""));
        }
    }
    Some(line)
}

/// Without what is another every time: times, ports, lengths.
fn steady(name: &str) -> String {
    let mut steady = String::new();
    for character in name.chars() {
        if !character.is_ascii_digit() {
            steady.push(character);
        } else if !steady.ends_with('0') {
            steady.push('0');
        }
    }
    // The clock's hour has one digit or two, and in some languages a half of the day after it.
    steady.replace("0:0 AM", "0:0").replace("0:0 PM", "0:0").replace('\n', " ")
}

/// The file's sections: `# state` and what is written of it.
fn read(text: &str) -> BTreeMap<String, String> {
    let mut sections = BTreeMap::<String, String>::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# ") {
            name.clone_into(&mut current);
        } else if !line.is_empty() {
            let section = sections.entry(current.clone()).or_default();
            section.push_str(line);
            section.push('\n');
        }
    }
    sections
}

/// The lines that only one of them has.
fn difference(expected: &str, seen: &str) -> Option<String> {
    let lacks = |text: &str, line: &str| !text.lines().any(|other| other == line);
    let gone: Vec<_> = expected.lines().filter(|line| lacks(seen, line)).collect();
    let new: Vec<_> = seen.lines().filter(|line| lacks(expected, line)).collect();
    if expected == seen {
        return None;
    }
    Some(format!("not as written in expected.txt: gone {gone:?}, new {new:?} (or another order)"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{difference, read, steady};

    #[test]
    fn a_state_that_gained_lost_or_moved_a_line_differs() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert!(difference("a\nb\n", "a\n").unwrap().contains("gone [\"b\"]"));
        assert!(difference("a\n", "a\nb\n").unwrap().contains("new [\"b\"]"));
        assert!(difference("a\nb\n", "b\na\n").is_some());
    }

    #[test]
    fn sections_are_found_by_their_names() {
        let file = read("# home\nTab: x\nbutton “Chat”\n\n# queue\nTab: \n");
        assert_eq!(file.get("home").unwrap(), "Tab: x\nbutton “Chat”\n");
        assert_eq!(file.get("queue").unwrap(), "Tab: \n");
    }

    #[test]
    fn times_and_ports_are_no_difference() {
        assert_eq!(
            steady("http://127.0.0.1:35773 at 9:41 PM"),
            steady("http://127.0.0.1:80 at 12:05 AM")
        );
    }
}
