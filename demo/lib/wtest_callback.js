// A call back: the visitor leaves a number and chooses a time.
//
// The reference has this channel but no method for it: `forms`, `callbackSlots` and
// `requestCallback` are additions, in the same style.
import { drawForm, sorted, withNeeded } from "./forms.js";
import { attempt, byId, enable, log, make, onStart, onSubmit, show, showState } from "./page.js";

/** The number to call. @type {import("tvox-widget").FormField} */
const PHONE = { key: "customerPhoneNumber", label: "Phone", type: "tel", required: true, autocomplete: "tel" };

/** What the page asks besides, where the service has no form of its own. @type {import("tvox-widget").Form} */
const OWN_FORM = {
  fields: [
    { key: "customerFirstName", label: "First name", type: "text", required: false, autocomplete: "given-name" },
    { key: "customerLastName", label: "Last name", type: "text", required: false, autocomplete: "family-name" },
    { key: "customerCompany", label: "Company", type: "text", required: false, autocomplete: "organization" },
    { key: "customerValue", label: "E-mail", type: "email", required: false, autocomplete: "email" },
  ],
};

/** How many days ahead the visitor may choose. */
const DAYS = 7;

/** @type {import("tvox-widget").Widget | undefined} */
let widget;
let service = "";

onStart((settings) => {
  widget?.disconnect();
  enable("request", false);
  service = settings.service;
  widget = new TvoxWidget.Widget({
    server: { url: settings.url },
    servicesConfiguration: [{ type: "CALLBACK", services: [{ code: service, description: service }] }],
  });
  widget.client.connectionEvent.subscribe(({ connected }) =>
    showState(connected ? "Connected" : "Not connected", connected));
  widget.onLoadClientComplete(() => attempt("The form", loaded));
});

async function loaded() {
  if (!widget) return;
  // Neither question depends on the other's answer: both are asked at once.
  const [form, slots] = await Promise.all([
    widget.forms("CALLBACK", service),
    widget.callbackSlots(service, DAYS),
  ]);
  log("forms", form ?? "none, so the page asks its own");
  log("callbackSlots", `${slots.length} times in ${DAYS} days`);
  drawForm(withNeeded(form ?? OWN_FORM, PHONE));
  drawSlots(slots);
  enable("request", true);
}

onSubmit("request", async ({ when, message, ...filled }) => {
  if (!widget) return;
  show("outcome", "");
  const { customer } = sorted(filled);
  widget.sendCustomerIdentifier("CALLBACK", service);
  try {
    const callback = await widget.requestCallback({
      service,
      phone: filled.customerPhoneNumber,
      when: when || undefined,
      message: message || undefined,
      customer,
    });
    log("requestCallback", callback);
    // The number comes back as the server has understood it.
    const time = when ? moment(when) : "as soon as we can";
    tell(`We will call ${callback.phone} ${time}. The number of your request is ${callback.id}.`, true);
    byId("request", HTMLFormElement).reset();
  } catch (error) {
    tell(excuse(error), false);
    throw error;
  }
});

/**
 * What a visitor is told of an error. Its `message` is for developers and in English: the words are
 * chosen by what never changes, `code`, and of what a server has refused `details.reason`.
 * @param {unknown} error
 */
function excuse(error) {
  if (error instanceof TvoxWidget.TvoxError) {
    if (error.details.reason === "INVALID_PHONE") return "This is no telephone number that we can call.";
    if (error.details.reason === "OVERTIME") return "Nobody works at that time. Please choose another.";
    if (error.code === "NOT_CONNECTED") return "There is no connection. Please try again.";
  }
  return "That did not work. Please try again later.";
}

/** @param {string} text @param {boolean} isGood */
function tell(text, isGood) {
  show("outcome", text);
  byId("outcome", HTMLElement).className = `notice ${isGood ? "good" : "bad"}`;
}

/** @param {import("tvox-widget").CallbackSlot[]} slots times in which somebody can call, by day */
function drawSlots(slots) {
  const days = new Map();
  for (const slot of slots) {
    const day = new Date(slot.from).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
    const option = new Option(`${hour(slot.from)} – ${hour(slot.to)}`, slot.from);
    days.set(day, [...(days.get(day) ?? []), option]);
  }
  const groups = [...days].map(([day, options]) => Object.assign(make("optgroup", ...options), { label: day }));
  byId("when", HTMLSelectElement).replaceChildren(new Option("As soon as possible", ""), ...groups);
}

/** @param {string} iso */
const hour = (iso) => new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

/** @param {string} iso */
const moment = (iso) => `on ${new Date(iso).toLocaleDateString("en-GB", { weekday: "long" })} at ${hour(iso)}`;
