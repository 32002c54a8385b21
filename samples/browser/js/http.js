import { check, equal, event, other, own, row, wait } from './rows.js';
import { hub, topic } from './carriers.js';
import { send } from './xhr.js';

const group = 'HTTP: version and connection';
const version = origin => (origin.startsWith('https:') ? 'h2' : 'http/1.1');

/** How a URL was loaded last. The browser lists it a moment after it is complete. */
async function timing(url) {
  for (let i = 0; i < 30; i++) {
    const entry = performance.getEntriesByName(new URL(url, location.href).href).at(-1);
    if (entry) return entry;
    await wait(100);
  }
  throw new Error('the browser lists no timing for it');
}

function describe(entry, origin) {
  equal(entry.nextHopProtocol, version(origin), 'the version');
  check(entry.connectStart === entry.connectEnd, `a connection was made for it, in ${(entry.connectEnd - entry.connectStart).toFixed(1)} ms`);
  return `${entry.nextHopProtocol}, on a connection that was there`;
}

let count = 0;
const fresh = url => `${url}${url.includes('?') ? '&' : '?'}n=${count++}-${Date.now()}`;
const ways = [
  ['xhr', 'XMLHttpRequest', own, async () => { const url = fresh('/cgi/echo.py'); await send({ url }); return url; }],
  ['fetch', 'fetch', own, async () => { const url = fresh('/page.css'); await (await fetch(url)).text(); return url; }],
  ['image', 'An image', own, async () => { const url = fresh('/dot.svg'); const image = new Image(); image.src = url; await image.decode(); return url; }],
  ['script', 'A script', own, async () => { const url = fresh('/js/nothing.js'); await import(url); return url; }],
  ['worker', "A worker's script", own, async () => { const url = fresh('/workers/echo.js'); const worker = new Worker(url); worker.postMessage({ echo: 1 }); await event(worker, 'message'); worker.terminate(); return url; }],
  ['poll', 'A poll', own, async () => { const url = fresh(`${hub}?topic=${topic()}&wait=0`); await (await fetch(url)).text(); return url; }],
  ['other', 'The other origin', other, async () => { const url = fresh(`${other}/cgi/echo.py/open`); await (await fetch(url)).text(); return url; }],
];
for (const [id, name, origin, load] of ways) {
  row(group, `http-${id}`, `${name}: ${version(origin)}, and the second time no new connection`, async () => {
    await load();
    // The connection is free again once the answer is read.
    await wait(50);
    return describe(await timing(await load()), origin);
  });
}

row(group, 'http-stream', `An event stream: ${version(own)}`, async () => {
  const url = fresh(`${hub}?topic=${topic()}`);
  const source = new EventSource(url);
  await event(source, 'open');
  source.close();
  const { nextHopProtocol } = await timing(url);
  equal(nextHopProtocol, version(own), 'the version');
  return nextHopProtocol;
});
