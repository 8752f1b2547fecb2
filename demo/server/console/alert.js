// Calls the operator: a ring for offered contacts, a soft tone and a flashing title for messages
// that arrive while nobody looks. Sound needs a gesture first, as browsers ask.

import { clean } from "./conversation.js";
import { habits } from "./memory.js";

const RING_EVERY_MS = 2_600;
const FLASH_EVERY_MS = 1_000;
const TITLE = "Operator console";

export class Alert {
  #audio = null;
  #ring = 0;
  #flash = 0;
  #lit = false;

  constructor(store) {
    this.store = store;
    this.onSpeak = () => {};
    store.on(["contacts", "me"], () => this.#update());
    const unlock = () => this.unlock();
    addEventListener("pointerdown", unlock, { once: true });
    addEventListener("keydown", unlock, { once: true });
    document.addEventListener("visibilitychange", () => this.#update());
  }

  get sound() {
    return habits.get("sound", true);
  }

  set sound(on) {
    habits.set("sound", on);
    this.store.changed("me");
  }

  /** To be called from a gesture of the operator. */
  unlock() {
    const Audio = globalThis.AudioContext;
    if (!Audio) return;
    this.#audio ??= new Audio();
    if (this.#audio.state === "suspended") this.#audio.resume().catch(() => {});
  }

  /** A message that has just arrived: ours are silent. */
  message(conversation, event) {
    if (event.messageType !== "MESSAGE" || event.direction !== "OUTBOUND") return;
    if (event.attachment && event.attachment.state !== "SCANNING") return;
    this.onSpeak(`${conversation.name}: ${clean(event.message ?? event.attachment?.name)}`);
    const before =
      this.store.selected === conversation.id && document.visibilityState === "visible" && document.hasFocus();
    if (!before) this.#tone([[880, 0, 0.09]], 0.05);
  }

  #update() {
    const ringing = this.store.me !== null && this.store.offers.length > 0;
    if (ringing && !this.#ring) {
      const ring = () =>
        this.#tone(
          [
            [659, 0, 0.16],
            [831, 0.18, 0.16],
            [988, 0.36, 0.26],
          ],
          0.09,
        );
      ring();
      this.#ring = setInterval(ring, RING_EVERY_MS);
      const [first] = this.store.offers;
      this.onSpeak(`${first.name} is calling for ${this.store.serviceName(first.service)}`);
    } else if (!ringing && this.#ring) {
      clearInterval(this.#ring);
      this.#ring = 0;
    }
    this.#title();
  }

  #title() {
    const [offer] = this.store.offers;
    const unread = this.store.unread;
    const plain = unread > 0 ? `(${unread}) ${TITLE}` : TITLE;
    const calling = offer ? `☎ ${offer.name} – ${this.store.serviceName(offer.service)}` : null;
    const flashing =
      this.store.me !== null && (calling !== null || (unread > 0 && document.visibilityState === "hidden"));
    clearInterval(this.#flash);
    this.#lit = flashing;
    const show = () => {
      document.title = this.#lit ? (calling ?? `💬 ${unread} new`) : plain;
      this.#lit = !this.#lit;
    };
    show();
    this.#flash = flashing ? setInterval(show, FLASH_EVERY_MS) : 0;
  }

  // Each note: [hertz, seconds from now, seconds long].
  #tone(notes, volume) {
    const audio = this.#audio;
    if (!this.sound || audio?.state !== "running") return;
    for (const [frequency, start, length] of notes) {
      const from = audio.currentTime + start;
      const gain = new GainNode(audio, { gain: 0 });
      const voice = new OscillatorNode(audio, { type: "triangle", frequency });
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(volume, from + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.0001, from + length);
      voice.connect(gain).connect(audio.destination);
      voice.start(from);
      voice.stop(from + length + 0.02);
    }
  }
}
