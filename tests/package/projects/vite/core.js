import * as core from "tvox-widget/core";
import { chat } from "./chat.js";

globalThis.talk = (words) => chat(core, location.origin, words);
