// Audio and video calls: their state, their methods and their errors.
import { calm, listen, refused, rejected, same, test, until } from "./harness.js";
import { World, refusal } from "./world.js";

const CALLS = [
  ["video", "VIDEO"],
  ["call", "PHONE_CALL"],
];
const enabled = { server: { webrtc: { enabled: true } } };

const state = (state, more = {}) => ({
  id: "k_1", service: "service0001", sessionState: state === "IDLE" ? "CLOSED" : "ACTIVE", state, ...more,
});

test("a call is made for the configured customer, and its promise is the session's id", async () => {
  for (const [name, channel] of CALLS) {
    const world = new World();
    const widget = await world.online({ ...enabled, customerInfo: { customerDisplayName: "Mario" } });
    const make = (...args) => widget[`${name}ChannelSessionNew`](...args);
    same(await make("service0001"), "k_1");
    same(await make("service0001", "Luigi", null), "k_1");
    same(world.called("call.create").map(({ key, ...it }) => it), [
      { channel, service: "service0001", customer: { customerDisplayName: "Mario" } },
      { channel, service: "service0001", customer: { customerDisplayName: "Luigi" } },
    ]);
    widget.disconnect();
  }
});

test("a call can bring answers to the service's form, and ring with the operator of a chat", async () => {
  for (const [name, channel] of CALLS) {
    const world = new World();
    const widget = await world.online(enabled);
    const options = { fields: [{ key: "order", value: "7" }], with: "s_1" };
    const make = (more) => widget[`${name}ChannelSessionNew`]("service0001", null, null, more);
    same(await make(options), "k_1");
    same(await make({ fields: null }), "k_1");
    same(world.called("call.create").map(({ key, ...it }) => it), [
      { channel, service: "service0001", ...options }, { channel, service: "service0001" },
    ]);
    for (const [argument, wrong] of [
      ["options", "s_1"], ["options.with", { with: 7 }], ["options.fields[0].key", { fields: [{}] }],
    ]) {
      const error = await rejected(make(wrong));
      refused(error, "ARGUMENT");
      same(error.details.argument, argument);
    }
    widget.disconnect();
  }
});

test("without webrtc, or with it disabled, calls are refused, and the manager still exists", async () => {
  for (const [webrtc, found] of [[undefined, "nothing"], [null, "nothing"], [{ enabled: false }, "enabled: false"]]) {
    const world = new World();
    const widget = await world.online({ server: { webrtc } });
    for (const [name] of CALLS) {
      const error = await rejected(widget[`${name}ChannelSessionNew`]("service0001"));
      refused(error, "CONFIG", {
        field: "server.webrtc", expected: "enabled: true, for calls", found,
      });
    }
    same(world.called("call.create"), []);
    same(typeof widget.client.webrtc.toggleAudioMute, "function");
    refused(await rejected(widget.client.webrtc.toggleAudioMute("k_1")), "WRONG_STATE");
    refused(await rejected(widget.client.webrtc.toggleVideoMute("k_1")), "WRONG_STATE");
    widget.disconnect();
  }
});

test("a monitor is silent without a call, tells each state once, and goes on after IDLE until it is stopped", async () => {
  for (const [name, channel] of CALLS) {
    const world = new World();
    const widget = await world.online(enabled);
    const monitor = widget[`${name}ChannelSessionMonitor`]();
    const states = listen(monitor);
    await until("it is asked for", () => world.calls.some((it) => it.params?.topic === `call/${channel}`));
    await calm();
    same(states.values, [], "no call");
    await widget[`${name}ChannelSessionNew`]("service0001");
    world.event(`call/${channel}`, state("NEW_OUTBOUND"));
    world.event(`call/${channel}`, state("NEW_OUTBOUND"));
    const started = { start: "2026-11-22T10:02:11Z", time: "2026-11-22T10:02:12Z" };
    world.event(`call/${channel}`, state("CONNECTED", started));
    await until("the operator", () => states.values.length === 2);
    same(states.values[1], state("CONNECTED", started));
    same(listen(monitor).values.length, 1, "the present, at once");
    world.event(`call/${channel}`, state("IDLE"));
    await until("the end of the call", () => states.values.length === 3);
    same([states.values[2].state, states.ended], ["IDLE", undefined]);
    same(listen(monitor).values, [], "a call that is over is not told again");
    same(widget[`${name}ChannelSessionMonitorStop`](), undefined);
    await until("the end of the monitor", () => states.ended === "complete");
    widget[`${name}ChannelSessionMonitorStop`]();
    widget.disconnect();
  }
});

test("closing a call is true when there was one, and says so when there was none", async () => {
  for (const [name] of CALLS) {
    const world = new World();
    const widget = await world.online(enabled);
    const id = await widget[`${name}ChannelSessionNew`]("service0001");
    same(await widget[`${name}ChannelSessionClose`](id), true);
    same(world.called("call.close"), [{ session: "k_1" }]);
    world.answer("call.close", () => refusal(1303, "SESSION_NOT_FOUND"));
    const error = await rejected(widget[`${name}ChannelSessionClose`]("k_9"));
    same([error.code, error.details.reason], ["REFUSED", "SESSION_NOT_FOUND"]);
    widget.disconnect();
  }
});

test("each toggle is true and is told to the operator's side: off the first time, on the second", async () => {
  const world = new World();
  const widget = await world.online(enabled);
  const id = await widget.videoChannelSessionNew("service0001");
  world.event("call/VIDEO", state("CONNECTED"));
  const { webrtc } = widget.client;
  for (const toggle of ["toggleAudioMute", "toggleVideoMute", "toggleAudioMute"]) {
    same(await webrtc[toggle](id), true, toggle);
  }
  // In a browser sound and picture are arranged beside it.
  const hints = () => world.called("signal").filter(({ type }) => type === "media");
  await until("three hints", () => hints().length === 3);
  same(hints().map(({ session, type, audio, video }) => [session, type, audio, video]), [
    ["k_1", "media", false, true], ["k_1", "media", false, false], ["k_1", "media", true, false],
  ]);
  widget.disconnect();
});

test("an operator's invitation is taken or refused", async () => {
  const world = new World();
  const widget = await world.online(enabled);
  const invited = listen(widget.videoChannelSessionMonitor());
  await until("it is asked for", () => world.calls.some((it) => it.params?.topic === "call/VIDEO"));
  await calm();
  world.event("call/VIDEO", state("NEW_INBOUND", { with: "s_1" }));
  await until("the invitation", () => invited.values.length === 1);
  same(invited.values[0].state, "NEW_INBOUND");
  world.answer("call.accept", () => ({ id: "k_1", iceServers: [], iceTtl: 600_000 }));
  same(await widget.acceptCall("k_1"), true);
  same(await widget.declineCall("k_1"), true);
  same([world.called("call.accept"), world.called("call.decline")], [[{ session: "k_1" }], [{ session: "k_1" }]]);
  widget.disconnect();
});
