// node rxjs.js <5|7> <before|after> <server>: RxJS, loaded before or after the library, listens to a
// widget: it connects, is disconnected, and a listener that has left hears no more.
const [version, order, server] = process.argv.slice(2);

const load = {
  library: () => import("tvox-widget/core"),
  5: async () => {
    const { Observable } = (await import("rxjs5")).default;
    const first = (await import("rxjs5/operators.js")).default.first;
    return { from: Observable.from, first };
  },
  7: () => import("rxjs7"),
};

const names = order === "before" ? [version, "library"] : ["library", version];
const loaded = {};
for (const name of names) loaded[name] = await load[name]();
const { from, first } = loaded[version];
const { Widget } = loaded.library;

const widget = new Widget({
  server: { url: server },
  servicesConfiguration: [
    { type: "CHAT", services: [{ code: "service0001", description: "Assistenza" }] },
  ],
});
const events = from(widget.client.connectionEvent);
const until = (wanted) => new Promise((resolve, reject) => {
  events.pipe(first(({ connected }) => connected === wanted)).subscribe(resolve, reject);
});

const heard = [];
const subscription = events.subscribe(({ connected }) => heard.push(connected));
await until(true);
const status = widget.getServiceStatusForChannel("service0001", "CHAT");
const open = await new Promise((resolve, reject) => {
  from(status).pipe(first((it) => it.status === "ACTIVE")).subscribe(resolve, reject);
});
subscription.unsubscribe();
widget.disconnect();
await until(false);
console.log(JSON.stringify({ heard, service: open.service, status: open.status }));
