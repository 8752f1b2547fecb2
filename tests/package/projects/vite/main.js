import * as everything from "tvox-widget";
import { chat } from "./chat.js";

globalThis.everything = everything;
globalThis.talk = (words) => chat(everything, location.origin, words);
