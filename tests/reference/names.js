// Every name of the reference, called, and what the server saw of it. Each row says which names it is
// about; a name of the reference in no row fails the scenario. Rows run in order, with one visitor.
"use strict";

(() => {
  const { MultiChannelType, ConfigurationStatus, ServiceStatusValue, ChatChannelEventMessageStatus } = TvoxWidget;
  const { ChatMessageType, Direction, MultiChannelState, MultiChannelStepType, CallState } = TvoxWidget;
  const { TrickleIcePolicy, IceGatherPolicy, TvoxError } = TvoxWidget;

  const same = (seen, wanted, what) => {
    const [a, b] = [JSON.stringify(seen), JSON.stringify(wanted)];
    if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
  };
  const truth = (seen, what) => {
    if (!seen) throw new Error(`not true: ${what}`);
  };
  /** Waits until `look` gives something. */
  const until = async (look, what) => {
    const start = performance.now();
    for (;;) {
      const seen = look();
      if (seen) return seen;
      if (performance.now() - start > 25_000) throw new Error(`never: ${what}`);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  };
  /** The answered call of `method` after the first `before` ones. */
  const answered = async (method, before = 0) =>
    until(() => reference.asked(method).slice(before).find((call) => call.answered), `an answer to ${method}`);
  const code = async (promise) => promise.then(() => "no error", (error) => (error instanceof TvoxError ? error.code : String(error)));

  const services = [{ code: "service0001", descritpion: "Commercial service" }, { code: "support0001", description: "Support service" }];
  const conf = () => ({
    server: {
      url: location.origin,
      webrtc: { enabled: true, trickleIcePolicy: 3, iceGatherPolicy: "Relay", videoContainer: document.body },
      heartbeatInterval: 2000,
      retryOptions: { intervalMs: 3000 },
    },
    servicesConfiguration: Object.values(MultiChannelType).map((type) => ({ type, services })),
    customerInfo: {
      customerDisplayName: "Mario Rossi",
      customerFirstName: "Mario",
      customerLastName: "Rossi",
      customerId: "c-7",
      customerValue: "rossimario@example.com",
      customerPhoneNumber: "+390422000000",
      customerCompany: "Rossi srl",
    },
    graphics: { title: "Ciao" },
  });

  let widget, chat, session, events, status;
  const told = { client: 0, connected: [], states: [], notifications: [] };

  const rows = [
    ["MultiChannelType PHONE_CALL VIDEO CHAT MAIL CALLBACK", () => {
      same(MultiChannelType, { PHONE_CALL: "PHONE_CALL", VIDEO: "VIDEO", CHAT: "CHAT", MAIL: "MAIL", CALLBACK: "CALLBACK" }, "the enum");
    }],
    ["ConfigurationStatus DISABLED ENABLED NOT_FOUND NO_LICENSE FAILED", () => {
      for (const name of ["DISABLED", "ENABLED", "NOT_FOUND", "NO_LICENSE", "FAILED"]) same(ConfigurationStatus[name], name, name);
    }],
    ["ServiceStatusValue ACTIVE OUT_OF_SERVICE OVERTIME FAILED", () => {
      for (const name of ["ACTIVE", "OUT_OF_SERVICE", "OVERTIME", "FAILED"]) same(ServiceStatusValue[name], name, name);
    }],
    ["ChatChannelEventMessageStatus WROTE COMPOSING IDLE", () => {
      for (const name of ["WROTE", "COMPOSING", "IDLE"]) same(ChatChannelEventMessageStatus[name], name, name);
    }],
    ["ChatMessageType MESSAGE CLOSED_SESSION OPEN_SESSION Direction INBOUND OUTBOUND MultiChannelState ACTIVE CLOSED", () => {
      for (const name of ["MESSAGE", "CLOSED_SESSION", "OPEN_SESSION"]) same(ChatMessageType[name], name, name);
      for (const name of ["INBOUND", "OUTBOUND"]) same(Direction[name], name, name);
      for (const name of ["ACTIVE", "CLOSED"]) same(MultiChannelState[name], name, name);
    }],
    ["MultiChannelStepType QUEUE PLAY CONNECTING CONNECTED TO_URL INACTIVE_TIMEOUT ACTIVE_FROM_TIMEOUT MAX_DURATION_TIMEOUT", () => {
      const names = ["QUEUE", "PLAY", "CONNECTING", "CONNECTED", "TO_URL", "INACTIVE_TIMEOUT", "ACTIVE_FROM_TIMEOUT", "MAX_DURATION_TIMEOUT"];
      for (const name of names) same(MultiChannelStepType[name], name, name);
    }],
    ["CallState NEW_INBOUND NEW_OUTBOUND CONNECTED CONFERENCED HOLD IDLE", () => {
      for (const name of ["NEW_INBOUND", "NEW_OUTBOUND", "CONNECTED", "CONFERENCED", "HOLD", "IDLE"]) same(CallState[name], name, name);
    }],
    ["TrickleIcePolicy NotSupported FullTrickle HalfTrickle IceGatherPolicy All NoHost Relay 1 2 3", () => {
      ["NotSupported", "FullTrickle", "HalfTrickle"].forEach((name, at) => {
        same([TrickleIcePolicy[at + 1], TrickleIcePolicy[name]], [name, at + 1], name);
      });
      ["All", "NoHost", "Relay"].forEach((name, at) => same([IceGatherPolicy[at + 1], IceGatherPolicy[name]], [name, at + 1], name));
    }],
    ["WidgetConf server servicesConfiguration url", () => {
      const wrong = (configuration) => {
        try {
          new Widget(configuration);
        } catch (error) {
          truth(error instanceof TvoxError && error instanceof Error, "a TvoxError");
          truth(JSON.parse(JSON.stringify(error)).code === "CONFIG", "its code in JSON");
          return error.message;
        }
        throw new Error("nothing was thrown");
      };
      for (const nothing of [undefined, null, 7, "x", [], {}]) wrong(nothing);
      truth(wrong({ ...conf(), server: {} }).includes("server.url"), "server.url is named");
      truth(wrong({ ...conf(), servicesConfiguration: 7 }).includes("servicesConfiguration"), "servicesConfiguration is named");
    }],
    ["Widget constructor client getChannelsEnabled onLoadClientComplete", async () => {
      widget = new Widget(conf());
      same(widget.getChannelsEnabled(), {}, "channels before the connection");
      widget.client.connectionEvent.subscribe((event) => told.connected.push(event.connected));
      widget.onLoadClientComplete(() => (told.client += 1));
      same(told.client, 0, "not before the client is ready");
      await until(() => told.client === 1, "onLoadClientComplete");
      widget.onLoadClientComplete(() => (told.client += 10));
      await until(() => told.client === 11, "a late one");
      const channels = Object.entries(widget.getChannelsEnabled()).sort();
      same(channels, Object.keys(MultiChannelType).sort().map((channel) => [channel, true]), "channels");
    }],
    ["connectionEvent connected", async () => {
      await until(() => told.connected.length === 1, "one event");
      same(told.connected, [true], "connected");
      let now = "not at once";
      widget.client.connectionEvent.subscribe({ next: (event) => (now = event.connected) }).unsubscribe();
      same(now, true, "the latest is replayed in subscribe itself");
    }],
    ["options heartbeatInterval retryOptions webrtc enabled trickleIcePolicy iceGatherPolicy videoContainer type services code description graphics", () => {
      const { server, servicesConfiguration, graphics } = widget.client.options;
      same([server.heartbeatInterval, server.retryOptions.intervalMs], [2000, 3000], "times");
      same([server.webrtc.enabled, server.webrtc.trickleIcePolicy, server.webrtc.iceGatherPolicy], [true, 3, 3], "policies, by number and by name");
      truth(server.webrtc.videoContainer === document.body, "the container is the element itself");
      same(servicesConfiguration[0].services[0].description, "Commercial service", "descritpion");
      same(graphics.title, "Ciao", "graphics");
    }],
    ["customerInfo customerDisplayName customerFirstName customerLastName customerId customerValue customerPhoneNumber customerCompany", async () => {
      const { params } = await answered("hello");
      same(params.customer, conf().customerInfo, "what the server was told");
    }],
    ["getServiceStatusForChannel channelConfiguration channelId service serviceConfiguration status", async () => {
      widget.getServiceStatusForChannel("service0001", MultiChannelType.CHAT).subscribe((now) => (status = now));
      await until(() => status, "a status");
      const wanted = { channelId: "CHAT", service: "service0001", channelConfiguration: "ENABLED", serviceConfiguration: "ENABLED", status: "ACTIVE" };
      for (const [field, value] of Object.entries(wanted)) same(status[field], value, field);
      for (const of of [widget, widget.client]) {
        let thrown;
        try {
          of.getServiceStatusForChannel("service9", "CHAT");
        } catch (error) {
          thrown = error.code;
        }
        same(thrown, "UNMONITORED", "an unmonitored service");
      }
    }],
    ["widgetVisitUri", async () => {
      await widget.widgetVisitUri("https://shop.example/p/1", "/p/1", "Prodotto 1");
      const { params, result } = await answered("visit");
      same(params, { linkableUri: "https://shop.example/p/1", uri: "/p/1", uriDisplay: "Prodotto 1" }, "the page");
      same(result, true, "the answer");
    }],
    ["sendCustomerIdentifier", async () => {
      widget.sendCustomerIdentifier("CHAT", "service0001");
      const [call] = await until(() => reference.asked("identify").length && reference.asked("identify"), "identify");
      same(call.params, { channel: "CHAT", service: "service0001" }, "the choice");
    }],
    ["newChatSession createChatChannelSession id service sessionState step", async () => {
      chat = widget.newChatSession("support0001", [{ key: "order", value: "17" }], "Anna", "anna@example.com");
      same(await code(chat.chatSendMessage("too early", "WROTE", false)), "WRONG_STATE", "a message before the chat");
      const result = await chat.createChatChannelSession();
      const { params } = await answered("chat.create");
      same(params.fields, [{ key: "order", value: "17" }], "fields");
      same([params.customer.customerDisplayName, params.customer.customerValue], ["Anna", "anna@example.com"], "arguments before the configuration");
      same([result.service, result.sessionState], ["support0001", "ACTIVE"], "the session");
      truth(typeof result.id === "string" && typeof result.step.type === "string", "id and step");
      session = result.id;
    }],
    ["getChatChannelSessionMonitor queuePosition", async () => {
      chat.getChatChannelSessionMonitor().subscribe({
        next: (now) => told.states.push(now),
        complete: () => told.states.push("complete"),
      });
      await until(() => told.states.some((now) => now.step?.type === "CONNECTED"), "CONNECTED");
      for (const now of told.states) truth(now.step.queuePosition === undefined || now.step.type === "QUEUE", "only a queue has positions");
    }],
    ["getChatChannelEventMonitor LiveResult result notification message messageType createdAt direction sessionId", async () => {
      events = chat.getChatChannelEventMonitor();
      let first;
      events.result.subscribe((event) => (first = event));
      events.notification.subscribe({ next: (event) => told.notifications.push(event), complete: () => told.notifications.push("complete") });
      await until(() => first, "the result");
      same([first.messageType, first.sessionId], ["OPEN_SESSION", session], "the first event");
      const greeting = await until(() => told.notifications.find((event) => event.messageType === "MESSAGE"), "the operator's greeting");
      same([greeting.direction, greeting.sessionId], ["INBOUND", session], "the greeting");
      truth(!Number.isNaN(Date.parse(greeting.createdAt)) && greeting.message, "time and text");
    }],
    ["chatSendMessage", async () => {
      same(await chat.chatSendMessage("Buongiorno", "WROTE", false), true, "carried out");
      const { params } = await answered("chat.send");
      same([params.session, params.message, params.greeting ?? false], [session, "Buongiorno", false], "what was sent");
      const own = await until(() => told.notifications.find((event) => event.direction === "OUTBOUND"), "one's own message");
      same([own.message, own.messageType, own.status], ["Buongiorno", "MESSAGE", "WROTE"], "one's own message");
      same(await chat.chatSendMessage("Sono il bot", "WROTE", true), true, "a greeting");
      const bot = await until(() => told.notifications.find((event) => event.message === "Sono il bot"), "the greeting");
      same(bot.direction, "INBOUND", "a greeting is the agent's");
      same(await chat.chatSendMessage("", "COMPOSING", false), true, "typing");
      await until(() => reference.asked("chat.typing").some((call) => call.params.status === "COMPOSING"), "typing on the wire");
      truth(await code(chat.chatSendMessage(7, "WROTE", false)) !== "no error", "a number is no message");
    }],
    ["chatChannelReceivedMessage chatChannelReadMessage", async () => {
      const { id } = told.notifications.find((event) => event.direction === "INBOUND" && event.messageType === "MESSAGE");
      chat.chatChannelReceivedMessage(id);
      chat.chatChannelReadMessage(id);
      const marked = () => ["chat.received", "chat.read"].some((method) => reference.asked(method).some((call) => call.params.session === session));
      await until(marked, "a mark on the wire");
      await until(() => reference.asked("chat.read").some((call) => call.params.message === id), "read");
    }],
    ["chatSendRecapOfSession", async () => {
      same(await chat.chatSendRecapOfSession("anna@example.com"), true, "carried out");
      same((await answered("chat.recap")).params.mail, "anna@example.com", "the address");
    }],
    ["stopNotification", async () => {
      const stopped = events.stopNotification();
      truth(typeof stopped.then === "function", "a promise");
      await stopped;
      await answered("unsubscribe");
      same(told.notifications.at(-1), "complete", "listeners see the end");
      const before = told.notifications.length;
      same(await chat.chatSendMessage("Ancora", "WROTE", false), true, "one can still write");
      same(told.notifications.length, before, "nothing after notifications were stopped");
    }],
    ["chatChannelSessionClose", async () => {
      chat.chatChannelSessionClose();
      await answered("chat.close");
      await until(() => told.states.at(-1) === "complete", "completion");
      same(told.states.at(-2).sessionState, "CLOSED", "the last state");
      same(await code(chat.chatSendMessage("too late", "WROTE", false)), "WRONG_STATE", "a message after the chat");
    }],
    ["welcomeMessage uri inactivityExpireDatetime", async () => {
      const steps = [];
      const other = widget.newChatSession("service0001");
      const monitor = other.getChatChannelSessionMonitor();
      await other.createChatChannelSession();
      monitor.subscribe((now) => steps.push(now.step));
      const step = (type) => until(() => steps.find((step) => step.type === type), type);
      same((await step("PLAY")).welcomeMessage, "Welcome to our shop", "PLAY");
      await step("CONNECTED");
      await other.chatSendMessage("Show me a page, please", "WROTE", false);
      truth((await step("TO_URL")).uri.endsWith("/demo/biciclette.html"), "TO_URL");
      const { inactivityExpireDatetime } = await step("INACTIVE_TIMEOUT");
      truth(Math.abs(inactivityExpireDatetime - Date.now() - 30_000) < 10_000, "epoch milliseconds");
      const last = [];
      other.getChatChannelEventMonitor().notification.subscribe({ next: (event) => last.push(event.messageType), complete: () => last.push("complete") });
      await until(() => last.length > 0, "what was said so far");
      other.chatChannelSessionClose();
      await until(() => last.at(-1) === "complete", "completion");
      same(last.at(-2), "CLOSED_SESSION", "the last event");
    }],
    ...["video", "call"].flatMap((kind) => {
      const channel = kind === "video" ? "VIDEO" : "PHONE_CALL";
      const seen = [];
      let id;
      return [
        [`${kind}ChannelSessionNew ${kind}ChannelSessionMonitor state start time`, async () => {
          widget[`${kind}ChannelSessionMonitor`]().subscribe((now) => seen.push(now));
          const before = reference.asked("call.create").length;
          id = await widget[`${kind}ChannelSessionNew`]("support0001", "Anna", "anna@example.com");
          const { params, result } = await answered("call.create", before);
          same([params.channel, params.service, result.id], [channel, "support0001", id], "the call");
          const running = await until(() => seen.find((now) => now.state === "CONNECTED"), "CONNECTED");
          same([seen[0].state, running.id], ["NEW_OUTBOUND", id], "states");
          truth(!Number.isNaN(Date.parse(running.start)) && !Number.isNaN(Date.parse(running.time)), "times");
        }],
        [kind === "video" ? "webrtc toggleVideoMute" : "webrtc toggleAudioMute", async () => {
          const toggle = kind === "video" ? "toggleVideoMute" : "toggleAudioMute";
          const hints = () => reference.asked("signal").filter((call) => call.params.session === id && call.params.type === "media");
          same(await widget.client.webrtc[toggle](id), true, "carried out");
          await until(() => hints().length === 1, "the operator is told");
          same(await widget.client.webrtc[toggle](id), true, "and again");
          await until(() => hints().length === 2, "the operator is told again");
          const [off, on] = hints().map((call) => call.params[kind === "video" ? "video" : "audio"]);
          same([off, on], [false, true], "off, then on");
          truth(await code(widget.client.webrtc[toggle]("nobody")) !== "no error", "an unknown session");
        }],
        [`${kind}ChannelSessionClose ${kind}ChannelSessionMonitorStop`, async () => {
          same(await widget[`${kind}ChannelSessionClose`](id), true, "carried out");
          await until(() => seen.at(-1).state === "IDLE", "IDLE");
          widget[`${kind}ChannelSessionMonitorStop`]();
          const before = seen.length;
          const next = await widget[`${kind}ChannelSessionNew`]("support0001");
          same(await widget[`${kind}ChannelSessionClose`](next), true, "a second one");
          same(seen.length, before, "nothing after the monitor was stopped");
        }],
      ];
    }),
    ["disconnect", async () => {
      widget.disconnect();
      await until(() => told.connected.length === 2, "connectionEvent");
      same(told.connected, [true, false], "connected, then not");
      truth(reference.asked("bye").length === 1, "bye");
      widget.disconnect();
      same(await code(widget.widgetVisitUri("x", "y", "z")) === "no error", false, "a call after it");
      same(told.client, 11, "onLoadClientComplete ran once for each");
    }],
  ];

  reference.rows = [];
  (async () => {
    for (const [names, run] of rows) {
      let fault = null;
      try {
        await run();
      } catch (error) {
        fault = String(error?.stack ?? error);
      }
      reference.rows.push({ names, fault });
    }
    reference.over = true;
  })();
})();
