// What is heard of the visitors: one element for each call, so that a call goes on while another
// contact is before the operator's eyes.

import { h } from "./dom.js";

/** Plays the calls of `calls` as long as they run; to be put into the page. */
export function soundView(store, calls) {
  const players = new Map(); // Leg -> HTMLAudioElement
  const place = h("div", { hidden: true });

  store.on(["media", "contacts"], () => {
    const running = new Set(calls.all);
    for (const [leg, player] of players) {
      if (running.has(leg)) continue;
      players.delete(leg);
      player.srcObject = null;
      player.remove();
    }
    for (const leg of running) {
      if (!players.has(leg)) {
        const player = h("audio", { testid: "remote-audio", autoplay: true });
        players.set(leg, player);
        place.append(player);
      }
      play(leg, players.get(leg), calls.devices.chosen("audiooutput"));
    }
  });

  return {
    node: place,
    /** To be called from a click: the browser did not let the sound begin by itself. */
    listen: () => {
      for (const [leg, player] of players) begin(leg, player);
    },
  };
}

function play(leg, player, speaker) {
  player.muted = leg.media.held;
  const [shown] = player.srcObject?.getTracks() ?? [];
  if (shown !== (leg.sound ?? undefined)) {
    player.srcObject = leg.sound ? new MediaStream([leg.sound]) : null;
    leg.silenced = false;
    if (leg.sound) begin(leg, player);
  }
  if (speaker && player.setSinkId && player.sinkId !== speaker && player.dataset.refused !== speaker)
    player.setSinkId(speaker).catch(() => (player.dataset.refused = speaker)); // unplugged: the default one plays
}

function begin(leg, player) {
  player.play().then(
    () => {
      if (leg.silenced) leg.changed();
      leg.silenced = false;
    },
    (error) => {
      // Another sound that takes its place is no refusal.
      if (error.name !== "NotAllowedError") return;
      leg.silenced = true;
      leg.changed();
    },
  );
}
