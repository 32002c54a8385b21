import { check, equal, event, marked, other, own, row, wait } from './rows.js';
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
const fresh = (url, id) => `${marked(url, `http-${id}`)}&n=${count++}-${Date.now()}`;
const read = async url => {
  const answer = await fetch(url);
  check(answer.ok, `it was answered ${answer.status}`);
  return answer.text();
};
const ways = [
  ['xhr', 'XMLHttpRequest', own, async () => { const url = fresh('/cgi/echo.py', 'xhr'); equal((await send({ url })).status, 200, 'the status'); return url; }],
  ['fetch', 'fetch', own, async () => { const url = fresh('/page.css', 'fetch'); await read(url); return url; }],
  ['image', 'An image', own, async () => { const url = fresh('/dot.svg', 'image'); const image = new Image(); image.src = url; await image.decode(); return url; }],
  ['script', 'A script', own, async () => { const url = fresh('/js/nothing.js', 'script'); await import(url); return url; }],
  ['worker', "A worker's script", own, async () => { const url = fresh('/workers/echo.js', 'worker'); const worker = new Worker(url); worker.postMessage({ echo: 1 }); await event(worker, 'message'); worker.terminate(); return url; }],
  ['poll', 'A poll', own, async () => { const url = fresh(`${hub}?topic=${topic('http-poll')}&wait=0`, 'poll'); await read(url); return url; }],
  ['other', 'The other origin', other, async () => { const url = fresh(`${other}/cgi/echo.py/open`, 'other'); await read(url); return url; }],
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
  const url = fresh(`${hub}?topic=${topic('http-stream')}`, 'stream');
  const source = new EventSource(url);
  await event(source, 'open');
  source.close();
  const { nextHopProtocol } = await timing(url);
  equal(nextHopProtocol, version(own), 'the version');
  return nextHopProtocol;
});
