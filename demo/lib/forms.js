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

/** @param {FormField} field */
function question(field) {
  const input = control(field);
  input.name = field.key;
  input.required = field.required;
  if (field.maxLength && !(input instanceof HTMLSelectElement)) input.maxLength = field.maxLength;
  const label = make("span", field.label ?? field.key);
  if (!field.required) label.append(" ", make("span", "(optional)"));
  label.lastElementChild?.classList.add("optional");
  return make("label", label, input);
}

/** @param {FormField} field */
function control({ type, options = [] }) {
  if (type === "TEXTAREA") return make("textarea");
  if (type === "SELECT") {
    const choices = options.map(({ value, label }) => new Option(label, value));
    return make("select", new Option("Please choose", ""), ...choices);
  }
  const input = make("input");
  input.type = { EMAIL: "email", PHONE: "tel", CHECKBOX: "checkbox" }[type] ?? "text";
  return input;
}

/** @param {NonNullable<Form["consent"]>} consent */
function agreement({ text, url }) {
  const box = make("input");
  box.type = "checkbox";
  box.required = true;
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
