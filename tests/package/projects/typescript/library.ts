// A sample that uses every name of the package. It is compiled, not run; a test compares the names that
// are imported here with those that are declared.
import {
  CallState, ChatChannelEventMessageStatus, ChatMessageType, ChatSession, ConfigurationStatus, Direction,
  IceGatherPolicy, MultiChannelState, MultiChannelStepType, MultiChannelType, Observable,
  ServiceConfigurationStatus, ServiceStatusValue, TrickleIcePolicy, TvoxError, WebRTCManager, Widget,
  WidgetClient,
} from "tvox-widget/core";
import type {
  Attachment, CallChannelSession, CallMedia, CallOptions, CallQuality, Callback, CallbackRequest, CallbackSlot,
  ChannelServicesConfiguration, ChatChannelEventMessage, ChatChannelSession, ChatEventMap, ChatOptions,
  ConnectionEvent, ConnectionState,
  CustomerInfo, FileUrl, Form, FormConfiguration, FormField, FormFieldConfiguration, GraphicsConfigurationInterface, IceGatherPolicyName, Limits,
  LiveResult, MailRequest, MediaDevice, MultiChannelSession, MultiChannelSessionCustomField, MultiChannelStep,
  MultiChannelStepInactivityTimeout, MultiChannelStepPlay, MultiChannelStepQueue, MultiChannelStepToUrl,
  MultiChannelStepUnion, Observer, OpenSession, ResolvedWidgetConf, RetryOptionsInterface,
  SendFileOptions, ServerInterface, ServiceConfiguration, ServiceStatus, StepMedia, Subscription,
  TrickleIcePolicyName, TvoxErrorCode, TvoxErrorDetails, UploadProgress, VideoChannelSession,
  WebrtcConfig, WidgetConf, WidgetConfiguration, WidgetEventMap,
} from "tvox-widget/core";

// Configuration.
const question: FormFieldConfiguration = { key: "order", label: "Order", required: true };
const asked: FormConfiguration = {
  fields: [question, { key: "topic", type: "select", options: [{ value: "bill" }] }],
  consent: { text: "I agree.", link: "/privacy", required: true },
};
const service: ServiceConfiguration = { code: "service0001", descritpion: "Support", form: asked };
const chats: ChannelServicesConfiguration = { type: MultiChannelType.CHAT, services: [service] };
const policies: [TrickleIcePolicyName, IceGatherPolicyName] = ["HalfTrickle", "Relay"];
const webrtc: WebrtcConfig = {
  enabled: true,
  trickleIcePolicy: TrickleIcePolicy[policies[0]],
  iceGatherPolicy: IceGatherPolicy[policies[1]],
  videoContainer: document.createElement("div"),
};
const retryOptions: RetryOptionsInterface = {};
const server: ServerInterface = { url: "https://contact.example.com", webrtc, retryOptions };
const customerInfo: CustomerInfo = { customerDisplayName: "Mario Rossi" };
const graphics: GraphicsConfigurationInterface = { color: "#0a7d5c" };
const conf: WidgetConf = { server, servicesConfiguration: [chats], customerInfo, graphics };
const same: WidgetConfiguration = conf;

// The widget and its client.
const widget = new Widget(same);
const client: WidgetClient = widget.client;
const options: ResolvedWidgetConf = client.options;
const manager: WebRTCManager = client.webrtc;
manager.media("k_1").subscribe(({ phase, quality }: CallMedia) => {
  const judged: CallQuality | undefined = quality;
  console.log(phase, judged?.level);
});
manager.devices.subscribe((devices: MediaDevice[]) => console.log(devices.length));
const limits: Limits = widget.getLimits();
const running: OpenSession[] = widget.openSessions();
const connection: Observable<ConnectionEvent> = client.connectionEvent;
const states: Observable<ConnectionState> = client.connectionState;
const observer: Observer<ConnectionState> = {
  next: ({ state, retryInMs }) => console.log(state, retryInMs ?? 0),
  error: (error) => console.error(error),
};
const subscription: Subscription = states.subscribe(observer);
subscription.unsubscribe();
widget.onLoadClientComplete(() => console.log(options.server.heartbeatInterval, limits.message, running.length));

const statusOf = (status: ServiceStatus): boolean =>
  status.status === ServiceStatusValue.ACTIVE
  && status.channelConfiguration !== ConfigurationStatus.DISABLED
  && status.serviceConfiguration !== ServiceConfigurationStatus.NO_LICENSE;
client.getServiceStatusForChannel("service0001", "CHAT").subscribe(statusOf);

