// The widget in the language of a button. All it takes is the element's attribute `lang`: the widget
// loads that language and no other, and a conversation that is going on goes on.
const widget = document.querySelector("tvox-widget");
const buttons = [.../** @type {NodeListOf<HTMLButtonElement>} */ (
  document.querySelectorAll("#languages button"))];

/** @param {string} lang */
function speak(lang) {
  widget?.setAttribute("lang", lang);
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.lang === lang));
  // So that the address of the page, and a reload, keep the choice.
  history.replaceState(null, "", `?lang=${lang}`);
}

for (const button of buttons) button.addEventListener("click", () => speak(button.lang));

const wish = new URLSearchParams(location.search).get("lang");
const chosen = buttons.find((button) => button.lang === wish);
if (chosen) speak(chosen.lang);
