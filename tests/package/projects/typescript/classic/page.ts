// A page's own script beside the classic one: no import, one global name.
/// <reference types="tvox-widget/bundle" />

function made(server: string): TvoxWidget.Widget {
  const services = [{ type: TvoxWidget.MultiChannelType.CHAT, services: [{ code: "service0001" }] }];
  return new TvoxWidget.Widget({ server: { url: server }, servicesConfiguration: services });
}

made("https://contact.example.com").onLoadClientComplete(() => console.log("ready"));