// A chat.
const fields: MultiChannelSessionCustomField[] = [{ key: "order", value: "7" }];
const chat: ChatSession = widget.newChatSession("service0001", fields, "Mario Rossi");
const besideCall: ChatOptions = { with: "k_1" };
const besideChat: CallOptions = { with: chat.id ?? null, fields };
export const both = async (): Promise<[ChatSession, string]> => [
  widget.newChatSession("service0001", fields, null, null, besideCall),
  await widget.videoChannelSessionNew("service0001", null, null, besideChat),
];
const live: LiveResult<ChatChannelEventMessage, ChatChannelEventMessage> = chat.getChatChannelEventMonitor();
live.notification.subscribe((event) => {
  const isAnswer = event.direction === Direction.INBOUND && event.messageType === ChatMessageType.MESSAGE;
  if (isAnswer && event.status === ChatChannelEventMessageStatus.WROTE) console.log(event.message);
});

const played = (media: StepMedia[]): string => media.map(({ type, url }) => `${type} ${url}`).join();

/** What a step says, whichever it is. */
function told(step: MultiChannelStepUnion): string {
  const queue: MultiChannelStepQueue = step;
  const play: MultiChannelStepPlay = step;
  const url: MultiChannelStepToUrl = step;
  const expiry: MultiChannelStepInactivityTimeout = step;
  const any: MultiChannelStep = step;
  switch (any.type) {
    case MultiChannelStepType.QUEUE: return `${queue.queuePosition ?? "?"}`;
    case MultiChannelStepType.PLAY: return play.welcomeMessage ?? played(play.media ?? []);
    case MultiChannelStepType.TO_URL: return url.uri ?? "";
    case MultiChannelStepType.INACTIVE_TIMEOUT: return new Date(expiry.inactivityExpireDatetime ?? 0).toISOString();
    default: return "";
  }
}

const follow = (session: MultiChannelSession): void => {
  if (session.sessionState === MultiChannelState.ACTIVE && session.step) console.log(told(session.step));
};
chat.getChatChannelSessionMonitor().subscribe((session: ChatChannelSession) => follow(session));
widget.callChannelSessionMonitor().subscribe((session: CallChannelSession) => {
  if (session.state === CallState.IDLE) widget.callChannelSessionMonitorStop();
});
widget.videoChannelSessionMonitor().subscribe((session: VideoChannelSession) => follow(session));

// Events by name.
const listen = <K extends keyof WidgetEventMap>(name: K, run: (event: WidgetEventMap[K]) => void) =>
  widget.on(name, run);
listen("message", ({ message }) => console.log(message.message));
const typing = (event: ChatEventMap["typing"]): void => console.log(event ? "…" : "");
chat.on("typing", typing);

// What answers later, and what may go wrong.
const explained = (error: unknown): TvoxErrorCode | undefined => {
  if (!(error instanceof TvoxError)) return undefined;
  const details: TvoxErrorDetails = error.details;
  return details.field === undefined ? error.code : "CONFIG";
};

export async function contact(): Promise<Attachment | TvoxErrorCode | undefined> {
  const mail: MailRequest = { service: "service0001", from: "m@example.com", subject: "Order", message: "…" };
  const request: CallbackRequest = { service: "service0001", phone: "0422 000000", fields };
  try {
    const ticket: string = await widget.sendMail(mail);
    const slots: CallbackSlot[] = await widget.callbackSlots("service0001");
    const callback: Callback = await widget.requestCallback({ ...request, when: slots[0]?.from ?? null });
    const form: Form | undefined = await widget.forms("CHAT", "service0001");
    const required: FormField[] = form?.fields.filter((field) => field.required) ?? [];
    const progress = ({ sent, total }: UploadProgress): void => console.log(ticket, callback.id, sent / total);
    const sending: SendFileOptions = { name: "invoice.pdf", onProgress: progress };
    const file: Attachment = await chat.sendFile(new Blob(), sending);
    const address: FileUrl = await chat.fileUrl(file.file);
    const muted: boolean = await manager.toggleAudioMute("session");
    console.log(address.url, muted, required.length);
    return file;
  } catch (error) {
    return explained(error);
  }
}

connection.subscribe(({ connected }) => console.log(connected));

// What the types refuse.
// @ts-expect-error: no channel has this name
widget.sendCustomerIdentifier("FAX", "service0001");
// @ts-expect-error: a configuration needs a server
new Widget({ servicesConfiguration: [] });
// @ts-expect-error: a client is had from a widget
new WidgetClient();
