/**
 * The documented JavaScript library: a visitor of a site reaches an operator, without any user
 * interface.
 *
 * Everything of the TVox widget library 1.0 with its names, and more in the same style; what is beyond
 * it says so. Rules that hold everywhere:
 *
 * - What may be left out may be `null` too. What is absent in an answer is `undefined`.
 * - A method with a `Promise` rejects with a {@link TvoxError}, any other throws one; its `code` is
 *   stable. `ARGUMENT` is for an argument of the wrong type.
 * - Called before the connection, a method waits for it, at most 10 seconds, and rejects with
 *   `NOT_CONNECTED` then. Messages of a chat wait for as long as it takes.
 * - After `disconnect()` promises reject with `CANCELLED`, observables are complete, methods without a
 *   promise do nothing.
 * - An object that was freed rejects or throws `WRONG_STATE`; observables obtained before go on.
 */

// ---------------------------------------------------------------------------------------------------
// Widget
// ---------------------------------------------------------------------------------------------------

/**
 * One visitor's widget.
 *
 * It connects as soon as it is made, and lives until {@link disconnect}, whether or not the page still
 * holds it.
 *
 * ```js
 * const widget = new Widget({
 *   server: { url: "https://contact.example.com" },
 *   servicesConfiguration: [
 *     { type: "CHAT", services: [{ code: "service0001", description: "Support" }] },
 *   ],
 * });
 * widget.onLoadClientComplete(() => console.log("I'm ready to work!"));
 * ```
 */
export declare class Widget {
  /** @throws {TvoxError} `CONFIG` for the first field that is wrong; `details.field` names it. */
  constructor(configuration: WidgetConf);

  /** The connection. */
  readonly client: WidgetClient;

  /**
   * Runs something once, when the server has answered for the first time; at once if it has. Never
   * again on a reconnect: {@link WidgetClient.connectionEvent} tells of those.
   */
  onLoadClientComplete(action: () => void): void;

  /**
   * Whether a service answers on a channel, now and at each change.
   * @throws {TvoxError} `UNMONITORED` for a service that is not configured for the channel.
   */
  getServiceStatusForChannel(
    service: string, channel: MultiChannelType,
  ): Observable<ServiceStatus>;

  /**
   * Tells the operators which page the visitor is on; without any argument the present one. True when
   * the server has it; false when another visit overtook it while there was no connection.
   */
  widgetVisitUri(
    linkableUri?: string | null, uri?: string | null, uriDisplay?: string | null,
  ): Promise<boolean>;

  /** Tells the operators which channel and service the visitor has chosen. */
  sendCustomerIdentifier(channel: MultiChannelType, service: string): void;

  /** Ends the connection for good. Sessions stay with the server for a while. */
  disconnect(): void;

  /** Disconnects, and has the server and this device forget the visitor. Beyond the reference. */
  forget(): void;

  /** Which channels the server offers; `{}` before the connection. */
  getChannelsEnabled(): { [channel: string]: boolean };

  /** What the server accepts: lengths, sizes, speeds. Beyond the reference. */
  getLimits(): Limits;

  /**
   * A chat with a service, not started yet.
   * @param fields what was answered before the chat
   * @param chatCustomerDisplayName the visitor's name; otherwise that of `customerInfo`; without any
   * the contact is anonymous
   * @param chatCustomerValue the visitor's address, likewise
   * @param options beyond the reference
   */
  newChatSession(
    service: string,
    fields?: readonly MultiChannelSessionCustomField[] | null,
    chatCustomerDisplayName?: string | null,
    chatCustomerValue?: string | null,
    options?: ChatOptions | null,
  ): ChatSession;

  /**
   * The visitor's sessions that ran when the connection came up, as after a reload (see
   * {@link WidgetConf.persist}). Beyond the reference.
   */
  openSessions(): OpenSession[];

  /** The visitor's video call, at each change; the present one first. Nothing while there is none. */
  videoChannelSessionMonitor(): Observable<VideoChannelSession>;
  /** Completes the monitors of video calls. The call goes on. */
  videoChannelSessionMonitorStop(): void;
  /**
   * Calls a service by video. The promise is of the session's id.
   *
   * The browser asks for microphone and camera first. Rejects with `CONFIG` where `server.webrtc` is
   * missing or disabled, with `MEDIA` where there is no microphone (`details.reason`:
   * `PERMISSION_DENIED`, `DEVICE_NOT_FOUND`, `DEVICE_IN_USE`, `UNSUPPORTED`), with `REFUSED` where the
   * server refuses (`details.reason`). Without a camera the call is made with sound alone, and
   * {@link CallMedia.error} says why.
   * @param options beyond the reference
   */
  videoChannelSessionNew(
    service: string, customerName?: string | null, customerMail?: string | null,
    options?: CallOptions | null,
  ): Promise<string>;
  /** Ends a video call. True when it was ended. */
  videoChannelSessionClose(sessionId: string): Promise<boolean>;

  /** The visitor's call, at each change; the present one first. Nothing while there is none. */
  callChannelSessionMonitor(): Observable<CallChannelSession>;
  /** Completes the monitors of calls. The call goes on. */
  callChannelSessionMonitorStop(): void;
  /** Calls a service. As {@link videoChannelSessionNew}. */
  callChannelSessionNew(
    service: string, customerName?: string | null, customerMail?: string | null,
    options?: CallOptions | null,
  ): Promise<string>;
  /** Ends a call. True when it was ended. */
  callChannelSessionClose(sessionId: string): Promise<boolean>;

