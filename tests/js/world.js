// A server that does as it is told: the page's WebSocket, and what answers behind it.
import { library, until } from "./harness.js";

const worlds = new Map();
let last = 0;

class Line extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  readyState = Line.CONNECTING;

  constructor(url, protocol) {
    super();
    this.url = url;
    this.protocol = protocol;
    this.world = worlds.get(new URL(url).hostname);
    queueMicrotask(() => this.world.dialled(this));
  }

  tell(type, members = {}) {
    const event = Object.assign(new Event(type), members);
    this[`on${type}`]?.(event);
    this.dispatchEvent(event);
  }

  send(text) {
    if (this.readyState === Line.OPEN) this.world.heard(JSON.parse(text), this);
  }

  close(code = 1005, reason = "") {
    if (this.readyState >= Line.CLOSING) return;
    this.readyState = Line.CLOSING;
    this.world.closed.push(code);
    queueMicrotask(() => this.end(code, reason));
  }

  open() {
    this.readyState = Line.OPEN;
    this.tell("open");
  }

  end(code, reason = "") {
    if (this.readyState === Line.CLOSED) return;
    this.readyState = Line.CLOSED;
    if (code === 1006) this.tell("error");
    this.tell("close", { code, reason, wasClean: code !== 1006 });
  }
}

globalThis.WebSocket = Line;

/** One server and whoever has dialled it. */
export class World {
  calls = [];
  closed = [];
  lines = [];
  log = [];
  sessions = [];
  running = {};
  reachable = true;
  resumed = true;
  limits = undefined;
  #rev = 1;
  #answers = {};

  /** `host`: where something else of the test's listens, such as an HTTP server. */
  constructor(host = `w${last += 1}.localhost`) {
    this.host = host;
    worlds.set(new URL(`http://${host}`).hostname, this);
  }

  /** A widget of a page that is configured like this. */
  widget(more = {}) {
    const { server, ...rest } = more;
    this.made = new library.Widget({
      server: { url: `http://${this.host}`, ...server },
      servicesConfiguration: [
        { type: "CHAT", services: [{ code: "service0001", descritpion: "Support" }] },
        { type: "VIDEO", services: [{ code: "service0001" }] },
        { type: "PHONE_CALL", services: [{ code: "service0001" }] },
      ],
      ...rest,
    });
    return this.made;
  }

  /** A widget that has connected. */
  async online(more) {
    const widget = this.widget(more);
    await until("the connection", () => this.called("hello").length > 0);
    await new Promise((resolve) => { widget.onLoadClientComplete(resolve); });
    return widget;
  }

  /** A chat with an operator. */
  async chat(widget) {
    const chat = widget.newChatSession("service0001");
    await chat.createChatChannelSession();
    this.step(chat.id, "CONNECTED");
    const states = [];
    chat.getChatChannelSessionMonitor().subscribe((state) => states.push(state));
    await until("the operator", () => states.some((state) => state.step.type === "CONNECTED"));
    return chat;
  }

  /** Answers a method from now on: with a value, or by throwing an error object of the protocol. */
  answer(method, answer) {
    this.#answers[method] = answer;
  }

  called(method) {
    return this.calls.filter((call) => call.method === method).map((call) => call.params);
  }

