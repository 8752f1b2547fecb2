/** Why something was not done: `code` is for programs and never changes, `message` for developers. */
export class TvoxError extends Error {
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  // JSON.stringify of an ordinary error is "{}".
  toJSON() {
    const { name, code, message, details } = this;
    return { name, code, message, details };
  }
}

// As with every built-in error: on the prototype, and not listed.
Object.defineProperty(TvoxError.prototype, "name", {
  value: "TvoxError", configurable: true, writable: true,
});

/** An error of the module: `{code, message, details}`. */
export const revive = ({ code, message, details }) => new TvoxError(code, message, details);

/** What the module has thrown: its errors are JSON text; anything else goes on as it is. */
export const caught = (thrown) => (typeof thrown === "string" ? revive(JSON.parse(thrown)) : thrown);

/** The value of a call. */
export const attempt = (call) => {
  try {
    return call();
  } catch (thrown) {
    throw caught(thrown);
  }
};

/** What a promise of the module comes to: a text, a flag. */
export const answer = async (promise) => {
  try {
    return await promise;
  } catch (thrown) {
    throw caught(thrown);
  }
};

/** What a promise of JSON text comes to; what is absent is `undefined`. */
export const parsed = async (promise) => {
  const json = await answer(promise);
  return json === undefined ? undefined : JSON.parse(json);
};

/** A listener's own mistake: told to the page as any uncaught error is, and nobody else suffers. */
export const report = (thrown) => {
  if (typeof reportError === "function") reportError(thrown);
  else queueMicrotask(() => { throw thrown; });
};