  /** Takes an operator's invitation, a call in state `NEW_INBOUND`. Beyond the reference. */
  acceptCall(sessionId: string): Promise<boolean>;
  /** Refuses an operator's invitation. Beyond the reference. */
  declineCall(sessionId: string): Promise<boolean>;
  /**
   * Takes up a call of {@link openSessions} that an earlier page had, within the 30 s that the server
   * keeps it. Beyond the reference.
   */
  joinCall(session: { readonly id: string; readonly channel: string }): Promise<void>;
  /**
   * Calls an echo, to try devices and network with, and gives its id for
   * {@link WebRTCManager.media}. It is no contact; it ends after half a minute, or with
   * {@link videoChannelSessionClose}. Beyond the reference.
   * @param options.video with the camera: so by default
   */
  testCall(options?: { video?: boolean | null } | null): Promise<string>;

  /** Sends a message that becomes a ticket. The promise is of the ticket's id. Beyond the reference. */
  sendMail(mail: MailRequest): Promise<string>;
  /**
   * Asks to be called. Rejects with `REFUSED` and `INVALID_PHONE` for a number that is none. Beyond the
   * reference.
   */
  requestCallback(callback: CallbackRequest): Promise<Callback>;
  /** The times in which a service calls back, 7 days ahead by default. Beyond the reference. */
  callbackSlots(service: string, days?: number | null): Promise<CallbackSlot[]>;
  /** What a service asks before a contact; `undefined` where it asks nothing. Beyond the reference. */
  forms(
    channel: MultiChannelType, service: string,
  ): Promise<Form | undefined>;

  /** Listens to an event by name. Beyond the reference. */
  on<K extends keyof WidgetEventMap>(
    type: K, listener: (event: WidgetEventMap[K]) => void,
  ): Subscription;

  /** Disconnects and lets go at once of what the garbage collector would let go of some day. */
  free(): void;
}

/** The events of {@link Widget.on}. */
export interface WidgetEventMap {
  /** The client is loaded, once; at once if it is. */
  ready: undefined;
  /** As {@link WidgetClient.connectionEvent}. */
  connection: ConnectionEvent;
  /** As {@link WidgetClient.connectionState}. */
  state: ConnectionState;
  /** What {@link Widget.getChannelsEnabled} gives, at each change; the present first. */
  channels: { [channel: string]: boolean };
  /** The server has forgotten the visitor: earlier sessions are over. */
  discontinuity: undefined;
  /** A chat of this widget: those there are, then each that is made or taken up. */
  chat: ChatSession;
  /** The state of any chat of this widget. */
  session: { chat: ChatSession; session: ChatChannelSession };
  /** Any event of any chat of this widget. */
  event: { chat: ChatSession; event: ChatChannelEventMessage };
  /** A message in any chat of this widget, either way. */
  message: { chat: ChatSession; message: ChatChannelEventMessage };
  /** Whether the operator of a chat is writing. */
  typing: { chat: ChatSession; typing: boolean };
  /** As {@link Widget.videoChannelSessionMonitor}. */
  video: VideoChannelSession;
  /** As {@link Widget.callChannelSessionMonitor}. */
  call: CallChannelSession;
}

/** The widget's connection. */
export declare class WidgetClient {
  private constructor();
  /** Whether there is a connection, whenever that changes; the present first, once it is known. */
  readonly connectionEvent: Observable<ConnectionEvent>;
  /** What the connection is doing, at each change; the present first. Beyond the reference. */
  readonly connectionState: Observable<ConnectionState>;
  /** Microphone and camera; always there. */
  readonly webrtc: WebRTCManager;
  /** The configuration with its defaults. */
  readonly options: ResolvedWidgetConf;
  /** As {@link Widget.getServiceStatusForChannel}. */
  getServiceStatusForChannel(
    service: string, channel: MultiChannelType,
  ): Observable<ServiceStatus>;
}

/** Microphone and camera of the visitor's calls. */
export declare class WebRTCManager {
  private constructor();
  /**
   * Holds the microphone back, or gives it again; a call begins with it on. True when that is so.
   * Rejects with `WRONG_STATE` for a call that is not running.
   */
  toggleAudioMute(sessionId: string): Promise<boolean>;
  /**
   * Gives the camera back, or takes it again: its light goes off and on. In an audio call it brings the
   * picture. As {@link toggleAudioMute}; rejects with `MEDIA` where the camera cannot be had.
   */
  toggleVideoMute(sessionId: string): Promise<boolean>;

