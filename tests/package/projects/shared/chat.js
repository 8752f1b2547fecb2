// One whole conversation with the automatic operator of a demo server. It needs nothing but what it is
// given, so it runs in Node, in a bundled application, and handed to a page as text.

/** Says `words` and gives the operator's answer to them, once everybody has gone again. */
export async function chat({ Widget }, server, words) {
  const widget = new Widget({
    server: { url: server },
    servicesConfiguration: [
      { type: "CHAT", services: [{ code: "service0001", description: "Assistenza" }] },
    ],
  });
  const session = widget.newChatSession("service0001", null, "Ada", "ada@example.org");
  const answer = new Promise((resolve, reject) => {
    const live = session.getChatChannelEventMonitor();
    live.result.subscribe(() => undefined);
    live.notification.subscribe((event) => {
      const isAnswer = event.direction === "INBOUND" && event.status === "WROTE";
      if (isAnswer && event.message?.includes(words)) resolve(event.message);
    });
    let said = false;
    session.getChatChannelSessionMonitor().subscribe((state) => {
      if (said || state.step?.type !== "CONNECTED") return;
      said = true;
      session.chatSendMessage(words, "WROTE", false).then(
        (done) => { if (!done) reject(new Error("the message was not sent")); }, reject,
      );
    });
  });
  await session.createChatChannelSession();
  const text = await answer;
  const closed = new Promise((resolve) => {
    session.getChatChannelSessionMonitor().subscribe((state) => {
      if (state.sessionState === "CLOSED") resolve();
    });
  });
  session.chatChannelSessionClose();
  await closed;
  widget.disconnect();
  return text;
}
