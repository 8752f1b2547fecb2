// What was said: messages in groups, days, receipts, what still waits, and that the visitor types.

import { clean } from "./conversation.js";
import { attribute, h, icon, mark, reconcile, say } from "./dom.js";
import { sizeText } from "./files.js";
import { linked } from "./links.js";
import { dayKey, dayName, hour, inFull } from "./time.js";

const GROUP_MS = 5 * 60_000;
const NEAR_PX = 60;
const TICKS = {
  sending: ["clock", "Sending"],
  sent: ["one", "Sent"],
  delivered: ["two", "Delivered"],
  read: ["two", "Read"],
  failed: ["warning", "Not sent"],
};

export function transcriptView(store, desk) {
  const list = h("ol", { class: "messages", testid: "transcript", "aria-label": "Transcript" });
  const typing = h("p", { class: "typing-line", role: "status", testid: "typing" });
  const scroller = h(
    "div",
    { class: "transcript", tabindex: "0", role: "region", "aria-label": "Transcript" },
    list,
    typing,
  );
  const pill = h("button", { type: "button", class: "new-pill", hidden: true, on: { click: () => toEnd("smooth") } });
  const view = h("div", { class: "transcript-box" }, scroller, pill);

  let shown = null; // id of the conversation on screen
  let atEnd = true;

  const toEnd = (behavior = "instant") => scroller.scrollTo({ top: scroller.scrollHeight, behavior });
  const looks = () => atEnd && document.visibilityState === "visible" && document.hasFocus();
  const settle = () => {
    const conversation = store.current;
    if (!conversation) return;
    if (looks()) desk.seen(conversation);
    const unread = atEnd ? 0 : conversation.unread;
    pill.hidden = atEnd;
    attribute(pill, "aria-label", unread > 0 ? `${unread} new, go to the end` : "Go to the end");
    pill.replaceChildren(icon("down", "small"), unread > 0 ? `${unread} new` : "");
  };

  const show = () => {
    const conversation = store.current;
    if (!conversation) {
      shown = null;
      return;
    }
    const other = shown !== conversation.id;
    if (other) {
      shown = conversation.id;
      atEnd = true;
    }
    reconcile(
      list,
      rowsOf(conversation, desk),
      (row) => row.key,
      (row) => createRow(row, desk),
      fillRow,
    );
    say(typing, conversation.typing ? `${conversation.name} is typing` : "");
    mark(typing, "on", conversation.typing);
    if (atEnd) toEnd();
    settle();
  };
  store.on(["conversation", "selected"], show);

  scroller.addEventListener(
    "scroll",
    () => {
      atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
      settle();
    },
    { passive: true },
  );
  // A keyboard on a tablet, a growing composer, a turned screen: who was at the end stays there.
  new ResizeObserver(() => atEnd && toEnd()).observe(scroller);
  addEventListener("focus", settle);
  document.addEventListener("visibilitychange", settle);
  return view;
}

/** Everything that the list shows, oldest first: `{key, kind, …}`. */
function rowsOf(conversation, desk) {
  // A file is one row, whatever became of it since it came.
  const said = conversation.messages
    .filter(({ attachment }) => !attachment || attachment.state === "SCANNING")
    .map((event) => ({ at: event.createdAt, event }));
  const notes = desk.notes(conversation.id).map((note) => ({ at: note.at, note }));
  const waiting = desk.outbox
    .of(conversation.id)
    .filter((entry) => !conversation.has(entry.key))
    .map((entry) => ({ at: entry.at, entry }));
  const rows = [];
  let day = "";
  let last = null;
  for (const { at, event, note, entry } of [...merged(said, notes), ...waiting]) {
    if (dayKey(at) !== day) {
      day = dayKey(at);
      rows.push({ key: `day ${conversation.id} ${day}`, kind: "day", text: dayName(at) });
      last = null;
    }
    const row = note ? noteRow(note, conversation) : entry ? waitingRow(entry) : eventRow(event, conversation, desk);
    const together =
      last !== null &&
      row.kind === "message" &&
      row.direction === last.direction &&
      row.greeting === last.greeting &&
      row.author === last.author &&
      Date.parse(at) - Date.parse(last.at) < GROUP_MS;
    if (together) last.ends = false;
    row.starts = !together;
    last = row.kind === "message" ? row : null;
    rows.push(row);
  }
  return rows;
}

/** Two lists in the order of time; the log's own order is never changed. */
function merged(log, notes) {
  const result = [];
  let next = 0;
  for (const item of log) {
    while (next < notes.length && notes[next].at < item.at) result.push(notes[next++]);
    result.push(item);
  }
  return [...result, ...notes.slice(next)];
}

function eventRow(event, conversation, desk) {
  const key = `${conversation.id} ${event.key ?? event.seq}`;
  if (event.messageType === "OPEN_SESSION")
    return { key, kind: "system", at: event.createdAt, text: beginning(conversation) };
  if (event.messageType === "CLOSED_SESSION")
    return {
      key,
      kind: "system",
      at: event.createdAt,
      text: conversation.isCall ? "The call ended" : "The conversation ended",
    };
  const ours = event.direction === "INBOUND";
  const greeting = Boolean(event.greeting);
  return {
    key,
    kind: "message",
    at: event.createdAt,
    direction: event.direction,
    text: event.message ?? "",
    file: event.attachment ? conversation.files.get(event.attachment.file) : null,
    session: conversation.id,
    greeting,
    author: colleagueOf(event, desk),
    delivery: ours && !greeting ? conversation.delivery(event) : null,
    ends: true,
  };
}

