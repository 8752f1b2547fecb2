// The stage: who is on the line, heard and seen; the operator herself in a corner; the controls below.

import { callBar } from "./callbar.js";
import { callWords, mediaWords } from "./call.js";
import { refusalWords } from "./devices.js";
import { attribute, h, icon, mark, say } from "./dom.js";
import { avatar } from "./person.js";

/** The open call, in place of a transcript. `listen` begins the sound, from a click. */
export function stageView(store, desk, listen) {
  const video = (props) => h("video", { autoplay: true, playsinline: true, muted: true, ...props });
  const remote = video({ class: "stage-remote", testid: "remote-video", "aria-label": "Picture of the visitor" });
  const self = video({ class: "stage-self", testid: "self-video", "aria-label": "Your own picture" });
  const face = h("div", { class: "stage-face" });
  const name = h("p", { class: "stage-name" });
  const words = h("p", { class: "stage-words", role: "status", testid: "call-state" });
  const bars = h("span", { class: "bars", "aria-hidden": "true" }, ...[1, 2, 3, 4, 5].map(() => h("i")));
  const quality = h("span", { class: "stage-quality-words" });
  const line = h("p", { class: "stage-quality", testid: "call-quality" }, bars, quality);
  const note = h("p", { class: "stage-note", role: "status", testid: "call-note" });
  const refusal = h("p", { class: "stage-note bad", role: "alert", testid: "call-refusal" });
  const play = h(
    "button",
    { type: "button", class: "button primary stage-listen", testid: "call-listen", on: { click: listen } },
    icon("sound"),
    "Listen to the visitor",
  );
  const scene = h(
    "div",
    { class: "stage-scene" },
    remote,
    h("div", { class: "stage-person" }, face, name),
    h("div", { class: "stage-top" }, words, line),
    h("div", { class: "stage-notes" }, note, refusal, play),
    self,
  );
  // Muted as a property: the attribute alone says how a page begins.
  remote.muted = self.muted = true;
  const stage = h("div", { class: "stage", hidden: true, testid: "call" }, scene, callBar(store, desk));

  const showWords = () => {
    const conversation = store.current;
    if (!conversation?.isCall) return;
    const [tone, text] = callWords(conversation);
    stage.dataset.tone = tone;
    say(words, text);
  };
  store.on(["conversation", "selected", "contacts", "media"], () => {
    const conversation = store.current;
    stage.hidden = !conversation?.isCall;
    const leg = stage.hidden ? null : desk.calls.of(conversation.id);
    present(remote, leg?.picture ?? null);
    present(self, leg?.media.preview ?? null);
    if (stage.hidden) return;
    attribute(stage, "data-state", conversation.session?.state ?? null);
    attribute(stage, "data-media", leg?.state ?? null);
    const key = `${conversation.id}/${conversation.name}`;
    if (face.dataset.face !== key)
      face.replaceChildren(
        avatar(conversation.name, conversation.visitor.id, !conversation.customer.customerDisplayName),
      );
    face.dataset.face = key;
    say(name, conversation.name);
    mark(stage, "pictured", leg?.pictured && !leg.media.held);
    self.hidden = !leg?.media.preview;
    mark(self, "mirrored", !leg?.media.screen);
    showQuality(line, bars, quality, leg);
    say(note, mediaWords(conversation, leg));
    say(refusal, leg?.fault ? refusalWords(leg.fault.kind, leg.fault.error) : "");
    play.hidden = !leg?.silenced;
    showWords();
  });
  setInterval(showWords, 1_000);
  return stage;
}

function showQuality(line, bars, words, leg) {
  const quality = leg?.state === "connected" && !leg.media.held ? leg.quality : null;
  line.hidden = !quality;
  if (!quality) return;
  line.dataset.level = quality.level;
  [...bars.children].forEach((bar, at) => mark(bar, "on", at < quality.level));
  say(words, quality.words);
  const picture = quality.width > 0 ? ` · ${quality.width}×${quality.height}, ${Math.round(quality.frames)}/s` : "";
  attribute(
    line,
    "title",
    `Round trip ${Math.round(quality.tripMs)} ms · ${(quality.loss * 100).toFixed(1)} % lost · ` +
      `${Math.round(quality.kbps)} kbit/s${picture}${quality.relayed ? " · over a relay" : ""}`,
  );
}

/** Shows a track in an element, or nothing. */
function present(element, track) {
  const [shown] = element.srcObject?.getTracks() ?? [];
  if (shown === (track ?? undefined)) return;
  element.srcObject = track ? new MediaStream([track]) : null;
  // Without sound every browser plays; one that has nothing yet plays when it comes.
  if (track) element.play().catch(() => {});
}
