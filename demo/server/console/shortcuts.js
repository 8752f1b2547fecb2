// Keys for those who answer all day. Each needs Alt, so that none takes a letter from the composer.

/** What the menu of the operator lists. */
export const SHORTCUTS = [
  ["Alt + ↑ / ↓", "previous or next conversation"],
  ["Alt + A", "accept the first who rings"],
  ["Alt + D", "decline"],
  ["/", "quick answers, in the empty message box"],
];

export function shortcuts(store, desk) {
  addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !store.me || document.querySelector("dialog[open]")) return;
    const act = {
      ArrowUp: () => step(store, desk, -1),
      ArrowDown: () => step(store, desk, 1),
      KeyA: () => store.offers[0] && desk.accept(store.offers[0].id),
      KeyD: () => store.offers[0] && desk.decline(store.offers[0].id),
    }[event.code];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function step(store, desk, by) {
  const ids = store.contacts.map((conversation) => conversation.id);
  if (ids.length === 0) return;
  const at = ids.indexOf(store.selected);
  desk.open(ids[(at + by + ids.length) % ids.length]);
}
