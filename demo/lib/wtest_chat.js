// Chat and bot integration, step by step.
//
// A bot asks the visitor a few questions, then an operator takes over and finds everything that was
// said before. The bot is a toy that lives in this page: put yours in its place. What talks to the
// TVox is the library alone: follow `widget` and `chat`.
import {
  attempt, byId, draw, enable, fieldsOf, forget, keep, log, make, onClick, onReload, onStart, onSubmit, show, showState,
} from "./page.js";

/** @typedef {import("tvox-widget").ChatSession} ChatSession */
/** @typedef {import("tvox-widget").ChatChannelSession} ChatChannelSession */
/** @typedef {import("tvox-widget").ChatChannelEventMessage} ChatChannelEventMessage */
/** @typedef {import("tvox-widget").Widget} WidgetObject */

/** @type {WidgetObject | undefined} the connection: one for a page, made at "Start" */
let widget;
/** @type {ChatSession | undefined} the conversation with an operator, from the hand-over on */
let chat;

// ─── 1. Connect ──────────────────────────────────────────────────────────────────────────────────

onStart(start);
onReload(start);

/** @param {Record<string, string>} fields */
function start(fields) {
  keep(fields);
  /** The three services among which the bot lets the visitor choose. */
  const services = [
    { code: fields.service1, description: "Assistenza" },
    { code: fields.service2, description: "Commerciale" },
    { code: fields.service3, description: "Amministrazione" },
  ];

  widget?.disconnect();
  widget = new Widget({
    // An address alone ("test.example.com") means https; http is for your own machine only.
    server: { url: fields.url },
    // Which services this page may ask for, channel by channel. Others count as unknown.
    servicesConfiguration: [{ type: "CHAT", services }],
    // Who writes, as far as you know. Without a name the operator talks to somebody anonymous.
    customerInfo: fields.name ? { customerDisplayName: fields.name, customerValue: fields.mail } : undefined,
    // What lets the visitor come back is kept in this tab: a conversation outlives a reload.
    persist: "session",
  });
  log("new Widget", "connecting …");
  enable("settings", false);
  byId("lines", HTMLElement).replaceChildren();

  widget.onLoadClientComplete(() => {
    log("onLoadClientComplete", widget?.getChannelsEnabled());

    // From now on the connection comes and goes, and comes back by itself: nothing to do but to show it.
    widget?.client.connectionEvent.subscribe(({ connected }) => log("connectionEvent", { connected }));

    // Whether anybody is there to answer, live, for every service of the configuration.
    for (const { code } of services)
      widget?.getServiceStatusForChannel(code, "CHAT").subscribe((status) => log("service status", status));

    // The operator sees which pages the visitor has been on.
    void widget?.widgetVisitUri(location.href, location.pathname, document.title);

    // A conversation that runs already, as after a reload, goes on; otherwise the bot begins one.
    const running = widget?.openSessions().find(({ channel }) => channel === "CHAT");
    if (running?.chat) return takeUp(running.chat);
    openComposer();
    void attempt("the bot", () => bot(services)).then((wentWell) => wentWell || ended());
  });
}

// ─── 2. The bot ──────────────────────────────────────────────────────────────────────────────────

/** @type {{ text: string, byBot: boolean }[]} all that the bot and the visitor said, in order */
let history = [];

/** @type {((text: string) => unknown) | undefined} who hears the visitor: first the bot, then the operator */
let listener;

/**
 * What it asks, and in which order. Whatever is no name of a service means the first one.
 * @param {{ code: string, description: string }[]} services
 */
async function bot(services) {
  history = [];
  enable("recap", false);
  showState("Bot");

  const names = services.map(({ description }) => description);
  const wish = await ask("Hello, I am the bot. Whom would you like to talk to?", names);
  const service = services.find(({ description }) => description === wish) ?? services[0];
  const matter = await ask("What is it about? One sentence is enough.");
  const order = await ask("Do you have an order number?", ["No"]);
  say(`Thank you. I am handing you over to ${service.description}, who will read all of this.`);

  await handOver(service.code, [
    { key: "matter", value: matter },
    { key: "order", value: order },
  ]);
}

/**
 * The bot asks, and waits for the answer.
 * @param {string} question
 * @param {string[]} [choices] offered as buttons
 * @returns {Promise<string>}
 */
