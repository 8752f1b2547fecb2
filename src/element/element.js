// <tvox-widget>: the class that HTML needs to be JavaScript. It forwards to the WebAssembly object
// and decides nothing. Every attribute, method and event: docs/element.md.
import init, { TvoxElement, css } from "./tvox-widget-glue.js";

// The same list as OBSERVED in attributes.rs; a test compares them.
const ATTRIBUTES = [
  "server", "services", "channels", "lang", "theme", "color", "position", "label", "connect", "mode",
];

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
  static observedAttributes = [...ATTRIBUTES, "config", "open"];

  #widget;
  #configuration;
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
    if (!this.#widget && !this.#starting) this.#start();
  }

  disconnectedCallback() {
    // Moving an element disconnects it first: only one that is still gone has left.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#widget?.free();
      this.#widget = undefined;
      this.shadowRoot.replaceChildren();
    });
  }

  attributeChangedCallback(name, before, value) {
    if (!this.#widget || before === value) return;
    if (name === "open") value === null ? this.close() : this.open();
    else if (name === "config") this.#configure();
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
      const [sheet, configuration] = await Promise.all([load(), this.#read()]);
      if (!this.isConnected) return;
      const mount = document.createElement("div");
      this.shadowRoot.adoptedStyleSheets = [sheet];
      this.shadowRoot.replaceChildren(mount);
      this.#widget = new TvoxElement(this, mount, ...configuration);
      if (this.#wanted ?? this.hasAttribute("open")) this.#widget.open(...(this.#wanted ?? []));
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
  }

  /** The configuration as [JSON] or [undefined, why there is none]: property, address, child. */
  async #read() {
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
