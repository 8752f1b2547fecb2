// The widget and its connection.
import { calm, holds, library, listen, refused, rejected, same, test, thrown, until } from "./harness.js";
import { World } from "./world.js";

const { IceGatherPolicy, MultiChannelType, TrickleIcePolicy, TvoxError, Widget } = library;

test("a wrong configuration is an error of code CONFIG that names the field", () => {
  for (const [configuration, field] of [
    [undefined, "WidgetConf"],
    [null, "WidgetConf"],
    ["text", "WidgetConf"],
    [{}, "server"],
    [{ server: {} }, "server.url"],
    [{ server: { url: 7 } }, "server.url"],
    [{ server: { url: "https://a.example" }, servicesConfiguration: [{ type: "FAX", services: [] }] },
      "servicesConfiguration[0].type"],
    [{ server: { url: "https://a.example", heartbeatInterval: 1 } }, "server.heartbeatInterval"],
    [{ server: { url: "https://a.example", webrtc: { enabled: true, iceGatherPolicy: 4 } } },
      "server.webrtc.iceGatherPolicy"],
    [{ server: { url: "https://a.example", webrtc: { enabled: true, videoContainer: "#video" } } },
      "server.webrtc.videoContainer"],
  ]) {
    const error = thrown(() => new Widget(configuration));
    refused(error, "CONFIG");
    same(error.details.field, field, "details.field");
    holds(error.message.includes(field), `the message names the field: ${error.message}`);
  }
  const circular = {};
  circular.server = circular;
  refused(thrown(() => new Widget(circular)), "CONFIG");
});

test("an error prints itself as JSON", () => {
  const error = thrown(() => new Widget({ server: { url: 7 } }));
  holds(error instanceof Error && error instanceof TvoxError, "it is an Error");
  same(String(error).startsWith("TvoxError: configuration: server.url"), true, "as text");
  const { name, code, message, details } = JSON.parse(JSON.stringify(error));
  same({ name, code, details: details.field }, {
    name: "TvoxError", code: "CONFIG", details: "server.url",
  });
  same(message, error.message);
  same(Object.keys(error).sort(), ["code", "details"], "what is listed");
});

test("options are the configuration with its defaults, the policies as numbers", () => {
  const videoContainer = globalThis.document?.createElement("div") ?? { nodeType: 1 };
  const widget = new World().widget({
    server: { webrtc: { enabled: true, videoContainer } },
    customerInfo: { customerDisplayName: "Mario Rossi" },
  });
  const { server, servicesConfiguration, customerInfo } = widget.client.options;
  same(server.heartbeatInterval, 5000);
  same([server.retryOptions.strategy, server.retryOptions.intervalMs], ["fixed", 10_000]);
  same(server.webrtc.trickleIcePolicy, TrickleIcePolicy.FullTrickle);
  same(server.webrtc.iceGatherPolicy, IceGatherPolicy.All);
  holds(server.webrtc.videoContainer === videoContainer, "the page's own element");
  same(servicesConfiguration[0].services[0].description, "Support", "descritpion is read");
  same(customerInfo.customerDisplayName, "Mario Rossi");
  holds(widget.client.options === widget.client.options, "one object");
  widget.disconnect();
});

test("a policy is taken by number and by name", () => {
  for (const trickleIcePolicy of [3, "HalfTrickle", TrickleIcePolicy.HalfTrickle]) {
    const webrtc = { enabled: true, trickleIcePolicy, iceGatherPolicy: null };
    const widget = new World().widget({ server: { webrtc } });
    same(widget.client.options.server.webrtc.trickleIcePolicy, 3);
    widget.disconnect();
  }
});

test("numeric enumerations map both ways, the others are their own words", () => {
  same([TrickleIcePolicy[2], TrickleIcePolicy.FullTrickle], ["FullTrickle", 2]);
  same([IceGatherPolicy[3], IceGatherPolicy.Relay], ["Relay", 3]);
  same(MultiChannelType.PHONE_CALL, "PHONE_CALL");
  holds(Object.isFrozen(MultiChannelType) && Object.isFrozen(TrickleIcePolicy), "frozen");
});

test("the client is loaded once: a late listener runs at once, a reconnect tells nobody", async () => {
  const world = new World();
  const widget = world.widget();
  const ran = [];
  widget.onLoadClientComplete(() => ran.push("early"));
  widget.onLoadClientComplete(() => ran.push("also early"));
  same(ran, [], "before the connection");
  await until("loaded", () => ran.length === 2);
  widget.onLoadClientComplete(() => ran.push("late"));
  same(ran, ["early", "also early", "late"], "at once");
  world.cut();
  await until("the reconnect", () => world.called("hello").length === 2);
  await calm();
  same(ran.length, 3, "after the reconnect");
  widget.disconnect();
});

