// Everything an operator can do, and the wiring between the wire, the outbox and the store.

import { Calls } from "./calls.js";
import { Contacts } from "./contacts.js";
import { webAddress } from "./links.js";
import { fetchFile, refusalText, sendFile } from "./files.js";
import { habits, newKey, tab } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Receipts } from "./receipts.js";
import { learnClock, serverNow } from "./time.js";
import { StateTopic } from "./topics.js";
import { Typing } from "./typing.js";
import { Wire } from "./wire.js";

/** What the operator does: every method is something a person wants. */
export class Desk {
  #login = null; // {name, services, status, passcode}
  #refused = () => {};
  #welcomedOnce = () => {};
  #passing = null; // {print, key}: a transfer whose answer has not come

  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.wire = new Wire({
      url: address,
      hello: () => this.#hello(),
      onWelcome: (answer) => this.#welcomed(answer),
      onRefused: (error) => this.#turnedAway(error),
      onOpen: () => {
        this.outbox.flush();
        this.calls.flush();
      },
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
    this.calls = new Calls({ store, wire: this.wire });
    const cast = (method, params) => this.wire.cast(method, params);
    this.receipts = new Receipts(cast);
    this.typing = new Typing(cast);
    this.contacts = new Contacts(
      { store, wire: this.wire, outbox: this.outbox, receipts: this.receipts },
      { open: (id) => this.open(id), onMessage: (conversation, event) => this.onMessage?.(conversation, event) },
    );
  }

  /** Where the server says it is; behind a proxy that is not where this page came from. */
  set server(url) {
    tab.set("server", url);
  }

  /** Takes up what this tab remembers; `false` where somebody must log in first. */
  resume() {
    if (!tab.get("token")) return false;
    this.#login = { name: tab.get("name"), services: tab.get("services"), status: tab.get("status") };
    this.contacts.resume();
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
      this.#welcomedOnce = resolve;
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
      this.calls.ours(id);
      const session = await this.wire.call("session.accept", { session: id });
      this.contacts.follow(id).session ??= session;
      this.open(id);
    } catch (error) {
      const taken =
        error.reason === "ALREADY_TAKEN" || error.reason === "SESSION_CLOSED" || error.reason === "SESSION_NOT_FOUND";
      this.store.say(
        taken ? "Somebody else was faster, or the visitor left." : "That did not work. Please try again.",
        "warning",
      );
    }
  }

  decline(id) {
    this.wire.call("session.decline", { session: id }).catch(() => {});
  }

  /** Passes a contact on: `{to}`, a colleague's id, or `{service}`; `false` where that cannot be now. */
  async transfer(id, target, note) {
    this.typing.idle();
    const { key } = (this.#passing = samePassing(this.#passing, { id, target, note }));
    try {
      await this.wire.call("session.transfer", { session: id, key, ...target, ...(note ? { note } : {}) });
      this.#passing = null;
      return true;
    } catch (error) {
      // An answer that was lost is asked for again with the same key.
      if (!error.retryable) this.#passing = null;
      this.store.say(transferRefusal(error.reason), "warning");
      return false;
    }
  }

  /** Takes back what rings with a colleague. */
  async takeBack(id) {
    try {
      this.calls.ours(id);
      await this.wire.call("session.accept", { session: id });
    } catch {
      this.store.say("It has been taken already.", "warning");
    }
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

  /** Rings the visitor of a conversation. */
  async invite(session, channel) {
    try {
      const { id } = await this.wire.call("call.create", { session, key: newKey(), channel });
      this.calls.ours(id);
      this.contacts.follow(id);
      this.open(id);
    } catch (error) {
      this.store.say(
        error.reason === "SESSION_OPEN"
          ? "The visitor has a call already."
          : "The visitor cannot be called now. Please try again.",
        "warning",
      );
    }
  }

  /** Puts a call on hold, or takes it up again. */
  async hold(id, held) {
    try {
      await this.wire.call(held ? "call.hold" : "call.resume", { session: id });
    } catch {
      this.store.say("That did not work. Please try again.", "warning");
    }
  }

  async hangUp(id) {
    try {
      await this.wire.call("call.close", { session: id });
    } catch {
      this.store.say("The call could not be ended. Please try again.", "warning");
    }
  }

  async sendFile(id, file) {
    try {
      await sendFile(this.wire, serverAddress(), id, file);
    } catch (error) {
      this.store.say(refusalText(error.reason), "warning");
    }
  }

  async fetchFile(id, { file, name }) {
    try {
      await fetchFile(this.wire, serverAddress(), id, file, name);
    } catch {
      this.store.say("The file cannot be fetched now. Please try again.", "warning");
    }
  }

  /** Takes an ended conversation out of the list. */
  putAway(id) {
    this.contacts.putAway(id);
  }

  /** The operator has the conversation before their eyes. */
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
    wire.follow(
      new StateTopic("desk", ({ status, services, contacts }) => {
        if (store.me) Object.assign(store.me, { status, services });
        store.changed("me");
        this.contacts.arrange(contacts);
      }),
    );
    wire.follow(
      new StateTopic("queue", (value) => {
        store.queue = { total: value.total ?? value.waiting.length, waiting: value.waiting };
        store.changed("queue");
      }),
    );
    wire.follow(
      new StateTopic("operators", (value) => {
        store.operators = value.operators;
        store.changed("operators");
      }),
    );
    wire.follow(
      new StateTopic("channels", (value) => {
        store.channels = value;
        store.changed("channels");
      }),
    );
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
    tab.merge({ token: answer.resume, name: answer.name, services: answer.joined, status: answer.status });
    Object.assign(this.#login, { name: answer.name, services: answer.joined });
    const { store } = this;
    store.me = { operator: answer.operator, name: answer.name, status: answer.status, services: answer.joined };
    store.services = answer.services;
    store.limits = answer.limits ?? store.limits;
    store.offerMs = answer.offer ?? store.offerMs;
    store.changed("me", "services", "contacts");
    this.receipts.restart(store.contacts);
    this.#welcomedOnce();
  }

  #turnedAway(error) {
    const { passcode: _, ...login } = this.#login;
    this.#login = login;
    this.#clearTab();
    this.store.me = null;
    this.store.changed("me");
    this.#refused(error);
  }

  #arrived({ session, method, params }) {
    if (method !== "page.push") return;
    const at = new Date(serverNow()).toISOString();
    const notes = tab.get("notes", {});
    tab.set("notes", {
      ...notes,
      [session]: [...(notes[session] ?? []), { at, text: `You sent the visitor to ${params.uri}` }].slice(-20),
    });
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

/** The transfer that was tried before, if it was this very one; else a new one. */
function samePassing(before, { id, target, note }) {
  const print = JSON.stringify([id, target, note]);
  return before?.print === print ? before : { print, key: newKey() };
}

function transferRefusal(reason) {
  return (
    {
      COLLEAGUE_UNAVAILABLE: "The colleague cannot take it now.",
      OUT_OF_SERVICE: "Nobody else answers this service now.",
      OVERTIME: "This service is closed at this hour.",
      CHANNEL_DISABLED: "This service does not take such contacts.",
    }[reason] ?? "It could not be passed on. Please try again."
  );
}

/** Where the server is; behind a proxy that is not where this page came from. */
function serverAddress() {
  return webAddress(tab.get("server", "")) ?? location.href;
}

/** The operator's WebSocket, beside the server's own address. */
function address() {
  const url = new URL("/tvox/operator", serverAddress());
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
