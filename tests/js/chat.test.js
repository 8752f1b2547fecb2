// A chat of the visitor with a service.
import { calm, holds, library, listen, refused, rejected, same, test, thrown, until } from "./harness.js";
import { SILENCE, World, refusal } from "./world.js";

const { ChatChannelEventMessageStatus, MultiChannelStepType } = library;

test("a chat is created for the configured customer, unless the call names another", async () => {
  const world = new World();
  const customerInfo = { customerDisplayName: "Mario Rossi", customerValue: "rossimario@example.com", customerCompany: "Acme" };
  const widget = await world.online({ customerInfo });
  const fields = [{ key: "order", value: "7" }];
  for (const [args, customer] of [
    [["service0001"], customerInfo],
    [["service0001", null, null, null], customerInfo],
    [["service0001", fields, "Luigi"], { ...customerInfo, customerDisplayName: "Luigi" }],
    [["service0001", [], "Luigi", "l@example.com"],
      { ...customerInfo, customerDisplayName: "Luigi", customerValue: "l@example.com" }],
  ]) {
    await widget.newChatSession(...args).createChatChannelSession();
    const { key, ...asked } = world.called("chat.create").at(-1);
    holds(/^[0-9a-f]{8}-[0-9a-f]{4}-4/.test(key), `a key that is random: ${key}`);
    const given = args[1]?.length ? { fields: args[1] } : {};
    same(asked, { service: "service0001", customer, ...given });
  }
  widget.disconnect();
});

test("a chat can ring with the operator of a call of the visitor's own", async () => {
  const world = new World();
  const widget = await world.online();
  await widget.newChatSession("service0001", null, null, null, { with: "k_1" }).createChatChannelSession();
  const { key, ...asked } = world.called("chat.create")[0];
  same(asked, { service: "service0001", with: "k_1" });
  for (const [argument, options] of [["options", "k_1"], ["options.with", { with: 7 }]]) {
    const error = thrown(() => widget.newChatSession("service0001", null, null, null, options));
    refused(error, "ARGUMENT");
    same(error.details.argument, argument);
  }
  widget.disconnect();
});

test("a welcome comes with what is seen or heard beside it", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const states = listen(chat.getChatChannelSessionMonitor());
  const media = [{ type: "audio/ogg", url: "/hold.ogg" }, { type: "image/png", url: "https://a.example/a.png" }];
  world.event("session/s_1", {
    id: "s_1", sessionState: "ACTIVE", step: { step: 2, type: "PLAY", welcomeMessage: "Ciao", media },
  });
  await until("the welcome", () => states.values.at(-1).step.type === "PLAY");
  same(states.values.at(-1).step, { step: 2, type: "PLAY", welcomeMessage: "Ciao", media });
  widget.disconnect();
});

test("without any name the contact is anonymous", async () => {
  const world = new World();
  const widget = await world.online();
  await widget.newChatSession("service0001").createChatChannelSession();
  holds(!("customer" in world.called("chat.create")[0]), "no customer at all");
  widget.disconnect();
});

test("creating answers with the session, in plain objects, what is absent left out", async () => {
  const world = new World();
  const widget = world.widget();
  const chat = widget.newChatSession("service0001");
  same([chat.id, chat.service], [undefined, "service0001"]);
  const session = await chat.createChatChannelSession();
  same(session, {
    id: "s_1", service: "service0001", sessionState: "ACTIVE",
    step: { step: 1, type: MultiChannelStepType.QUEUE, queuePosition: 3, expectedWait: 40 },
  });
  same(session.agent, undefined);
  same(chat.id, "s_1");
  refused(await rejected(chat.createChatChannelSession()), "WRONG_STATE");
  widget.disconnect();
});

test("a refusal says its reason, and a second try is possible", async () => {
  const world = new World();
  const widget = await world.online();
  world.answer("chat.create", () => refusal(1104, "OVERTIME"));
  const chat = widget.newChatSession("service0001");
  refused(await rejected(chat.createChatChannelSession()), "REFUSED", {
    code: 1104, reason: "OVERTIME", retryable: false,
  });
  world.answer("chat.create", undefined);
  same((await chat.createChatChannelSession()).id, "s_1");
  widget.disconnect();
});

