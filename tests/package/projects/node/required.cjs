// An older program, in CommonJS.
const { MultiChannelType, Widget } = require("tvox-widget/core");

console.log(typeof Widget, MultiChannelType.CHAT);
