// What the operator said and the server has not yet confirmed. Every entry carries a key made here,
// so that sending it twice does it once; one entry of a conversation is in flight at a time, so that
// none overtakes another. It is written to the tab's storage before it is sent: a reload, a lost
// line or a killed server neither loses nor doubles a message.

import { newKey } from "./memory.js";

const RETRY_MS = 1_500;
const NOT_CONNECTED = 1203;
const AT_MOST = 100;

export class Outbox {
  #entries;
  #flying = new Set(); // conversations with an entry in flight
  #halted = new Set(); // conversations that wait for their next CONNECTED

  /**
   * @param {object} ports
   * @param {(method: string, params: object) => Promise<object>} ports.call
   * @param {{load: () => object[], save: (entries: object[]) => void}} ports.storage
   * @param {(session: string) => void} ports.changed
   * @param {(entry: object) => void} ports.done  the server has it
   */
  constructor(ports) {
    this.ports = ports;
    this.#entries = ports.storage
      .load()
      .map((entry) => ({ ...entry, state: entry.state === "failed" ? "failed" : "waiting" }));
  }

  /** Entries of one conversation, oldest first: `{key, session, method, params, at, state, error?}`. */
  of(session) {
    return this.#entries.filter((entry) => entry.session === session);
  }

  /** Takes a call for `session`; `false` where already too much waits. */
  add(session, method, params) {
    if (this.of(session).length >= AT_MOST) return false;
    this.#entries.push({ key: newKey(), session, method, params, at: new Date().toISOString(), state: "waiting" });
    this.#changed(session);
    this.flush();
    return true;
  }

  retry(key) {
    const entry = this.#entries.find((candidate) => candidate.key === key);
    if (!entry) return;
    Object.assign(entry, { state: "waiting", error: undefined });
    this.#changed(entry.session);
    this.flush();
  }

  remove(key) {
    const entry = this.#entries.find((candidate) => candidate.key === key);
    if (!entry) return;
    this.#entries = this.#entries.filter((candidate) => candidate !== entry);
    this.#changed(entry.session);
  }

  /** The conversation is CONNECTED: what was held back may go. */
  release(session) {
    if (this.#halted.delete(session)) this.flush();
  }

  /** The conversation is over: what still waits will never arrive, and the operator must see it. */
  close(session) {
    for (const entry of this.of(session))
      if (entry.state === "waiting") Object.assign(entry, { state: "failed", error: "SESSION_CLOSED" });
    this.#halted.delete(session);
    this.#changed(session);
  }

  clear() {
    this.#entries = [];
    this.#flying.clear();
    this.#halted.clear();
    this.ports.storage.save([]);
  }

  /** Sends the first waiting entry of every conversation that has none in flight. */
  flush() {
    const heads = new Map();
    for (const entry of this.#entries)
      if (entry.state === "waiting" && !heads.has(entry.session)) heads.set(entry.session, entry);
    for (const entry of heads.values()) {
      if (!this.#flying.has(entry.session) && !this.#halted.has(entry.session)) this.#send(entry);
    }
  }

  async #send(entry) {
    const { session, key } = entry;
    this.#flying.add(session);
    try {
      await this.ports.call(entry.method, { session, key, ...entry.params });
      this.#flying.delete(session);
      if (!this.#entries.includes(entry)) return;
      this.ports.done(entry);
      this.remove(key);
      this.flush();
    } catch (error) {
      this.#flying.delete(session);
      this.#failed(entry, error);
    }
  }

  #failed(entry, error) {
    if (error.code === NOT_CONNECTED) {
      this.#halted.add(entry.session);
    } else if (error.reason === "CONNECTION_LOST" || error.reason === "HELLO_REQUIRED") {
      return; // the next connection flushes
    } else if (error.retryable) {
      setTimeout(() => this.flush(), error.retryAfter || RETRY_MS);
    } else {
      Object.assign(entry, { state: "failed", error: error.reason || String(error.code) });
      this.#changed(entry.session);
      this.flush();
    }
  }

  #changed(session) {
    this.ports.storage.save(this.#entries);
    this.ports.changed(session);
  }
}