test("the session monitor shows the present first, and is silent unless something changed", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = widget.newChatSession("service0001");
  const early = listen(chat.getChatChannelSessionMonitor());
  same(early.values, [], "before the session");
  await chat.createChatChannelSession();
  const late = listen(chat.getChatChannelSessionMonitor());
  same(late.values.map((state) => state.step.type), ["QUEUE"], "synchronously");
  world.step("s_1", "CONNECTED", { agent: { name: "Anna" } });
  world.step("s_1", "CONNECTED", { agent: { name: "Anna" } });
  await until("the operator", () => late.values.length === 2);
  world.answer("subscribe", ({ topic }) => ({
    subscription: topic, rev: 9, result: topic.startsWith("session") ? {
      id: "s_1", service: "service0001", sessionState: "ACTIVE", step: { step: 1, type: "CONNECTED" },
      agent: { name: "Anna" },
    } : [], epoch: "e_1", recovered: true, more: false,
  }));
  world.cut();
  await until("the reconnect", () => world.called("hello").length === 2);
  await calm();
  same(late.values.length, 2, "a reconnect tells nothing");
  same(late.values[1].agent, { name: "Anna" });
  same(early.values, late.values);
  widget.disconnect();
});

test("an inactivity warning says when, in milliseconds since 1970", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const states = listen(chat.getChatChannelSessionMonitor());
  const when = Date.UTC(2026, 10, 22, 10, 5);
  world.event("session/s_1", {
    id: "s_1", service: "service0001", sessionState: "ACTIVE",
    step: { step: 4, type: "INACTIVE_TIMEOUT", inactivityExpireDatetime: when },
  });
  await until("the warning", () => states.values.at(-1).step.type === "INACTIVE_TIMEOUT");
  same(states.values.at(-1).step.inactivityExpireDatetime, when);
  chat.stillHere();
  await until("the answer", () => world.called("session.active").length === 1);
  widget.disconnect();
});

test("the event monitor gives OPEN_SESSION as its result, everything else as notifications", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = widget.newChatSession("service0001");
  const monitor = chat.getChatChannelEventMonitor();
  holds(monitor === chat.getChatChannelEventMonitor(), "one monitor of a chat");
  await chat.createChatChannelSession();
  same(world.calls.filter((call) => call.params?.topic?.startsWith("chat/")), [], "not asked for yet");
  const [result, notifications] = [listen(monitor.result), listen(monitor.notification)];
  await until("the result", () => result.values.length === 1);
  same(result.values[0].messageType, "OPEN_SESSION");
  world.step("s_1", "CONNECTED");
  world.write("s_1", { direction: "INBOUND", message: "Buongiorno" });
  world.event("chat/s_1", { sessionId: "s_1", status: "COMPOSING", direction: "INBOUND" });
  await until("the notifications", () => notifications.values.length === 2);
  const [message, composing] = notifications.values;
  same(message, {
    seq: 2, id: "m_2", sessionId: "s_1", messageType: "MESSAGE", status: "WROTE", direction: "INBOUND",
    message: "Buongiorno", createdAt: "2026-11-22T10:00:00.000Z",
  });
  same(composing, { sessionId: "s_1", status: "COMPOSING", direction: "INBOUND" });
  const asked = world.calls.filter((call) => call.params?.topic === "chat/s_1");
  same(asked.length, 1, "asked once, for both");
  same(await monitor.stopNotification(), true);
  await until("the end", () => notifications.ended === "complete");
  world.write("s_1", { direction: "INBOUND", message: "after the end" });
  await calm();
  same(notifications.values.length, 2);
  widget.disconnect();
});

test("a message is sent once there is an operator, and true when the server has it", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = widget.newChatSession("service0001");
  const early = await rejected(chat.chatSendMessage("too early", "WROTE", false));
  refused(early, "WRONG_STATE", { operation: "chatSendMessage", state: "not created" });
  await chat.createChatChannelSession();
  refused(await rejected(chat.chatSendMessage("in the queue")), "WRONG_STATE");
  world.step("s_1", "CONNECTED");
  await until("the operator", () => listen(chat.getChatChannelSessionMonitor()).values[0].step.type === "CONNECTED");
  const said = listen(chat.getChatChannelEventMonitor().notification);
  same(await chat.chatSendMessage("Can I get some help, please?", "WROTE", false), true);
  same(await chat.chatSendMessage("Welcome!", ChatChannelEventMessageStatus.WROTE, true), true);
  same(await chat.chatSendMessage("only the text"), true);
  await until("all three", () => said.values.length === 3);
  same(said.values.map(({ message, direction, greeting }) => [message, direction, greeting]), [
    ["Can I get some help, please?", "OUTBOUND", undefined],
    ["Welcome!", "INBOUND", true],
    ["only the text", "OUTBOUND", undefined],
  ]);
  widget.disconnect();
});

test("messages asked for in one breath arrive in that order", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const texts = Array.from({ length: 20 }, (_, at) => `message ${at}`);
  await Promise.all(texts.map((text, at) => chat.chatSendMessage(text, "WROTE", at % 2 === 0)));
  same(world.called("chat.send").map(({ message }) => message), texts);
  widget.disconnect();
});

