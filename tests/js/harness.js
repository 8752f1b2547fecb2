// Sentences that can be false, the same in Node and in a browser.
//
// In Node the tests are node:test's. A browser imports the files one after the other, calls `run` and
// gets back what held and what did not.
const waiting = [];
const node = globalThis.process?.versions?.node ? await import("node:test") : undefined;

/** Says what shall hold. */
export const test = (sentence, check) => {
  if (node) node.test(sentence, check);
  else waiting.push({ sentence, check });
};

/** In a browser: tries everything, and answers the sentences with why they are false, if so. */
export const run = async () => {
  const results = [];
  for (const { sentence, check } of waiting.splice(0)) {
    try {
      await check();
      results.push({ sentence });
    } catch (error) {
      results.push({ sentence, error: `${error?.stack ?? error}` });
    }
  }
  return results;
};

/** The library under test, ready for use. */
const place = globalThis.TVOX_LIBRARY ?? globalThis.process?.env.TVOX_LIBRARY;
if (!place) throw new Error("TVOX_LIBRARY: where is the library's entry?");
export const library = await import(place);

const shown = (value) => JSON.stringify(value, (_, it) => (it === undefined ? "(undefined)" : it));

/** Both are the same by value: objects member by member, whatever their order. */
export const same = (actual, expected, about = "value") => {
  if (alike(actual, expected)) return;
  throw new Error(`${about}: ${shown(actual)}, and not ${shown(expected)}`);
};

export const holds = (fact, about) => {
  if (!fact) throw new Error(about);
};

const alike = (one, other) => {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [names, others] = [Object.keys(one), Object.keys(other)];
  return names.length === others.length
    && names.every((name) => Object.hasOwn(other, name) && alike(one[name], other[name]));
};

/** What a call throws. */
export const thrown = (call) => {
  let value;
  try {
    value = call();
  } catch (error) {
    return error;
  }
  throw new Error(`it did not throw, it gave ${shown(value)}`);
};

/** With what a promise is rejected. */
export const rejected = async (promise) => {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`it was not rejected, it gave ${shown(value)}`);
};

/** It is a TvoxError of this code. */
export const refused = (error, code, details) => {
  holds(error instanceof library.TvoxError, `no TvoxError: ${error?.stack ?? shown(error)}`);
  same(error.code, code, "code");
  if (details) same(error.details, details, "details");
};

const PATIENCE = 5000;

/** Waits until a fact holds, with a limit. */
export const until = async (what, fact) => {
  const limit = Date.now() + PATIENCE;
  for (;;) {
    const value = fact();
    if (value) return value;
    if (Date.now() > limit) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
};

/** Everything that has begun comes to its end: what was not told by then is not told. */
export const calm = async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => { setTimeout(resolve); });
  }
};

/** What an observable tells: values, then how it ended. */
export const listen = (observable) => {
  const heard = { values: [], ended: undefined, error: undefined };
  heard.subscription = observable.subscribe({
    next: (value) => heard.values.push(value),
    error: (error) => { heard.ended = "error"; heard.error = error; },
    complete: () => { heard.ended = "complete"; },
  });
  return heard;
};
