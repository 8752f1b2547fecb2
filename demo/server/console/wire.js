// The connection to the server: docs/operator-protocol.md, and the five rules behind it.
//
//   idle ──start──▶ connecting ──hello answered──▶ online
//                     ▲    │ failed                  │ lost
//                     │    ▼                         ▼
//                     └── waiting ◀─────────────────┘        (any) ──stop, 40xx──▶ stopped
//
// One way in: whatever ended the last connection, the next one says hello, follows every wanted
// topic from its cursor, and then lets the outbox speak. There is no second recovery path.

import { retryDelay, serverDelay } from "./retry.js";

const SUBPROTOCOL = "tvox.operator.v1";
const OPENING_LIMIT_MS = 10_000;
const CALL_LIMIT_MS = 15_000;
const WAKE_LIMIT_MS = 2_000;
const STABLE_MS = 10_000;
const HELLO_REQUIRED = 1001;
const RETRYABLE = new Set([HELLO_REQUIRED, -32603, -32009]);

/** A call that the server refused, or that a lost connection left unanswered. */
export class WireError extends Error {
  constructor({ code, message, data }) {
    super(message);
    this.name = "WireError";
    this.code = code;
    this.reason = data?.reason ?? "";
    this.retryable = data?.retryable ?? RETRYABLE.has(code);
    this.retryAfter = data?.retryAfter ?? 0;
  }
}

export class Wire {
  #socket = null;
  #nextId = 1;
  #calls = new Map(); // id -> {resolve, reject}
  #topics = new Map(); // name -> Topic
  #feeds = new Map(); // subscription -> Topic
  #attempt = 0; // failed since the link was last stable
  #onlineSince = 0;
  #timers = { opening: 0, retry: 0, ping: 0, pong: 0 };
  #heartbeat = 5_000;
  #state = { name: "idle" };

  /**
   * @param {object} ports
   * @param {() => string} ports.url    WebSocket address, asked again for every connection
   * @param {() => object} ports.hello  parameters of `hello`, asked again for every connection
   * @param {(answer: object) => void} ports.onWelcome
   * @param {(error: WireError) => void} ports.onRefused  hello was refused: the connection stops
   * @param {() => void} ports.onOpen   hello and subscriptions are sent, the outbox may speak
   * @param {(state: object) => void} ports.onState `{name, retryAt?, reason?}`
   */
  constructor(ports) {
    this.ports = ports;
    const wake = () => this.#wake();
    addEventListener("online", wake);
    addEventListener("pageshow", wake);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  }

  get online() {
    return this.#state.name === "online";
  }

  start() {
    if (this.#state.name === "idle" || this.#state.name === "stopped") {
      this.#attempt = 0;
      this.#dial();
    }
  }