test("COMPOSING and IDLE are true when they were said, and false where they could not be", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = widget.newChatSession("service0001");
  same(await chat.chatSendMessage("", "COMPOSING", false), false, "no session yet");
  await chat.createChatChannelSession();
  world.step("s_1", "CONNECTED");
  await until("the operator", () => listen(chat.getChatChannelSessionMonitor()).values[0].step.type === "CONNECTED");
  same(await chat.chatSendMessage(null, "COMPOSING"), true);
  same(await chat.chatSendMessage(undefined, "IDLE"), true);
  await until("both", () => world.called("chat.typing").length === 2);
  same(world.called("chat.typing").map(({ status }) => status), ["COMPOSING", "IDLE"]);
  widget.disconnect();
});

test("a message that was written while the line is cut is sent when it is back", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  world.cut();
  const sent = chat.chatSendMessage("while it was away");
  same(await sent, true);
  same(world.called("hello").length, 2);
  same(world.called("chat.send").length, 1);
  widget.disconnect();
});

test("received and read are told as watermarks", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const heard = listen(chat.getChatChannelEventMonitor().notification);
  world.write("s_1", { direction: "INBOUND", message: "one" });
  await until("the message", () => heard.values.length === 1);
  const { id } = heard.values[0];
  same(chat.chatChannelReceivedMessage(id), undefined);
  await until("received", () => world.called("chat.received").length === 1);
  same(chat.chatChannelReadMessage(id), undefined);
  await until("read", () => world.called("chat.read").length === 1);
  same(world.called("chat.read")[0], { session: "s_1", message: id });
  widget.disconnect();
});

test("a recap is true when the server has taken it, and says why not", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = widget.newChatSession("service0001");
  refused(await rejected(chat.chatSendRecapOfSession("a@example.com")), "WRONG_STATE");
  await chat.createChatChannelSession();
  same(await chat.chatSendRecapOfSession("a@example.com"), true);
  const { key, ...asked } = world.called("chat.recap")[0];
  same(asked, { session: "s_1", mail: "a@example.com" });
  holds(key, "a key");
  world.answer("chat.recap", () => refusal(1302, "MAIL_NOT_CONFIGURED"));
  const error = await rejected(chat.chatSendRecapOfSession("a@example.com"));
  same([error.code, error.details.reason], ["REFUSED", "MAIL_NOT_CONFIGURED"]);
  widget.disconnect();
});

test("closing tells CLOSED_SESSION, then the state CLOSED, then the end of both", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const order = [];
  const { result, notification } = chat.getChatChannelEventMonitor();
  const follow = (name, observable, shown) => observable.subscribe({
    next: (value) => order.push(`${name} ${shown(value)}`),
    complete: () => order.push(`${name} complete`),
  });
  follow("result", result, (event) => event.messageType);
  follow("notification", notification, (event) => event.messageType);
  follow("session", chat.getChatChannelSessionMonitor(), (state) => state.sessionState);
  await until("the result", () => order.length === 2);
  same(chat.chatChannelSessionClose(), undefined);
  chat.chatChannelSessionClose();
  await until("the end", () => order.length === 7);
  same(order.slice(0, 4), [
    "session ACTIVE", "result OPEN_SESSION", "notification CLOSED_SESSION", "session CLOSED",
  ]);
  same(order.slice(4).sort(), ["notification complete", "result complete", "session complete"]);
  refused(await rejected(chat.chatSendMessage("after the end")), "WRONG_STATE", {
    operation: "chatSendMessage", state: "closed",
  });
  same(await chat.chatSendMessage("", "COMPOSING"), false);
  refused(await rejected(chat.createChatChannelSession()), "WRONG_STATE");
  const late = listen(chat.getChatChannelSessionMonitor());
  same([late.values.map((it) => it.sessionState), late.ended], [["CLOSED"], "complete"]);
  widget.disconnect();
});

test("a session that ran before is given back, and taken up when its chat is asked for", async () => {
  const world = new World();
  world.sessions = [
    { id: "s_1", channel: "CHAT", service: "service0001" },
    { id: "k_1", channel: "VIDEO", service: "service0001" },
  ];
  world.log.push({ seq: 1, id: "m_1", sessionId: "s_1", messageType: "OPEN_SESSION" });
  const widget = world.widget();
  same(widget.openSessions(), [], "before the connection");
  await new Promise((resolve) => { widget.onLoadClientComplete(resolve); });
  const [chat, video] = widget.openSessions();
  same(JSON.parse(JSON.stringify([chat, video])), world.sessions);
  same(video.chat, undefined);
  same(world.calls.filter((call) => call.params?.topic === "session/s_1"), [], "not taken up yet");
  const taken = chat.chat;
  holds(taken === chat.chat && taken === widget.openSessions()[0].chat, "one object");
  const states = listen(taken.getChatChannelSessionMonitor());
  await until("its state", () => states.values.length === 1);
  same([taken.id, states.values[0].step.type], ["s_1", "QUEUE"]);
  const { result } = taken.getChatChannelEventMonitor();
  const opened = listen(result);
  await until("its log", () => opened.values.length === 1);
  widget.disconnect();
});

