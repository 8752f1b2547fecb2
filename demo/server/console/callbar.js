// The controls of a call, in the order in which people know them: microphone, camera, screen, devices,
// hold, and apart from them the end.

import { attribute, h, icon, mark } from "./dom.js";

const KINDS = [
  ["audioinput", "Microphone"],
  ["videoinput", "Camera"],
  ["audiooutput", "Loudspeaker"],
];

/** The bar of the open call. */
export function callBar(store, desk) {
  const leg = () => desk.calls.of(store.selected);
  const menu = deviceMenu(store, desk.calls.devices, leg);
  const microphone = toggle("call-mute", ["mic", "muted"], () => {
    const { media } = leg();
    if (media.microphone) leg().mute(!media.muted);
    else media.take("audioinput");
  });
  const camera = toggle("call-camera", ["video", "blind"], () => {
    const { media } = leg();
    if (media.camera) media.give("videoinput");
    else media.take("videoinput");
  });
  const screen = toggle("call-share", ["screen"], () => {
    const { media } = leg();
    if (media.screen) media.give("screen");
    else media.share();
  });
  const hold = toggle("call-hold", ["pause", "resume"], () => {
    desk.hold(store.selected, store.current?.session?.state !== "HOLD");
  });
  const devices = h(
    "button",
    {
      type: "button",
      class: "call-button",
      testid: "call-devices",
      popovertarget: "call-menu",
      "aria-label": "Devices",
      title: "Microphone, camera, loudspeaker",
    },
    icon("sliders"),
  );
  const hangUp = h(
    "button",
    {
      type: "button",
      class: "call-button end",
      testid: "call-close",
      "aria-label": "Hang up",
      title: "Hang up",
      on: { click: () => desk.hangUp(store.selected) },
    },
    icon("end"),
    h("span", { class: "label", text: "Hang up" }),
  );
  const bar = h(
    "div",
    { class: "call-bar", role: "group", "aria-label": "The call" },
    microphone.node,
    camera.node,
    screen.node,
    devices,
    hold.node,
    hangUp,
    menu,
  );

  store.on(["conversation", "selected", "contacts", "media"], () => {
    const conversation = store.current;
    if (!conversation?.isCall) return;
    const media = leg()?.elsewhere ? null : leg()?.media;
    const held = conversation.session?.state === "HOLD";
    for (const node of [microphone.node, camera.node, screen.node, devices]) node.hidden = !media;
    hold.node.hidden = !conversation.connected;
    hangUp.hidden = !conversation.connected && !conversation.invited;
    bar.hidden = hold.node.hidden && hangUp.hidden;
    hold.show(!held, held ? "Resume the call" : "Put on hold");
    if (!media) return;
    const heard = media.microphone && !media.muted;
    microphone.show(heard, heard ? "Mute the microphone" : "Switch the microphone on");
    camera.show(media.camera, media.camera ? "Switch the camera off" : "Switch the camera on");
    screen.show(true, media.screen ? "Stop sharing the screen" : "Share the screen");
    mark(screen.node, "on", media.screen);
    for (const { node } of [camera, screen]) node.disabled = held;
  });
  return bar;
}

/** A button with an icon for on and one for off; its name says what a click does. */
function toggle(testid, icons, click) {
  const node = h("button", { type: "button", class: "call-button", testid, on: { click } }, ...icons.map((name) => icon(name)));
  return {
    node,
    show: (on, label) => {
      attribute(node, "data-on", String(on));
      attribute(node, "aria-label", label);
      attribute(node, "title", label);
    },
  };
}

/** Which microphone, camera and loudspeaker; a kind of which there is nothing to choose is left out. */
function deviceMenu(store, devices, leg) {
  const rows = KINDS.map(([kind, label]) => {
    const select = h("select", { id: `device-${kind}`, testid: `device-${kind}` });
    select.addEventListener("change", () => {
      devices.choose(kind, select.value);
      const media = leg()?.media;
      const used = kind === "audioinput" ? media?.microphone : kind === "videoinput" && media?.camera;
      if (used) media.take(kind, select.value);
    });
    const row = h("div", { class: "field" }, h("label", { for: `device-${kind}`, text: label }), select);
    return { kind, row, select };
  });
  const none = h("p", { class: "hint", text: "The devices are named here once one of them is in use." });
  const menu = h(
    "div",
    { id: "call-menu", popover: "auto", class: "menu", role: "group", "aria-label": "Devices" },
    ...rows.map(({ row }) => row),
    none,
  );
  store.on(["media", "selected"], () => {
    for (const { kind, row, select } of rows) {
      const list = devices.of(kind);
      row.hidden = list.length === 0;
      const names = list.map(({ deviceId, label }) => `${deviceId} ${label}`).join("\n");
      if (select.dataset.names !== names) {
        select.dataset.names = names;
        select.replaceChildren(...list.map(({ deviceId, label }) => h("option", { value: deviceId, text: label })));
      }
      const now = leg()?.media.deviceOf(kind) ?? devices.chosen(kind);
      if (list.some(({ deviceId }) => deviceId === now)) select.value = now;
    }
    none.hidden = rows.some(({ row }) => !row.hidden);
  });
  menu.addEventListener("toggle", (event) => event.newState === "open" && devices.refresh());
  return menu;
}
