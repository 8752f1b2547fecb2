// What the demo pages share and the library knows nothing of: fields, the log, the lines of a chat.
// Text goes into text nodes only: what a visitor or an operator writes can never become markup.

/**
 * The page's element with this id.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`this page has no ${type.name} with id ${id}`);
  return element;
}

/** @param {string} id @param {(button: HTMLButtonElement) => unknown} action what a click on this button does */
export function onClick(id, action) {
  const button = byId(id, HTMLButtonElement);
  button.addEventListener("click", () => void attempt(button.innerText, () => action(button)));
}

/** @param {string} id @param {(fields: Record<string, string>) => unknown} action gets what was filled in */
export function onSubmit(id, action) {
  const form = byId(id, HTMLFormElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = event.submitter?.innerText ?? id;
    void attempt(name, () => action(fieldsOf(form, event.submitter)));
  });
}

/**
 * What the page begins with. The settings are closed until now: before their script is there (the
 * library among it) they would lead nowhere.
 * @param {(settings: Record<string, string>) => unknown} action
 */
export function onStart(action) {
  onSubmit("settings", action);
  enable("settings", true);
}

/** Under this name the tab keeps what the page was begun with. */
const KEPT = `settings of ${location.pathname}`;

/**
 * Keeps the settings for a reload. What the library keeps of the visitor is its own affair: `persist`.
 * @param {Record<string, string>} settings
 */
export function keep(settings) {
  sessionStorage.setItem(KEPT, JSON.stringify(settings));
}

export function forget() {
  sessionStorage.removeItem(KEPT);
}

/**
 * What the page does when it was loaded again in the middle.
 * @param {(settings: Record<string, string>) => unknown} action
 */
export function onReload(action) {
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return;
  const settings = JSON.parse(kept);
  for (const [name, text] of Object.entries(settings))
    for (const field of document.querySelectorAll(`#settings input[name="${name}"]`))
      if (field instanceof HTMLInputElement) field.value = String(text);
  void attempt("Going on after the reload", () => action(settings));
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [button] by which it was sent: it may have a name, too
 * @returns {Record<string, string>} name → text, without the blanks around it
 */
export function fieldsOf(form, button) {
  return Object.fromEntries(
    [...new FormData(form, button)].map(([name, value]) => [name, typeof value === "string" ? value.trim() : ""]),
  );
}

/** @param {string} id of a button, or of what holds some @param {boolean} enabled */
export function enable(id, enabled) {
  const element = byId(id, HTMLElement);
  for (const control of [element, ...element.querySelectorAll("*")])
    if ("disabled" in control) control.disabled = !enabled;
}

/** @param {string} id @param {string} text */
export function show(id, text) {
  byId(id, HTMLElement).textContent = text;
}

/** @param {string} text @param {boolean} [on] whether the dot before it is filled */
export function showState(text, on = false) {
  show("state", text);
  byId("state", HTMLElement).classList.toggle("on", on);
}

/**
 * Writes a line into the session log.
 * @param {string} what
 * @param {unknown} [detail] a sentence, or a value that is shown as JSON
 */
export function log(what, detail) {
  const list = byId("log", HTMLOListElement);
  const line = make("li", make("time", new Date().toLocaleTimeString("en-GB")), what);
  if (detail !== undefined) line.append(make("code", wording(detail)));
  if (detail instanceof Error) line.classList.add("bad");
  list.append(line);
  list.scrollTop = list.scrollHeight;
}

/** @param {unknown} detail */
function wording(detail) {
  if (typeof detail === "string") return detail;
  // A TvoxError knows how to become JSON, other errors do not.
  return detail instanceof Error && !("toJSON" in detail) ? String(detail) : JSON.stringify(detail);
}

/**
 * Runs something that may fail, at once or later, and logs the failure: `JSON.stringify` of a
 * `TvoxError` has its stable `code` and the message for developers.
 * @param {string} what
 * @param {() => unknown} action
 * @returns {Promise<boolean>} whether it went well
 */
export async function attempt(what, action) {
  try {
    await action();
    return true;
  } catch (error) {
    log(`${what} failed`, error);
    return false;
  }
}

/**
 * Draws a line of a conversation.
 * @param {"in" | "out" | "note"} side towards the visitor, from the visitor, or about the conversation
 * @param {string} text
 * @param {string} [who]
 * @returns {HTMLElement} the line
 */
export function draw(side, text, who) {
  const list = byId("lines", HTMLElement);
  const line = make("p", ...(who ? [make("span", who)] : []), text);
  line.className = side;
  if (who) line.firstElementChild?.classList.add("who");
  list.append(line);
  list.scrollTop = list.scrollHeight;
  return line;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {...(Node | string)} content
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(name, ...content) {
  const element = document.createElement(name);
  element.append(...content);
  return element;
}

// The demo server serves this page, so its address is the page's own.
for (const field of document.querySelectorAll("input[name=url]"))
  if (field instanceof HTMLInputElement) field.value ||= location.origin;

document.getElementById("clear")?.addEventListener("click", () => byId("log", HTMLOListElement).replaceChildren());
