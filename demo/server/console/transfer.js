// Passing a contact on: to whom, and what the next one should know.

import { clean } from "./conversation.js";
import { closesOnBackdrop } from "./dialogs.js";
import { h, icon, reconcile, say } from "./dom.js";
import { avatar } from "./person.js";

const NOTE_LENGTH = 1_000;

/** Who passed a contact on, and why; empty where nobody did, or where it was this operator and it is gone. */
export function handedOver({ transfer }, me = "") {
  if (!transfer) return "";
  const note = clean(transfer.note);
  if (transfer.returned) return `${clean(transfer.to)} did not take it.${note ? ` Your note: ${note}` : ""}`;
  if (transfer.by === me) return "";
  return `${clean(transfer.by)} passed it on${note ? `: ${note}` : "."}`;
}

/** Asks to whom an open contact goes. */
export function transferDialog(store, desk) {
  const colleagues = h("div", { class: "choices" });
  const services = h("div", { class: "choices" });
  const people = h("fieldset", { class: "field" }, h("legend", { text: "A colleague" }), colleagues);
  const queues = h("fieldset", { class: "field" }, h("legend", { text: "A service: who is free first" }), services);
  const none = h("p", {
    class: "muted",
    role: "status",
    testid: "transfer-none",
    text: "Nobody else takes contacts now. This list fills as colleagues come.",
  });
  const note = h("textarea", {
    id: "transfer-text",
    testid: "transfer-text",
    rows: "3",
    maxlength: String(NOTE_LENGTH),
    "aria-describedby": "transfer-hint",
  });
  const submit = h("button", { type: "submit", class: "button primary", testid: "transfer-submit" }, icon("pass"), "Pass on");
  const form = h(
    "form",
    { novalidate: true },
    h("h2", { id: "transfer-title" }),
    none,
    people,
    queues,
    h(
      "div",
      { class: "field" },
      h("label", { for: "transfer-text", text: "Note (optional)" }),
      note,
      h("p", { class: "hint", id: "transfer-hint", text: "For colleagues only: the visitor does not see it." }),
    ),
    h(
      "div",
      { class: "dialog-actions" },
      h("span", { class: "spacer" }),
      h("button", { type: "button", class: "button", text: "Cancel", on: { click: () => node.close() } }),
      submit,
    ),
  );
  const node = h("dialog", { class: "dialog small", "aria-labelledby": "transfer-title" }, form);
  closesOnBackdrop(node);

  let session = null;
  const chosen = () => form.querySelector("input[name=transfer]:checked");
  const show = () => {
    if (!node.open) return;
    // A contact that ended or went elsewhere meanwhile has nothing to be passed on.
    if (!store.conversations.get(session)?.connected) {
      node.close();
      return;
    }
    const free = store.colleagues();
    const staffed = store.staffedServices();
    const one = ({ id, testid, face }) =>
      h(
        "label",
        { class: "choice" },
        h("input", { type: "radio", name: "transfer", value: id, testid }),
        ...face,
        h("span", { class: "row-text" }, h("span", { class: "person" }), h("span", { class: "row-line" })),
      );
    reconcile(
      colleagues,
      free,
      ({ id }) => id,
      ({ id, name }) => one({ id, testid: `transfer-to-${id}`, face: [avatar(name, id)] }),
      (row, { name, contacts, services: joined }) => {
        say(row.querySelector(".person"), clean(name));
        const load = contacts > 0 ? `${contacts} open` : "Free";
        say(row.querySelector(".row-line"), [load, ...joined.map((code) => store.serviceName(code))].join(" · "));
      },
    );
    reconcile(
      services,
      staffed,
      ({ code }) => code,
      ({ code }) => one({ id: `service ${code}`, testid: `transfer-service-${code}`, face: [] }),
      (row, { description, staff }) => {
        say(row.querySelector(".person"), description);
        say(row.querySelector(".row-line"), staff === 1 ? "1 colleague" : `${staff} colleagues`);
      },
    );
    people.hidden = free.length === 0;
    queues.hidden = staffed.length === 0;
    none.hidden = free.length > 0;
    submit.disabled = !chosen();
  };
  form.addEventListener("change", () => (submit.disabled = !chosen()));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const choice = chosen()?.value;
    if (!choice) return;
    const [, service] = choice.split("service ");
    submit.disabled = true;
    const done = await desk.transfer(session, service ? { service } : { to: choice }, note.value.trim());
    if (done) node.close();
    else show();
  });
  store.on(["operators", "services", "contacts"], show);
  return {
    node,
    show: (id) => {
      session = id;
      note.value = "";
      say(form.querySelector("h2"), `Pass ${store.conversations.get(id)?.name ?? "the visitor"} on`);
      for (const input of form.querySelectorAll("input[name=transfer]")) input.checked = false;
      node.showModal();
      show();
      (form.querySelector("input[name=transfer]") ?? note).focus();
    },
  };
}
