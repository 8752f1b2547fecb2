// The bar on top: connection, availability, sound, and the operator's menu.

import { attribute, h, icon, mark, reconcile, say } from "./dom.js";
import { avatar } from "./person.js";
import { SHORTCUTS } from "./shortcuts.js";

export function barView(store, desk, alert) {
  const link = h("p", { class: "link-state", role: "status", testid: "link-state" });
  const knob = h("span", { class: "switch-knob", "aria-hidden": "true" });
  const statusText = h("span", { class: "switch-text" });
  const status = h(
    "button",
    {
      type: "button",
      class: "switch",
      role: "switch",
      "aria-label": "Available for new contacts",
      testid: "status-toggle",
      on: { click: () => desk.setStatus(store.me.status === "AVAILABLE" ? "PAUSED" : "AVAILABLE") },
    },
    knob,
    statusText,
  );
  const sound = h(
    "button",
    { type: "button", class: "icon-button", on: { click: () => (alert.sound = !alert.sound) } },
    icon("sound"),
    icon("silent"),
  );

  const who = h("span", { class: "account-name" });
  const face = h("span", { class: "account-face" });
  const menu = accountMenu(store, desk);
  const account = h(
    "button",
    {
      type: "button",
      class: "account",
      popovertarget: "account-menu",
      testid: "account",
      title: "Services, shortcuts, sign out",
    },
    face,
    who,
    h("span", { class: "visually-hidden", text: ": services, shortcuts, sign out" }),
    icon("chevron", "small"),
  );

  store.on(["me"], () => {
    if (!store.me) return;
    const available = store.me.status === "AVAILABLE";
    attribute(status, "aria-checked", available);
    say(statusText, available ? "Available" : "Paused");
    mark(status, "on", available);
    say(who, store.me.name);
    face.replaceChildren(avatar(store.me.name, store.me.operator));
    attribute(sound, "aria-pressed", alert.sound);
    attribute(sound, "aria-label", "Ring for new contacts");
    attribute(sound, "title", alert.sound ? "Sound is on" : "Sound is off");
    mark(sound, "off", !alert.sound);
  });

  let countdown = 0;
  const showLink = () => {
    say(link, inWords(store.link));
    link.className = `link-state ${store.link.name}`;
  };
  store.on(["link"], () => {
    clearInterval(countdown);
    if (store.link.name === "waiting") countdown = setInterval(showLink, 1_000);
    showLink();
  });

  return h(
    "header",
    { class: "bar" },
    h(
      "div",
      { class: "bar-brand" },
      h("img", { src: "/operator/icon.svg", alt: "", width: "28", height: "28" }),
      h("h1", { text: "Operator console" }),
    ),
    link,
    h("div", { class: "bar-tools" }, status, sound, account),
    menu,
  );
}

function accountMenu(store, desk) {
  const boxes = h("div", { class: "choices" });
  const menu = h(
    "div",
    { id: "account-menu", popover: "auto", class: "menu", role: "group", "aria-label": "Operator" },
    h("h2", { text: "Services you answer" }),
    boxes,
    h("h2", { text: "Shortcuts" }),
    h(
      "dl",
      { class: "keys" },
      ...SHORTCUTS.map(([keys, what]) => h("div", {}, h("dt", { text: keys }), h("dd", { text: what }))),
    ),
    h(
      "button",
      {
        type: "button",
        class: "button wide",
        testid: "sign-out",
        on: {
          click: () => {
            menu.hidePopover();
            desk.logout();
          },
        },
      },
      icon("leave"),
      "Sign out",
    ),
    h("p", { class: "hint", text: "Open conversations go back to the queue." }),
  );
  boxes.addEventListener("change", (event) => {
    const chosen = [...boxes.querySelectorAll("input:checked")].map((box) => box.value);
    if (chosen.length === 0) event.target.checked = true;
    else desk.setServices(chosen);
  });
  store.on(["me", "services"], () =>
    reconcile(
      boxes,
      store.me ? store.services : [],
      (service) => service.code,
      ({ code }) =>
        h(
          "label",
          { class: "choice" },
          h("input", { type: "checkbox", value: code, testid: `join-service-${code}` }),
          h("span", { lang: "it" }),
        ),
      (row, { code, description }) => {
        row.querySelector("input").checked = store.me.services.includes(code);
        say(row.querySelector("span"), description);
      },
    ),
  );
  return menu;
}

function inWords({ name, retryAt, reason }) {
  if (name === "online") return "Online";
  if (name === "connecting") return "Connecting…";
  if (name === "waiting") {
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1_000));
    return seconds > 0 ? `Offline, trying again in ${seconds} s` : "Offline, trying again…";
  }
  return reason ? `Stopped (${reason})` : "";
}
