// Addresses: in messages, in visits, and where an operator sends a visitor.

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const TRAILING = /[.,;:!?)\]}»”’]+$/;

/** The words of a message as nodes; what is plainly a web address becomes a link that shows itself. */
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const shown = found[0].replace(TRAILING, "");
    const href = webAddress(shown);
    if (href === null) continue;
    nodes.push(text.slice(from, found.index), link(href, shown));
    from = found.index + shown.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

/** A link to an address of a stranger: it tells the other side nothing, and opens beside the console. */
export function link(href, shown) {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer nofollow";
  anchor.textContent = shown;
  return anchor;
}

/** The address, if it is one of the web and hides no user name; else `null`. */
export function webAddress(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  return (url.protocol === "https:" || url.protocol === "http:") && !url.username && !url.password ? url.href : null;
}

/**
 * What is wrong with the address of a page to push, in words; empty where nothing is. The server
 * takes an http(s) address or a path from `/`; the widget asks the visitor before it leaves the site.
 */
export function pushProblem(text) {
  if (text === "") return "Enter the address of a page.";
  if (/[\s\\\u0000-\u001f]/.test(text)) return "An address has no spaces and no backslashes.";
  if (text.length > 2_048) return "This address is too long.";
  if (text.startsWith("//")) return "Write the whole address, with https://";
  if (text.startsWith("/")) return "";
  return webAddress(text) === null ? "Use a path such as /demo/contatti.html, or an address with https://" : "";
}
