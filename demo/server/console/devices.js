// Microphones, cameras and loudspeakers: which there are, and which this operator has chosen.

import { habits } from "./memory.js";

/** `deviceId` by `kind` of a `MediaDeviceInfo`. */
const CHOSEN = "devices";

export class Devices {
  list = []; // MediaDeviceInfo
  #changed;

  /**
   * @param {() => void} changed  another list, or another choice
   */
  constructor(changed) {
    this.#changed = changed;
    this.media?.addEventListener("devicechange", () => this.refresh());
  }

  /** Absent where the page did not come over https or from this machine. */
  get media() {
    return navigator.mediaDevices;
  }

  /** Reads the list. Names and most entries are told only once a device is in use. */
  async refresh() {
    try {
      this.list = (await this.media?.enumerateDevices()) ?? [];
    } catch {
      this.list = [];
    }
    this.#changed();
  }

  /** Those of a kind, the nameless and the doubles (`default`, `communications`) left out. */
  of(kind) {
    return this.list.filter((device) => device.kind === kind && device.deviceId && device.label);
  }

  chosen(kind) {
    return habits.get(CHOSEN, {})[kind];
  }

  choose(kind, deviceId) {
    habits.set(CHOSEN, { ...habits.get(CHOSEN, {}), [kind]: deviceId });
    this.#changed();
  }

  /** What to ask the browser for: the chosen one if it is plugged in, else whichever there is. */
  constraints(kind, more = {}) {
    const deviceId = this.chosen(kind);
    return { ...more, ...(deviceId ? { deviceId: { ideal: deviceId } } : {}) };
  }
}

const THINGS = { audioinput: "microphone", videoinput: "camera", screen: "screen" };

/** Why a device cannot be used, in words, by the name of the `DOMException`. */
export function refusalWords(kind, error) {
  const thing = THINGS[kind] ?? "device";
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return kind === "screen"
        ? "The screen is not shared."
        : `This page may not use the ${thing}. Allow it beside the address of the page, then switch it on.`;
    case "NotFoundError":
    case "OverconstrainedError":
      return `No ${thing} was found.`;
    case "NotReadableError":
    case "AbortError":
      return `The ${thing} is in use by another program.`;
    default:
      return `The ${thing} cannot be used here.`;
  }
}
