// Contacts without a conversation: mail, callback, and what a service asks beforehand.
import { refused, rejected, same, test } from "./harness.js";
import { World, refusal } from "./world.js";

const nameless = ({ key, ...rest }) => rest;

test("a mail becomes a ticket, whose id the promise gives", async () => {
  const world = new World();
  world.answer("mail.request", () => ({ id: "t_8" }));
  const widget = await world.online({ customerInfo: { customerDisplayName: "Mario" } });
  const mail = { service: "service0001", from: "a@example.com", subject: "Fattura", message: "Testo" };
  const fields = [{ key: "order", value: "7" }];
  same(await widget.sendMail(mail), "t_8");
  same(await widget.sendMail({ ...mail, customer: { customerDisplayName: "Luigi" }, fields }), "t_8");
  same(world.called("mail.request").map(nameless), [
    { ...mail, customer: { customerDisplayName: "Mario" } },
    { ...mail, customer: { customerDisplayName: "Luigi" }, fields },
  ]);
  widget.disconnect();
});

test("a callback is asked for at a moment or as soon as possible", async () => {
  const world = new World();
  world.answer("callback.request", () => ({ id: "cb_3", phone: "+390422000000" }));
  const widget = await world.online();
  const callback = { service: "service0001", phone: "0422 000000" };
  same(await widget.requestCallback(callback), { id: "cb_3", phone: "+390422000000" });
  const fields = [{ key: "order", value: "7" }];
  const later = { ...callback, when: "2026-11-23T09:00:00+01:00", message: "Richiamatemi", fields };
  await widget.requestCallback({ ...later, customer: null });
  same(world.called("callback.request").map(nameless), [callback, later]);
  world.answer("callback.request", () => refusal(1107, "INVALID_PHONE"));
  const error = await rejected(widget.requestCallback(callback));
  refused(error, "REFUSED", { code: 1107, reason: "INVALID_PHONE", retryable: false });
  widget.disconnect();
});

test("the times of callbacks come as the server gives them, a week ahead unless another is asked for", async () => {
  const world = new World();
  const slots = [{ from: "2026-11-23T09:00:00+01:00", to: "2026-11-23T09:30:00+01:00" }];
  world.answer("callback.slots", () => slots);
  const widget = await world.online();
  same(await widget.callbackSlots("service0001"), slots);
  await widget.callbackSlots("service0001", 14);
  same(world.called("callback.slots").map(({ days }) => days), [7, 14]);
  widget.disconnect();
});

test("a form comes with its fields and its consent, and is undefined where nothing is asked", async () => {
  const world = new World();
  world.answer("forms", () => null);
  const widget = await world.online();
  same(await widget.forms("CHAT", "service0001"), undefined);
  world.answer("forms", () => ({
    fields: [{ key: "order", type: "text", label: "Ordine", required: true }],
    consent: { text: "Ho letto l’informativa", link: "https://a.example/privacy", required: true },
  }));
  const form = await widget.forms("MAIL", "service0001");
  same(form.fields[0], { key: "order", type: "text", label: "Ordine", required: true });
  same(form.consent.link, "https://a.example/privacy");
  same(world.called("forms")[1], { channel: "MAIL", service: "service0001" });
  widget.disconnect();
});
