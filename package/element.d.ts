/**
 * `<tvox-widget>`: the whole widget, for a page.
 *
 * Importing this module defines the element once, however often it is imported. Where there is no DOM
 * it does nothing.
 */

import type { TvoxError, WidgetConf } from "./core.js";

/** A channel that the element can open. */
export type Channel = "CHAT" | "VIDEO" | "PHONE_CALL" | "CALLBACK" | "MAIL";

/** `detail` of the event `tvox-message`. */
export interface TvoxMessageDetail {
  sessionId: string;
  /** `INBOUND` is towards the visitor. */
  direction: "INBOUND" | "OUTBOUND";
  message: string;
}

/** `detail` of the event `tvox-error`. */
export interface TvoxErrorDetail {
  /** `LOAD` where the module cannot be loaded, else a code of {@link TvoxError}. */
  code: string;
  message: string;
  /** For a configuration: the field that is wrong. */
  field?: string;
  /** For a configuration: what belongs there. */
  expected?: string;
}

/** The events of the element. They bubble and leave shadow roots. */
export interface TvoxWidgetEventMap {
  /** The panel is about to open; `preventDefault()` keeps it closed. */
  "tvox-open": CustomEvent<null>;
  /** The panel is about to close; `preventDefault()` keeps it open. */
  "tvox-close": CustomEvent<null>;
  /** A message was sent or has come; not for what was said before the page was loaded. */
  "tvox-message": CustomEvent<TvoxMessageDetail>;
  /** Something is wrong: the configuration, the module, the connection. */
  "tvox-error": CustomEvent<TvoxErrorDetail>;
}

/** The element's class. Its attributes, parts and custom properties are in the project's docs. */
export class TvoxWidget extends HTMLElement {
  /** The whole configuration, set before or after the element is defined, or changed later. */
  configuration: WidgetConf | undefined;
  /** Opens the panel, at a channel, at a service of it. */
  open(channel?: Channel, service?: string): void;
  /** Closes the panel; a running conversation goes on. */
  close(): void;
  /** Ends the conversation and forgets the visitor. */
  forget(): void;

  addEventListener<K extends keyof TvoxWidgetEventMap>(
    type: K,
    listener: (this: TvoxWidget, event: TvoxWidgetEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: TvoxWidget, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof TvoxWidgetEventMap>(
    type: K,
    listener: (this: TvoxWidget, event: TvoxWidgetEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: TvoxWidget, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "tvox-widget": TvoxWidget;
  }
}