  /** Leaves for good; `forget` logs the operator out and gives his contacts back to the queue. */
  stop({ forget = false } = {}) {
    this.cast("bye", { forget });
    const socket = this.#socket;
    this.#release("stopped");
    socket?.close(1000, "bye");
    for (const topic of this.#topics.values()) topic.detached();
    this.#topics.clear();
    this.#setState({ name: "stopped" });
  }

  /** Follows a topic until `unfollow`, over every reconnect. */
  follow(topic) {
    if (this.#topics.has(topic.name)) return;
    this.#topics.set(topic.name, topic);
    if (this.online) this.#subscribe(topic);
  }

  unfollow(name) {
    const topic = this.#topics.get(name);
    if (!topic) return;
    this.#topics.delete(name);
    for (const [subscription, feed] of this.#feeds) {
      if (feed !== topic) continue;
      this.#feeds.delete(subscription);
      this.call("unsubscribe", { subscription }).catch(() => {});
    }
  }

  /** Calls a method. Rejects with `WireError`; a lost connection and an answer that never comes are retryable ones. */
  call(method, params) {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      if (!this.#write({ jsonrpc: "2.0", id, method, params })) {
        reject(notNow("CONNECTION_LOST"));
        return;
      }
      const timer = setTimeout(() => this.#settle(id)?.reject(notNow("TIMED_OUT")), CALL_LIMIT_MS);
      this.#calls.set(id, { resolve, reject, timer });
    });
  }

  /** Sends a notification now or never. */
  cast(method, params) {
    return this.online && this.#write({ jsonrpc: "2.0", method, params });
  }

  #dial() {
    this.#clear("retry");
    this.#setState({ name: "connecting" });
    const socket = new WebSocket(this.ports.url(), SUBPROTOCOL);
    this.#socket = socket;
    // Events of a socket that was given up fall through: a browser reports one failure twice.
    const current = (act) => (event) => this.#socket === socket && act(event);
    socket.onopen = current(() => this.#opened());
    socket.onmessage = current((event) => this.#received(event.data));
    socket.onclose = current((event) => this.#lost(event.code, event.reason));
    this.#timers.opening = setTimeout(() => this.#lost(1006, "OPENING"), OPENING_LIMIT_MS);
  }

  #opened() {
    this.#nextId = 1;
    const socket = this.#socket;
    this.call("hello", this.ports.hello()).then(
      (answer) => this.#socket === socket && this.#welcomed(answer),
      (error) => this.#socket === socket && this.#refused(error),
    );
    for (const topic of this.#topics.values()) this.#subscribe(topic);
    this.ports.onOpen();
  }

  #welcomed(answer) {
    this.#clear("opening");
    this.#heartbeat = Math.min(Math.max(answer.heartbeat ?? 5_000, 1_000), 60_000);
    this.#setState({ name: "online" });
    this.#onlineSince = Date.now();
    this.#later("ping", this.#heartbeat, () => this.#ping(this.#heartbeat));
    this.ports.onWelcome(answer);
    for (const topic of this.#topics.values()) if (!topic.attached) this.#subscribe(topic);
  }

  #refused(error) {
    if (error.retryable) {
      this.#lost(1006, error.reason);
      return;
    }
    const socket = this.#socket;
    this.#release("stopped");
    socket?.close(1000);
    this.#setState({ name: "stopped", reason: error.reason });
    this.ports.onRefused(error);
  }

  #subscribe(topic) {
    topic.attached = true;
    const socket = this.#socket;
    this.call("subscribe", { topic: topic.name, ...topic.since() }).then(
      (answer) => {
        if (this.#topics.get(topic.name) !== topic) return;
        this.#feeds.set(answer.subscription, topic);
        if (topic.answered(answer) === "again") this.#subscribe(topic);
      },
      (error) => {
        topic.attached = false;
        if (this.#socket !== socket) return; // the next connection subscribes again
        if (!error.retryable) this.#ended(topic, error);
        else if (this.online)
          setTimeout(() => this.online && !topic.attached && this.#subscribe(topic), error.retryAfter || 1_000);
      },
    );
  }

  #ended(topic, error) {
    if (this.#topics.get(topic.name) === topic) this.#topics.delete(topic.name);
    topic.detached();
    topic.ended(error);
  }

  #received(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      console.warn("operator console: a frame that is no JSON was dropped");
      return;
    }
    if (frame?.method === "event") this.#event(frame.params ?? {});
    else if (frame?.error) this.#settle(frame.id)?.reject(new WireError(frame.error));
    else this.#settle(frame?.id)?.resolve(frame.result);
  }

  #settle(id) {
    const call = this.#calls.get(id);
    clearTimeout(call?.timer);
    this.#calls.delete(id);
    return call;
  }

  #event(params) {
    const topic = this.#feeds.get(params.subscription);
    if (!topic) return;
    if (params.error) {
      this.#feeds.delete(params.subscription);
      this.#ended(topic, new WireError(params.error));
    } else if (topic.event(params) === "again") {
      // A hole in the log: what is still coming on this feed would be a second copy.
      this.#feeds.delete(params.subscription);
      this.#subscribe(topic);
    }
  }

  // Alive means: this very ping was answered in time. A timer that comes late (a hidden tab, a
  // laptop that slept) says nothing about the line, so it asks once more before it gives up.
  #ping(limit, again = false) {
    const sentAt = Date.now();
    const socket = this.#socket;
    this.#clear("ping");
    this.#later("pong", limit, () => {
      const late = Date.now() - sentAt > limit + 1_500;
      if (late && !again) this.#ping(WAKE_LIMIT_MS, true);
      else this.#lost(1006, "PING");
    });
    this.call("ping", undefined).then(
      () => {
        if (this.#socket !== socket) return;
        this.#clear("pong");
        this.#later("ping", this.#heartbeat, () => this.#ping(this.#heartbeat));
      },
      () => {},
    );
  }

  #wake() {
    if (this.#state.name === "waiting") this.#dial();
    else if (this.online) this.#ping(WAKE_LIMIT_MS);
  }

  #lost(code, reason) {
    const socket = this.#socket;
    this.#release("lost");
    socket?.close();
    if (code >= 4000 && code < 4100) {
      this.#setState({ name: "stopped", reason });
      return;
    }
    if (this.#onlineSince > 0 && Date.now() - this.#onlineSince >= STABLE_MS) this.#attempt = 0;
    this.#onlineSince = 0;
    const delay = Math.max(retryDelay(this.#attempt, code, Math.random()), serverDelay(reason));
    this.#attempt += 1;
    this.#setState({ name: "waiting", retryAt: Date.now() + delay, reason });
    this.#later("retry", delay, () => this.#dial());
  }

  #release() {
    this.#socket = null;
    for (const timer of Object.keys(this.#timers)) this.#clear(timer);
    this.#feeds.clear();
    for (const topic of this.#topics.values()) topic.attached = false;
    for (const id of [...this.#calls.keys()]) this.#settle(id).reject(notNow("CONNECTION_LOST"));
  }

  #write(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #setState(state) {
    this.#state = state;
    this.ports.onState(state);
  }

  #later(timer, delay, act) {
    this.#clear(timer);
    this.#timers[timer] = setTimeout(act, delay);
  }

  #clear(timer) {
    clearTimeout(this.#timers[timer]);
    this.#timers[timer] = 0;
  }
}

function notNow(reason) {
  return new WireError({ code: 0, message: "there was no answer", data: { reason, retryable: true } });
}
