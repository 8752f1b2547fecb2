// <tvox-widget>: the class that HTML needs to be JavaScript. It forwards to the WebAssembly object
// and decides nothing. Every attribute, method and event: docs/element.md.
import init, { TvoxElement, css } from "./tvox-widget-glue.js";

// The same list as OBSERVED in attributes.rs; a test compares them.
const ATTRIBUTES = [
  "server", "services", "channels", "theme", "color", "position", "label", "connect", "mode", "launcher",
];

// The same languages as Lang::ALL in i18n/mod.rs; a test compares them. Each is spelt out: so bundlers
// see which files belong to this one.
const TEXTS = {
  en: new URL("./texts/en.json", import.meta.url),
  it: new URL("./texts/it.json", import.meta.url),
  de: new URL("./texts/de.json", import.meta.url),
  fr: new URL("./texts/fr.json", import.meta.url),
  es: new URL("./texts/es.json", import.meta.url),
  pt: new URL("./texts/pt.json", import.meta.url),
  ar: new URL("./texts/ar.json", import.meta.url),
};

const primary = (tag) => tag.trim().split(/[-_]/)[0].toLowerCase();

/** The texts that are here or on their way, by language, once for all elements of the page. */
const texts = {};

const fetchTexts = async (lang) => {
  const response = await fetch(TEXTS[lang]);
  if (!response.ok) throw new Error(`${response.url}: HTTP ${response.status}`);
  return response.text();
};

/** The texts of a language; asked for again if need be. */
const textsOf = (lang) => (texts[lang] ??= fetchTexts(lang).catch(() => fetchTexts(lang)).catch((error) => {
  delete texts[lang];
  throw error;
}));

/** [the language as it was wished for, its texts]; English where they cannot be had. */
const translate = async (tag) => {
  try {
    return [tag, await textsOf(primary(tag))];
  } catch (error) {
    console.error("tvox-widget:", error);
    return ["en", await textsOf("en")];
  }
};

/** The module and its style sheet, once for all elements of the page. */
let loading;
const load = () => (loading ??= init({
  module_or_path: new URL("./element.wasm", import.meta.url),
}).then(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css());
  return sheet;
}));

// Where there is no DOM (server-side rendering) the module is imported in vain, and harmlessly.
class TvoxWidget extends (globalThis.HTMLElement ?? Object) {
  static observedAttributes = [...ATTRIBUTES, "config", "lang", "open"];

  #widget;
  #configuration;
  #configuredLang;
  #page;
  #starting = false;
  #wanted;

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    // A property that was set before the class was known hides the accessor.
    if (Object.hasOwn(this, "configuration")) {
      const { configuration } = this;
      delete this.configuration;
      this.configuration = configuration;
    }
    if (!this.#page) {
      this.#page = new MutationObserver(() => this.#translate());
      this.#page.observe(document.documentElement, { attributeFilter: ["lang"] });
    }
    if (!this.#widget && !this.#starting) this.#start();
  }

  disconnectedCallback() {
    // Moving an element disconnects it first: only one that is still gone has left.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#page?.disconnect();
      this.#page = undefined;
      this.#widget?.free();
      this.#widget = undefined;
      this.shadowRoot.replaceChildren();
    });
  }

  attributeChangedCallback(name, before, value) {
    if (!this.#widget || before === value) return;
    if (name === "open") value === null ? this.close() : this.open();
    else if (name === "config") this.#configure();
    else if (name === "lang") this.#translate();
    else this.#widget.attribute();
  }

  get configuration() {
    return this.#configuration;
  }

  set configuration(value) {
    this.#configuration = value;
    if (this.#widget) this.#configure();
  }

  open(channel, service) {
    if (this.#widget) this.#widget.open(channel, service);
    else this.#wanted = [channel, service];
  }

  close() {
    this.#wanted = undefined;
    this.#widget?.close();
  }

  forget() {
    this.#widget?.forget();
  }

  async #start() {
    this.#starting = true;
    // Until the widget is there, and where it cannot be, the page's own content stands in for it.
    this.shadowRoot.replaceChildren(document.createElement("slot"));
    try {
      let wish;
      const reading = this.#read();
      const speaking = reading.then(() => translate(wish = this.#wish()));
      const [sheet, configuration, words] = await Promise.all([load(), reading, speaking]);
      if (!this.isConnected) return;
      const mount = document.createElement("div");
      this.shadowRoot.adoptedStyleSheets = [sheet];
      this.shadowRoot.replaceChildren(mount);
      this.#widget = new TvoxElement(this, mount, ...words, ...configuration);
      if (this.#wanted ?? this.hasAttribute("open")) this.#widget.open(...(this.#wanted ?? []));
      if (wish !== this.#wish()) this.#translate();
    } catch (error) {
      console.error("tvox-widget:", error);
      const detail = { code: "LOAD", message: String(error) };
      this.dispatchEvent(new CustomEvent("tvox-error", { detail, bubbles: true, composed: true }));
    } finally {
      this.#starting = false;
    }
  }

  async #configure() {
    const configuration = await this.#read();
    this.#widget?.configure(...configuration);
    this.#translate();
  }

  /**
   * The language, as whoever wishes for it writes it: the element's `lang`, the configuration's, that of
   * the page around the element, the visitor's; the first one that there are texts of.
   */
  #wish() {
    const around = this.parentElement?.closest("[lang]")?.getAttribute("lang");
    const wishes = [this.getAttribute("lang"), this.#configuredLang, around, ...navigator.languages];
    return wishes.find((tag) => typeof tag === "string" && Object.hasOwn(TEXTS, primary(tag))) ?? "en";
  }

  /** Speaks the language of the moment; one that was wished for before does not come through. */
  async #translate() {
    if (!this.#widget) return;
    const wish = this.#wish();
    try {
      const words = await translate(wish);
      if (wish === this.#wish()) this.#widget?.speak(...words);
    } catch (error) {
      console.error("tvox-widget:", error);
    }
  }

  /** The configuration as [JSON] or [undefined, why there is none]: property, address, child. */
  async #read() {
    const read = await this.#load();
    try {
      this.#configuredLang = JSON.parse(read[0]).graphics.lang;
    } catch {
      this.#configuredLang = undefined;
    }
    return read;
  }

  async #load() {
    try {
      if (this.#configuration != null) return [JSON.stringify(this.#configuration)];
      const address = this.getAttribute("config");
      if (address === null) {
        const child = this.querySelector(':scope > script[type="application/json"]');
        return [child?.textContent];
      }
      const response = await fetch(new URL(address, document.baseURI));
      return response.ok ? [await response.text()] : [undefined, `HTTP ${response.status}`];
    } catch (error) {
      return [undefined, String(error)];
    }
  }
}

if (globalThis.customElements && !customElements.get("tvox-widget")) {
  customElements.define("tvox-widget", TvoxWidget);
}

export { TvoxWidget };
