// The operator's receipts: watermarks up to and including a message. They are desired state, not
// events: after a new connection they are simply said again.

const RECEIVED_MS = 300;
const READ_MS = 600;

export class Receipts {
  #said = new Map(); // session -> {received, read} by seq
  #timers = new Map();

  /** @param {(method: string, params: object) => boolean} cast */
  constructor(cast) {
    this.cast = cast;
  }

  /** The newest message of the visitor is on this computer. */
  received(conversation) {
    this.#soon(conversation, "received", RECEIVED_MS, () => conversation.lastFromVisitor);
  }

  /** The operator has it before his eyes. */
  read(conversation) {
    this.#soon(conversation, "read", READ_MS, () =>
      conversation.messages.findLast(
        (event) =>
          event.messageType === "MESSAGE" && event.direction === "OUTBOUND" && event.seq <= conversation.readSeq,
      ),
    );
  }

  /** A new connection: nothing has been said on it. */
  restart(conversations) {
    this.#said.clear();
    for (const conversation of conversations) {
      this.received(conversation);
      this.read(conversation);
    }
  }

  #soon(conversation, kind, delay, newest) {
    const timer = `${kind}/${conversation.id}`;
    if (this.#timers.has(timer)) return;
    this.#timers.set(
      timer,
      setTimeout(() => {
        this.#timers.delete(timer);
        this.#say(conversation, kind, newest());
      }, delay),
    );
  }

  #say(conversation, kind, message) {
    if (!message || !conversation.connected) return;
    const said = this.#said.get(conversation.id) ?? { received: 0, read: 0 };
    if (said[kind] >= message.seq || (kind === "received" && said.read >= message.seq)) return;
    if (!this.cast(`chat.${kind}`, { session: conversation.id, message: message.id })) return;
    this.#said.set(conversation.id, { ...said, [kind]: message.seq });
  }
}
