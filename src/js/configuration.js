import { TvoxError } from "./error.js";

const wrong = (field, expected, found) => new TvoxError(
  "CONFIG", `configuration: ${field}: expected ${expected}, found ${found}`, { field, expected, found },
);

/** The configuration as JSON text, and the element for videos, which is the page's and stays here. */
export const written = (configuration) => {
  const videoContainer = configuration?.server?.webrtc?.videoContainer ?? undefined;
  if (videoContainer && videoContainer.nodeType !== 1) {
    throw wrong("server.webrtc.videoContainer", "an element of the page", typeof videoContainer);
  }
  const withoutElement = (name, value) => (name === "videoContainer" ? undefined : value);
  try {
    return { json: JSON.stringify(configuration, withoutElement) ?? "null", videoContainer };
  } catch (error) {
    throw wrong("WidgetConf", "what can be written as JSON", error.message);
  }
};
