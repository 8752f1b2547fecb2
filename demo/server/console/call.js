// A call: its state in words, and the controls that work on it. The view shows what the server says; whoever is on
// the line is seen on the visitor's side and here alike.

import { attribute, h, icon, mark, say } from "./dom.js";
import { elapsed } from "./time.js";

const NAMES = { VIDEO: "Video call", PHONE_CALL: "Phone call", CHAT: "Chat" };
const ICONS = { VIDEO: "video", PHONE_CALL: "phone", CHAT: "chat" };

/** The channel of a contact in words. */
export const channelName = (channel) => NAMES[channel] ?? channel;

/** The icon of a channel. */
export const channelIcon = (channel) => ICONS[channel] ?? "chat";

/** `[tone, words]` for the state of a call; the time runs from when it was answered. */
export function callWords(conversation) {
  const { state, start } = conversation.session ?? {};
  if (conversation.closed || state === "IDLE") return ["over", "The call is over"];
  if (conversation.invited || state === "NEW_INBOUND") return ["rings", "Rings with the visitor…"];
  if (state === "HOLD") return ["held", `On hold · ${elapsed(start)}`];
  if (state === "CONNECTED" || state === "CONFERENCED") return ["live", `Connected · ${elapsed(start)}`];
  return ["rings", "Waits for an operator"];
}

/** The bar above the transcript of a call. */
export function callView(store, desk) {
  const picture = h("span", { class: "call-icon" });
  const words = h("p", { class: "call-words", role: "status", testid: "call-state" });
  const label = h("span", { class: "label" });
  const hold = h(
    "button",
    {
      type: "button",
      class: "button",
      testid: "call-hold",
      on: { click: () => desk.hold(store.selected, store.current?.session?.state !== "HOLD") },
    },
    icon("pause"),
    label,
  );
  const hangUp = h(
    "button",
    { type: "button", class: "button danger", testid: "call-close", on: { click: () => desk.hangUp(store.selected) } },
    icon("end"),
    h("span", { class: "label", text: "Hang up" }),
  );
  const bar = h("div", { class: "call-bar", hidden: true, testid: "call" }, picture, words, hold, hangUp);

  const showWords = () => {
    const conversation = store.current;
    if (!conversation?.isCall) return;
    const [tone, text] = callWords(conversation);
    bar.dataset.tone = tone;
    say(words, text);
  };
  const show = () => {
    const conversation = store.current;
    bar.hidden = !conversation?.isCall;
    if (bar.hidden) return;
    const { state } = conversation.session ?? {};
    attribute(bar, "data-state", state ?? null);
    if (picture.dataset.channel !== conversation.channel) {
      picture.dataset.channel = conversation.channel;
      picture.replaceChildren(icon(channelIcon(conversation.channel)));
    }
    const held = state === "HOLD";
    hold.hidden = !conversation.connected;
    hangUp.hidden = !conversation.connected && !conversation.invited;
    say(label, held ? "Resume" : "Hold");
    mark(hold, "primary", held);
    showWords();
  };
  store.on(["conversation", "selected", "contacts"], show);
  setInterval(showWords, 1_000);
  return bar;
}

/** Buttons that invite the visitor of a conversation to a call, where the channel is on. */
export function inviteView(store, desk) {
  const button = (channel, label) =>
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        testid: `invite-${channel}`,
        "aria-label": label,
        title: label,
        on: { click: () => desk.invite(store.selected, channel) },
      },
      icon(channelIcon(channel)),
    );
  const buttons = {
    PHONE_CALL: button("PHONE_CALL", "Invite to a phone call"),
    VIDEO: button("VIDEO", "Invite to a video call"),
  };
  store.on(["conversation", "selected", "contacts", "channels"], () => {
    const conversation = store.current;
    const may = Boolean(conversation?.open && !conversation.isCall);
    for (const [channel, node] of Object.entries(buttons)) node.hidden = !may || store.channels[channel] !== true;
  });
  return Object.values(buttons);
}
