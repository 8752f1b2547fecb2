// Files on their way, in Node: over HTTP that is none of the scripted server's.
import { createServer } from "node:http";
import { once } from "node:events";
import { refused, rejected, same, test, until } from "./harness.js";
import { World } from "./world.js";

const TEXT = { type: "text/plain" };

/** An HTTP server of this machine that does with each request what the next of `deeds` says. */
const serving = async (deeds, check) => {
  const requests = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const heard = { method, url, headers, text: "", whole: false };
    requests.push(heard);
    const deed = deeds[requests.length - 1];
    request.setEncoding("utf8");
    request.on("data", (part) => {
      heard.text += part;
      deed.part?.(request);
    });
    request.on("end", () => {
      heard.whole = true;
      if (deed.status) response.writeHead(deed.status).end(deed.body ?? "");
    });
    request.on("close", () => { heard.closed = true; });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const world = new World(`127.0.0.1:${server.address().port}`);
  world.answer("file.begin", ({ name }) => ({
    file: "f_9", method: "PUT", url: "/tvox/widget/files/f_9", token: `ut_${name}`, expires: "2026-11-22T10:05:00Z",
  }));
  try {
    const widget = await world.online();
    await check({ world, requests, chat: await world.chat(widget) });
    widget.disconnect();
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const file = (text) => Object.assign(new Blob([text], TEXT), { name: "order.txt" });

test("a file's bytes go where the server says, and how far they are is told from nothing to all", async () => {
  await serving([{ status: 201 }], async ({ requests, chat }) => {
    const text = "Where is order 4711? ".repeat(50_000);
    const progress = [];
    const sent = await chat.sendFile(file(text), { onProgress: (it) => progress.push(it) });
    same(sent, { file: "f_9", name: "order.txt", size: text.length, ...TEXT, state: "SCANNING" });
    const [{ method, url, headers, text: arrived }] = requests;
    same([method, url, headers.authorization, headers["content-type"]],
      ["PUT", "/tvox/widget/files/f_9", "Bearer ut_order.txt", "text/plain"]);
    same(arrived === text, true, "every byte");
    same([progress[0], progress.at(-1)], [{ sent: 0, total: text.length }, { sent: text.length, total: text.length }]);
  });
});

test("what the server answers is the reason, and a refusal for good is not tried again", async () => {
  const error = { code: 1401, message: "it is no text", data: { reason: "FILE_TYPE", retryable: false } };
  await serving([{ status: 415, body: JSON.stringify({ error }) }], async ({ requests, chat }) => {
    refused(await rejected(chat.sendFile(file("MZ"))), "REFUSED", {
      code: 1401, reason: "FILE_TYPE", retryable: false,
    });
    same(requests.length, 1);
  });
  await serving([{ status: 413, body: "<html>too large</html>" }], async ({ chat }) => {
    const { code, details } = await rejected(chat.sendFile(file("text")));
    same([code, details.code, details.reason], ["REFUSED", 413, "UPLOAD_REFUSED"]);
  });
});

test("what was cut off in the middle is sent again from its beginning, with the same token", async () => {
  const text = "0123456789".repeat(500_000);
  await serving([{ part: (request) => request.socket.destroy() }, { status: 201 }], async ({ world, requests, chat }) => {
    const progress = [];
    const sent = await chat.sendFile(file(text), { onProgress: ({ sent }) => progress.push(sent) });
    same(sent.file, "f_9");
    same(requests.map(({ whole, text: arrived }) => [whole, arrived === text]), [[false, false], [true, true]]);
    same(requests[0].headers.authorization, requests[1].headers.authorization);
    same(world.called("file.begin").length, 1, "it is announced once");
    same(progress.at(-1), text.length);
  });
});

test("what is given up while it is on its way is taken back from the wire", async () => {
  await serving([{}], async ({ requests, chat }) => {
    const giveUp = new AbortController();
    const sending = rejected(chat.sendFile(file("text"), { signal: giveUp.signal }));
    await until("it has arrived", () => requests[0]?.whole);
    giveUp.abort();
    refused(await sending, "CANCELLED");
    await until("the connection is closed", () => requests[0].closed);
    same(requests.length, 1);
  });
});
