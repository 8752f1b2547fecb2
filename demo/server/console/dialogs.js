// The two dialogs of a conversation: send a page, and end.

import { clean } from "./conversation.js";
import { attribute, h, icon, say } from "./dom.js";
import { pushProblem } from "./links.js";

const SUGGESTED = 6;

/** Asks a question; resolves to whether it was confirmed. Escape and the backdrop say no. */
export function confirmDialog() {
  const title = h("h2", { id: "confirm-title" });
  const text = h("p", { id: "confirm-text", class: "muted" });
  const yes = h("button", { type: "button", class: "button danger solid", testid: "close-confirm" });
  const no = h("button", { type: "button", class: "button", testid: "close-cancel", text: "Keep talking" });
  const node = h(
    "dialog",
    {
      class: "dialog small",
      role: "alertdialog",
      "aria-labelledby": "confirm-title",
      "aria-describedby": "confirm-text",
    },
    title,
    text,
    h("div", { class: "dialog-actions" }, h("span", { class: "spacer" }), no, yes),
  );
  yes.addEventListener("click", () => node.close("yes"));
  no.addEventListener("click", () => node.close("no"));
  closesOnBackdrop(node);
  return {
    node,
    ask: (question, explanation, action) => {
      say(title, question);
      say(text, explanation);
      say(yes, action);
      node.returnValue = "no";
      node.showModal();
      no.focus();
      return new Promise((resolve) =>
        node.addEventListener("close", () => resolve(node.returnValue === "yes"), { once: true }),
      );
    },
  };
}

/** Asks for the address of a page and sends the visitor there. */
export function pushDialog(store, desk) {
  const field = h("input", {
    id: "push-uri",
    testid: "push-uri",
    type: "text",
    inputmode: "url",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "/demo/contatti.html",
    "aria-describedby": "push-error",
  });
  const problem = h("p", { id: "push-error", class: "field-error", role: "alert", testid: "push-error" });
  const suggestions = h("ul", { class: "suggestions", "aria-label": "Pages of this visit" });
  const form = h(
    "form",
    { novalidate: true },
    h("h2", { id: "push-title", text: "Send the visitor to a page" }),
    h("div", { class: "field" }, h("label", { for: "push-uri", text: "Address" }), field, problem),
    suggestions,
    h("p", {
      class: "hint",
      text: "A path of this site, or a whole address. The visitor is asked before leaving the site.",
    }),
    h(
      "div",
      { class: "dialog-actions" },
      h("span", { class: "spacer" }),
      h("button", { type: "button", class: "button", text: "Cancel", on: { click: () => node.close() } }),
      h("button", { type: "submit", class: "button primary", testid: "push-submit" }, icon("page"), "Send page"),
    ),
  );
  const node = h("dialog", { class: "dialog small", "aria-labelledby": "push-title" }, form);
  closesOnBackdrop(node);

  let session = null;
  const complain = (text) => {
    say(problem, text);
    attribute(field, "aria-invalid", text ? "true" : null);
  };
  field.addEventListener("input", () => problem.textContent && complain(pushProblem(field.value.trim())));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const uri = field.value.trim();
    complain(pushProblem(uri));
    if (problem.textContent) field.focus();
    else if (desk.push(session, uri)) node.close();
  });
  return {
    node,
    show: (id) => {
      session = id;
      field.value = "";
      complain("");
      const pages = new Map();
      for (const visit of store.conversations.get(id)?.visits ?? [])
        if (visit.uri && pushProblem(visit.uri) === "") pages.set(visit.uri, clean(visit.uriDisplay) || visit.uri);
      suggestions.replaceChildren(
        ...[...pages].slice(-SUGGESTED).map(([uri, shown]) =>
          h(
            "li",
            {},
            h("button", {
              type: "button",
              class: "chip",
              title: uri,
              text: shown,
              on: {
                click: () => {
                  field.value = uri;
                  complain("");
                  field.focus();
                },
              },
            }),
          ),
        ),
      );
      suggestions.hidden = pages.size === 0;
      node.showModal();
      field.focus();
    },
  };
}

/** A click beside a dialog closes it. */
export function closesOnBackdrop(dialog) {
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