function waitingRow(entry) {
  const failed = entry.state === "failed";
  if (entry.method === "page.push")
    return {
      key: `${entry.session} ${entry.key}`,
      kind: "system",
      at: entry.at,
      text: failed ? `The page ${entry.params.uri} was not sent` : `Sending the page ${entry.params.uri}…`,
      entry: failed ? entry.key : null,
    };
  return {
    key: `${entry.session} ${entry.key}`,
    kind: "message",
    at: entry.at,
    direction: "INBOUND",
    text: entry.params.message,
    greeting: false,
    delivery: failed ? "failed" : "sending",
    ends: true,
    entry: failed ? entry.key : null,
  };
}

function noteRow(note, conversation) {
  return { key: `note ${conversation.id} ${note.at}`, kind: "system", at: note.at, text: note.text };
}

function createRow(row, desk) {
  if (row.kind === "day") return h("li", { class: "day" }, h("span"));
  if (row.kind === "system") return h("li", { class: "system" }, h("span"), h("time"), ...failedTools(row, desk));
  const text = row.file
    ? fileBubble(row, desk)
    : h("p", { class: "bubble", dir: "auto", testid: "message-text" }, ...linked(row.text));
  const tick = row.direction === "INBOUND" ? h("span", { class: "tick" }) : null;
  return h(
    "li",
    { class: "message", testid: "message", "data-direction": row.direction },
    h("span", { class: row.author ? "author" : "visually-hidden", text: speaker(row) }),
    text,
    h("span", { class: "meta" }, h("time"), tick),
    ...failedTools(row, desk),
  );
}

function fillRow(node, row) {
  if (row.kind !== "message") say(node.firstChild, row.text);
  const time = node.querySelector("time");
  if (time) {
    say(time, hour(row.at));
    attribute(time, "datetime", row.at);
    attribute(time, "title", inFull(row.at));
  }
  const tools = node.querySelector(".failed-tools");
  if (tools) tools.hidden = !row.entry;
  if (row.kind !== "message") return;
  if (row.file) fillFile(node.querySelector(".file"), row.file);
  mark(node, "starts", row.starts);
  mark(node, "ends", row.ends || row.delivery === "sending" || row.delivery === "failed");
  mark(node, "greeting", row.greeting);
  if (node.dataset.delivery === row.delivery || !row.delivery) return;
  node.dataset.delivery = row.delivery;
  const [picture, words] = TICKS[row.delivery];
  node
    .querySelector(".tick")
    .replaceChildren(icon(picture, "small"), h("span", { class: "visually-hidden", text: words }));
  attribute(node.querySelector(".tick"), "title", words);
}

function fileBubble(row, desk) {
  return h(
    "div",
    { class: "bubble file", testid: "file", "data-file": row.file.file },
    icon("file"),
    h(
      "span",
      { class: "file-text" },
      h("span", { class: "file-name", dir: "auto", text: clean(row.file.name) }),
      h("span", { class: "file-line" }),
    ),
    h("button", {
      type: "button",
      class: "text-button",
      testid: "file-fetch",
      text: "Save",
      "aria-label": `Save ${clean(row.file.name)}`,
      on: { click: () => desk.fetchFile(row.session, row.file) },
    }),
  );
}

function fillFile(node, file) {
  const state = { SCANNING: "is being checked…", REFUSED: "was refused: it is not safe" }[file.state] ?? "";
  say(node.querySelector(".file-line"), [sizeText(file.size), state].filter(Boolean).join(" · "));
  node.dataset.state = file.state;
  node.querySelector("button").hidden = file.state !== "AVAILABLE";
}

function beginning(conversation) {
  if (!conversation.isCall) return "The visitor asked for a conversation";
  return conversation.session?.with && conversation.session.state !== "NEW_OUTBOUND"
    ? "A call from a conversation"
    : "The visitor asked for a call";
}

function failedTools(row, desk) {
  if (row.direction === "OUTBOUND") return [];
  const key = row.key.split(" ")[1];
  return [
    h(
      "span",
      { class: "failed-tools", hidden: true },
      h("span", { class: "failed-text", text: "Not sent." }),
      h("button", {
        type: "button",
        class: "text-button",
        testid: "message-retry",
        text: "Try again",
        on: { click: () => desk.outbox.retry(key) },
      }),
      h("button", {
        type: "button",
        class: "text-button",
        testid: "message-remove",
        text: "Delete",
        on: { click: () => desk.outbox.remove(key) },
      }),
    ),
  ];
}

/** The colleague who wrote it; nobody where it was this operator, or the visitor. */
function colleagueOf({ agent }, desk) {
  return agent && agent.name !== desk.store.me?.name ? clean(agent.name) : "";
}

function speaker(row) {
  if (row.author) return `${row.author}: `;
  return row.greeting ? "The site, in your name: " : row.direction === "INBOUND" ? "You: " : "Visitor: ";
}
