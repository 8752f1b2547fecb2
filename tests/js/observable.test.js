// Observables: by themselves, and in the hands of RxJS.
import { calm, holds, library, listen, same, test, thrown, until } from "./harness.js";
import { World } from "./world.js";

const { Observable } = library;

test("a listener is a function, or an object with any of next, error and complete", () => {
  const heard = [];
  const source = new Observable(({ next, complete }) => { next(1); complete(); next(2); });
  source.subscribe((value) => heard.push(value));
  source.subscribe({ next(value) { heard.push(this === undefined ? "lost" : value); } });
  source.subscribe({ complete: () => heard.push("complete") });
  source.subscribe(undefined, undefined, () => heard.push("complete"));
  source.subscribe();
  source.subscribe(null);
  same(heard, [1, 1, "complete", "complete"]);
});

test("nothing is told after unsubscribe, nor after the end", () => {
  let observer;
  let stopped = 0;
  const source = new Observable((it) => { observer = it; return () => { stopped += 1; }; });
  const heard = listen(source);
  observer.next(1);
  same(heard.subscription.closed, false);
  heard.subscription.unsubscribe();
  heard.subscription.unsubscribe();
  observer.next(2);
  observer.complete();
  same([heard.values, heard.ended, stopped], [[1], undefined, 1]);
  const other = listen(source);
  observer.error(new Error("broken"));
  observer.next(3);
  same([other.values, other.ended, other.subscription.closed], [[], "error", true]);
});

test("two listeners are told in the order in which they came, and one may leave while it is told", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const order = [];
  const { notification } = chat.getChatChannelEventMonitor();
  const one = notification.subscribe((event) => { order.push(`one ${event.message}`); one.unsubscribe(); });
  notification.subscribe((event) => order.push(`other ${event.message}`));
  world.write("s_1", { direction: "INBOUND", message: "a" });
  await until("both", () => order.length === 2);
  world.write("s_1", { direction: "INBOUND", message: "b" });
  await until("the other", () => order.length === 3);
  await calm();
  same(order, ["one a", "other a", "other b"]);
  widget.disconnect();
});

test("a listener may call the widget, and even disconnect it, while it is told", async () => {
  const world = new World();
  const widget = await world.online();
  const ends = [];
  widget.client.connectionEvent.subscribe({
    next: ({ connected }) => {
      if (connected) widget.free();
    },
    complete: () => ends.push("complete"),
  });
  await until("the end", () => ends.length === 1);
  holds(thrown(() => widget.getChannelsEnabled()), "it is freed");
});

test("Symbol.observable is answered whenever it comes to be, and is not made here", () => {
  const source = new Observable(({ next }) => next(1));
  holds(source["@@observable"]() === source, "@@observable");
  const known = Symbol.observable;
  if (known === undefined) same(Object.hasOwn(Symbol, "observable"), false);
  try {
    const made = Symbol("observable");
    if (known === undefined) Object.defineProperty(Symbol, "observable", { value: made, configurable: true });
    holds(source[Symbol.observable]() === source, "Symbol.observable");
  } finally {
    if (known === undefined) delete Symbol.observable;
  }
  holds(source instanceof Object && typeof source.toString === "function", "an object like any other");
});