async function ask(question, choices = []) {
  say(question);
  const answer = await new Promise((/** @type {(text: string) => void} */ resolve) => {
    listener = resolve;
    const buttons = choices.map((choice) => button(choice, () => resolve(choice)));
    byId("choices", HTMLElement).replaceChildren(...buttons);
  });
  listener = undefined;
  byId("choices", HTMLElement).replaceChildren();
  history.push({ text: answer, byBot: false });
  draw("out", answer);
  return answer;
}

/** @param {string} text */
function say(text) {
  history.push({ text, byBot: true });
  draw("in", text, "Bot");
}

// ─── 3. Hand over to an operator ─────────────────────────────────────────────────────────────────

/**
 * @param {string} service
 * @param {{ key: string, value: string }[]} answers to the operator they are shown beside the conversation
 */
async function handOver(service, answers) {
  if (!widget) return;
  enable("composer", false);

  // The visitor has chosen: the server is told the channel and the service.
  widget.sendCustomerIdentifier("CHAT", service);

  // Name and mail address are those of the configuration; two more arguments would replace them.
  const made = widget.newChatSession(service, answers);
  log("createChatChannelSession", await made.createChatChannelSession());
  takeUp(made);
}

/** @param {ChatSession} session that has been created, now or on an earlier page */
function takeUp(session) {
  chat = session;
  // The monitors come after the session has been created. What was said before is told first.
  chat.getChatChannelSessionMonitor().subscribe(sessionChanged);
  const { result, notification } = chat.getChatChannelEventMonitor();
  result.subscribe((event) => log("event monitor, result", event));
  notification.subscribe(happened);
  // An addition to the reference: whoever loses the connection while writing is forgotten by itself.
  chat.on("typing", showTyping);
  enable("close", true);
}

/** An operator has answered, once at least. */
let isAnswered = false;
let operator = "The operator";

/** @param {ChatChannelSession} session what has changed about the session */
function sessionChanged(session) {
  log("session", session);
  const step = session.step;
  switch (step?.type) {
    case "PLAY":
      if (step.welcomeMessage) draw("note", step.welcomeMessage);
      break;
    case "QUEUE":
      showState(step.queuePosition ? `Waiting, position ${step.queuePosition}` : "Waiting");
      break;
    case "CONNECTING":
      showState("It rings at an operator’s");
      break;
    case "CONNECTED":
      operator = session.agent?.name ?? operator;
      showState(`Connected with ${operator}`, true);
      if (!isAnswered) {
        isAnswered = true;
        void attempt("sendBotMessages", answered);
      }
      break;
    case "TO_URL":
      // The operator asks the page to go somewhere. Leaving would end the bot's demo, so it is offered.
      if (step.uri) draw("note", "The operator shows you a page: ").append(link(step.uri));
      break;
    case "INACTIVE_TIMEOUT":
      // Any message keeps the session, and so does a word without one.
      draw("note", `Are you still there? This ends at ${clock(step.inactivityExpireDatetime)}. `)
        .append(button("I am here", () => chat?.stillHere()));
      break;
  }
  if (session.sessionState === "CLOSED") ended();
}

async function answered() {
  await sendBotMessages();
  listener = (text) => chat?.chatSendMessage(text, "WROTE", false);
  for (const part of ["attach", "recap"]) enable(part, true);
  openComposer();
}

/**
 * Sends what was said before to the operator, in the order in which it was said.
 *
 * `notifyGreetingMessage` decides whose words they are: true puts them on the operator's side, so the
 * bot's questions; false leaves them the visitor's. Messages can be sent when the step is CONNECTED.
 * Each promise is fulfilled when the server has the message; the library keeps the order, also
 * without `await` and over a lost connection.
 */
async function sendBotMessages() {
  alreadyDrawn = history.length;
  for (const { text, byBot } of history) await chat?.chatSendMessage(text, "WROTE", byBot);
  log("sendBotMessages", `${history.length} messages sent`);
}

// ─── 4. The conversation ─────────────────────────────────────────────────────────────────────────

/** How many of the messages to come are the bot's conversation, which is on the screen already. */
let alreadyDrawn = 0;

/** @type {string | undefined} the newest message that was not yet seen by the visitor */
let unread;

