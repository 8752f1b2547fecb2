// Everything an operator can do, and the wiring between the wire, the outbox and the store.

import { webAddress } from "./links.js";
import { habits, tab } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Receipts } from "./receipts.js";
import { learnClock, serverNow } from "./time.js";
import { LogTopic, StateTopic } from "./topics.js";
import { Typing } from "./typing.js";
import { Wire } from "./wire.js";

const SHOWN = new Set(["OPEN_SESSION", "MESSAGE", "CLOSED_SESSION"]);
const KEPT = 12; // ended conversations that stay in the list

export class Desk {
  #login = null; // {name, services, status, passcode}
  #refused = () => {};

  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.wire = new Wire({
      url: address,
      hello: () => this.#hello(),
      onWelcome: (answer) => this.#welcomed(answer),
      onRefused: (error) => this.#turnedAway(error),
      onOpen: () => this.outbox.flush(),
      onState: (link) => {
        store.link = link;
        store.changed("link");
      },
    });
    this.outbox = new Outbox({
      call: (method, params) => this.wire.call(method, params),
      storage: { load: () => tab.get("outbox", []), save: (entries) => tab.set("outbox", entries) },
      changed: (session) => store.changed("contacts", ...(store.selected === session ? ["conversation"] : [])),
      done: (entry) => this.#arrived(entry),
    });
    const cast = (method, params) => this.wire.cast(method, params);
    this.receipts = new Receipts(cast);
    this.typing = new Typing(cast);
  }

  /** Where the server says it is; behind a proxy that is not where this page came from. */
  set server(url) {
    tab.set("server", url);
  }

  /** Takes up what this tab remembers; `false` where somebody must log in first. */
  resume() {
    if (!tab.get("token")) return false;
    this.#login = { name: tab.get("name"), services: tab.get("services"), status: tab.get("status") };
    for (const id of tab.get("kept", [])) this.#follow(id);
    this.store.selected = tab.get("selected", null);
    this.#start();
    return true;
  }

  /** Logs in. Resolves when welcome, rejects with a `WireError` when refused. */
  login({ name, services, passcode }) {
    this.#login = { name, services, status: "AVAILABLE", passcode };
    habits.set("name", name);
    habits.set("services", services);
    return new Promise((resolve, reject) => {
      this.#refused = reject;
      this.welcomedOnce = resolve;
      this.#start();
    });
  }

  logout() {
    this.typing.idle();
    this.wire.stop({ forget: true });
    this.#forget();
  }

  setStatus(status) {
    this.#login.status = status;
    tab.set("status", status);
    this.store.me.status = status;
    this.store.changed("me");
    // Offline it is desired state: the next hello says it.
    this.wire.call("operator.status", { status }).catch(() => {});
  }

  setServices(services) {
    this.#login.services = services;
    tab.set("services", services);
    habits.set("services", services);
    this.wire.call("operator.services", { services }).catch(() => {});
  }

  async accept(id) {
    try {
      const session = await this.wire.call("session.accept", { session: id });
      this.#follow(id).session ??= session;
      this.open(id);
    } catch (error) {
      const taken = error.reason === "ALREADY_TAKEN" || error.reason === "SESSION_CLOSED" || error.reason === "SESSION_NOT_FOUND";
      this.store.say(taken ? "Somebody else was faster, or the visitor left." : "That did not work. Please try again.", "warning");
    }
  }

  decline(id) {
    this.wire.call("session.decline", { session: id }).catch(() => {});
  }

  open(id) {
    this.typing.idle();
    tab.set("selected", id);
    this.store.select(id);
  }

  send(id, text) {
    const taken = this.outbox.add(id, "chat.send", { message: text });
    if (!taken) this.store.say("Too many messages are waiting to be sent.", "warning");
    this.typing.idle();
    return taken;
  }

  push(id, uri) {
    return this.outbox.add(id, "page.push", { uri });
  }

  async end(id) {
    try {
      await this.wire.call("chat.close", { session: id });
    } catch {
      this.store.say("The conversation could not be ended. Please try again.", "warning");
    }
  }

  /** Takes an ended conversation out of the list. */
  putAway(id) {
    for (const topic of ["session", "chat", "receipts", "visits"]) this.wire.unfollow(`${topic}/${id}`);
    for (const entry of this.outbox.of(id)) this.outbox.remove(entry.key);
    this.store.conversations.delete(id);
    this.#remember();
    if (this.store.selected === id) this.open(this.store.contacts[0]?.id ?? null);
    this.store.changed("contacts");
  }

  /** The operator has the conversation before his eyes. */
  seen(conversation) {
    const last = conversation.messages.at(-1)?.seq ?? 0;
    if (last <= conversation.readSeq) return;
    conversation.readSeq = last;
    tab.set("read", { ...tab.get("read", {}), [conversation.id]: last });
    this.receipts.read(conversation);
    this.store.changed("contacts", "conversation");
  }

  notes(id) {
    return tab.get("notes", {})[id] ?? [];
  }

  draft(id) {
    return tab.get("drafts", {})[id] ?? "";
  }

  keepDraft(id, text) {
    const { [id]: _, ...others } = tab.get("drafts", {});
    tab.set("drafts", text === "" ? others : { ...others, [id]: text });
  }

  #start() {
    const { store, wire } = this;
    wire.follow(new StateTopic("desk", (value) => this.#deskChanged(value)));
    wire.follow(new StateTopic("queue", (value) => {
      store.queue = { total: value.total ?? value.waiting.length, waiting: value.waiting };
      store.changed("queue");
    }));
    wire.follow(new StateTopic("operators", (value) => {
      store.operators = value.operators;
      store.changed("operators");
    }));
    wire.start();
  }

  #hello() {
    const { name, services, status, passcode } = this.#login;
    return {
      client: { name: "tvox-console", version: "0.1.0" },
      api: "10.26.0",
      heartbeat: 5_000,
      ...(tab.get("token") ? { resume: tab.get("token") } : {}),
      ...(passcode ? { passcode } : {}),
      operator: { name, status, ...(services ? { services } : {}) },
    };
  }

  #welcomed(answer) {
    learnClock(answer.time);
    for (const [key, value] of [["token", answer.resume], ["name", answer.name], ["services", answer.joined], ["status", answer.status]]) tab.set(key, value);
    Object.assign(this.#login, { name: answer.name, services: answer.joined });
    const { store } = this;
    store.me = { operator: answer.operator, name: answer.name, status: answer.status, services: answer.joined };
    store.services = answer.services;
    store.limits = answer.limits ?? store.limits;
    store.offerMs = answer.offer ?? store.offerMs;
    store.changed("me", "services", "contacts");
    this.receipts.restart(store.contacts);
    this.welcomedOnce?.();
  }

  #turnedAway(error) {
    const { passcode: _, ...login } = this.#login;
    this.#login = login;
    this.#clearTab();
    this.store.me = null;
    this.store.changed("me");
    this.#refused(error);
  }

  #deskChanged({ status, services, contacts }) {
    const { store } = this;
    if (store.me) Object.assign(store.me, { status, services });
    const present = new Set(contacts.map((contact) => contact.id));
    for (const contact of contacts) {
      this.#follow(contact.id).contact = contact;
      if (contact.state === "CONNECTED" && !store.conversations.get(store.selected)) this.open(contact.id);
    }
    for (const conversation of [...store.conversations.values()]) {
      if (present.has(conversation.id) || !conversation.contact) continue;
      if (conversation.offered) this.putAway(conversation.id);
      else {
        conversation.contact = null;
        this.outbox.close(conversation.id);
      }
    }
    this.#remember();
    store.changed("me", "contacts", "conversation");
  }

  #follow(id) {
    const { store, wire } = this;
    const known = store.conversations.get(id);
    if (known) return known;
    const conversation = store.ensure(id);
    conversation.readSeq = tab.get("read", {})[id] ?? 0;
    const state = (name, apply) => wire.follow(new StateTopic(`${name}/${id}`, (value) => {
      apply(value);
      conversation.changed();
    }, () => this.#lostSight(conversation)));
    state("session", (session) => {
      conversation.session = session;
      if (conversation.open) this.outbox.release(id);
    });
    wire.follow(new LogTopic(`chat/${id}`, {
      append: (events, backfill) => {
        conversation.append(events.filter((event) => SHOWN.has(event.messageType)));
        this.receipts.received(conversation);
        if (!backfill) for (const event of events) this.onMessage?.(conversation, event);
      },
      replace: () => conversation.replace(),
      passing: (event) => conversation.passing(event),
    }));
    state("receipts", (receipts) => (conversation.receipts = receipts));
    state("visits", ({ visits }) => (conversation.visits = visits));
    return conversation;
  }

  // The server says no more about it. What was said stays readable; an empty one is only in the way.
  #lostSight(conversation) {
    if (this.store.conversations.get(conversation.id) !== conversation || conversation.contact) return;
    if (conversation.messages.length === 0) this.putAway(conversation.id);
  }

  #arrived({ session, method, params }) {
    if (method !== "page.push") return;
    const at = new Date(serverNow()).toISOString();
    const notes = tab.get("notes", {});
    tab.set("notes", { ...notes, [session]: [...(notes[session] ?? []), { at, text: `You sent the visitor to ${params.uri}` }].slice(-20) });
  }

  #remember() {
    const kept = [...this.store.conversations.values()].filter((conversation) => !conversation.offered).slice(-KEPT);
    tab.set("kept", kept.map((conversation) => conversation.id));
  }

  #clearTab() {
    const server = tab.get("server");
    tab.clear();
    this.server = server;
  }

  #forget() {
    const { store } = this;
    this.#clearTab();
    this.outbox.clear();
    store.conversations.clear();
    Object.assign(store, { me: null, selected: null, queue: { total: 0, waiting: [] }, operators: [] });
    store.changed("me", "queue", "operators", "contacts", "selected", "conversation");
  }
}

/** The operator's WebSocket, beside the server's own address. */
function address() {
  const url = new URL("/tvox/operator", webAddress(tab.get("server", "")) ?? location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
