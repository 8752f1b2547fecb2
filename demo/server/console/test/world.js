// A world for the console's connection: a clock that only moves when told, a server that keeps logs
// and keys, and a network that cuts, loses and doubles. All chance comes from one seed.

/** A small generator of numbers in 0 up to 1 (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Replaces the clock and the timers of this process until `restore`. */
export class Clock {
  now = 1_800_000_000_000;
  #timers = new Map();
  #next = 1;
  #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now };

  constructor() {
    globalThis.setTimeout = (act, delay = 0) => {
      this.#timers.set(this.#next, { act, at: this.now + delay });
      return this.#next++;
    };
    globalThis.clearTimeout = (id) => this.#timers.delete(id);
    Date.now = () => this.now;
  }

  restore() {
    Object.assign(globalThis, { setTimeout: this.#real.setTimeout, clearTimeout: this.#real.clearTimeout });
    Date.now = this.#real.now;
  }

  /** Lets `ms` pass; after every timer all that it set in motion comes to rest. */
  async pass(ms) {
    const end = this.now + ms;
    for (;;) {
      await new Promise((done) => setImmediate(done));
      let first = null;
      for (const [id, timer] of this.#timers)
        if (timer.at <= end && (first === null || timer.at < first.at)) first = { id, ...timer };
      if (first === null) break;
      this.#timers.delete(first.id);
      this.now = Math.max(this.now, first.at);
      first.act();
    }
    this.now = end;
  }
}

/** The server of docs/operator-protocol.md, as far as a conversation needs it. */
export class Server {
  logs = new Map(); // session -> events
  keys = new Map(); // session + key -> result
  faults = { cut: 0, swallow: 0, refuse: 0, twice: 0 };
  links = new Set();
  dialled = 0;
  epoch = "e_1";

  constructor(clock, random) {
    Object.assign(this, { clock, random });
  }

  /** A class to stand where the page's WebSocket stands. */
  socketClass() {
    const server = this;
    return class FakeSocket {
      static OPEN = 1;
      readyState = 0;
      feeds = new Map(); // topic -> subscription
      #subscriptions = 0;

      constructor() {
        server.dialled += 1;
        setTimeout(() => {
          if (this.readyState !== 0) return;
          this.readyState = 1;
          server.links.add(this);
          this.onopen?.({});
        }, 20);
      }

      send(text) {
        const frame = JSON.parse(text);
        setTimeout(() => this.#arrive(frame), 10);
      }

      close() {
        this.readyState = 3;
        server.links.delete(this);
      }

      /** The page goes away: what it sent still arrives, and nobody hears the answer. */
      leave() {
        this.close();
        this.gone = true;
      }

      /** The line goes dead, seen from both ends. */
      cut(code = 1006) {
        if (this.readyState === 3) return;
        this.close();
        this.onclose?.({ code, reason: "" });
      }

      push(frame) {
        setTimeout(
          () => this.readyState === 1 && this.onmessage?.({ data: JSON.stringify({ jsonrpc: "2.0", ...frame }) }),
          10,
        );
      }

      #arrive(frame) {
        if (this.readyState !== 1 && !this.gone) return;
        if (this.mute || server.random() < server.faults.swallow) {
          this.mute ||= server.random() < 0.5; // a black hole that only the ping finds, or one answer that never comes
          return;
        }
        if (server.random() < server.faults.cut) {
          if (server.random() < 0.5) server.answer(this, frame, () => ++this.#subscriptions); // done, but the answer is lost
          this.cut();
          return;
        }
        const answer = server.answer(this, frame, () => ++this.#subscriptions);
        if (frame.id !== undefined) this.push({ id: frame.id, ...answer });
      }
    };
  }

  /** Appends to a log and tells who follows it. */
  append(session, event) {
    const log = this.logs.get(session) ?? [];
    this.logs.set(session, log);
    const full = {
      seq: log.length + 1,
      id: `m_${log.length + 1}`,
      sessionId: session,
      messageType: "MESSAGE",
      status: "WROTE",
      createdAt: new Date(this.clock.now).toISOString(),
      ...event,
    };
    log.push(full);
    for (const link of this.links) {
      const subscription = link.feeds.get(`chat/${session}`);
      if (!subscription) continue;
      link.push({ method: "event", params: { subscription, result: full } });
      if (this.random() < this.faults.twice) link.push({ method: "event", params: { subscription, result: full } });
    }
    return full;
  }

  answer(link, { method, params }, nextSubscription) {
    if (method === "hello")
      return {
        result: {
          operator: "o_1",
          resume: "ot_1",
          epoch: this.epoch,
          heartbeat: 5_000,
          time: new Date(this.clock.now).toISOString(),
          name: "Anna",
          status: "AVAILABLE",
          joined: [],
          services: [],
          sessions: [],
        },
      };
    if (method === "ping") return { result: {} };
    if (method === "subscribe") return { result: this.#subscribe(link, params, `b${nextSubscription()}`) };
    if (method === "chat.send") return this.#send(params);
    return { result: true };
  }

  #subscribe(link, { topic, since }, subscription) {
    const log = this.logs.get(topic.split("/")[1]) ?? [];
    const from = since?.epoch === this.epoch ? since.seq : 0;
    const page = log.slice(from, from + 7); // small pages, so that `more` is walked
    const more = from + page.length < log.length;
    if (more) link.feeds.delete(topic);
    else link.feeds.set(topic, subscription);
    return { subscription, epoch: this.epoch, recovered: !since || since.epoch === this.epoch, more, result: page };
  }

  #send({ session, key, message }) {
    const known = this.keys.get(`${session} ${key}`);
    if (known) return { result: known };
    if (this.random() < this.faults.refuse)
      return {
        error: { code: 1201, message: "too many", data: { reason: "RATE_LIMITED", retryable: true, retryAfter: 300 } },
      };
    const { id, seq, createdAt } = this.append(session, { direction: "INBOUND", key, message });
    this.keys.set(`${session} ${key}`, { id, seq, createdAt });
    return { result: { id, seq, createdAt } };
  }
}
