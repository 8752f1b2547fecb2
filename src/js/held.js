import { TvoxError } from "./error.js";

/** An object here and what the module holds for it, until one of them is let go. */
export class Held {
  #handle;

  constructor(handle) {
    this.#handle = handle;
  }

  /** The module's side of an object, if it has not been freed. */
  static present(object) {
    return object.#handle;
  }

  /** Lets go at once of what the garbage collector would let go of some day. */
  free() {
    const held = this.#handle;
    this.#handle = undefined;
    held?.free();
  }
}

export const { present } = Held;

/** The module's side of an object. */
export const handle = (object) => {
  const held = present(object);
  if (held) return held;
  const details = { operation: object.constructor.name, state: "freed" };
  throw new TvoxError("WRONG_STATE", `this ${details.operation} has been freed`, details);
};