test("a session of this page is found among the open ones as the object that it is", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  world.sessions = [{ id: "s_1", channel: "CHAT", service: "service0001" }];
  world.cut();
  await until("the reconnect", () => widget.openSessions().length === 1);
  holds(widget.openSessions()[0].chat === chat, "the same chat");
  widget.disconnect();
});

test("a rating is told, with or without words", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  same(await chat.rate(5), true);
  same(await chat.rate(1, "Too slow"), true);
  same(world.called("session.rate").map(({ key, ...it }) => it), [
    { session: "s_1", score: 5 }, { session: "s_1", score: 1, comment: "Too slow" },
  ]);
  widget.disconnect();
});

test("a file that is refused says why, and one that is given up is CANCELLED", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const file = new Blob(["12345"], { type: "text/plain" });
  world.answer("file.begin", () => refusal(1401, "FILE_TYPE"));
  const error = await rejected(chat.sendFile(file, { name: "a.txt" }));
  same([error.code, error.details.reason], ["REFUSED", "FILE_TYPE"]);
  const { key, ...asked } = world.called("file.begin")[0];
  same(asked, { session: "s_1", name: "a.txt", size: 5, type: "text/plain" });
  world.answer("file.begin", () => SILENCE);
  const giveUp = new AbortController();
  const progress = [];
  const sending = rejected(chat.sendFile(file, {
    name: "a.txt", signal: giveUp.signal, onProgress: (it) => progress.push(it),
  }));
  await until("the announcement", () => world.called("file.begin").length === 2);
  giveUp.abort();
  refused(await sending, "CANCELLED");
  same(progress, [{ sent: 0, total: 5 }]);
  refused(await rejected(chat.sendFile(file, { signal: giveUp.signal })), "CANCELLED");
  same(world.called("file.begin").length, 2, "given up before it began");
  widget.disconnect();
});

test("what the server does not take is refused before it is read or announced", async () => {
  const world = new World();
  world.limits = { file: { bytes: 5, types: ["text/plain"] } };
  const widget = await world.online();
  const chat = await world.chat(widget);
  let read = 0;
  const file = (size, type = "text/plain") => ({
    size, type, arrayBuffer: async () => { read += 1; return new ArrayBuffer(6); },
  });
  for (const [reason, given, name] of [
    ["FILE_SIZE", file(6), "a.txt"], ["FILE_SIZE", file(0), "a.txt"], ["FILE_TYPE", file(5, "text/html"), "a.txt"],
    ["FILE_TYPE", file(5, ""), "a.txt"], ["FILE_NAME", file(5), "a/b.txt"],
  ]) {
    const error = await rejected(chat.sendFile(given, { name }));
    same([error.code, error.details.reason], ["REFUSED", reason]);
  }
  same(read, 0);
  const error = await rejected(chat.sendFile(file(undefined), { name: "a.txt" }));
  same([error.details.reason, read], ["FILE_SIZE", 1], "who does not say how large it is, is read");
  same(world.called("file.begin"), []);
  widget.disconnect();
});

test("a file's address is complete", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  world.answer("file.url", () => ({ url: "/tvox/widget/files/f_1?sig=x", expires: "2026-11-22T10:06:00Z" }));
  same(await chat.fileUrl("f_1"), {
    url: `http://${world.host}/tvox/widget/files/f_1?sig=x`, expires: "2026-11-22T10:06:00Z",
  });
  widget.disconnect();
});

test("a malformed frame and an unknown word do no harm", async () => {
  const world = new World();
  const widget = await world.online();
  const chat = await world.chat(widget);
  const states = listen(chat.getChatChannelSessionMonitor());
  world.lines.at(-1).tell("message", { data: "{not json" });
  world.lines.at(-1).tell("message", { data: new ArrayBuffer(4) });
  world.event("session/s_1", { id: "s_1", sessionState: "ACTIVE", step: { step: 9, type: "TOMORROW" } });
  await until("what nobody has documented yet", () => states.values.at(-1).step.type === "TOMORROW");
  widget.disconnect();
});
