// What a developer sees where there is no WebSocket.
delete globalThis.WebSocket;
const { TvoxError, Widget } = await import("tvox-widget/core");

try {
  new Widget({ server: { url: "http://127.0.0.1:1" }, servicesConfiguration: [] });
  console.log("made");
} catch (error) {
  console.log(JSON.stringify({ isTvoxError: error instanceof TvoxError, ...error.toJSON() }));
}
