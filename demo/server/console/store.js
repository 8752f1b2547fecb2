// What the console knows, and who wants to hear of it. Views read the store and ask the desk to
// act; nothing here touches the page or the wire.

import { Conversation } from "./conversation.js";

/**
 * Slices: `link`, `me`, `services`, `queue`, `operators`, `channels`, `contacts` (the list, and anything that a
 * row of it shows), `selected` (another conversation is open), `conversation` (something changed in
 * the open one), `media` (sound, picture or devices of a call), `outbox`, `notice`.
 */
export class Store {
  link = { name: "idle" };
  me = null; // {operator, name, status, services}: null while logged out
  services = []; // [{code, description}]
  queue = { total: 0, waiting: [] };
  operators = [];
  channels = {}; // channel -> whether the server has it switched on
  conversations = new Map(); // id -> Conversation
  selected = null; // id
  limits = { message: 4_000 };
  offerMs = 20_000;
  notice = null; // {text, tone}: a passing remark for the operator
  #listeners = new Map();
  #dirty = new Set();

  /** Calls `listener` after a change of any of `slices`: once per task, however much changed. */
  on(slices, listener) {
    for (const slice of slices) {
      if (!this.#listeners.has(slice)) this.#listeners.set(slice, new Set());
      this.#listeners.get(slice).add(listener);
    }
  }

  /** Says that slices changed. */
  changed(...slices) {
    if (this.#dirty.size === 0) queueMicrotask(() => this.#tell());
    for (const slice of slices) this.#dirty.add(slice);
  }

  get current() {
    return this.conversations.get(this.selected) ?? null;
  }

  /** Ringing for this operator, the longest waiting first. */
  get offers() {
    return this.#sorted((conversation) => conversation.offered);
  }

  /** Those on the desk first, then those that ended and were not put away. */
  get contacts() {
    const here = this.#sorted((conversation) => conversation.connected || conversation.transferring);
    return [...here, ...this.#sorted((conversation) => !conversation.offered && !here.includes(conversation))];
  }

  get unread() {
    return this.contacts.reduce((sum, conversation) => sum + conversation.unread, 0);
  }

  /** Who may be rung for a contact: logged in, connected and not paused. */
  colleagues() {
    return this.operators.filter(
      ({ id, online, status }) => id !== this.me?.operator && online && status === "AVAILABLE",
    );
  }

  /** The services that somebody else answers now, with how many do. */
  staffedServices() {
    const colleagues = this.colleagues();
    return this.services
      .map(({ code, description }) => ({
        code,
        description,
        staff: colleagues.filter(({ services }) => services.includes(code)).length,
      }))
      .filter(({ staff }) => staff > 0);
  }

  serviceName(code) {
    return this.services.find((service) => service.code === code)?.description ?? code;
  }

  /** The conversation of this id, made where there is none. */
  ensure(id) {
    if (!this.conversations.has(id)) {
      const changed = () => this.changed("contacts", ...(this.selected === id ? ["conversation"] : []));
      this.conversations.set(id, new Conversation(id, changed));
    }
    return this.conversations.get(id);
  }

  select(id) {
    if (this.selected === id) return;
    this.selected = id;
    this.changed("selected", "conversation", "contacts");
  }

  say(text, tone = "info") {
    this.notice = { text, tone };
    this.changed("notice");
  }

  #sorted(keep) {
    return [...this.conversations.values()]
      .filter(keep)
      .sort((one, other) => (one.since ?? "").localeCompare(other.since ?? ""));
  }

  #tell() {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    const listeners = new Set(dirty.flatMap((slice) => [...(this.#listeners.get(slice) ?? [])]));
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        reportError(error); // one view that fails must not blind the others
      }
    }
  }
}
