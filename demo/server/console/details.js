// The right column: who the visitor of the open conversation is, and what was looked at.

import { clean } from "./conversation.js";
import { h, reconcile, say } from "./dom.js";
import { link, webAddress } from "./links.js";
import { avatar } from "./person.js";
import { hour, inFull } from "./time.js";

const LABELS = [
  ["customerValue", "E-mail"],
  ["customerPhoneNumber", "Phone"],
  ["customerCompany", "Company"],
  ["customerFirstName", "First name"],
  ["customerLastName", "Last name"],
  ["customerId", "Customer number"],
];

export function detailsView(store) {
  const face = h("div", { class: "details-face" });
  const name = h("h2", { class: "details-name" });
  const presence = h("p", { class: "details-presence" });
  const facts = h("dl", { class: "facts" });
  const visits = h("ol", { class: "visits", testid: "visits" });
  const visitsEmpty = h("p", { class: "empty-line", text: "No page is known." });
  const view = h(
    "section",
    { class: "details", id: "details", "aria-label": "Visitor", hidden: true },
    h("div", { class: "details-top" }, face, name, presence),
    h(
      "section",
      { "aria-labelledby": "facts-title" },
      h("h3", { id: "facts-title", class: "side-title", text: "Contact" }),
      facts,
    ),
    h(
      "section",
      { "aria-labelledby": "visits-title" },
      h("h3", { id: "visits-title", class: "side-title", text: "Visited pages" }),
      visitsEmpty,
      visits,
    ),
  );

  const show = () => {
    const conversation = store.current;
    view.hidden = conversation === null;
    if (!conversation) return;
    face.replaceChildren(
      avatar(conversation.name, conversation.visitor.id, !conversation.customer.customerDisplayName),
    );
    say(name, conversation.name);
    presence.className = `details-presence ${conversation.visitor.online && !conversation.closed ? "on" : ""}`;
    say(
      presence,
      conversation.closed ? "Conversation ended" : conversation.visitor.online ? "On the site now" : "Not on the site",
    );
    reconcile(
      facts,
      factsOf(store, conversation),
      ([label]) => label,
      ([label]) => h("div", {}, h("dt", { text: label }), h("dd", { dir: "auto" })),
      (row, [, value]) => say(row.lastChild, value),
    );
    visitsEmpty.hidden = conversation.visits.length > 0;
    // Newest on top: the page on screen now is what matters.
    const seen = conversation.visits
      .map((visit, at, all) => ({
        ...visit,
        until: all[at + 1]?.at,
        here: at === all.length - 1 && conversation.visitor.online === true && !conversation.closed,
      }))
      .reverse();
    reconcile(visits, seen, (visit) => `${visit.at} ${visit.uri}`, visitRow, fillVisit);
  };
  store.on(["conversation", "contacts", "selected", "services"], show);
  return view;
}

function factsOf(store, conversation) {
  const { customer, session, visitor } = conversation;
  const asked = conversation.since;
  return [
    ["Service", store.serviceName(conversation.service)],
    ...LABELS.map(([key, label]) => [label, clean(customer[key])]),
    ...(session?.fields ?? []).map(({ key, value }) => [clean(key), clean(value)]),
    ["Rating", stars(session?.rating)],
    ["Comment", clean(session?.rating?.comment)],
    ["Language", languageName(visitor.locale)],
    ["Asked at", asked ? hour(asked) : ""],
  ].filter(([, value]) => value);
}

function visitRow(visit) {
  const title = h("span", { class: "visit-title", dir: "auto" });
  const shown = clean(visit.uriDisplay) || clean(visit.uri) || clean(visit.linkableUri) || "A page";
  const href = webAddress(visit.linkableUri ?? "");
  title.append(href ? link(href, shown) : shown);
  return h(
    "li",
    { class: "visit", testid: "visit", title: inFull(visit.at) },
    title,
    h("span", { class: "visit-uri", text: clean(visit.uri) }),
    h("span", { class: "visit-time" }),
  );
}

function fillVisit(row, visit) {
  say(
    row.lastChild,
    `${hour(visit.at)} · ${visit.until ? stay(Date.parse(visit.until) - Date.parse(visit.at)) : visit.here ? "here now" : "last seen"}`,
  );
  row.classList.toggle("now", visit.here);
}

/** A rating as it is read, and as it is heard. */
function stars(rating) {
  return rating ? `${"★".repeat(rating.score)}${"☆".repeat(5 - rating.score)} ${rating.score} of 5` : "";
}

/** How long somebody stayed, in milliseconds, as words. */
function stay(ms) {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function languageName(locale) {
  if (!locale) return "";
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(locale) ?? locale;
  } catch {
    return clean(locale);
  }
}