test("connectionEvent emits when connected changes, and shows the present to whoever comes late", async () => {
  const world = new World();
  const widget = world.widget();
  const events = listen(widget.client.connectionEvent);
  same(events.values, [], "before anything is known");
  await until("the connection", () => events.values.length === 1);
  const late = [];
  widget.client.connectionEvent.subscribe((event) => late.push(event));
  same(late, [{ connected: true }], "synchronously");
  world.cut();
  await until("connected again", () => events.values.length === 3);
  same(events.values.map((event) => event.connected), [true, false, true]);
  widget.disconnect();
  await until("the end", () => events.ended);
  same(events.values.at(-1), { connected: false });
  same(events.ended, "complete");
});

test("connectionState says what the connection does, how long it waits, and why", async () => {
  const world = new World();
  world.reachable = false;
  const widget = world.widget();
  const states = listen(widget.client.connectionState);
  same(states.values[0], { connected: false, state: "connecting", attempt: 0 });
  const waiting = await until("waiting", () => states.values.find((it) => it.state === "waiting"));
  same([waiting.connected, waiting.attempt], [false, 1]);
  holds(waiting.retryInMs > 0, "milliseconds");
  refused(waiting.reason, "CONNECTION_LOST");
  widget.disconnect();
  await until("stopped", () => states.values.at(-1).state === "stopped");
});

test("connectionState tells each state once", async () => {
  const world = new World();
  const widget = world.widget();
  const states = listen(widget.client.connectionState);
  await until("connected", () => states.values.some((it) => it.connected));
  widget.disconnect();
  await until("stopped", () => states.values.at(-1).state === "stopped");
  same(states.values.map((it) => it.state), ["connecting", "connected", "stopped"]);
});

test("channels are {} before the connection, and the server's afterwards", async () => {
  const world = new World();
  const widget = world.widget();
  same(widget.getChannelsEnabled(), {});
  await until("the connection", () => Object.keys(widget.getChannelsEnabled()).length > 0);
  same(widget.getChannelsEnabled(), {
    PHONE_CALL: true, VIDEO: true, CHAT: true, MAIL: true, CALLBACK: false,
  });
  widget.disconnect();
});

test("the status of a service is told on the widget and on the client, and each change of it", async () => {
  const world = new World();
  const widget = await world.online();
  for (const [at, on] of [widget, widget.client].entries()) {
    const statuses = listen(on.getServiceStatusForChannel("service0001", "CHAT"));
    await until("a status", () => statuses.values.length === 1);
    same(statuses.values[0], {
      channelConfiguration: "ENABLED", channelId: "CHAT", service: "service0001",
      serviceConfiguration: "ENABLED", status: at === 0 ? "ACTIVE" : "OVERTIME",
    });
    world.event("service/service0001/CHAT", {
      channelId: "CHAT", service: "service0001", channelConfiguration: "ENABLED",
      serviceConfiguration: "ENABLED", status: at === 0 ? "OVERTIME" : "ACTIVE",
    });
    await until("the change", () => statuses.values.length === 2);
    statuses.subscription.unsubscribe();
    same(statuses.subscription.closed, true);
  }
  widget.disconnect();
});

test("a service that is not configured is refused at once, on both", () => {
  const widget = new World().widget();
  for (const on of [widget, widget.client]) {
    const error = thrown(() => on.getServiceStatusForChannel("service0009", "CHAT"));
    refused(error, "UNMONITORED", { service: "service0009", channel: "CHAT" });
    refused(thrown(() => on.getServiceStatusForChannel("service0001", "MAIL")), "UNMONITORED");
  }
  widget.disconnect();
});

test("a visit is told, and what is left out may be null", async () => {
  const world = new World();
  const widget = world.widget();
  same(await widget.widgetVisitUri("https://a.example/p", null, "A page"), true);
  same(world.called("visit"), [{ linkableUri: "https://a.example/p", uriDisplay: "A page" }]);
  widget.disconnect();
});

test("the visitor's choice is told to the server, again after each reconnect", async () => {
  const world = new World();
  const widget = await world.online();
  same(widget.sendCustomerIdentifier("CHAT", "service0001"), undefined);
  await until("the choice", () => world.called("identify").length === 1);
  same(world.called("identify")[0], { channel: "CHAT", service: "service0001" });
  world.cut();
  await until("the choice again", () => world.called("identify").length === 2);
  widget.disconnect();
});