  /**
   * Sound and picture of a call of this page, at each change; the present first. Its last word is the
   * phase `ENDED`. Beyond the reference.
   */
  media(sessionId: string): Observable<CallMedia>;
  /** The devices there are, with every change. Beyond the reference. */
  readonly devices: Observable<MediaDevice[]>;
  /** Uses a device from now on, in a running call at once. Beyond the reference. */
  chooseDevice(kind: MediaDeviceKind, deviceId: string): Promise<void>;
  /** Shows a screen in place of the camera, or the camera again. Beyond the reference. */
  shareScreen(sessionId: string, on?: boolean): Promise<void>;
  /** Dials in a call: digits, `*`, `#`, `A` to `D`, `,` for a pause. Beyond the reference. */
  sendTones(sessionId: string, tones: string): Promise<void>;
  /** Plays what the browser holds back; to be called in a click. Beyond the reference. */
  play(): void;
  /**
   * Shows a picture of a call in a `<video>`, silently: sound is played by itself. The other side's by
   * default. Beyond the reference.
   */
  show(video: HTMLVideoElement, sessionId: string, whose?: "other" | "own"): void;
}

/** Sound and picture of a call ({@link WebRTCManager.media}). */
export interface CallMedia {
  sessionId: string;
  /**
   * `WAITING` for somebody to talk to, `CONNECTING`, `CONNECTED`, `RECONNECTING` after the way was lost,
   * `ENDED`.
   */
  phase: "WAITING" | "CONNECTING" | "CONNECTED" | "RECONNECTING" | "ENDED";
  /** Whether the visitor is heard. */
  microphone: boolean;
  /** Whether the visitor is seen: the camera is taken, its light is on. */
  camera: boolean;
  /** Whether the visitor shows a screen. */
  screen: boolean;
  /** Whether the other side's picture comes. */
  picture: boolean;
  /** Whether the other side says that its microphone is off. */
  otherMuted: boolean;
  /** Whether the browser waits for a click before it plays sound: {@link WebRTCManager.play}. */
  blocked: boolean;
  /** How good the line is, once a second. */
  quality?: CallQuality;
  /** What went wrong last and still is: `MEDIA`, with `details.reason` and `details.source`. */
  error?: TvoxError;
}

/** How good a line is, over the last five seconds. */
export interface CallQuality {
  /** 1 (bad) to 5 (excellent). */
  level: number;
  /** An estimate of the mean opinion score, 1 to 4.5 (ITU-T G.107, simplified). */
  mos: number;
  /** There and back; absent before it is known. */
  roundTripMs?: number;
  jitterMs: number;
  /** The share of packets that got lost, 0 to 1: the worse of the two directions. */
  loss: number;
  /** Bits a second. */
  bitsIn: number;
  /** Bits a second. */
  bitsOut: number;
  /** Pictures a second that come. */
  framesPerSecond: number;
  /** How often the picture stood still since the call began. */
  freezes: number;
  /** Whether a relay lies in between. */
  relayed: boolean;
  /** What would help a poor line. */
  advice?: "CAMERA_OFF" | "NETWORK" | "DELAY";
}

/** A device ({@link WebRTCManager.devices}); named once the visitor has allowed one. */
export interface MediaDevice {
  kind: MediaDeviceKind;
  deviceId: string;
  label: string;
  /** Whether it is in use. */
  used: boolean;
}

/** What else {@link Widget.newChatSession} takes. */
export interface ChatOptions {
  /** The id of a call of the visitor's own: the chat rings with that call's operator first. */
  with?: string | null;
}

/** What else {@link Widget.videoChannelSessionNew} and {@link Widget.callChannelSessionNew} take. */
export interface CallOptions {
  /** What the service's {@link Form} asked. */
  fields?: readonly MultiChannelSessionCustomField[] | null;
  /** The id of a chat of the visitor's own: the call rings with that chat's operator first. */
  with?: string | null;
}

/** A session of the visitor that ran when the connection came up. */
export interface OpenSession {
  readonly id: string;
  readonly channel: MultiChannelType;
  readonly service: string;
  /** For channel `CHAT`: the chat, taken up when this is read. The same object each time. */
  readonly chat: ChatSession | undefined;
}

// ---------------------------------------------------------------------------------------------------
// Chat
// ---------------------------------------------------------------------------------------------------

/** A chat of the visitor with a service, from {@link Widget.newChatSession}. */
export declare class ChatSession {
  private constructor();
  /** The server's id, once the session is created. */
  readonly id: string | undefined;
  /** The code of the service. */
  readonly service: string;

  /**
   * Asks for an operator. Rejects with `REFUSED` (`details.reason`: `SERVICE_NOT_FOUND`, `OVERTIME`,
   * `OUT_OF_SERVICE`, `SESSION_OPEN` …) and with `WRONG_STATE` when called twice.
   */
  createChatChannelSession(): Promise<ChatChannelSession>;

  /**
   * The session's state, whenever something in it changed; the present first. Complete after the state
   * `CLOSED`.
   */
  getChatChannelSessionMonitor(): Observable<ChatChannelSession>;

  /** The conversation's events. One monitor of a chat: the same object each time. */
  getChatChannelEventMonitor(): LiveResult<ChatChannelEventMessage, ChatChannelEventMessage>;

  /**
   * Sends a message, or says that the visitor is writing.
   *
   * `WROTE` resolves to true when the server has the message, however long that takes: it waits while
   * there is no connection, and is neither lost nor sent twice. It rejects with `WRONG_STATE` before an
   * operator has answered and after the end, with `REFUSED` where the server will not take it.
   * `COMPOSING` and `IDLE` never wait: they resolve to whether they were said.
   * @param status `WROTE` by default
   * @param notifyGreetingMessage whether the message is shown as the operator's, as for a bot's history
   */
  chatSendMessage(
    message: string | null | undefined,
    status?: ChatChannelEventMessageStatus | null,
    notifyGreetingMessage?: boolean | null,
  ): Promise<boolean>;

