// The middle: the open conversation, or an invitation to wait for one.

import { callStrip, channelName, inviteView } from "./call.js";
import { composerView } from "./composer.js";
import { clean } from "./conversation.js";
import { confirmDialog, pushDialog } from "./dialogs.js";
import { attribute, h, icon, iconButton, mark, reconcile, say } from "./dom.js";
import { avatar } from "./person.js";
import { stageView } from "./stage.js";
import { elapsed } from "./time.js";
import { handedOver, transferDialog } from "./transfer.js";
import { transcriptView } from "./transcript.js";

/** `sound` plays the calls. */
export function chatView(store, desk, sound) {
  const face = h("span");
  const elsewhere = h("span", { class: "badge", "aria-hidden": "true" });
  const back = iconButton("back", "Back to the lists", () => desk.open(null), { class: "icon-button back" });
  back.append(elsewhere);
  const name = h("h2", { class: "chat-name" });
  const line = h("p", { class: "chat-line" });
  const push = pushDialog(store, desk);
  const confirm = confirmDialog();
  const transfer = transferDialog(store, desk);
  const details = h(
    "button",
    {
      type: "button",
      class: "icon-button details-toggle",
      "aria-label": "About the visitor",
      title: "About the visitor",
      "aria-controls": "details",
      "aria-expanded": "false",
    },
    icon("details"),
  );
  const pushOpen = h(
    "button",
    {
      type: "button",
      class: "button spare",
      testid: "push-open",
      "aria-label": "Send a page",
      title: "Send the visitor to a page",
      on: { click: () => push.show(store.selected) },
    },
    icon("page"),
    h("span", { class: "label", text: "Send a page" }),
  );
  const passOn = h(
    "button",
    {
      type: "button",
      class: "button spare",
      testid: "transfer-open",
      "aria-label": "Pass on",
      title: "Pass on to a colleague or another service",
      on: { click: () => transfer.show(store.selected) },
    },
    icon("pass"),
    h("span", { class: "label", text: "Pass on" }),
  );
  const takeBack = h(
    "button",
    {
      type: "button",
      class: "button",
      testid: "transfer-back",
      text: "Take back",
      on: { click: () => desk.takeBack(store.selected) },
    },
  );
  const handover = h("p", { class: "handover", testid: "transfer-note", hidden: true });
  const end = h(
    "button",
    {
      type: "button",
      class: "button danger",
      testid: "close",
      "aria-label": "End the conversation",
      title: "End the conversation",
    },
    icon("end"),
    h("span", { class: "label", text: "End" }),
  );
  const away = h(
    "button",
    {
      type: "button",
      class: "button",
      "aria-label": "Put away",
      title: "Take this conversation out of the list",
      on: { click: () => desk.putAway(store.selected) },
    },
    icon("decline"),
    h("span", { class: "label", text: "Put away" }),
  );

  end.addEventListener("click", async () => {
    const { id, name: called } = store.current;
    const text = `${called} is told that the conversation is over. The transcript stays here until you put it away.`;
    if (await confirm.ask("End this conversation?", text, "End conversation")) desk.end(id);
  });
  const showDetails = (on) => {
    details.closest(".frame").classList.toggle("with-details", on);
    attribute(details, "aria-expanded", on);
  };
  details.addEventListener("click", () => showDetails(details.getAttribute("aria-expanded") !== "true"));
  addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && showDetails(false));

  const banner = h("p", { class: "chat-banner", role: "status" });
  const chat = h(
    "section",
    { class: "chat", testid: "chat", hidden: true, "aria-label": "Conversation" },
    h(
      "header",
      { class: "chat-head" },
      back,
      face,
      h("div", { class: "chat-who" }, name, line),
      h("div", { class: "chat-tools" }, ...inviteView(store, desk), pushOpen, passOn, takeBack, end, away, details),
    ),
    handover,
    callStrip(store, desk),
    stageView(store, desk, sound.listen),
    transcriptView(store, desk),
    banner,
    composerView(store, desk),
    push.node,
    transfer.node,
    confirm.node,
  );
  const empty = emptyView(store);

  const showLine = () => {
    const conversation = store.current;
    if (conversation)
      say(
        line,
        [
          ...(conversation.isCall ? [channelName(conversation.channel)] : []),
          store.serviceName(conversation.service),
          conversation.connected ? elapsed(conversation.since) : conversation.present ? "rings" : "ended",
        ].join(" · "),
      );
  };
  const show = () => {
    const conversation = store.current;
    chat.hidden = conversation === null;
    empty.hidden = conversation !== null;
    if (!conversation) return;
    chat.dataset.session = conversation.id;
    const key = `${conversation.id}/${conversation.name}`;
    if (face.dataset.face !== key)
      face.replaceChildren(
        avatar(conversation.name, conversation.visitor.id, !conversation.customer.customerDisplayName),
      );
    face.dataset.face = key;
    say(name, conversation.name);
    const others = store.unread - conversation.unread;
    elsewhere.hidden = others === 0;
    say(elsewhere, String(others));
    attribute(back, "aria-label", others > 0 ? `Back to the lists, ${others} unread` : "Back to the lists");
    mark(chat, "ended", !conversation.connected && !conversation.transferring);
    say(handover, conversation.present ? handedOver(conversation, store.me?.name) : "");
    handover.hidden = handover.textContent === "";
    passOn.hidden = !conversation.connected;
    takeBack.hidden = !conversation.transferring;
    // A call has its own controls, in its bar.
    pushOpen.hidden = end.hidden = !conversation.connected || conversation.isCall;
    away.hidden = conversation.present;
    mark(chat, "is-call", conversation.isCall);
    const [tone, words] = bannerOf(store, conversation);
    banner.className = `chat-banner ${tone}`;
    say(banner, words);
    banner.hidden = banner.textContent === "";
    showLine();
  };
  store.on(["conversation", "selected", "contacts", "services", "link"], show);
  setInterval(showLine, 1_000);
  return h("div", { class: "middle" }, chat, empty);
}

