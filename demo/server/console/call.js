// A call in words, where it may begin, and how one gets back to it.

import { clean } from "./conversation.js";
import { h, icon, say } from "./dom.js";
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
  if (conversation.transferring) return ["rings", `Rings with ${clean(conversation.transfer?.to) || "a colleague"}…`];
  if (conversation.invited || state === "NEW_INBOUND") return ["rings", "Rings with the visitor…"];
  if (state === "HOLD") return ["held", `On hold · ${elapsed(start)}`];
  if (state === "CONNECTED" || state === "CONFERENCED") return ["live", `Connected · ${elapsed(start)}`];
  return ["rings", "Waits for an operator"];
}

/** What the operator should know of sound and picture, or nothing where all is well. */
export function mediaWords(conversation, leg) {
  if (!leg || !conversation.connected) return "";
  if (leg.elsewhere) return "This call goes on in another window of this console.";
  if (leg.media.held) return "On hold: neither side hears or sees the other.";
  if (leg.state === "new" || leg.state === "closed") return "Waiting for the visitor’s browser…";
  if (leg.state === "connecting") return "Connecting sound and picture…";
  if (leg.state === "disconnected" || leg.state === "failed") return "The connection was lost. Looking for another way…";
  if (leg.theirs?.audio === false) return "The visitor’s microphone is off.";
  return "";
}

/** Says, while another contact is open, that a call runs, and leads back to it. */
export function callStrip(store, desk) {
  const words = h("p", { class: "call-words" });
  const back = h(
    "button",
    {
      type: "button",
      class: "button small",
      testid: "call-return",
      on: { click: () => desk.open(bar.dataset.session) },
    },
    "Return to the call",
  );
  const bar = h("div", { class: "call-strip", testid: "call-strip", hidden: true }, icon("phone"), words, back);
  const show = () => {
    const other = desk.calls.all.find((leg) => leg.id !== store.selected);
    const conversation = other && store.conversations.get(other.id);
    bar.hidden = !conversation;
    if (!conversation) return;
    bar.dataset.session = conversation.id;
    say(words, `${conversation.name} · ${callWords(conversation)[1]}`);
  };
  store.on(["media", "conversation", "selected", "contacts"], show);
  setInterval(show, 1_000);
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
