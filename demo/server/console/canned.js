// Quick answers: a list of the operator's own, kept in this browser.

import { h, icon, iconButton } from "./dom.js";
import { habits } from "./memory.js";

const FIRST = [
  "Buongiorno {customer}, sono {operator}. Come posso aiutarla?",
  "Un momento, verifico subito.",
  "Le apro la pagina giusta.",
  "Posso aiutarla in altro?",
  "Grazie per averci scritto. Buona giornata!",
  "Hello {customer}, this is {operator}. How can I help?",
];
const MOST = 40;

/** A button, and what it opens; `insert(text)` puts an answer into the message,
 *  `closed()` hears that the list went away, with or without a choice. */
export function cannedView(store, insert, closed) {
  const filter = h("input", {
    type: "search",
    class: "canned-filter",
    "aria-label": "Find an answer",
    placeholder: "Find an answer",
  });
  const list = h("ul", { class: "canned-list" });
  const edit = editor(() => show());
  const node = h(
    "div",
    { id: "canned", popover: "auto", class: "menu canned", role: "dialog", "aria-label": "Quick answers" },
    h(
      "div",
      { class: "canned-head" },
      filter,
      iconButton(
        "edit",
        "Edit quick answers",
        () => {
          node.hidePopover();
          edit.show();
        },
        { testid: "canned-edit" },
      ),
    ),
    list,
  );
  const button = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      popovertarget: "canned",
      testid: "canned-open",
      "aria-label": "Quick answers",
      title: "Quick answers ( / )",
    },
    icon("bolt"),
  );

  const show = () => {
    const wanted = filter.value.trim().toLocaleLowerCase();
    const found = answers()
      .map((text) => filled(text, store))
      .filter((text) => text.toLocaleLowerCase().includes(wanted));
    list.replaceChildren(
      ...found.map((text) =>
        h(
          "li",
          {},
          h("button", {
            type: "button",
            class: "canned-item",
            testid: "canned-item",
            dir: "auto",
            text,
            on: {
              click: () => {
                node.hidePopover();
                insert(text);
              },
            },
          }),
        ),
      ),
      ...(found.length === 0 ? [h("li", { class: "empty-line", text: "No answer has these words." })] : []),
    );
  };
  filter.addEventListener("input", show);
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    list.querySelector("button")?.click();
  });
  // Arrow keys walk the answers, as in any list one chooses from.
  node.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const stops = [filter, ...list.querySelectorAll("button")];
    stops[(stops.indexOf(document.activeElement) + by + stops.length) % stops.length].focus();
  });
  node.addEventListener("toggle", (event) => {
    if (event.newState !== "open") {
      closed();
      return;
    }
    filter.value = "";
    show();
    filter.focus();
  });
  return { button, node: h("div", { class: "canned-place" }, node, edit.node), open: () => node.showPopover() };
}

function editor(changed) {
  const rows = h("ul", { class: "canned-edit-list" });
  const row = (text) => {
    const item = h(
      "li",
      {},
      h("textarea", { rows: "2", "aria-label": "Answer", maxlength: "1000", value: text, dir: "auto" }),
      iconButton("bin", "Delete this answer", () => item.remove()),
    );
    return item;
  };
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "canned-edit-title" });
  const add = h(
    "button",
    {
      type: "button",
      class: "button",
      on: {
        click: () => {
          rows.append(row(""));
          rows.lastChild.firstChild.focus();
        },
      },
    },
    icon("plus"),
    "Add",
  );
  const save = () => {
    const kept = [...rows.querySelectorAll("textarea")].map((box) => box.value.trim()).filter(Boolean);
    habits.set("canned", kept.slice(0, MOST));
    dialog.close();
    changed();
  };
  dialog.append(
    h("h2", { id: "canned-edit-title", text: "Quick answers" }),
    h("p", {
      class: "muted",
      text: "{operator} becomes your name, {customer} the visitor’s. They are kept in this browser only.",
    }),
    rows,
    h(
      "div",
      { class: "dialog-actions" },
      add,
      h("span", { class: "spacer" }),
      h("button", { type: "button", class: "button", on: { click: () => dialog.close() }, text: "Cancel" }),
      h("button", { type: "button", class: "button primary", on: { click: save }, text: "Save" }),
    ),
  );
  return {
    node: dialog,
    show: () => {
      rows.replaceChildren(...answers().map(row));
      dialog.showModal();
    },
  };
}

function answers() {
  return habits.get("canned", FIRST);
}

function filled(text, store) {
  const name = store.current?.customer.customerDisplayName ?? "";
  return text
    .replaceAll("{operator}", store.me?.name ?? "")
    .replaceAll("{customer}", name)
    .replace(/\s+([,.!?])/g, "$1")
    .replace(/ {2,}/g, " ");
}