  /** This message, and all before it, have arrived. */
  chatChannelReceivedMessage(messageId: string): void;
  /** This message, and all before it, have been read. */
  chatChannelReadMessage(messageId: string): void;

  /**
   * Sends the conversation to a mail address. True when the server has taken it. Rejects with `REFUSED`
   * and `MAIL_NOT_CONFIGURED` where it sends no mail.
   */
  chatSendRecapOfSession(mail: string): Promise<boolean>;

  /** Ends the session: `CLOSED_SESSION`, then the state `CLOSED`, then every observable is complete. */
  chatChannelSessionClose(): void;

  /** The visitor is still there: the answer to `INACTIVE_TIMEOUT`. Beyond the reference. */
  stillHere(): void;
  /** Tells how it was, from 1 (bad) to 5 (good). Beyond the reference. */
  rate(score: number, comment?: string | null): Promise<boolean>;

  /**
   * Sends a file. The conversation shows it as a message with an `attachment`. Rejects with `REFUSED`
   * (`details.reason`: `FILE_TYPE`, `FILE_SIZE`, `FILE_NAME`, `UPLOAD_EXPIRED`) and with `CANCELLED` when
   * the signal aborts it. What {@link Widget.getLimits} rules out is refused before it is read. Beyond
   * the reference.
   */
  sendFile(file: Blob, options?: SendFileOptions | null): Promise<Attachment>;
  /** Where a file of the conversation can be fetched, for about a minute. Beyond the reference. */
  fileUrl(file: string): Promise<FileUrl>;

  /** Listens to an event by name. Beyond the reference. */
  on<K extends keyof ChatEventMap>(type: K, listener: (event: ChatEventMap[K]) => void): Subscription;

  /** Lets go at once of what the garbage collector would let go of some day. The session goes on. */
  free(): void;
}

/** The events of {@link ChatSession.on}. */
export interface ChatEventMap {
  /** The session's state. */
  session: ChatChannelSession;
  /** Every event of the conversation, in order. */
  event: ChatChannelEventMessage;
  /** A message, either way. */
  message: ChatChannelEventMessage;
  /** Whether the operator is writing; the present first. */
  typing: boolean;
}

/** A request that is sent when somebody first listens to either side, its answer, and what follows. */
export interface LiveResult<R, L> {
  /** The answer: for a chat, the event `OPEN_SESSION`. */
  readonly result: Observable<R>;
  /** Everything else. */
  readonly notification: Observable<L>;
  /** No notification follows; both sides are complete. */
  stopNotification(): Promise<boolean>;
  free(): void;
}

/** How a file is sent. */
export interface SendFileOptions {
  /** The name; a `File`'s own by default. */
  name?: string | null;
  /** Hears how far it has come. A repeated attempt begins at zero again. */
  onProgress?: ((progress: UploadProgress) => void) | null;
  /** Gives it up. */
  signal?: AbortSignal | null;
}

/** In bytes. */
export interface UploadProgress {
  sent: number;
  total: number;
}

// ---------------------------------------------------------------------------------------------------
// Observables and errors
// ---------------------------------------------------------------------------------------------------

/**
 * Values over time. What is there already is told before `subscribe` returns.
 *
 * RxJS takes it as it is: `from(observable)`, in RxJS 5 `Observable.from(observable)`. A listener that
 * throws is reported as an uncaught error of the page, and still hears the next value.
 */
export declare class Observable<T> {
  /** Of a function that is called per listener and may give back what ends that listener. */
  constructor(open: (observer: Required<Observer<T>>) => (() => void) | void);
  subscribe(
    observerOrNext?: Observer<T> | ((value: T) => void) | null,
    error?: ((error: any) => void) | null,
    complete?: (() => void) | null,
  ): Subscription;
  /** So that RxJS and others know it. */
  "@@observable"(): Observable<T>;
  /** Answered where somebody, such as RxJS 5, has made `Symbol.observable`. */
  [Symbol.observable](): Observable<T>;
}

declare global {
  interface SymbolConstructor {
    /** No standard: as RxJS declares it. */
    readonly observable: symbol;
  }
}

export interface Observer<T> {
  next?: (value: T) => void;
  error?: (error: any) => void;
  complete?: () => void;
}

export interface Subscription {
  /** Nothing is told from now on. */
  unsubscribe(): void;
  /** Whether nothing will be told any more. */
  readonly closed: boolean;
}

/** Why something was not done. `JSON.stringify` shows all of it. */
export declare class TvoxError extends Error {
  constructor(code: TvoxErrorCode, message: string, details?: TvoxErrorDetails);
  readonly name: "TvoxError";
  /** For programs: it never changes. */
  readonly code: TvoxErrorCode;
  /** What there is to know, by code; never customer data. */
  readonly details: TvoxErrorDetails;
  toJSON(): { name: string; code: TvoxErrorCode; message: string; details: TvoxErrorDetails };
}

