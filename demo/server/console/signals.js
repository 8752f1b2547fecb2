// What is said to the visitor's browser, one after the other: the next leaves when the server has the
// last. Candidates that gather meanwhile leave together. Nothing is stored: what a page wanted to
// say about its media is worth nothing to the next page.

import { newKey } from "./memory.js";

const RETRY_MS = 1_000;
const CANDIDATES = 64; // of one message

/** The way out of one call's signals. */
export class Signals {
  #waiting = [];
  #flying = false;
  #timer = 0;
  #closed = false;

  /**
   * @param {string} session
   * @param {(method: string, params: object) => Promise<object>} call
   */
  constructor(session, call) {
    this.session = session;
    this.call = call;
  }

  send(signal) {
    if (this.#closed) return;
    const last = this.#waiting.at(-1);
    if (signal.type === "media") this.#waiting = this.#waiting.filter((one) => one.key || one.said.type !== "media");
    if (last && !last.key && isMore(last.said, signal)) {
      last.said.candidates.push(...signal.candidates);
      last.said.end = signal.end;
    } else this.#waiting.push({ said: structuredClone(signal) });
    this.flush();
  }

  /** The connection is open again, or something waits. */
  flush() {
    if (this.#flying || this.#closed || this.#waiting.length === 0) return;
    clearTimeout(this.#timer);
    const [first] = this.#waiting;
    first.key ??= newKey(); // from now on it stays as it is: a repeated call says the same
    this.#flying = true;
    this.call("signal", { session: this.session, key: first.key, ...first.said }).then(
      () => this.#done(first),
      (error) => (error.retryable ? this.#later(error.retryAfter) : this.#done(first)),
    );
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #done(entry) {
    this.#flying = false;
    if (this.#waiting[0] === entry) this.#waiting.shift();
    this.flush();
  }

  // A lost connection says when it is back; whatever else is for now is tried again.
  #later(after) {
    this.#flying = false;
    if (!this.#closed) this.#timer = setTimeout(() => this.flush(), after || RETRY_MS);
  }
}

function isMore(last, next) {
  const both = last.type === "candidates" && next.type === "candidates" && last.gen === next.gen && !last.end;
  return both && last.candidates.length + next.candidates.length <= CANDIDATES;
}
