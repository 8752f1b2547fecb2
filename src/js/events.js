// Events by name: `widget.on("message", listener)`.
import { action, word } from "./arguments.js";
import { present } from "./held.js";
import { Observable } from "./observable.js";

/** Listens to one of the offered events: names and what makes their observables. */
export const on = (offers, type, listener) =>
  offers[word("type", offers, type)]().subscribe(action("listener", listener));

/** The chats of a widget: those there are and those to come. */
export class Chats {
  #present = new Set();
  #listeners = new Set();

  add(chat) {
    this.#present.add(chat);
    this.#listeners.forEach((tell) => tell(chat));
    chat.getChatChannelSessionMonitor().subscribe({ complete: () => this.#present.delete(chat) });
    return chat;
  }

  /** The chat that is the session of this id. */
  find(id) {
    return this.#living().find((chat) => chat.id === id);
  }

  all() {
    return new Observable(({ next }) => {
      this.#living().forEach((chat) => next(chat));
      this.#listeners.add(next);
      return () => this.#listeners.delete(next);
    });
  }

  /** An event of every chat, as `{ chat, [name]: value }`. */
  each(type, name = type) {
    return new Observable(({ next }) => {
      const subscriptions = [];
      const chats = this.all().subscribe((chat) => {
        subscriptions.push(chat.on(type, (value) => next({ chat, [name]: value })));
      });
      return () => [chats, ...subscriptions].forEach((subscription) => subscription.unsubscribe());
    });
  }

  #living() {
    return [...this.#present].filter((chat) => present(chat));
  }
}
