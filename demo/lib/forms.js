// Draws the form that a service asks to be filled in before a contact, and reads it.
import { byId, make } from "./page.js";

/** @typedef {import("tvox-widget").Form} Form */
/** @typedef {import("tvox-widget").FormField} FormField */

/**
 * Draws the fields into #fields and what is to be agreed to into #consent.
 * @param {Form} form
 */
export function drawForm({ fields, consent }) {
  byId("fields", HTMLElement).replaceChildren(...fields.map(question));
  byId("consent", HTMLElement).replaceChildren(...(consent ? [agreement(consent)] : []));
}

/**
 * The form with a field that the channel cannot do without, whatever the service asks.
 * @param {Form} form
 * @param {FormField} field
 * @returns {Form}
 */
export function withNeeded({ fields, consent }, field) {
  const asked = fields.find(({ key }) => key === field.key);
  const others = fields.filter((it) => it !== asked);
  return { fields: [...others, { ...field, ...asked, required: true }], consent };
}

/** @param {FormField} field */
function question(field) {
  const input = control(field);
  input.name = field.key;
  input.required = field.required;
  if (field.autocomplete) input.setAttribute("autocomplete", field.autocomplete);
  const label = make("span", field.label ?? field.key);
  if (!field.required) label.append(" ", make("span", "(optional)"));
  label.lastElementChild?.classList.add("optional");
  const line = input.type === "checkbox" ? make("label", input, label) : make("label", label, input);
  line.classList.toggle("check", input.type === "checkbox");
  return line;
}

/** @param {FormField} field */
function control({ type, options = [] }) {
  if (type === "textarea") return make("textarea");
  if (type === "select") {
    const choices = options.map(({ value, label }) => new Option(label, value));
    return make("select", new Option("Please choose", ""), ...choices);
  }
  // The others are named as in HTML; a kind that is not known here becomes a line of text.
  return Object.assign(make("input"), type === "checkbox" ? { type, value: "true" } : { type });
}

/** @param {NonNullable<Form["consent"]>} consent */
function agreement({ text, link: url, required }) {
  const box = Object.assign(make("input"), { type: "checkbox", required });
  const sentence = make("span", text);
  // The address comes from outside: a web page and nothing else may stand behind a link.
  if (url && /^https?:$/.test(new URL(url, location.href).protocol)) {
    const link = make("a", "Read more");
    Object.assign(link, { href: url, target: "_blank", rel: "noopener" });
    sentence.append(" ", link);
  }
  const label = make("label", box, sentence);
  label.className = "check";
  return label;
}

/**
 * Sorts what was filled in: what a `CustomerInfo` knows goes there, anything else is a field.
 * @param {Record<string, string>} filled
 * @returns {{ customer: import("tvox-widget").CustomerInfo, fields: { key: string, value: string }[] }}
 */
export function sorted(filled) {
  const answers = Object.entries(filled).filter(([, value]) => value !== "");
  const isCustomer = /** @param {[string, string]} answer */ ([key]) => key.startsWith("customer");
  const { customerFirstName = "", customerLastName = "", customerValue = "" } = filled;
  const customerDisplayName = `${customerFirstName} ${customerLastName}`.trim() || customerValue;
  return {
    customer: { customerDisplayName, ...Object.fromEntries(answers.filter(isCustomer)) },
    fields: answers.filter((it) => !isCustomer(it)).map(([key, value]) => ({ key, value })),
  };
}