  /** Something happens in a topic. */
  event(topic, result) {
    this.#rev += 1;
    const params = { subscription: topic, rev: this.#rev, result };
    this.say({ jsonrpc: "2.0", method: "event", params });
  }

  /** A session is at another step. */
  step(id, type, more = {}) {
    this.event(`session/${id}`, {
      id, service: "service0001", sessionState: "ACTIVE", step: { step: 1, type }, ...more,
    });
  }

  /** Somebody writes. */
  write(id, event) {
    const seq = this.log.length + 1;
    const whole = {
      seq, id: `m_${seq}`, sessionId: id, messageType: "MESSAGE", status: "WROTE",
      createdAt: "2026-11-22T10:00:00.000Z", ...event,
    };
    this.log.push(whole);
    this.event(`chat/${id}`, whole);
    return whole;
  }

  /** The line breaks. */
  cut() {
    this.lines.at(-1)?.end(1006);
  }

  say(frame) {
    this.lines.at(-1)?.tell("message", { data: JSON.stringify(frame) });
  }

  dialled(line) {
    if (!this.reachable) return line.end(1006);
    this.lines.push(line);
    return line.open();
  }

  heard(call, line) {
    this.calls.push(call);
    if (call.id === undefined) return;
    let answer;
    try {
      const own = this.#answers[call.method];
      answer = { result: own ? own(call.params) : this.#usual(call.method, call.params) };
    } catch (error) {
      if (typeof error?.code !== "number") throw error;
      answer = { error };
    }
    if (answer.result === SILENCE) return;
    const text = JSON.stringify({ jsonrpc: "2.0", id: call.id, ...answer });
    queueMicrotask(() => line.tell("message", { data: text }));
  }

  #usual(method, params) {
    if (method === "hello") {
      return {
        visitor: "v_1", resume: "rt_1", resumeTtl: 1_800_000, resumed: this.resumed, epoch: "e_1",
        heartbeat: 5000, time: "2026-11-22T10:00:00.000Z",
        channels: { CHAT: true, VIDEO: true, PHONE_CALL: true, MAIL: true, CALLBACK: false },
        sessions: this.sessions, limits: this.limits,
      };
    }
    if (method === "chat.create") {
      this.log.push({
        seq: 1, id: "m_1", sessionId: "s_1", messageType: "OPEN_SESSION",
        createdAt: "2026-11-22T10:00:00.000Z",
      });
      return {
        id: "s_1", service: params.service, sessionState: "ACTIVE",
        step: { step: 1, type: "QUEUE", queuePosition: 3, expectedWait: 40 },
      };
    }
    if (method === "chat.send") {
      const direction = params.greeting ? "INBOUND" : "OUTBOUND";
      const { key, message, greeting } = params;
      const marked = greeting ? { greeting } : {};
      const event = this.write(params.session, { direction, key, message, ...marked });
      return { id: event.id, seq: event.seq, createdAt: event.createdAt };
    }
    if (method === "chat.close") {
      this.write(params.session, { messageType: "CLOSED_SESSION", status: undefined });
      this.event(`session/${params.session}`, { id: params.session, sessionState: "CLOSED" });
      return true;
    }
    if (method === "call.create") {
      this.running[params.channel] = {
        id: "k_1", service: params.service, sessionState: "ACTIVE", state: "NEW_OUTBOUND",
      };
      return { id: "k_1", iceServers: [], iceTtl: 600_000 };
    }
    if (method === "subscribe") return this.#subscribed(params.topic);
    if (method === "ping") return { time: "2026-11-22T10:00:00.000Z" };
    return true;
  }

  #subscribed(topic) {
    const [kind, name, channel] = topic.split("/");
    const state = (result) => ({ subscription: topic, rev: this.#rev, result });
    if (kind === "chat") {
      return {
        subscription: topic, epoch: "e_1", recovered: true, more: false, result: [...this.log],
      };
    }
    if (kind === "signal") {
      return { subscription: topic, epoch: "e_1", recovered: true, more: false, result: [] };
    }
    if (kind === "service") {
      return state({
        channelId: channel, service: name, channelConfiguration: "ENABLED",
        serviceConfiguration: "ENABLED", status: "ACTIVE",
      });
    }
    if (kind === "session") {
      return state({
        id: name, service: "service0001", sessionState: "ACTIVE",
        step: { step: 1, type: "QUEUE", queuePosition: 3, expectedWait: 40 },
      });
    }
    if (kind === "receipts") return state({ received: 0, read: 0 });
    if (kind === "call") return state(this.running[name] ?? null);
    return state({ CHAT: true, VIDEO: true, PHONE_CALL: true, MAIL: true, CALLBACK: false });
  }
}

/** An answer that never comes. */
export const SILENCE = Symbol("silence");

/** A refusal, as the protocol has it. */
export const refusal = (code, reason, retryable = false) => {
  throw { code, message: reason.toLowerCase(), data: { reason, retryable } };
};
