// Tells the visitor that the operator writes: at once at the first key, again at most every 4 s
// while keys go on, and that he stopped 5 s after the last one. Never queued: typing is of the moment.

const AGAIN_MS = 4_000;
const IDLE_MS = 5_000;

export class Typing {
  #session = null;
  #saidAt = 0;
  #timer = 0;

  /** @param {(method: string, params: object) => boolean} cast */
  constructor(cast) {
    this.cast = cast;
  }

  /** A key was pressed, and the box is not empty. */
  key(session) {
    if (this.#session !== session) this.idle();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.idle(), IDLE_MS);
    if (this.#session === session && Date.now() - this.#saidAt < AGAIN_MS) return;
    this.#session = session;
    this.#saidAt = Date.now();
    this.cast("chat.typing", { session, status: "COMPOSING" });
  }

  /** Sent, emptied, left or forgotten. */
  idle() {
    clearTimeout(this.#timer);
    if (this.#session === null) return;
    this.cast("chat.typing", { session: this.#session, status: "IDLE" });
    this.#session = null;
  }
}
