// The calls of this operator that run on this page: each contact that is a connected call has a leg.

import { Devices } from "./devices.js";
import { Leg } from "./leg.js";

/** Begins legs, and ends them, as contacts come and go. */
export class Calls {
  #legs = new Map(); // session -> Leg
  #ours = new Set(); // answered, or begun, on this very page

  /**
   * @param {{store: import("./store.js").Store, wire: import("./wire.js").Wire}} parts
   */
  constructor({ store, wire }) {
    Object.assign(this, { store, wire });
    this.devices = new Devices(() => store.changed("media"));
    store.on(["contacts", "conversation"], () => this.#arrange());
  }

  /** The leg of a call, if it runs here. */
  of(id) {
    return this.#legs.get(id) ?? null;
  }

  /** All that run. */
  get all() {
    return [...this.#legs.values()];
  }

  /** This page has answered the call, or begun it: nothing of it was dealt with by an earlier one. */
  ours(id) {
    this.#ours.add(id);
  }

  /** The connection is open again. */
  flush() {
    for (const leg of this.#legs.values()) leg.signals.flush();
  }

  #arrange() {
    for (const conversation of this.store.conversations.values()) {
      const { id, channel, isCall, connected } = conversation;
      if (isCall && connected && !this.#legs.has(id)) this.#begin({ id, channel, resumed: !this.#ours.has(id) });
      this.#legs.get(id)?.hold(conversation.session?.state === "HOLD");
    }
    for (const [id, leg] of this.#legs) {
      const conversation = this.store.conversations.get(id);
      if (conversation?.connected) continue;
      this.#legs.delete(id);
      // If a colleague does not take it, nothing that is said until then was dealt with by an earlier page.
      if (!conversation?.transferring) this.#ours.delete(id);
      leg.close();
      this.store.changed("media");
    }
  }

  #begin(call) {
    const leg = new Leg(call, {
      wire: this.wire,
      devices: this.devices,
      make: (configuration) => new RTCPeerConnection(configuration),
      changed: () => this.store.changed("media"),
    });
    this.#legs.set(call.id, leg);
    leg.start();
  }
}
