// The element, and the whole package by one name.
import { TvoxWidget, Widget } from "tvox-widget";
import type {
  Channel, TvoxErrorDetail, TvoxMessageDetail, TvoxWidgetEventMap, WidgetConf,
} from "tvox-widget";
import "tvox-widget/element";

const conf: WidgetConf = {
  server: { url: "https://contact.example.com" },
  servicesConfiguration: [{ type: "CHAT", services: [{ code: "service0001" }] }],
};
const element = document.createElement("tvox-widget");
const typed: TvoxWidget = element;
const channel: Channel = "CHAT";
typed.configuration = conf;
typed.open(channel, "service0001");
element.addEventListener("tvox-message", (event) => {
  const { direction, message }: TvoxMessageDetail = event.detail;
  console.log(direction, message);
});
element.addEventListener("tvox-error", ({ detail }: TvoxWidgetEventMap["tvox-error"]) => {
  const { code, field }: TvoxErrorDetail = detail;
  console.error(code, field ?? "");
});
element.addEventListener("click", (event) => console.log(event.clientX));
document.querySelector("tvox-widget")?.close();
new Widget(conf).disconnect();

// @ts-expect-error: it has no such event
element.addEventListener("tvox-massage", (event) => console.log(event.detail));
