// Log in: a name, the services to answer, a passcode where the server wants one.

import { attribute, h, icon, say } from "./dom.js";
import { habits } from "./memory.js";

export function loginView(store, desk, alert) {
  const name = h("input", {
    id: "login-name",
    testid: "login-name",
    type: "text",
    maxlength: "128",
    required: true,
    autocomplete: "name",
    value: habits.get("name", ""),
    "aria-describedby": "login-error",
  });
  const passcode = h("input", {
    id: "login-passcode",
    testid: "login-passcode",
    type: "password",
    autocomplete: "current-password",
  });
  const passcodeField = h(
    "div",
    { class: "field", hidden: true },
    h("label", { for: "login-passcode", text: "Passcode" }),
    passcode,
  );
  const services = h(
    "div",
    { class: "choices" },
    h("p", { class: "muted", text: "Asking the server for its services…" }),
  );
  const error = h("p", { id: "login-error", class: "field-error", role: "alert", testid: "login-error" });
  const submit = h("button", {
    type: "submit",
    class: "button primary wide",
    testid: "login-submit",
    text: "Start answering",
  });

  const form = h(
    "form",
    { class: "login-card", novalidate: true, autocomplete: "on" },
    h("div", { class: "login-mark" }, h("img", { src: "/operator/icon.svg", alt: "", width: "44", height: "44" })),
    h("h1", { text: "Operator console" }),
    h("p", { class: "muted", text: "Visitors who write on the site arrive here." }),
    h(
      "div",
      { class: "field" },
      h("label", { for: "login-name", text: "Your name" }),
      name,
      h("p", { class: "hint", text: "Visitors see it." }),
    ),
    h("fieldset", { class: "field" }, h("legend", { text: "Services you answer" }), services),
    passcodeField,
    error,
    submit,
  );
  const view = h(
    "main",
    { class: "login" },
    form,
    h(
      "p",
      { class: "login-foot muted" },
      "Demo of ",
      h("strong", { text: "tvox-widget" }),
      ". ",
      h(
        "a",
        { href: "/", target: "_blank", rel: "noopener", text: "Open the visitor’s page" },
        " ",
        icon("external", "small"),
      ),
    ),
  );

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    alert.unlock(); // a gesture: from now on the page may ring
    const chosen = [...services.querySelectorAll("input:checked")].map((box) => box.value);
    const offered = services.querySelector("input") !== null;
    const problem =
      name.value.trim() === ""
        ? "Please enter your name."
        : offered && chosen.length === 0
          ? "Choose at least one service."
          : "";
    say(error, problem);
    attribute(name, "aria-invalid", name.value.trim() === "" ? "true" : null);
    if (problem) {
      (name.value.trim() === "" ? name : services.querySelector("input")).focus();
      return;
    }
    submit.disabled = true;
    try {
      await desk.login({
        name: name.value.trim(),
        services: offered ? chosen : undefined,
        passcode: passcode.value || undefined,
      });
      passcode.value = "";
    } catch (refusal) {
      passcodeField.hidden &&= refusal.reason !== "PASSCODE_WRONG";
      say(
        error,
        refusal.reason === "PASSCODE_WRONG"
          ? "This server asks for a passcode."
          : "The server did not accept this log-in.",
      );
      if (!passcodeField.hidden) passcode.focus();
    } finally {
      submit.disabled = false;
    }
  });

  store.on(["link"], () => {
    if (view.hidden || store.me) return;
    submit.disabled = ["connecting", "online"].includes(store.link.name);
    if (store.link.name === "waiting") say(error, "The server cannot be reached. Trying again…");
    if (store.link.name === "online") say(error, "");
  });
  // The services may have changed since; the log-in is filled again for the next operator.
  store.on(["me"], () => store.me === null && fillServices(services, desk));

  fillServices(services, desk);
  queueMicrotask(() => view.hidden || name.focus());
  return view;
}

async function fillServices(list, desk) {
  let found = [];
  try {
    const answer = await fetch("/tvox/widget/config", { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const config = await answer.json();
      found = servicesOf(config);
      desk.server = config.server?.url ?? "";
    }
  } catch {
    // Told below: the log-in works without, for all services.
  }
  if (found.length === 0) {
    list.replaceChildren(
      h("p", { class: "muted", text: "The list of services cannot be read now. You will answer all of them." }),
    );
    return;
  }
  const last = new Set(habits.get("services", []));
  const remembered = found.some((service) => last.has(service.code));
  list.replaceChildren(
    ...found.map(({ code, description }) =>
      h(
        "label",
        { class: "choice" },
        h("input", {
          type: "checkbox",
          value: code,
          checked: !remembered || last.has(code),
          testid: `login-service-${code}`,
        }),
        h("span", { lang: "it", text: description }),
      ),
    ),
  );
}

/** The services of all channels of a widget configuration, each once. */
function servicesOf(config) {
  const services = new Map();
  for (const channel of config.servicesConfiguration ?? []) {
    for (const { code, description, descritpion } of channel.services ?? [])
      services.set(code, { code, description: description ?? descritpion ?? code });
  }
  return [...services.values()];
}