/**
 * - `ARGUMENT`: of the wrong type (`argument`, `expected`, `found`).
 * - `CONFIG`: the configuration is wrong (`field`, `expected`, `found`).
 * - `NOT_CONNECTED`: no connection, and it could not wait any longer.
 * - `CONNECTION_LOST`: the connection went away and what was asked cannot be repeated safely.
 * - `TIMED_OUT`: no answer in time (`operation`).
 * - `REFUSED`: the server said no (`code`, `reason`, `retryable`, `retryAfter` in milliseconds).
 * - `PROTOCOL`: the server does not speak the protocol.
 * - `WRONG_STATE`: not possible now (`operation`, `state`).
 * - `UNMONITORED`: not configured (`service`, `channel`).
 * - `MEDIA`: microphone or camera could not be had.
 * - `CANCELLED`: given up by the caller, or because the widget was disconnected.
 *
 * Later versions may have more.
 */
export type TvoxErrorCode =
  | "ARGUMENT" | "CONFIG" | "NOT_CONNECTED" | "CONNECTION_LOST" | "TIMED_OUT" | "REFUSED" | "PROTOCOL"
  | "WRONG_STATE" | "UNMONITORED" | "MEDIA" | "CANCELLED" | (string & {});

export interface TvoxErrorDetails {
  readonly argument?: string;
  readonly field?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly operation?: string;
  readonly state?: string;
  readonly service?: string;
  readonly channel?: string;
  /** The number of a refusal. */
  readonly code?: number;
  /** The stable word for a refusal, such as `OVERTIME`. */
  readonly reason?: string;
  /** Whether the same thing may succeed later. */
  readonly retryable?: boolean;
  /** Milliseconds to wait before that. */
  readonly retryAfter?: number;
  readonly [name: string]: unknown;
}

// ---------------------------------------------------------------------------------------------------
// Configuration
// ---------------------------------------------------------------------------------------------------

/** What a site owner says. */
export interface WidgetConf {
  server: ServerInterface;
  /** Which services are offered, channel by channel. */
  servicesConfiguration: readonly ChannelServicesConfiguration[];
  /** Who the visitor is, where the site knows. */
  customerInfo?: CustomerInfo | null;
  /**
   * For how long the page keeps what lets the visitor come back, so that sessions go on after a reload:
   * not at all, until the tab is closed, or until it runs out and for every tab. `none` by default, for
   * the element `session`. Beyond the reference.
   */
  persist?: "none" | "session" | "local" | null;
  /** How the element looks and speaks; the library reads only the language. */
  graphics?: GraphicsConfigurationInterface | null;
}

/** The name that the reference's constructor has for it. */
export type WidgetConfiguration = WidgetConf;

export interface ServerInterface {
  /** The server's address, such as `https://contact.example.com`; without a scheme it is https. */
  url: string;
  /** Needed for calls. */
  webrtc?: WebrtcConfig | null;
  /** Between two pings, in milliseconds, from 1000 to 60000: 5000 by default. */
  heartbeatInterval?: number | null;
  /** What happens after a lost connection: by default another try every 10 seconds, for ever. */
  retryOptions?: RetryOptionsInterface | null;
}

/** What happens after a lost connection. */
export interface RetryOptionsInterface {
  /** How the delays grow: `fixed` by default. */
  strategy?: "fixed" | "exponential" | null;
  /** The fixed delay, or the first of the growing ones: 10000 by default. */
  intervalMs?: number | null;
  /** The longest delay: the interval itself, or a minute where the delays grow. */
  maxIntervalMs?: number | null;
  /** `full` for anything from nothing to the delay; so by default where the delays grow. */
  jitter?: "none" | "full" | null;
  /** How many tries before it gives up; never by default. */
  maxAttempts?: number | null;
  /** Whether the first try after a loss comes within a second: so by default. */
  fastFirst?: boolean | null;
  /** How long opening may take: 10000 by default. */
  connectTimeoutMs?: number | null;
  /** How long a connection must have lasted before tries are counted anew: 10000 by default. */
  stableMs?: number | null;
  /** Whether tries pause while the browser says it is offline: so by default. */
  pauseOffline?: boolean | null;
  /** Whether tries pause while the page is hidden: not by default. */
  pauseHidden?: boolean | null;
}

export interface WebrtcConfig {
  /** Whether calls are possible. */
  enabled: boolean;
  /** By number or by name: `FullTrickle` by default. */
  trickleIcePolicy?: TrickleIcePolicy | TrickleIcePolicyName | number | null;
  /** By number or by name: `All` by default. */
  iceGatherPolicy?: IceGatherPolicy | IceGatherPolicyName | number | null;
  /** Where the operator's picture is shown. */
  videoContainer?: HTMLElement | null;
}

export interface ChannelServicesConfiguration {
  /** A {@link MultiChannelType}. */
  type: MultiChannelType | (string & {});
  services: readonly ServiceConfiguration[];
  /** What those of its services ask beforehand that say nothing of their own; see there. */
  form?: FormConfiguration | false | null;
}

export interface ServiceConfiguration {
  /** The server's code for it. */
  code: string;
  /** What visitors call it; the code by default. */
  description?: string | null;
  /** As the samples of the reference spell it. */
  descritpion?: string | null;
  /**
   * What the widget's interface asks before a contact: this, or nothing (`false`). The server's form
   * where it is absent. The headless library does not read it.
   */
  form?: FormConfiguration | false | null;
}

