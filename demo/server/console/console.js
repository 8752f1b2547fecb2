// The operator console: entry. Wires store, desk and views together; decides nothing.
//
// Handles for tests (`data-testid`), stable by contract:
//   login-name, login-service-<code>, login-passcode, login-submit, login-error   log-in form
//   console                the page once logged in; `data-link` is the state of the connection
//   status-toggle          role="switch", aria-checked="true" means available
//   account, sign-out, join-service-<code>                       menu of the operator
//   offer (data-session)   a ringing contact, holding  accept, decline
//   queue-item (data-session, data-position)  a waiting contact, holding  accept  where it may be taken by hand;
//                          what rings with this operator is an `offer`, not a `queue-item`
//   contact-item (data-session, data-state: connected | transferring | ended)   opens a conversation; unread, put-away
//   chat (data-session)    the open conversation, holding:
//     transcript           the list of
//     message              data-direction: INBOUND (ours, towards the visitor) | OUTBOUND (the visitor's)
//                          data-delivery, of ours only: sending | sent | delivered | read | failed
//     message-text, message-retry, message-remove
//     typing               text while the visitor writes, else empty
//     composer, send, canned-open, canned-item, canned-edit
//     push-open, transfer-open, close     open the dialogs below
//     transfer-back        while it rings with a colleague
//     transfer-note        who passed it on, and what for; also in an offer
//     invite-PHONE_CALL, invite-VIDEO       ring the visitor of a conversation
//     file-open, file-input                 choose a file to send
//     file (data-file, data-state: SCANNING | AVAILABLE | REFUSED), holding  file-fetch
//     call (data-state, as on the wire; data-media, state of the peer connection)  the stage of a call, holding
//       call-state, call-quality, call-note, call-refusal, call-listen, remote-video, self-video,
//       call-mute, call-camera, call-share, call-hold (each data-on: true | false), call-devices, call-close,
//       device-audioinput, device-videoinput, device-audiooutput
//     call-strip           another contact is open while a call runs, holding  call-return
//   transfer-to-<operator id>, transfer-service-<code>, transfer-text, transfer-submit, transfer-none   dialog
//   push-uri, push-submit, push-error; close-confirm, close-cancel   dialogs
//   visits, visit          pages that the visitor of the open conversation saw
//   notice, link-state     what went wrong; the connection in words

import { Alert } from "./alert.js";
import { barView } from "./bar.js";
import { chatView } from "./chat.js";
import { Desk } from "./desk.js";
import { detailsView } from "./details.js";
import { attribute, h, mark, say } from "./dom.js";
import { loginView } from "./login.js";
import { shortcuts } from "./shortcuts.js";
import { sideView } from "./side.js";
import { soundView } from "./sound.js";
import { Store } from "./store.js";

const store = new Store();
const desk = new Desk(store);
const alert = new Alert(store);
desk.onMessage = (conversation, event) => alert.message(conversation, event);

const spoken = h("div", { class: "visually-hidden", role: "log", "aria-live": "polite", "aria-label": "New messages" });
const notice = h("div", { class: "notice", role: "alert", testid: "notice", hidden: true });
const sound = soundView(store, desk.calls);
const login = loginView(store, desk, alert);
const frame = h(
  "div",
  { class: "frame", testid: "console", hidden: true },
  barView(store, desk, alert),
  h("main", { class: "frame-main" }, sideView(store, desk), chatView(store, desk, sound), detailsView(store)),
);
document.body.append(login, frame, notice, spoken, sound.node);
shortcuts(store, desk);

store.on(["me"], () => {
  const inside = store.me !== null;
  if (frame.hidden === inside) {
    frame.hidden = !inside;
    login.hidden = inside;
    if (!inside) login.querySelector("input")?.focus();
  }
});
store.on(["link"], () => attribute(frame, "data-link", store.link.name));
// Narrow screens show the lists or the conversation; the class says which.
store.on(["selected", "contacts"], () => mark(frame, "reading", store.current !== null));

let noticeTimer = 0;
store.on(["notice"], () => {
  clearTimeout(noticeTimer);
  notice.hidden = false;
  notice.className = `notice ${store.notice.tone}`;
  say(notice, store.notice.text);
  noticeTimer = setTimeout(() => (notice.hidden = true), 6_000);
});
// Only what is new is spoken; history that arrives after a reload is not.
alert.onSpeak = (text) => {
  spoken.append(h("p", { text }));
  while (spoken.childElementCount > 5) spoken.firstChild.remove();
};

if (desk.resume()) {
  // The tab was logged in: the frame shows at once, the wire fills it.
  login.hidden = true;
  store.on(["link"], () => store.link.name === "stopped" && store.me === null && (login.hidden = false));
}
