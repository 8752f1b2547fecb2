// RxJS takes the library's observables as they are.
import rxjs5 from "rxjs5";
import { filter, firstValueFrom, from, map, take, toArray } from "rxjs7";
import { calm, library, same, test, until } from "./harness.js";
import { World } from "./world.js";

const { Observable } = library;

test("RxJS 5.5 takes them through Observable.from, with its operators and its unsubscribe", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const heard = [];
  const events = rxjs5.Observable.from(chat.getChatChannelEventMonitor().notification);
  const subscription = events.filter((event) => event.status === "WROTE").map((event) => event.message)
    .subscribe((message) => heard.push(message));
  world.write("s_1", { direction: "INBOUND", message: "a" });
  await until("a message", () => heard.length === 1);
  subscription.unsubscribe();
  world.write("s_1", { direction: "INBOUND", message: "b" });
  await calm();
  same(heard, ["a"]);
  const states = [];
  rxjs5.Observable.from(widget.client.connectionEvent).take(1).subscribe((it) => states.push(it));
  same(states, [{ connected: true }], "synchronously");
  widget.disconnect();
});

test("RxJS 7 takes them through from, with its operators and its unsubscribe", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const texts = from(chat.getChatChannelEventMonitor().notification)
    .pipe(filter((event) => event.status === "WROTE"), map((event) => event.message), take(2), toArray());
  const both = firstValueFrom(texts);
  await until("it is asked for", () => world.calls.some((it) => it.params?.topic === "chat/s_1"));
  for (const message of ["a", "b", "c"]) world.write("s_1", { direction: "INBOUND", message });
  same(await both, ["a", "b"]);
  same(await firstValueFrom(from(widget.client.connectionEvent)), { connected: true });
  widget.disconnect();
});

test("both see completion and errors", async () => {
  for (const take of [from, (source) => rxjs5.Observable.from(source)]) {
    const world = new World();
    const widget = await world.online();
    const ends = [];
    take(widget.client.connectionState).subscribe({ complete: () => ends.push("complete") });
    take(new Observable(({ error }) => error("broken"))).subscribe({ error: (it) => ends.push(it) });
    widget.disconnect();
    await until("both ends", () => ends.length === 2);
    same(ends, ["broken", "complete"]);
  }
});

test("a listener that throws inside RxJS 5.5 ends its own chain, and nobody else's", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const { notification } = chat.getChatChannelEventMonitor();
  const [heard, failed] = [[], []];
  rxjs5.Observable.from(notification).map(() => { throw new Error("a mistake in a chain"); })
    .subscribe({ error: (error) => failed.push(error.message) });
  notification.subscribe((event) => heard.push(event.message));
  for (const message of ["a", "b"]) world.write("s_1", { direction: "INBOUND", message });
  await until("both messages", () => heard.length === 2);
  same([heard, failed], [["a", "b"], ["a mistake in a chain"]]);
  widget.disconnect();
});
