// What callers hand in. `null` and `undefined` are the same wherever something may be left out.
import { TvoxError } from "./error.js";

const kind = (value) => (value === null ? "null" : Array.isArray(value) ? "an array" : typeof value);

const wrong = (argument, expected, value) => {
  const found = kind(value);
  const message = `${argument}: expected ${expected}, found ${found}`;
  throw new TvoxError("ARGUMENT", message, { argument, expected, found });
};

export const text = (name, value) => (typeof value === "string" ? value : wrong(name, "a text", value));

export const optionalText = (name, value) => (value == null ? undefined : text(name, value));

export const flag = (name, value) =>
  (value == null || typeof value === "boolean" ? Boolean(value) : wrong(name, "true or false", value));

export const whole = (name, value, from, to) =>
  (Number.isInteger(value) && value >= from && value <= to ? value
    : wrong(name, `a whole number from ${from} to ${to}`, value));

export const action = (name, value) =>
  (typeof value === "function" ? value : wrong(name, "a function", value));

export const object = (name, value) =>
  (typeof value === "object" && value !== null ? value : wrong(name, "an object", value));

/** A file, or anything else that gives its bytes. */
export const blob = (name, value) =>
  (typeof value?.arrayBuffer === "function" ? value : wrong(name, "a File or a Blob", value));

/** One of the words that name an object's members. */
export const word = (name, words, value) =>
  (typeof value === "string" && Object.hasOwn(words, value) ? value
    : wrong(name, `one of ${Object.keys(words).join(", ")}`, value));

/** Fields as key, value, key, value. */
export const fields = (name, value) => {
  if (value == null) return [];
  if (!Array.isArray(value)) wrong(name, "an array", value);
  return value.flatMap((field, at) => [
    text(`${name}[${at}].key`, field?.key), text(`${name}[${at}].value`, field?.value),
  ]);
};

const CUSTOMER = [
  "customerDisplayName", "customerFirstName", "customerLastName", "customerId", "customerValue",
  "customerPhoneNumber", "customerCompany",
];

/** A customer as the texts of `CustomerInfo` in the reference's order, empty where one is missing. */
export const customer = (name, value) => (value == null ? []
  : CUSTOMER.map((field) => optionalText(`${name}.${field}`, object(name, value)[field]) ?? ""));