/** A {@link Form} as a site owner writes it. */
export interface FormConfiguration {
  /** At most 32. */
  fields?: readonly FormFieldConfiguration[];
  /** What the visitor is asked to agree to; `link` is a path of the page's site or a web address. */
  consent?: { text: string; link?: string | null; required?: boolean } | null;
}

/** A {@link FormField} as a site owner writes it. */
export interface FormFieldConfiguration {
  /** A field of {@link CustomerInfo}, or the `key` of a {@link MultiChannelSessionCustomField}. */
  key: string;
  /** `text` by default. */
  type?: FormField["type"] | null;
  label?: string | null;
  /** `false` by default. */
  required?: boolean | null;
  /** As in HTML. */
  autocomplete?: string | null;
  /** For `select`. */
  options?: readonly { value: string; label?: string | null }[] | null;
}

/** Who the visitor says to be. A label: it opens nothing. */
export interface CustomerInfo {
  customerDisplayName?: string | null;
  customerFirstName?: string | null;
  customerLastName?: string | null;
  /** Such as the id of an address book. */
  customerId?: string | null;
  /** A way to reach the visitor, such as a mail address. */
  customerValue?: string | null;
  customerPhoneNumber?: string | null;
  customerCompany?: string | null;
}

/** How the element `<tvox-widget>` looks and speaks. */
export interface GraphicsConfigurationInterface {
  title?: string | null;
  subtitle?: string | null;
  /** The address of a picture. */
  logo?: string | null;
  /** A CSS colour in hexadecimal digits, such as `#0a7d5a`. */
  color?: string | null;
  theme?: "auto" | "light" | "dark" | null;
  position?: "right" | "left" | null;
  /** From the side of the page, in CSS pixels. */
  offsetX?: number | null;
  /** From the bottom of the page, in CSS pixels. */
  offsetY?: number | null;
  /** What opens the panel: the round button, or a button of the page's own by `open()`. */
  launcher?: "button" | "none" | null;
  /** Words beside the launcher's icon. */
  label?: string | null;
  /** A CSS `font-family`. */
  font?: string | null;
  mode?: "floating" | "inline" | "card" | null;
  /** The language (BCP 47). */
  lang?: string | null;
  /** Texts that replace the widget's own, by language and key. */
  texts?: { [language: string]: { [key: string]: string } } | null;
}

/** {@link WidgetConf} as {@link WidgetClient.options} gives it: checked, defaults filled in. */
export interface ResolvedWidgetConf {
  server: {
    url: string;
    webrtc?: {
      enabled: boolean;
      trickleIcePolicy: TrickleIcePolicy;
      iceGatherPolicy: IceGatherPolicy;
      videoContainer?: HTMLElement;
    };
    heartbeatInterval: number;
    retryOptions: {
      strategy: "fixed" | "exponential";
      intervalMs: number;
      maxIntervalMs: number;
      jitter: "none" | "full";
      /** Absent where it never gives up. */
      maxAttempts?: number;
      fastFirst: boolean;
      connectTimeoutMs: number;
      stableMs: number;
      pauseOffline: boolean;
      pauseHidden: boolean;
    };
  };
  servicesConfiguration: {
    type: MultiChannelType;
    services: { code: string; description: string }[];
  }[];
  customerInfo?: { [name in keyof CustomerInfo]?: string };
  persist?: "none" | "session" | "local";
  graphics?: GraphicsConfigurationInterface;
}

// ---------------------------------------------------------------------------------------------------
// What the server says
// ---------------------------------------------------------------------------------------------------

export interface ConnectionEvent {
  connected: boolean;
}

/** What the connection is doing. */
export interface ConnectionState {
  connected: boolean;
  /** `stopped`: no attempt will follow by itself. */
  state: "connecting" | "connected" | "waiting" | "stopped";
  /** How many attempts have failed in a row. */
  attempt: number;
  /** When waiting: for how long, in milliseconds. */
  retryInMs?: number;
  /** Why it is not connected. */
  reason?: TvoxError;
}

export interface ServiceStatus {
  channelConfiguration?: ConfigurationStatus;
  channelId?: MultiChannelType;
  service?: string;
  serviceConfiguration?: ServiceConfigurationStatus;
  status?: ServiceStatusValue;
}

export interface MultiChannelSession {
  id: string;
  service?: string;
  sessionState?: MultiChannelState;
  step?: MultiChannelStepUnion;
  /** Who answers. Beyond the reference. */
  agent?: { name: string };
}

export interface ChatChannelSession extends MultiChannelSession {}

export interface CallChannelSession extends MultiChannelSession {
  /** The call's start: RFC 3339. */
  start?: string;
  /** The server's clock when it said this: RFC 3339. */
  time?: string;
  state?: CallState;
  /** Until when an invitation rings: RFC 3339. Beyond the reference. */
  expires?: string;
  /** The chat that the call came from. Beyond the reference. */
  with?: string;
}

export interface VideoChannelSession extends CallChannelSession {}

export interface MultiChannelStep {
  /** Counts the steps of the session. */
  step?: number;
  type?: MultiChannelStepType;
}