/** `[tone, words]`, no words where there is nothing to say. */
function bannerOf(store, conversation) {
  if (conversation.isCall) return callBannerOf(store, conversation);
  if (conversation.closed) return ["", `This conversation has ended.${ratingWords(conversation)}`];
  if (conversation.transferring) return ["", `Rings with ${clean(conversation.transfer?.to)}. What you write waits.`];
  if (!conversation.connected) return ["", "This conversation is no longer with you."];
  if (store.link.name !== "online")
    return ["warning", "You are offline. What you write is sent as soon as the server is back."];
  if (!conversation.open) return ["warning", "The visitor is being connected again. What you write waits."];
  const { type, uri } = conversation.session?.step ?? {};
  if (type === "TO_URL") return ["", `The visitor is being sent to ${clean(uri) || "a page"}.`];
  if (type === "INACTIVE_TIMEOUT") return ["", "The visitor has been silent for a while."];
  if (conversation.visitor.online === false)
    return ["", "The visitor is not on the site at the moment. Messages arrive when the visitor returns."];
  return ["", ""];
}

function ratingWords({ session }) {
  return session?.rating ? ` The visitor rated it ${session.rating.score} of 5.` : "";
}

function callBannerOf(store, conversation) {
  if (conversation.closed) return ["", `This call has ended.${ratingWords(conversation)}`];
  if (!conversation.present) return ["", "This call is no longer with you."];
  if (store.link.name !== "online") return ["warning", "You are offline. The call waits for you for a moment."];
  if (conversation.visitor.online === false) return ["warning", "The visitor’s connection was lost. The call waits for a moment."];
  return ["", ""];
}

/** Nothing is open: what happens here, who else answers, and where a visitor is made. */
function emptyView(store) {
  const title = h("h2");
  const text = h("p", { class: "muted" });
  const colleagues = h("ul", { class: "colleagues" });
  const box = h(
    "section",
    { class: "colleagues-box", "aria-labelledby": "colleagues-title" },
    h("h3", { id: "colleagues-title", class: "side-title", text: "Who answers now" }),
    colleagues,
  );
  store.on(["me", "contacts", "queue"], () => {
    const paused = store.me?.status === "PAUSED";
    say(title, paused ? "You are paused" : store.contacts.length > 0 ? "Choose a conversation" : "Ready for visitors");
    say(
      text,
      paused
        ? "New contacts do not ring with you. You may still take one from the queue."
        : "A visitor who writes on the site rings here. Accept, and the conversation opens.",
    );
  });
  store.on(["operators", "services"], () =>
    reconcile(
      colleagues,
      store.operators,
      (operator) => operator.id,
      (operator) =>
        h(
          "li",
          { class: "colleague" },
          avatar(operator.name, operator.id),
          h("span", { class: "row-text" }, h("span", { class: "person" }), h("span", { class: "row-line" })),
          h("span", { class: "pill" }),
        ),
      (row, operator) => {
        const mine = operator.id === store.me?.operator;
        say(row.querySelector(".person"), mine ? `${operator.name} (you)` : operator.name);
        say(row.querySelector(".row-line"), operator.services.map((code) => store.serviceName(code)).join(", "));
        const pill = row.querySelector(".pill");
        const state = !operator.online
          ? "Away"
          : operator.status === "PAUSED"
            ? "Paused"
            : operator.contacts > 0
              ? `${operator.contacts} open`
              : "Free";
        say(pill, state);
        pill.className = `pill ${operator.online && operator.status === "AVAILABLE" ? "good" : ""}`;
      },
    ),
  );
  return h(
    "section",
    { class: "nothing" },
    h("div", { class: "nothing-mark" }, icon("chat")),
    title,
    text,
    h(
      "a",
      { class: "button", href: "/", target: "_blank", rel: "noopener" },
      "Open the visitor’s page",
      icon("external", "small"),
    ),
    box,
  );
}
