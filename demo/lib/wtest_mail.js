// A message that becomes a ticket: the mail channel.
//
// The reference has this channel but no method for it: `forms` and `sendMail` are additions, in the
// same style. Nobody has to be there to answer, so there is no session and nothing to monitor.
import { drawForm, sorted, withNeeded } from "./forms.js";
import { attempt, byId, enable, log, onStart, onSubmit, show, showState } from "./page.js";

/** The address that the answer goes to. @type {import("tvox-widget").FormField} */
const EMAIL = { key: "customerValue", label: "E-mail", type: "email", required: true, autocomplete: "email" };

/** What the page asks besides, where the service has no form of its own. @type {import("tvox-widget").Form} */
const OWN_FORM = {
  fields: [
    { key: "customerFirstName", label: "First name", type: "text", required: false, autocomplete: "given-name" },
    { key: "customerLastName", label: "Last name", type: "text", required: false, autocomplete: "family-name" },
    { key: "customerCompany", label: "Company", type: "text", required: false, autocomplete: "organization" },
    { key: "customerPhoneNumber", label: "Phone", type: "tel", required: false, autocomplete: "tel" },
  ],
};

/** @type {import("tvox-widget").Widget | undefined} */
let widget;
let service = "";

onStart((settings) => {
  widget?.disconnect();
  enable("request", false);
  service = settings.service;
  widget = new TvoxWidget.Widget({
    server: { url: settings.url },
    servicesConfiguration: [{ type: "MAIL", services: [{ code: service, description: service }] }],
  });
  widget.client.connectionEvent.subscribe(({ connected }) =>
    showState(connected ? "Connected" : "Not connected", connected));
  widget.onLoadClientComplete(() => attempt("The form", loaded));
});

async function loaded() {
  if (!widget) return;
  // Which channels the server has switched on at all.
  log("getChannelsEnabled", widget.getChannelsEnabled());
  // What this service asks before a mail, consent included; undefined where it asks nothing.
  const form = await widget.forms("MAIL", service);
  log("forms", form ?? "none, so the page asks its own");
  drawForm(withNeeded(form ?? OWN_FORM, EMAIL));
  enable("request", true);
}

onSubmit("request", async ({ subject, message, ...filled }) => {
  if (!widget) return;
  show("outcome", "");
  const { customer, fields } = sorted(filled);
  widget.sendCustomerIdentifier("MAIL", service);

  // Fulfilled when the server has kept the message, and once only, though the connection may break in
  // between. After ten seconds without one it is rejected.
  const ticket = await widget.sendMail({ service, from: filled.customerValue, subject, message, customer, fields });
  log("sendMail", ticket);
  show("outcome", `Thank you. Your message has the number ${ticket}.`);
  byId("request", HTMLFormElement).reset();
});
