// The conversations of this operator: which are followed on the wire, and which stay in the list.

import { tab } from "./memory.js";
import { LogTopic, StateTopic } from "./topics.js";

const SHOWN = new Set(["OPEN_SESSION", "MESSAGE", "CLOSED_SESSION"]);
const KEPT = 12; // ended conversations that stay in the list

/** Follows conversations and lets them go. */
export class Contacts {
  /**
   * @param {{store: object, wire: object, outbox: object, receipts: object}} parts
   * @param {{open: (id: string | null) => void, onMessage: (conversation: object, event: object) => void}} ports
   */
  constructor({ store, wire, outbox, receipts }, ports) {
    Object.assign(this, { store, wire, outbox, receipts, ports });
  }

  /** Takes up the conversations that this tab had before it was loaded again. */
  resume() {
    for (const id of tab.get("kept", [])) this.follow(id);
  }

  /** The contacts that are on the desk now: new ones are followed, those that left are kept or dropped. */
  arrange(contacts) {
    const { store } = this;
    const present = new Set(contacts.map((contact) => contact.id));
    for (const contact of contacts) {
      const conversation = this.follow(contact.id);
      if (conversation.transferring && contact.state === "CONNECTED" && contact.transfer?.returned)
        store.say(`${contact.transfer.to} did not take it: ${conversation.name} is back with you.`, "warning");
      conversation.contact = contact;
      if (contact.state !== "OFFERED" && !store.conversations.get(store.selected)) this.ports.open(contact.id);
    }
    for (const conversation of [...store.conversations.values()]) {
      if (present.has(conversation.id) || !conversation.contact) continue;
      if (conversation.offered) this.putAway(conversation.id);
      else if (conversation.invited) {
        this.putAway(conversation.id);
        store.say("The visitor did not take the call.");
      } else {
        if (conversation.transferring && !conversation.closed)
          store.say(`${conversation.transfer.to} has ${conversation.name} now.`);
        conversation.contact = null;
        this.outbox.close(conversation.id);
      }
    }
    this.#remember();
    store.changed("contacts", "conversation");
  }

  /** The conversation of this id, followed on the wire from now on. */
  follow(id) {
    const { store, wire } = this;
    const known = store.conversations.get(id);
    if (known) return known;
    const conversation = store.ensure(id);
    conversation.readSeq = tab.get("read", {})[id] ?? 0;
    const state = (name, apply) =>
      wire.follow(
        new StateTopic(
          `${name}/${id}`,
          (value) => {
            apply(value);
            conversation.changed();
          },
          () => this.#lostSight(conversation),
        ),
      );
    state("session", (session) => {
      conversation.session = session;
      if (conversation.open) this.outbox.release(id);
    });
    wire.follow(
      new LogTopic(`chat/${id}`, {
        append: (events, backfill) => {
          conversation.append(events.filter((event) => SHOWN.has(event.messageType)));
          this.receipts.received(conversation);
          if (!backfill) for (const event of events) this.ports.onMessage(conversation, event);
        },
        replace: () => conversation.replace(),
        passing: (event) => conversation.passing(event),
      }),
    );
    state("receipts", (receipts) => (conversation.receipts = receipts));
    state("visits", ({ visits }) => (conversation.visits = visits));
    return conversation;
  }

  // The server says no more about it. What was said stays readable; an empty one is only in the way.
  #lostSight(conversation) {
    if (this.store.conversations.get(conversation.id) !== conversation || conversation.contact) return;
    if (conversation.messages.length === 0) this.putAway(conversation.id);
  }

  /** Takes an ended conversation out of the list. */
  putAway(id) {
    for (const topic of ["session", "chat", "receipts", "visits"]) this.wire.unfollow(`${topic}/${id}`);
    for (const entry of this.outbox.of(id)) this.outbox.remove(entry.key);
    this.store.conversations.delete(id);
    this.#remember();
    if (this.store.selected === id) this.ports.open(this.store.contacts[0]?.id ?? null);
    this.store.changed("contacts");
  }

  #remember() {
    const kept = [...this.store.conversations.values()].filter((conversation) => !conversation.offered).slice(-KEPT);
    tab.set(
      "kept",
      kept.map((conversation) => conversation.id),
    );
  }
}