test("what lets a visitor come back is kept where the configuration says, and by default nowhere", async () => {
  const { localStorage, sessionStorage } = globalThis;
  for (const [persist, place] of [[undefined, undefined], ["session", sessionStorage], ["local", localStorage]]) {
    const world = new World();
    const token = `tvox:http://${world.host}:token`;
    for (const resumed of [undefined, place ? "rt_1" : undefined]) {
      const widget = await world.online({ persist });
      same(world.called("hello").at(-1).resume, resumed, "what is shown to the server");
      same(place?.getItem(token), place && "rt_1");
      if (!place) holds(!Object.keys(sessionStorage ?? {}).includes(token), "nothing is kept");
      widget.disconnect();
      await calm();
    }
    const widget = await world.online({ persist });
    widget.forget();
    await until("the goodbye", () => world.called("bye").length === 3);
    same([world.called("bye").at(-1), place?.getItem(token) ?? null], [{ forget: true }, null]);
  }
});

test("disconnect says goodbye, closes, and comes back no more", async () => {
  const world = new World();
  const widget = await world.online();
  same(widget.disconnect(), undefined);
  widget.disconnect();
  await until("the close", () => world.closed.length > 0);
  same([world.called("bye"), world.closed], [[{ forget: false }], [1000]]);
  await calm();
  same(world.called("hello").length, 1);
});

test("after disconnect every method gives its documented result", async () => {
  const world = new World();
  const widget = await world.online({ server: { webrtc: { enabled: true } } });
  const chat = await world.chat(widget);
  widget.disconnect();
  await until("the close", () => world.closed.length > 0);
  await calm();
  const calls = {
    visit: () => widget.widgetVisitUri("/a"),
    create: () => chat.createChatChannelSession(),
    send: () => chat.chatSendMessage("text"),
    recap: () => chat.chatSendRecapOfSession("a@example.com"),
    rate: () => chat.rate(5),
    file: () => chat.sendFile(new Blob(["x"], { type: "text/plain" })),
    url: () => chat.fileUrl("f_1"),
    video: () => widget.videoChannelSessionNew("service0001"),
    call: () => widget.callChannelSessionNew("service0001"),
    close: () => widget.callChannelSessionClose("k_1"),
    mail: () => widget.sendMail({ service: "s", from: "a@example.com", subject: "s", message: "m" }),
    callback: () => widget.requestCallback({ service: "s", phone: "1" }),
    slots: () => widget.callbackSlots("s"),
    forms: () => widget.forms("CHAT", "s"),
    another: () => widget.newChatSession("service0001").createChatChannelSession(),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await rejected(call());
    same([name, error.code], [name, "CANCELLED"]);
  }
  widget.sendCustomerIdentifier("CHAT", "service0001");
  chat.chatChannelReceivedMessage("m_1");
  chat.chatChannelReadMessage("m_1");
  chat.chatChannelSessionClose();
  widget.videoChannelSessionMonitorStop();
  same(widget.getChannelsEnabled().CHAT, true, "as of the last connection");
  const states = listen(widget.client.connectionEvent);
  same([states.values, states.ended], [[{ connected: false }], "complete"]);
  const monitors = [
    chat.getChatChannelSessionMonitor(), chat.getChatChannelEventMonitor().notification,
    widget.getServiceStatusForChannel("service0001", "VIDEO"), widget.callChannelSessionMonitor(),
    widget.newChatSession("service0001").getChatChannelSessionMonitor(),
  ].map(listen);
  await until("every observable is complete", () => monitors.every((it) => it.ended === "complete"));
  let ran = false;
  widget.onLoadClientComplete(() => { ran = true; });
  same(ran, true, "it has been loaded");
});

test("wrong arguments are errors of code ARGUMENT that name them: thrown, or a rejected promise", async () => {
  const widget = new World().widget();
  const chat = widget.newChatSession("service0001");
  const sync = {
    action: () => widget.onLoadClientComplete(),
    service: () => widget.newChatSession(7),
    "fields[0].value": () => widget.newChatSession("s", [{ key: "k" }]),
    fields: () => widget.newChatSession("s", "text"),
    chatCustomerDisplayName: () => widget.newChatSession("s", null, 7),
    channel: () => widget.sendCustomerIdentifier("FAX", "s"),
    messageId: () => chat.chatChannelReadMessage(),
    type: () => widget.on("nothing", () => {}),
    listener: () => widget.on("ready"),
  };
  for (const [argument, call] of Object.entries(sync)) {
    const error = thrown(call);
    refused(error, "ARGUMENT");
    same(error.details.argument, argument);
  }
  const later = {
    status: () => chat.chatSendMessage("text", "SHOUTED"),
    message: () => chat.chatSendMessage(),
    notifyGreetingMessage: () => chat.chatSendMessage("text", "WROTE", "yes"),
    mail: () => chat.chatSendRecapOfSession(null),
    file: () => chat.sendFile("name"),
    score: () => chat.rate(6),
    linkableUri: () => widget.widgetVisitUri(7),
    sessionId: () => widget.client.webrtc.toggleAudioMute(),
    "mail.from": () => widget.sendMail({ service: "s" }),
    "callback.customer.customerId": () =>
      widget.requestCallback({ service: "s", phone: "1", customer: { customerId: 7 } }),
    days: () => widget.callbackSlots("s", 0.5),
  };
  for (const [argument, call] of Object.entries(later)) {
    const error = await rejected(call());
    refused(error, "ARGUMENT");
    same(error.details.argument, argument);
  }
  widget.disconnect();
});

