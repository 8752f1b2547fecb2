// The library without any user interface: the connection, the services' states, the pages visited.
//
// `core.js` is the library as an ES module. When the import is there, so is the library: the module
// waits for its WebAssembly.
import { MultiChannelType, Widget } from "/widget/core.js";
import { byId, log, make, onClick, onStart, onSubmit, showState } from "./page.js";

/** @type {Widget | undefined} */
let widget;

onStart(({ url, ...fields }) => {
  const codes = [fields.service1, fields.service2, fields.service3].filter((code) => code !== "");
  const channels = Object.values(MultiChannelType);

  widget?.disconnect();
  widget = new Widget({
    server: { url, heartbeatInterval: 5000 },
    servicesConfiguration: channels.map((type) => ({
      type,
      services: codes.map((code) => ({ code, description: code })),
    })),
  });

  // The whole truth about the connection; `connectionEvent` has the reference's part of it.
  widget.client.connectionState.subscribe((state) => {
    log("connectionState", state);
    showState(state.connected ? "Connected" : state.state, state.connected);
    // What was told is as old as the connection.
    byId("services", HTMLElement).classList.toggle("stale", !state.connected);
    drawChannels(widget?.getChannelsEnabled() ?? {});
  });

  drawTable(codes, channels);
  for (const code of codes) for (const channel of channels) follow(widget, code, channel);

  widget.onLoadClientComplete(() => {
    log("onLoadClientComplete", widget?.client.options);
    visit(document.title);
  });
});

/**
 * An Observable needs no library: `subscribe` is all there is to it. The present state comes first,
 * each change after it. RxJS takes it as well: `from(observable)`.
 * @param {Widget} widget
 * @param {string} code
 * @param {import("tvox-widget").MultiChannelType} channel
 */
function follow(widget, code, channel) {
  const cell = byId(`${code}/${channel}`, HTMLTableCellElement);
  widget.getServiceStatusForChannel(code, channel).subscribe((status) => {
    // A channel or a service that is switched off, unknown or without a licence has no other state.
    const { channelConfiguration, serviceConfiguration } = status;
    const [off] = [channelConfiguration, serviceConfiguration].filter((it) => it && it !== "ENABLED");
    cell.textContent = off ?? status.status ?? "–";
  });
}

onSubmit("visit", ({ title }) => visit(title));

/** @param {string} title The operator sees which pages a visitor has been on, and can open them. */
async function visit(title) {
  const isSent = await widget?.widgetVisitUri(location.href, location.pathname, title);
  log("widgetVisitUri", { title, isSent });
}

onClick("disconnect", () => widget?.disconnect());

/** @param {string[]} codes @param {string[]} channels */
function drawTable(codes, channels) {
  const table = byId("services", HTMLTableElement);
  table.tHead?.rows[0]?.replaceChildren(...["Service", ...channels].map((name) => heading("col", name)));
  table.tBodies[0]?.replaceChildren(
    ...codes.map((code) => make("tr", heading("row", code), ...channels.map((channel) => {
      const cell = make("td", "–");
      cell.id = `${code}/${channel}`;
      return cell;
    }))),
  );
}

/** @param {"row" | "col"} scope @param {string} text */
function heading(scope, text) {
  return Object.assign(make("th", text), { scope });
}

/** @param {Record<string, boolean>} enabled */
function drawChannels(enabled) {
  byId("channels", HTMLElement).replaceChildren(
    ...Object.entries(enabled).flatMap(([name, isOn]) => [make("dt", name), make("dd", isOn ? "on" : "off")]),
  );
}
