// What the types allow, and what they do not. Compiled, not run.
import {
  ChatSession, MultiChannelType, Observable, TrickleIcePolicy, TvoxError, Widget, WidgetClient,
} from "../../src/js/types";
import type {
  ChatChannelEventMessage, ChatChannelSession, ConnectionEvent, LiveResult, ServiceStatus,
  ServiceConfigurationStatus, WidgetConf, WidgetConfiguration,
} from "../../src/js/types";
import { from } from "rxjs7";

// As the reference's samples write it: a variable, whose words TypeScript takes for any text.
const widgetConf = {
  server: { url: "https://contact.teleniasoftware.com", webrtc: { enabled: true, trickleIcePolicy: 2 } },
  servicesConfiguration: [{ type: "CHAT", services: [{ code: "service0001", descritpion: "Support" }] }],
  customerInfo: { customerDisplayName: "Mario Rossi", customerValue: null },
};
const widget = new Widget(widgetConf);
const same: WidgetConfiguration = widgetConf satisfies WidgetConf;
new Widget(same);

widget.onLoadClientComplete(() => {
  widget.client.connectionEvent.subscribe((event) => { const connected: boolean = event.connected; });
  widget.client.getServiceStatusForChannel("service0001", "VIDEO").subscribe((status: ServiceStatus) => {
    const configured: ServiceConfigurationStatus | undefined = status.serviceConfiguration;
    if (status.status === "OVERTIME") console.log(`${status.channelId} of ${status.service}`);
  });
  widget.getServiceStatusForChannel("service0001", MultiChannelType.CHAT);
});
const visited: Promise<boolean> = widget.widgetVisitUri("https://a.example", null);
const enabled: boolean | undefined = widget.getChannelsEnabled()["CHAT"];

const chat: ChatSession = widget.newChatSession("support0001", null, "Mario Rossi", "rossimario@example.com");
const monitor: LiveResult<ChatChannelEventMessage, ChatChannelEventMessage> = chat.getChatChannelEventMonitor();
chat.createChatChannelSession().then((session: ChatChannelSession) => {
  if (session.step && session.step.type === "CONNECTED") chat.chatSendMessage("text", "WROTE", false);
  const wait: number | undefined = session.step?.expectedWait;
}).catch((error: unknown) => {
  if (error instanceof TvoxError && error.code === "REFUSED") console.log(error.details.reason);
});
monitor.notification.subscribe({ next: (event) => event.message?.length, complete() {} });
const stopped: Promise<boolean> = monitor.stopNotification();
chat.on("typing", (typing) => { const is: boolean = typing; }).unsubscribe();
widget.on("message", ({ chat, message }) => { chat.chatChannelReadMessage(message.id ?? ""); });
widget.on("ready", () => {});

widget.newChatSession("support0001", null, null, null, { with: "k_1" });
widget.callChannelSessionNew("support0001", null, null, { fields: [{ key: "order", value: "7" }], with: null });
widget.requestCallback({ service: "support0001", phone: "0422 000000", fields: [{ key: "order", value: "7" }] });
chat.getChatChannelSessionMonitor().subscribe(({ step }) => {
  const played: string[] | undefined = step?.media?.map(({ type, url }) => `${type} ${url}`);
});

const call: Promise<string> = widget.videoChannelSessionNew("support0001");
widget.videoChannelSessionMonitor().subscribe((session) => session.state === "IDLE");
const muted: Promise<boolean> = widget.client.webrtc.toggleAudioMute("k_1");
const policy: 2 = TrickleIcePolicy.FullTrickle;
const name: "FullTrickle" = TrickleIcePolicy[2];
const interval: number = widget.client.options.server.heartbeatInterval;
const file: Promise<{ file: string }> = chat.sendFile(new Blob(), { onProgress: ({ sent, total }) => sent / total });

// RxJS knows it for what it is.
from(widget.client.connectionEvent).subscribe((event: ConnectionEvent) => event.connected);
const own: Observable<number> = new Observable<number>(({ next, complete }) => { next(1); complete(); });

// @ts-expect-error: a channel that there is not
widget.getServiceStatusForChannel("service0001", "FAX");
// @ts-expect-error: a service has to be named
widget.newChatSession();
// @ts-expect-error: no address
new Widget({ server: {}, servicesConfiguration: [] });
// @ts-expect-error: chats come of `newChatSession`
new ChatSession();
// @ts-expect-error: the client is the widget's
new WidgetClient();
// @ts-expect-error: no such event
widget.on("nothing", () => {});
// @ts-expect-error: no such status
chat.chatSendMessage("text", "SHOUTED", false);