test("what is freed, in any order and twice, answers with an error and breaks nothing", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const monitor = chat.getChatChannelEventMonitor();
  const heard = listen(monitor.notification);
  const events = widget.client.connectionEvent;
  chat.free();
  chat.free();
  refused(await rejected(chat.chatSendMessage("text")), "WRONG_STATE", {
    operation: "ChatSession", state: "freed",
  });
  refused(thrown(() => chat.getChatChannelSessionMonitor()), "WRONG_STATE");
  world.write("s_1", { direction: "INBOUND", message: "still told" });
  await until("what a listener hears", () => heard.values.some((it) => it.message === "still told"));
  monitor.free();
  world.write("s_1", { direction: "INBOUND", message: "told too" });
  await until("what a listener hears", () => heard.values.some((it) => it.message === "told too"));
  const messages = [];
  widget.on("message", (message) => messages.push(message));
  widget.free();
  widget.free();
  refused(thrown(() => widget.getChannelsEnabled()), "WRONG_STATE");
  refused(await rejected(widget.client.webrtc.toggleAudioMute("k_1")), "WRONG_STATE");
  await until("the connection is closed", () => world.closed.length > 0);
  await until("listeners see the end", () => heard.ended === "complete");
  same(listen(events).values, [{ connected: false }]);
});

test("a listener that throws is reported, and the values after it still come", async () => {
  const world = new World();
  const widget = await world.online();
  const seen = [];
  const reports = await reported(async () => {
    const statuses = widget.getServiceStatusForChannel("service0001", "CHAT");
    statuses.subscribe((status) => {
      seen.push(status.status);
      throw new Error(`a listener's mistake at ${status.status}`);
    });
    await until("the first value", () => seen.length === 1);
    world.event("service/service0001/CHAT", { channelId: "CHAT", service: "service0001", status: "OVERTIME" });
    await until("the second value", () => seen.length === 2);
    widget.onLoadClientComplete(() => { throw new Error("not ready at all"); });
  }, 3);
  same(reports, [
    "a listener's mistake at ACTIVE", "a listener's mistake at OVERTIME", "not ready at all",
  ]);
  widget.disconnect();
});

test("events have names, and chats of the widget are told as they come", async () => {
  const world = new World();
  const widget = world.widget();
  const heard = {};
  for (const type of ["ready", "connection", "state", "channels", "chat", "session", "message", "typing"]) {
    heard[type] = [];
    widget.on(type, (value) => heard[type].push(value));
  }
  await until("ready", () => heard.ready.length === 1);
  same(heard.ready, [undefined]);
  same(heard.connection, [{ connected: true }]);
  same(heard.channels.at(-1).CHAT, true);
  const chat = await world.chat(widget);
  holds(heard.chat[0] === chat, "the chat itself");
  world.write("s_1", { direction: "INBOUND", message: "Buongiorno" });
  world.event("chat/s_1", { sessionId: "s_1", status: "COMPOSING", direction: "INBOUND" });
  await until("a message", () => heard.message.length === 1);
  holds(heard.message[0].chat === chat, "of which chat");
  same(heard.message[0].message.message, "Buongiorno");
  await until("typing", () => heard.typing.some(({ typing }) => typing === true));
  same(heard.session.at(-1).session.step.type, "CONNECTED");
  world.cut();
  await until("the reconnect", () => world.called("hello").length === 2);
  await calm();
  same(heard.ready.length, 1, "ready is once");
  widget.disconnect();
});

/** The messages of the uncaught errors that come meanwhile. */
const reported = async (act, count) => {
  const messages = [];
  const page = globalThis.window;
  const keep = (error) => messages.push(error.message);
  if (page) page.onerror = (_, __, ___, ____, error) => { keep(error); return true; };
  const earlier = page ? undefined : process.listeners("uncaughtException");
  if (!page) {
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", keep);
  }
  try {
    await act();
    await until("the errors are reported", () => messages.length >= count);
  } finally {
    if (page) page.onerror = null;
    else {
      process.removeAllListeners("uncaughtException");
      earlier.forEach((listener) => process.on("uncaughtException", listener));
    }
  }
  return messages;
};
