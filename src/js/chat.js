import { blob, flag, optionalText, text, whole, word } from "./arguments.js";
import { ChatChannelEventMessageStatus } from "./enums.js";
import { answer, parsed } from "./error.js";
import { on } from "./events.js";
import { Held, handle } from "./held.js";
import { asIs, derive, merge, observe } from "./observable.js";
import { send } from "./upload.js";

/** A chat of the visitor with a service. */
export class ChatSession extends Held {
  #events;

  get id() {
    return handle(this).id();
  }

  get service() {
    return handle(this).service();
  }

  async createChatChannelSession() {
    return parsed(handle(this).create());
  }

  getChatChannelSessionMonitor() {
    return observe(handle(this).monitor());
  }

  // One for all who ask: letting go of another would end the notifications of this one.
  getChatChannelEventMonitor() {
    return (this.#events ??= new LiveResult(handle(this).events()));
  }

  async chatSendMessage(message, status, notifyGreetingMessage) {
    const said = word("status", ChatChannelEventMessageStatus, status ?? "WROTE");
    const words = said === "WROTE" ? text("message", message) : "";
    const greeting = flag("notifyGreetingMessage", notifyGreetingMessage);
    return answer(handle(this).send(words, said, greeting));
  }

  chatChannelReceivedMessage(messageId) {
    handle(this).received(text("messageId", messageId));
  }

  chatChannelReadMessage(messageId) {
    handle(this).read(text("messageId", messageId));
  }

  async chatSendRecapOfSession(mail) {
    return answer(handle(this).recap(text("mail", mail)));
  }

  chatChannelSessionClose() {
    handle(this).close();
  }

  stillHere() {
    handle(this).stillHere();
  }

  async rate(score, comment) {
    return answer(handle(this).rate(whole("score", score, 1, 5), optionalText("comment", comment)));
  }

  async sendFile(file, options) {
    return send(handle(this), blob("file", file), options ?? {});
  }

  async fileUrl(file) {
    return parsed(handle(this).fileUrl(text("file", file)));
  }

  on(type, listener) {
    const { result, notification } = this.getChatChannelEventMonitor();
    return on({
      session: () => this.getChatChannelSessionMonitor(),
      event: () => merge(result, notification),
      message: () => derive(notification, (event, next) => {
        if (event.messageType === "MESSAGE") next(event);
      }),
      typing: () => observe(handle(this).typing(), asIs),
    }, type, listener);
  }
}

/** A request that is sent when somebody listens, its answer, and what follows. */
class LiveResult extends Held {
  constructor(live) {
    super(live);
    this.result = observe(live.result());
    this.notification = observe(live.notification());
  }

  async stopNotification() {
    handle(this).stop();
    return true;
  }
}
