// What outlives the page. The tab's storage keeps who is logged in and what is not yet sent;
// the browser's keeps the operator's own habits. No transcript is stored: the server has it.

const TAB = "tvox-console";
const HABITS = "tvox-console-habits";

/** `{server, token, name, services, status, outbox, read, notes, drafts, kept, selected}` of this tab. */
export const tab = keeper(() => sessionStorage, TAB);

/** `{name, services, sound, canned}` of this browser. */
export const habits = keeper(() => localStorage, HABITS);

/** A UUIDv4: the key that makes a call safe to repeat. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Not a secure context (the demo on another machine's address): the same bits by hand.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function keeper(area, name) {
  let values = read(area, name);
  const save = () => {
    try {
      area().setItem(name, JSON.stringify(values));
    } catch {
      // Storage that is full or forbidden: the console works on, a reload asks for the log-in.
    }
  };
  return {
    get: (key, otherwise) => values[key] ?? otherwise,
    set: (key, value) => {
      values[key] = value;
      save();
    },
    merge: (several) => {
      Object.assign(values, several);
      save();
    },
    clear: () => {
      values = {};
      save();
    },
  };
}

function read(area, name) {
  try {
    const found = JSON.parse(area().getItem(name) ?? "{}");
    return found !== null && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}