export interface MultiChannelStepQueue extends MultiChannelStep {
  /** From 1; absent where the server does not know. */
  queuePosition?: number;
  /** Seconds until an operator is likely to answer. Beyond the reference. */
  expectedWait?: number;
}

export interface MultiChannelStepPlay extends MultiChannelStep {
  welcomeMessage?: string;
  /** What is shown or heard beside it. Beyond the reference. */
  media?: StepMedia[];
}

/** A picture, a sound or a film. */
export interface StepMedia {
  /** The media type, such as `audio/mpeg`. */
  type: string;
  /** An address, or a path of the server. Check it before you follow it. */
  url: string;
}

export interface MultiChannelStepToUrl extends MultiChannelStep {
  /** Where the operator asks the page to go. Check it before you follow it. */
  uri?: string;
}

export interface MultiChannelStepInactivityTimeout extends MultiChannelStep {
  /** When the session ends unless somebody writes: milliseconds since 1970. */
  inactivityExpireDatetime?: number;
}

/** The present step: the fields of every kind, of which the present kind fills its own. */
export type MultiChannelStepUnion =
  & MultiChannelStepQueue & MultiChannelStepPlay & MultiChannelStep & MultiChannelStepToUrl
  & MultiChannelStepInactivityTimeout;

export interface ChatChannelEventMessage {
  message?: string;
  messageType?: ChatMessageType;
  status?: ChatChannelEventMessageStatus;
  /** RFC 3339. */
  createdAt?: string;
  /** `INBOUND` is towards the visitor. */
  direction?: Direction;
  /** As receipts name it. */
  id?: string;
  sessionId?: string;
  /** Place in the conversation, from 1 without gaps; absent for typing. Beyond the reference. */
  seq?: number;
  /** The sender's key. Beyond the reference. */
  key?: string;
  /** Sent by the widget in the operator's name. Beyond the reference. */
  greeting?: boolean;
  /** The file that the message is, or what became of an earlier one. Beyond the reference. */
  attachment?: Attachment;
}

/** An answer the visitor gave before the contact. */
export interface MultiChannelSessionCustomField {
  key: string;
  value: string;
}

/** A file in a conversation. */
export interface Attachment {
  /** Its id, for {@link ChatSession.fileUrl}. */
  file: string;
  name: string;
  /** In bytes. */
  size: number;
  /** The media type. */
  type: string;
  /** `SCANNING` until the server has looked at it. */
  state: "SCANNING" | "AVAILABLE" | "REFUSED" | (string & {});
  /** Why it was refused. */
  reason?: string;
}

export interface FileUrl {
  /** Complete and signed: whoever has it can fetch the file. */
  url: string;
  /** Until when: RFC 3339. */
  expires?: string;
}

/** What the server accepts. */
export interface Limits {
  /** The largest frame, in bytes. */
  frame: number;
  /** The longest message, in characters. */
  message: number;
  rate: { perSecond: number; burst: number };
  subscriptions: number;
  /** Which files, in bytes and media types; absent where there are none. */
  file?: { bytes: number; types: string[] };
}

export interface MailRequest {
  service: string;
  /** The address that the answer goes to. */
  from: string;
  subject: string;
  message: string;
  /** Who asks; `customerInfo` of the configuration by default. */
  customer?: CustomerInfo | null;
  /** What the service's {@link Form} asked. */
  fields?: readonly MultiChannelSessionCustomField[] | null;
}

export interface CallbackRequest {
  service: string;
  /** As the visitor wrote it. */
  phone: string;
  /** RFC 3339, such as the `from` of a {@link CallbackSlot}; as soon as possible by default. */
  when?: string | null;
  message?: string | null;
  /** Who asks; `customerInfo` of the configuration by default. */
  customer?: CustomerInfo | null;
  /** What the service's {@link Form} asked. */
  fields?: readonly MultiChannelSessionCustomField[] | null;
}

export interface Callback {
  id: string;
  /** The number that will be called, in E.164 form. */
  phone?: string;
}

export interface CallbackSlot {
  /** RFC 3339. */
  from: string;
  /** RFC 3339. */
  to: string;
}

/** What a service asks before a contact. */
export interface Form {
  fields: FormField[];
  consent?: { text: string; link?: string; required: boolean };
}

export interface FormField {
  /** A field of {@link CustomerInfo}, or the `key` of a {@link MultiChannelSessionCustomField}. */
  key: string;
  type: "text" | "email" | "tel" | "textarea" | "select" | "checkbox" | (string & {});
  label?: string;
  required: boolean;
  /** As in HTML. */
  autocomplete?: string;
  /** For `select`. */
  options?: { value: string; label: string }[];
}

// ---------------------------------------------------------------------------------------------------
// Enumerations: objects, `MultiChannelType.CHAT`, and types of their values, `"CHAT"`
// ---------------------------------------------------------------------------------------------------

/** Channels. */
export declare const MultiChannelType: {
  /** Audio call. */
  readonly PHONE_CALL: "PHONE_CALL";
  /** Video call. */
  readonly VIDEO: "VIDEO";
  /** Text chat. */
  readonly CHAT: "CHAT";
  /** Ticket by mail. */
  readonly MAIL: "MAIL";
  /** The operator calls back. */
  readonly CALLBACK: "CALLBACK";
};
export type MultiChannelType = keyof typeof MultiChannelType;

