import { caught, report } from "./error.js";

/** Values over time, for as many listeners as there are. RxJS takes it: `from(observable)`. */
export class Observable {
  #open;

  /** `open` is given an observer per listener and gives back what ends that listener, if anything. */
  constructor(open) {
    this.#open = open;
  }

  subscribe(next, error, complete) {
    const listener = typeof next === "object" && next !== null ? next : { next, error, complete };
    let closed = false;
    let stop;
    const tell = (method, value) => {
      if (typeof listener[method] !== "function") return false;
      // A listener that throws is its own trouble: the values after this one still come.
      try { listener[method](value); } catch (thrown) { report(thrown); }
      return true;
    };
    const end = (method, value) => {
      if (closed) return true;
      closed = true;
      return tell(method, value);
    };
    stop = this.#open({
      next: (value) => { if (!closed) tell("next", value); },
      error: (value) => { if (!end("error", value)) report(value); },
      complete: () => { end("complete"); },
    });
    // It may have ended, or been left, while the values that were there already were told.
    if (closed) stop?.();
    return {
      get closed() { return closed; },
      unsubscribe() {
        if (closed) return;
        closed = true;
        stop?.();
      },
    };
  }

  "@@observable"() {
    return this;
  }
}

const { "@@observable": itself } = Observable.prototype;

// `Symbol.observable` is no standard: RxJS 5 makes it when it is loaded, which may be after this, and
// making it here would mislead an RxJS 7 that was loaded before. So it is looked up whenever somebody
// asks for it, at the end of the prototype chain.
Object.setPrototypeOf(Observable.prototype, new Proxy({}, {
  get: (nothing, name, asked) =>
    (name === Symbol.observable ? itself : Reflect.get(nothing, name, asked)),
}));

/** For a stream whose values are no objects. */
export const asIs = (value) => value;

/** The observable of a stream of the module, whose values are JSON text unless another way is given. */
export const observe = (source, read = JSON.parse) =>
  new Observable(({ next, error, complete }) => {
    const listening = source.listen((value, end) => {
      if (value !== undefined) next(read(value));
      else if (end === null) complete();
      else error(caught(end));
    });
    return () => listening.stop();
  });

/** What `read` makes of each value of another observable: it is given `next` to say it with. */
export const derive = (source, read) => new Observable(({ next, error, complete }) => {
  const subscription = source.subscribe({ next: (value) => read(value, next), error, complete });
  return () => subscription.unsubscribe();
});

/** The values of several observables, until all of them are complete. */
export const merge = (...sources) => new Observable(({ next, error, complete }) => {
  let running = sources.length;
  const end = () => { if (--running === 0) complete(); };
  const subscriptions = sources.map((source) => source.subscribe({ next, error, complete: end }));
  return () => subscriptions.forEach((subscription) => subscription.unsubscribe());
});

/** The first value of another observable. */
export const once = (source) => new Observable(({ next, error, complete }) => {
  let told = false;
  const subscription = source.subscribe({
    next: (value) => {
      if (told) return;
      told = true;
      next(value);
      complete();
    },
    error,
    complete,
  });
  return () => subscription.unsubscribe();
});
