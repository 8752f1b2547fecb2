// Where the operator writes. Enter sends, Shift+Enter breaks the line; each conversation keeps its draft.

import { cannedView } from "./canned.js";
import { attribute, h, icon, mark, say } from "./dom.js";
import { attachView } from "./files.js";

const WARN_AT = 0.85; // of the longest message

export function composerView(store, desk) {
  const box = h("textarea", {
    class: "composer-box",
    testid: "composer",
    rows: "1",
    "aria-label": "Message",
    placeholder: "Write a message",
    enterkeyhint: "send",
    dir: "auto",
    spellcheck: "true",
  });
  const send = h(
    "button",
    { type: "submit", class: "button primary send", testid: "send", "aria-label": "Send" },
    icon("send"),
    h("span", { class: "label", text: "Send" }),
  );
  const count = h("span", { class: "composer-count", "aria-live": "polite" });
  const canned = cannedView(
    store,
    (text) => insert(text),
    () => forgetSlash(),
  );
  const form = h(
    "form",
    { class: "composer", autocomplete: "off" },
    canned.button,
    ...attachView(store, desk),
    h("div", { class: "composer-field" }, box, count),
    send,
    canned.node,
  );

  let shown = null;

  const fit = () => {
    // By way of the object model: the page's policy forbids style attributes.
    box.style.setProperty("height", "auto");
    box.style.setProperty("height", `${box.scrollHeight + 2}px`);
    const limit = store.limits.message;
    attribute(box, "maxlength", limit);
    say(count, box.value.length > limit * WARN_AT ? `${box.value.length} / ${limit}` : "");
    mark(send, "idle", box.value.trim() === "");
  };
  const changed = () => {
    desk.keepDraft(shown, box.value);
    if (box.value.trim() === "") desk.typing.idle();
    else desk.typing.key(shown);
    fit();
  };
  const forgetSlash = () => {
    if (box.value !== "/") return; // the key that opened the list is no message
    box.value = "";
    changed();
    box.focus();
  };
  const insert = (text) => {
    const kept = box.value === "/" ? "" : box.value;
    box.value = kept === "" || /\s$/.test(kept) ? kept + text : `${kept} ${text}`;
    box.focus();
    changed();
  };

  box.addEventListener("input", () => {
    if (box.value === "/") canned.open();
    changed();
  });
  box.addEventListener("blur", () => desk.typing.idle());
  box.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text === "" || !store.current?.connected || !desk.send(shown, text)) return;
    box.value = "";
    desk.keepDraft(shown, "");
    fit();
    box.focus();
  });

  store.on(["selected", "conversation"], () => {
    const conversation = store.current;
    const writes = Boolean(conversation?.connected && !conversation.isCall);
    const opens = form.hidden && writes;
    form.hidden = !writes;
    const other = conversation && shown !== conversation.id;
    if (other) {
      shown = conversation.id;
      box.value = desk.draft(shown);
    }
    if (!form.hidden && (other || opens)) {
      fit();
      // Not on a touch screen, where it would bring up the keyboard over the transcript.
      if (matchMedia("(pointer: fine)").matches) box.focus();
    }
  });
  return form;
}
