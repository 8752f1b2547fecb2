// One contact of this operator: a fold over what the server says about it. Directions are the
// visitor's, as on the wire: INBOUND goes to the visitor (ours), OUTBOUND comes from there.

const TYPING_LIMIT_MS = 8_000;

export class Conversation {
  messages = []; // log events of the kinds that a transcript shows, by seq
  receipts = { received: 0, read: 0 };
  visits = [];
  readSeq = 0; // up to where the operator has read
  session = null; // value of the topic `session/<id>`
  contact = null; // its entry on the desk; null once it left
  typing = false;
  #keys = new Set();
  #typingTimer = 0;

  constructor(id, changed) {
    this.id = id;
    this.changed = changed;
  }

  get service() {
    return this.contact?.service ?? this.session?.service ?? "";
  }

  get since() {
    return this.contact?.since ?? this.session?.since ?? this.messages[0]?.createdAt;
  }

  get channel() {
    return this.contact?.channel ?? this.session?.channel ?? "CHAT";
  }

  get isCall() {
    return this.channel !== "CHAT";
  }

  /** A call of ours that rings with the visitor. */
  get invited() {
    return this.contact?.state === "INVITED";
  }

  get visitor() {
    return this.session?.visitor ?? this.contact?.visitor ?? {};
  }

  get customer() {
    return this.session?.customer ?? this.contact?.customer ?? {};
  }

  get offered() {
    return this.contact?.state === "OFFERED";
  }

  /** Passed on by this operator; it rings with a colleague. */
  get transferring() {
    return this.contact?.state === "TRANSFERRING";
  }

  /** How it was passed on, the last time: `{by, to, note?, returned?}`, or nothing. */
  get transfer() {
    return this.contact?.transfer ?? this.session?.transfer ?? null;
  }

  /** Whether it is on this operator's desk, in whatever state. */
  get present() {
    return this.connected || this.invited || this.transferring;
  }

  /** The visitor and this operator may write to each other. */
  get connected() {
    return this.contact?.state === "CONNECTED" && !this.closed;
  }

  get closed() {
    return this.session?.sessionState === "CLOSED" || this.messages.at(-1)?.messageType === "CLOSED_SESSION";
  }

  /** The step allows messages now; steps after the first CONNECTED are passing remarks, a QUEUE is not. */
  get open() {
    return this.connected && !["QUEUE", "PLAY", "CONNECTING"].includes(this.session?.step?.type);
  }

  get name() {
    return nameOf(this.customer, this.visitor);
  }

  get lastMessage() {
    return this.messages.findLast((event) => event.messageType === "MESSAGE");
  }

  /** Files as they are now, by their id: the log tells of each twice. */
  get files() {
    const files = new Map();
    for (const { attachment } of this.messages) if (attachment) files.set(attachment.file, attachment);
    return files;
  }

  /** The newest message of the visitor: the subject of our receipts. */
  get lastFromVisitor() {
    return this.messages.findLast(fromVisitor);
  }

  get unread() {
    return this.messages.filter((event) => fromVisitor(event) && event.seq > this.readSeq).length;
  }

  has(key) {
    return this.#keys.has(key);
  }

  /** `sent`, `delivered` or `read`, for a message of ours. */
  delivery({ seq }) {
    if (seq <= this.receipts.read) return "read";
    return seq <= this.receipts.received ? "delivered" : "sent";
  }

  append(events) {
    for (const event of events) {
      if (event.key) this.#keys.add(event.key);
      if (fromVisitor(event)) this.#setTyping(false);
      this.messages.push(event);
    }
    this.changed();
  }

  replace() {
    this.messages = [];
    this.#keys.clear();
  }

  passing(event) {
    if (event.direction === "OUTBOUND") this.#setTyping(event.status === "COMPOSING");
  }

  #setTyping(typing) {
    clearTimeout(this.#typingTimer);
    if (typing) this.#typingTimer = setTimeout(() => this.#setTyping(false), TYPING_LIMIT_MS);
    if (this.typing === typing) return;
    this.typing = typing;
    this.changed();
  }
}

/** What to call a visitor: the name that was given, or a short one that tells strangers apart. */
export function nameOf(customer, visitor) {
  return clean(customer?.customerDisplayName) || (visitor?.id ? `Visitor ${visitor.id.slice(-4)}` : "Visitor");
}

/** Words of a stranger in a label: without control characters or direction overrides. */
export function clean(text) {
  return (text ?? "").replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, " ").trim();
}

function fromVisitor(event) {
  // What became of a file is no message of its own.
  const isNews = event.attachment && event.attachment.state !== "SCANNING";
  return event.messageType === "MESSAGE" && event.direction === "OUTBOUND" && !isNews;
}
