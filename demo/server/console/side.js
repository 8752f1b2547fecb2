// The left column: who rings, who waits, and the operator's conversations.

import { callWords, channelName } from "./call.js";
import { clean, nameOf } from "./conversation.js";
import { attribute, h, icon, iconButton, mark, reconcile, say } from "./dom.js";
import { avatar } from "./person.js";
import { handedOver } from "./transfer.js";
import { elapsed, hour, inFull, serverNow } from "./time.js";

export function sideView(store, desk) {
  const offers = h("ul", { class: "offers", "aria-label": "Ringing" });
  const queueCount = h("span", { class: "count" });
  const queue = h("ul", { class: "queue" });
  const queueEmpty = h("p", { class: "empty-line", text: "Nobody waits." });
  const contactCount = h("span", { class: "count" });
  const contacts = h("ul", { class: "contacts" });
  const contactsEmpty = h("p", { class: "empty-line", text: "No conversation yet." });

  const showOffers = () =>
    reconcile(
      offers,
      store.offers,
      (offer) => offer.id,
      () => offerCard(store, desk),
      (card, offer) => card.show(offer),
    );
  const showQueue = () => {
    const mine = new Set(store.offers.map((offer) => offer.id));
    const waiting = store.queue.waiting.filter((contact) => !mine.has(contact.id));
    say(queueCount, String(Math.max(store.queue.total - mine.size, waiting.length)));
    queueEmpty.hidden = waiting.length > 0;
    reconcile(
      queue,
      waiting,
      (contact) => contact.id,
      () => queueRow(store, desk),
      (row, contact) => row.show(contact),
    );
  };
  const showContacts = () => {
    say(contactCount, String(store.contacts.filter((conversation) => conversation.connected).length));
    contactsEmpty.hidden = store.contacts.length > 0;
    reconcile(
      contacts,
      store.contacts,
      (conversation) => conversation.id,
      () => contactRow(store, desk),
      (row, conversation) => row.show(conversation),
    );
  };
  store.on(["contacts", "services"], showOffers);
  store.on(["queue", "contacts", "services"], showQueue);
  store.on(["contacts", "services"], showContacts);
  // Waiting times and the countdown of a ring go on between two events.
  setInterval(() => {
    if (!store.me) return;
    for (const list of [offers, queue]) for (const row of list.children) row.tick();
  }, 1_000);

  return h(
    "nav",
    { class: "side", "aria-label": "Contacts" },
    offers,
    h(
      "section",
      { "aria-labelledby": "queue-title" },
      h("h2", { id: "queue-title", class: "side-title" }, "Queue ", queueCount),
      queueEmpty,
      queue,
    ),
    h(
      "section",
      { class: "grow", "aria-labelledby": "contacts-title" },
      h("h2", { id: "contacts-title", class: "side-title" }, "Conversations ", contactCount),
      contactsEmpty,
      contacts,
    ),
  );
}

function offerCard(store, desk) {
  const face = h("span");
  const name = h("strong", { class: "person" });
  const line = h("span", { class: "row-line" });
  const page = h("span", { class: "row-line page-line" });
  const note = h("p", { class: "offer-note", testid: "transfer-note", hidden: true });
  const left = h("span", { class: "ring-left" });
  const bar = h("progress", { class: "ring-bar", "aria-label": "Time to answer" });
  const card = h("li", { class: "offer", testid: "offer" });
  card.append(
    h("div", { class: "row-top" }, face, h("div", { class: "row-text" }, name, line, page), left),
    note,
    bar,
    h(
      "div",
      { class: "offer-actions" },
      h(
        "button",
        {
          type: "button",
          class: "button primary",
          testid: "accept",
          on: { click: () => desk.accept(card.dataset.session) },
        },
        icon("accept"),
        "Accept",
      ),
      h(
        "button",
        { type: "button", class: "button", testid: "decline", on: { click: () => desk.decline(card.dataset.session) } },
        icon("decline"),
        "Decline",
      ),
    ),
  );
  let offer = null;
  card.tick = () => {
    const ms = Math.max(0, Date.parse(offer.contact?.expires ?? "") - serverNow() || 0);
    say(left, `${Math.ceil(ms / 1_000)} s`);
    bar.max = store.offerMs;
    bar.value = Math.min(ms, store.offerMs);
    const kind = offer.isCall ? `${channelName(offer.channel)} · ` : "";
    say(line, `${kind}${store.serviceName(offer.service)} · waits ${elapsed(offer.since)}`);
  };
  card.show = (next) => {
    offer = next;
    card.dataset.session = offer.id;
    say(name, offer.name);
    showFace(face, offer.name, offer.visitor.id, offer.customer);
    const last = offer.visits.at(-1);
    say(page, last ? `on “${last.uriDisplay || last.uri || last.linkableUri}”` : "");
    say(note, handedOver(offer));
    note.hidden = note.textContent === "";
    card.tick();
  };
  return card;
}