/** @param {ChatChannelEventMessage} event a message, somebody typing, the beginning or the end */
function happened(event) {
  log("event monitor, notification", event);
  const isFromOperator = event.direction === "INBOUND" && !event.greeting;

  if (event.messageType === "CLOSED_SESSION") return;
  // COMPOSING and IDLE, of somebody writing, are in the event "typing" as well: see handOver.
  if (event.status !== "WROTE") return;

  if (!isFromOperator && alreadyDrawn > 0) alreadyDrawn -= 1;
  else if (event.attachment) drawFile(event);
  else if (event.direction === "INBOUND") draw("in", event.message ?? "", operator);
  else draw("out", event.message ?? "");

  if (isFromOperator && event.id) {
    // Received now, read when the page is in view. A mark counts for all messages before it as well.
    chat?.chatChannelReceivedMessage(event.id);
    unread = event.id;
    markRead();
  }
}

function markRead() {
  if (document.hidden || !unread) return;
  chat?.chatChannelReadMessage(unread);
  log("chatChannelReadMessage", unread);
  unread = undefined;
}
document.addEventListener("visibilitychange", markRead);

onSubmit("composer", async ({ text }) => {
  if (!text || !listener) return;
  byId("composer", HTMLFormElement).reset();
  await listener(text);
});

// Typing: say it at every key. The library tells the server no more often than is of use, and takes
// it back when nothing was typed for a while.
byId("composer", HTMLFormElement).addEventListener("input", () => {
  const { text } = fieldsOf(byId("composer", HTMLFormElement));
  if (isAnswered) void attempt("typing", () => chat?.chatSendMessage("", text ? "COMPOSING" : "IDLE", false));
});

// ─── 5. Files, the conversation by mail, the end ─────────────────────────────────────────────────

onClick("attach", () => byId("file", HTMLInputElement).click());

byId("file", HTMLInputElement).addEventListener("change", ({ currentTarget }) => {
  const [file] = byId("file", HTMLInputElement).files ?? [];
  if (file) void attempt("sendFile", async () => log("sendFile", await chat?.sendFile(file)));
  if (currentTarget instanceof HTMLInputElement) currentTarget.value = "";
});

/** @type {Map<string, HTMLElement>} the lines of files: a file is told again when it has been checked */
const files = new Map();

/** @param {ChatChannelEventMessage} event */
function drawFile({ attachment, direction }) {
  if (!attachment) return;
  const { file, name, state } = attachment;
  const line = files.get(file) ?? draw(direction === "INBOUND" ? "in" : "out", "");
  files.set(file, line);
  // Its address is asked for when it is wanted: it holds for a minute.
  line.replaceChildren(
    state === "AVAILABLE"
      ? button(name, async () => window.open((await chat?.fileUrl(file))?.url, "_blank", "noopener"))
      : `${name}: ${state.toLowerCase()}`,
  );
}

onSubmit("recap", async ({ to }) => {
  // Needs a TVox that can send mail; otherwise the error's code is MAIL_NOT_CONFIGURED.
  log("chatSendRecapOfSession", await chat?.chatSendRecapOfSession(to));
});

onClick("close", () => chat?.chatChannelSessionClose());

function ended() {
  byId("choices", HTMLElement).replaceChildren();
  draw("note", "The conversation has ended.");
  showState("Closed");
  showTyping(false);
  isAnswered = false;
  listener = unread = undefined;
  files.clear();
  history = [];
  forget();
  for (const part of ["composer", "attach", "close"]) enable(part, false);
  enable("settings", true);
}

// ─── What is drawn ───────────────────────────────────────────────────────────────────────────────

/** @param {number | undefined} time milliseconds since 1970 */
function clock(time) {
  return time ? new Date(time).toLocaleTimeString("en-GB") : "any moment";
}

/** @param {boolean} isTyping */
function showTyping(isTyping) {
  show("typing", isTyping ? `${operator} is writing …` : "");
}

function openComposer() {
  enable("composer", true);
  byId("composer", HTMLFormElement).querySelector("input")?.focus();
}

/** @param {string} text @param {() => unknown} action */
function button(text, action) {
  const it = make("button", text);
  it.type = "button";
  it.className = "quiet small";
  it.addEventListener("click", () => void attempt(text, action));
  return it;
}

/** @param {string} address Comes from outside: behind a link there may be a web page, and nothing else. */
function link(address) {
  const url = new URL(address, location.href);
  if (!/^https?:$/.test(url.protocol)) return address;
  return Object.assign(make("a", url.href), { href: url.href, target: "_blank", rel: "noopener" });
}
