import { action, object, optionalText } from "./arguments.js";
import { TvoxError, attempt, parsed } from "./error.js";
import { observe } from "./observable.js";

const given = (options) => {
  const { name, onProgress, signal } = object("options", options);
  return {
    name: optionalText("options.name", name),
    onProgress: onProgress == null ? undefined : action("options.onProgress", onProgress),
    signal: signal == null ? undefined : object("options.signal", signal),
  };
};

/** Sends a file of the page in a chat; what is on its way can be followed and given up. */
export const send = async (chat, file, options) => {
  const { name, onProgress, signal } = given(options);
  const aborted = new Promise((_, reject) => {
    const reason = () => reject(new TvoxError("CANCELLED", "the upload was given up"));
    if (signal?.aborted) reason();
    else signal?.addEventListener("abort", reason, { once: true });
  });
  const called = name ?? file.name ?? "file";
  const type = file.type || "application/octet-stream";
  // Before it is read: what will be refused anyway may be larger than the memory. Whatever gives bytes
  // without saying how many is judged when they are there.
  if (Number.isFinite(file.size)) attempt(() => chat.checkFile(called, type, file.size));
  const bytes = await Promise.race([file.arrayBuffer(), aborted]);
  const upload = chat.sendFile(called, type, new Uint8Array(bytes));
  const progress = onProgress && observe(upload.progress()).subscribe(onProgress);
  try {
    return await Promise.race([parsed(upload.done()), aborted]);
  } finally {
    progress?.unsubscribe();
    upload.stop();
  }
};
