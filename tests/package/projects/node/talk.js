// node talk.js <server> <words>: a visitor without a page.
import * as library from "tvox-widget/core";
import { chat } from "./chat.js";

const [server, words] = process.argv.slice(2);
console.log(await chat(library, server, words));
