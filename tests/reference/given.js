// Runs after the library and before the sample: the widget, and the call, that the sample speaks of.
"use strict";

var widget;

if (["widget", "call"].includes(document.documentElement.dataset.with)) {
  widget = new Widget(widgetConf);
}

/** Runs a sample that speaks of a call, when there is one. */
reference.calling = (sample) => {
  widget.videoChannelSessionNew("support0001").then((id) => {
    sessionId = id;
    reference.whenCalling(sample);
  });
};