function queueRow(store, desk) {
  const position = h("span", { class: "position" });
  const name = h("span", { class: "person" });
  const line = h("span", { class: "row-line" });
  const row = h("li", { class: "queue-item", testid: "queue-item" });
  const take = h(
    "button",
    { type: "button", class: "button small", testid: "accept", on: { click: () => desk.accept(row.dataset.session) } },
    "Take",
  );
  row.append(position, h("div", { class: "row-text" }, name, line), take);
  let contact = null;
  row.tick = () => {
    const state = contact.offered
      ? "rings with a colleague"
      : contact.playing
        ? "hears the welcome"
        : contact.visitor?.online === false
          ? "away"
          : "";
    const kind = contact.channel && contact.channel !== "CHAT" ? channelName(contact.channel) : "";
    say(line, [elapsed(contact.since), kind, store.serviceName(contact.service), state].filter(Boolean).join(" · "));
  };
  row.show = (next) => {
    contact = next;
    row.dataset.session = contact.id;
    attribute(row, "data-position", contact.position);
    say(position, contact.position ? String(contact.position) : "–");
    attribute(position, "title", contact.position ? `Number ${contact.position} of this service` : null);
    const called = nameOf(contact.customer, contact.visitor);
    say(name, called);
    attribute(take, "aria-label", `Take ${called}`);
    take.hidden = Boolean(contact.offered);
    row.tick();
  };
  return row;
}

function contactRow(store, desk) {
  const face = h("span");
  const online = h("span", { class: "presence", "aria-hidden": "true" });
  const name = h("span", { class: "person" });
  const time = h("span", { class: "row-time" });
  const line = h("span", { class: "row-line" });
  const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  const unread = h("span", { class: "badge", testid: "unread" });
  const state = h("span", { class: "visually-hidden" });
  const row = h("li", { class: "contact" });
  const open = h(
    "button",
    {
      type: "button",
      class: "contact-open",
      testid: "contact-item",
      on: { click: () => desk.open(open.dataset.session) },
    },
    h("span", { class: "face" }, face, online),
    h(
      "span",
      { class: "row-text" },
      h("span", { class: "row-head" }, name, time),
      h("span", { class: "row-foot" }, line, dots, unread),
    ),
    state,
  );
  const away = iconButton("decline", "Put away", () => desk.putAway(open.dataset.session), {
    testid: "put-away",
    class: "icon-button put-away",
  });
  row.append(open, away);
  row.show = (conversation) => {
    open.dataset.session = conversation.id;
    open.dataset.state = conversation.connected ? "connected" : conversation.transferring ? "transferring" : "ended";
    const selected = store.selected === conversation.id;
    mark(row, "selected", selected);
    mark(row, "ended", !conversation.present);
    mark(row, "typing", conversation.typing);
    attribute(open, "aria-current", selected ? "true" : null);
    showFace(face, conversation.name, conversation.visitor.id, conversation.customer);
    mark(online, "on", conversation.visitor.online);
    say(name, conversation.name);
    const last = conversation.lastMessage;
    say(time, hour(last?.createdAt ?? conversation.since));
    attribute(time, "title", inFull(last?.createdAt ?? conversation.since));
    say(line, lastLine(store, desk, conversation));
    const count = conversation.unread;
    unread.hidden = count === 0;
    say(unread, String(count));
    say(
      state,
      [
        store.serviceName(conversation.service),
        count > 0 ? `${count} unread` : "",
        conversation.typing ? "typing" : "",
        conversation.connected ? "" : conversation.present ? "rings" : "ended",
      ]
        .filter(Boolean)
        .join(", "),
    );
    away.hidden = conversation.present;
    attribute(away, "aria-label", `Put away ${conversation.name}`);
  };
  return row;
}

function lastLine(store, desk, conversation) {
  if (desk.outbox.of(conversation.id).some((entry) => entry.state === "failed")) return "A message could not be sent";
  const draft = desk.draft(conversation.id);
  if (draft && store.selected !== conversation.id) return `Draft: ${draft}`;
  if (conversation.transferring) return `Rings with ${clean(conversation.transfer?.to)}…`;
  if (conversation.isCall) return `${channelName(conversation.channel)} · ${callWords(conversation)[1].split(" · ")[0]}`;
  const last = conversation.lastMessage;
  if (last?.attachment) return `${last.direction === "INBOUND" ? "You: " : ""}File: ${clean(last.attachment.name)}`;
  if (!last) return store.serviceName(conversation.service);
  return last.direction === "INBOUND" ? `You: ${last.message}` : last.message;
}

function showFace(slot, name, id, customer) {
  const key = `${name}/${id}`;
  if (slot.dataset.face === key) return;
  slot.dataset.face = key;
  slot.replaceChildren(avatar(name, id, !customer?.customerDisplayName));
}