/** How a channel or a service stands in the server's configuration. */
export declare const ConfigurationStatus: {
  readonly DISABLED: "DISABLED";
  readonly ENABLED: "ENABLED";
  readonly NOT_FOUND: "NOT_FOUND";
  readonly NO_LICENSE: "NO_LICENSE";
  /** The server could not tell. */
  readonly FAILED: "FAILED";
};
export type ConfigurationStatus = keyof typeof ConfigurationStatus;

/** Takes the same values. */
export declare const ServiceConfigurationStatus: typeof ConfigurationStatus;
export type ServiceConfigurationStatus = ConfigurationStatus;

/** Whether a service answers. */
export declare const ServiceStatusValue: {
  /** Open, with an operator. */
  readonly ACTIVE: "ACTIVE";
  /** Open, without an operator. */
  readonly OUT_OF_SERVICE: "OUT_OF_SERVICE";
  /** Closed, outside its calendar. */
  readonly OVERTIME: "OVERTIME";
  /** The server could not tell. */
  readonly FAILED: "FAILED";
};
export type ServiceStatusValue = keyof typeof ServiceStatusValue;

/** What its sender did. */
export declare const ChatChannelEventMessageStatus: {
  /** Sent a message. */
  readonly WROTE: "WROTE";
  /** Is writing. */
  readonly COMPOSING: "COMPOSING";
  /** Has stopped writing. */
  readonly IDLE: "IDLE";
};
export type ChatChannelEventMessageStatus = keyof typeof ChatChannelEventMessageStatus;

/** What an event of a conversation is. */
export declare const ChatMessageType: {
  readonly MESSAGE: "MESSAGE";
  /** The last event. */
  readonly CLOSED_SESSION: "CLOSED_SESSION";
  /** The first event. */
  readonly OPEN_SESSION: "OPEN_SESSION";
};
export type ChatMessageType = keyof typeof ChatMessageType;

/** Which way an event goes, as the visitor sees it. */
export declare const Direction: {
  /** Towards the visitor. */
  readonly INBOUND: "INBOUND";
  /** From the visitor. */
  readonly OUTBOUND: "OUTBOUND";
};
export type Direction = keyof typeof Direction;

/** Whether a session lives. */
export declare const MultiChannelState: {
  readonly ACTIVE: "ACTIVE";
  readonly CLOSED: "CLOSED";
};
export type MultiChannelState = keyof typeof MultiChannelState;

/** What a session is doing. */
export declare const MultiChannelStepType: {
  /** Waiting for an operator. */
  readonly QUEUE: "QUEUE";
  /** Something is played to the visitor. */
  readonly PLAY: "PLAY";
  /** An operator is being rung. */
  readonly CONNECTING: "CONNECTING";
  /** With an operator. */
  readonly CONNECTED: "CONNECTED";
  /** The page is asked to go elsewhere. */
  readonly TO_URL: "TO_URL";
  /** About to end because nobody writes. */
  readonly INACTIVE_TIMEOUT: "INACTIVE_TIMEOUT";
  /** Somebody wrote in time. */
  readonly ACTIVE_FROM_TIMEOUT: "ACTIVE_FROM_TIMEOUT";
  /** About to end because it has lasted as long as it may. */
  readonly MAX_DURATION_TIMEOUT: "MAX_DURATION_TIMEOUT";
};
export type MultiChannelStepType = keyof typeof MultiChannelStepType;

/** What a call is doing. */
export declare const CallState: {
  /** The operator calls. */
  readonly NEW_INBOUND: "NEW_INBOUND";
  /** The visitor calls. */
  readonly NEW_OUTBOUND: "NEW_OUTBOUND";
  /** Answered. */
  readonly CONNECTED: "CONNECTED";
  /** More than two talk. */
  readonly CONFERENCED: "CONFERENCED";
  /** On hold. */
  readonly HOLD: "HOLD";
  /** Over. */
  readonly IDLE: "IDLE";
};
export type CallState = keyof typeof CallState;

/** When ICE candidates are sent. */
export declare const TrickleIcePolicy: {
  /** All inside the offer. */
  readonly NotSupported: 1;
  /** Each as it is found. */
  readonly FullTrickle: 2;
  /** Ours inside the offer, the other side's as they are found. */
  readonly HalfTrickle: 3;
  readonly 1: "NotSupported";
  readonly 2: "FullTrickle";
  readonly 3: "HalfTrickle";
};
export type TrickleIcePolicy = 1 | 2 | 3;
export type TrickleIcePolicyName = "NotSupported" | "FullTrickle" | "HalfTrickle";

/** Which ICE candidates are used. */
export declare const IceGatherPolicy: {
  readonly All: 1;
  /** None that shows an address of the visitor's own network. */
  readonly NoHost: 2;
  /** Only those of a TURN server. */
  readonly Relay: 3;
  readonly 1: "All";
  readonly 2: "NoHost";
  readonly 3: "Relay";
};
export type IceGatherPolicy = 1 | 2 | 3;
export type IceGatherPolicyName = "All" | "NoHost" | "Relay";
