// node names.js <entry>: what an entry exports, and what importing it has left behind.
const before = new Set(Reflect.ownKeys(globalThis));
const exported = Object.keys(await import(process.argv[2])).sort();
const left = Reflect.ownKeys(globalThis).filter((name) => !before.has(name)).map(String);
console.log(JSON.stringify({ exported, left }));
