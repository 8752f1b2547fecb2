import { WidgetHandle } from "./tvox-widget-core-glue.js";
import { action, customer, fields, object, optionalText, text, whole, word } from "./arguments.js";
import { ChatSession } from "./chat.js";
import { WidgetClient } from "./client.js";
import { written } from "./configuration.js";
import { MultiChannelType } from "./enums.js";
import { answer, attempt, parsed } from "./error.js";
import { Chats, on } from "./events.js";
import { Held, handle, present } from "./held.js";
import { observe, once } from "./observable.js";

const { CHAT, PHONE_CALL, VIDEO } = MultiChannelType;

/** How far ahead callbacks are offered, in days. */
const WEEK = 7;

/** One visitor's widget. It connects when it is made, and lives until it is disconnected. */
export class Widget extends Held {
  #client;
  #chats = new Chats();

  constructor(configuration) {
    const { json, videoContainer } = written(configuration);
    super(attempt(() => new WidgetHandle(json, videoContainer)));
    this.#client = new WidgetClient(this, videoContainer);
  }

  get client() {
    return this.#client;
  }

  onLoadClientComplete(run) {
    action("action", run);
    this.#ready().subscribe(() => run());
  }

  getServiceStatusForChannel(service, channel) {
    return this.#client.getServiceStatusForChannel(service, channel);
  }

  // Without any, the page that the visitor is on.
  async widgetVisitUri(...given) {
    const { location, document } = globalThis;
    const here = [location?.href, location?.pathname, document?.title];
    const [linkableUri, uri, uriDisplay] = given.some((text) => text != null) ? given : here;
    return answer(handle(this).visit(
      optionalText("linkableUri", linkableUri),
      optionalText("uri", uri),
      optionalText("uriDisplay", uriDisplay),
    ));
  }

  sendCustomerIdentifier(channel, service) {
    handle(this).identify(word("channel", MultiChannelType, channel), text("service", service));
  }

  disconnect() {
    handle(this).disconnect(false);
  }

  forget() {
    handle(this).disconnect(true);
  }

  getChannelsEnabled() {
    return JSON.parse(handle(this).channelsEnabled());
  }

  getLimits() {
    return JSON.parse(handle(this).limits());
  }

  newChatSession(service, custom, chatCustomerDisplayName, chatCustomerValue, options) {
    const chat = handle(this).chat(
      text("service", service),
      fields("fields", custom),
      optionalText("chatCustomerDisplayName", chatCustomerDisplayName),
      optionalText("chatCustomerValue", chatCustomerValue),
      optionalText("options.with", object("options", options ?? {}).with),
    );
    return this.#chats.add(new ChatSession(chat));
  }

  openSessions() {
    const take = ({ id, service }) => this.#chats.find(id)
      ?? this.#chats.add(new ChatSession(handle(this).attach(id, service)));
    return JSON.parse(handle(this).openSessions())
      .map((session) => new OpenSession(session, () => take(session)));
  }

  videoChannelSessionMonitor() {
    return observe(handle(this).callMonitor(VIDEO));
  }

  videoChannelSessionMonitorStop() {
    handle(this).callMonitorStop(VIDEO);
  }

  async videoChannelSessionNew(service, customerName, customerMail, options) {
    return this.#call(VIDEO, service, customerName, customerMail, options);
  }

  async videoChannelSessionClose(sessionId) {
    return answer(handle(this).callClose(text("sessionId", sessionId)));
  }

  callChannelSessionMonitor() {
    return observe(handle(this).callMonitor(PHONE_CALL));
  }

  callChannelSessionMonitorStop() {
    handle(this).callMonitorStop(PHONE_CALL);
  }

  async callChannelSessionNew(service, customerName, customerMail, options) {
    return this.#call(PHONE_CALL, service, customerName, customerMail, options);
  }

  async callChannelSessionClose(sessionId) {
    return answer(handle(this).callClose(text("sessionId", sessionId)));
  }

  async acceptCall(sessionId) {
    return answer(handle(this).callAccept(text("sessionId", sessionId)));
  }

  async declineCall(sessionId) {
    return answer(handle(this).callDecline(text("sessionId", sessionId)));
  }

  // An entry of `openSessions`: a call that an earlier page had.
  async joinCall(session) {
    const { id, channel } = object("session", session);
    await answer(handle(this).callJoin(text("session.id", id), text("session.channel", channel)));
  }

  async testCall(options) {
    const { video = true } = object("options", options ?? {});
    return answer(handle(this).callTest(Boolean(video)));
  }

  async sendMail(mail) {
    object("mail", mail);
    const [service, from, subject, message] = ["service", "from", "subject", "message"]
      .map((name) => text(`mail.${name}`, mail[name]));
    const who = customer("mail.customer", mail.customer);
    const asked = fields("mail.fields", mail.fields);
    return answer(handle(this).mail(service, from, subject, message, who, asked));
  }

  async requestCallback(callback) {
    object("callback", callback);
    const [service, phone] = ["service", "phone"]
      .map((name) => text(`callback.${name}`, callback[name]));
    const [when, message] = ["when", "message"]
      .map((name) => optionalText(`callback.${name}`, callback[name]));
    const who = customer("callback.customer", callback.customer);
    const asked = fields("callback.fields", callback.fields);
    return parsed(handle(this).callback(service, phone, when, message, who, asked));
  }

  async callbackSlots(service, days) {
    const ahead = whole("days", days ?? WEEK, 1, 366);
    return parsed(handle(this).callbackSlots(text("service", service), ahead));
  }

  async forms(channel, service) {
    const asked = word("channel", MultiChannelType, channel);
    return parsed(handle(this).forms(asked, text("service", service)));
  }

  on(type, listener) {
    return on({
      ready: () => this.#ready(),
      connection: () => this.#client.connectionEvent,
      state: () => this.#client.connectionState,
      channels: () => observe(handle(this).channels()),
      discontinuity: () => observe(handle(this).discontinuity(), nothing),
      chat: () => this.#chats.all(),
      session: () => this.#chats.each("session"),
      event: () => this.#chats.each("event"),
      message: () => this.#chats.each("message"),
      typing: () => this.#chats.each("typing"),
      video: () => this.videoChannelSessionMonitor(),
      call: () => this.callChannelSessionMonitor(),
    }, type, listener);
  }

  free() {
    present(this)?.disconnect(false);
    super.free();
  }

  // The sessions are told at each connect: the first word is that the client is loaded.
  #ready() {
    return once(observe(handle(this).sessions(), nothing));
  }

  async #call(channel, service, customerName, customerMail, options) {
    const code = text("service", service);
    const name = optionalText("customerName", customerName);
    const mail = optionalText("customerMail", customerMail);
    const more = object("options", options ?? {});
    const asked = fields("options.fields", more.fields);
    const chat = optionalText("options.with", more.with);
    return answer(handle(this).callNew(channel, code, name, mail, asked, chat));
  }
}

/** A session of the visitor that ran when the connection came up. */
class OpenSession {
  #take;

  constructor({ id, channel, service }, take) {
    Object.assign(this, { id, channel, service });
    this.#take = take;
  }

  // Only now: looking at the list alone does not follow a conversation.
  get chat() {
    return this.channel === CHAT ? this.#take() : undefined;
  }
}

const nothing = () => undefined;
