import { connect } from '/.well-known/mercure/client.js';
import { check, equal, event, marked, row, wait, within } from './rows.js';

export const hub = `${location.origin}/.well-known/mercure`;
/** @param id the row that wants it. */
export const token = async id => {
  const answer = await fetch(marked('/cgi/token.py', id));
  check(answer.ok, `no token: ${answer.status}`);
  return answer.text();
};
/** A topic of a row's own. */
export const topic = id => `/browser/${id}/${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;

/** Publishes by POST, as any program does. */
export async function publish(to, data, fields = {}) {
  const answer = await fetch(hub, { method: 'POST', headers: { Authorization: `Bearer ${await token('publish')}` }, body: new URLSearchParams({ topic: to, data, ...fields }) });
  check(answer.ok, `publishing was answered ${answer.status}`);
  return answer.text();
}

const isOpen = async live => { while (live.state.phase !== 'open') await event(live, 'state'); };
const median = list => list.sort((a, b) => a - b)[list.length >> 1];
const carriers = [['websocket', 'WebSocket', 9], ['sse', 'server-sent events', 9], ['longpoll', 'long polling', 9], ['shortpoll', 'short polling', 3]];

for (const [carrier, name, count] of carriers) {
  row('Live channels: each carrier', `carrier-${carrier}`, `Messages come by ${name}, each once and in order`, async () => {
    const to = topic(`carrier-${carrier}`);
    const bearer = await token(`carrier-${carrier}`);
    const live = connect(hub, { carriers: [carrier], session: `delay ${carrier}` });
    const began = new Map();
    const delays = [];
    const got = [];
    let arrived;
    live.subscribe(to, ({ data }) => {
      delays.push(performance.now() - began.get(data));
      got.push(data);
      arrived();
    });
    try {
      await isOpen(live);
      // The first poll has to tell where it begins.
      await wait(300);
      for (let i = 0; i < count; i++) {
        const came = new Promise(resolve => { arrived = resolve; });
        began.set(String(i), performance.now());
        await fetch(hub, { method: 'POST', headers: { Authorization: `Bearer ${bearer}` }, body: new URLSearchParams({ topic: to, data: String(i) }) });
        await within(10_000, came, `message ${i}`);
      }
      equal(live.carrier, carrier, 'the carrier');
      equal(got.join(' '), Array.from({ length: count }, (_, i) => i).join(' '), 'what came');
      return `from publishing to arrival: median ${median(delays).toFixed(1)} ms, at most ${Math.max(...delays).toFixed(1)} ms, n=${count}`;
    } finally {
      live.close();
    }
  });
}

row('Live channels: one history', 'carrier-resume', 'What was missed comes by any carrier, behind the last id', async () => {
  const to = topic('carrier-resume');
  const since = await publish(to, 'seen');
  for (const data of ['missed 1', 'missed 2', 'missed 3']) await publish(to, data);
  for (const [carrier] of carriers) {
    const live = connect(hub, { carriers: [carrier], session: `resume ${carrier}` });
    const got = [];
    await within(10_000, new Promise(resolve => live.subscribe(to, ({ data }) => { if (got.push(data) === 3) resolve(); }, { since })), carrier);
    live.close();
    equal(got.join(', '), 'missed 1, missed 2, missed 3', `by ${carrier}`);
  }
  return `three messages by each of ${carriers.length} carriers`;
});

row('Live channels: one history', 'carrier-gap', 'What cannot be given any more is told', async () => {
  const live = connect(hub, { carriers: ['sse', 'longpoll'], session: 'gap' });
  try {
    const gap = await within(10_000, new Promise(resolve => live.subscribe(topic('carrier-gap'), () => {}, { since: 'urn:never-was', onGap: resolve })), 'a gap');
    equal(gap.reason, 'unknown-id', 'the reason');
    return `after ${gap.after}: ${gap.reason}`;
  } finally {
    live.close();
  }
});

row('Server-sent events', 'sse-event', 'An EventSource gets id, type and lines', async () => {
  const to = topic('sse-event');
  const id = `urn:${to}`;
  const source = new EventSource(`${hub}?topic=${encodeURIComponent(to)}`);
  try {
    await event(source, 'open');
    // The event may be here before the answer to its publication.
    const came = event(source, 'greeting');
    await publish(to, 'one\ntwo', { id, type: 'greeting' });
    const { data, lastEventId, type } = await came;
    equal(`${type} ${lastEventId} ${data}`, `greeting ${id} one\ntwo`, 'the event');
    return `event ${type}, two lines`;
  } finally {
    source.close();
  }
});

row('Server-sent events', 'sse-close', 'A closed topic ends with the id CLOSE, and 204 ends the EventSource', async () => {
  const to = topic('sse-close');
  const source = new EventSource(`${hub}?topic=${encodeURIComponent(to)}`);
  try {
    await event(source, 'open');
    const said = [];
    const came = within(8000, new Promise(resolve => source.addEventListener('message', ({ lastEventId, data }) => {
      if (lastEventId === 'CLOSE') resolve();
      else said.push(data);
    })), 'the id CLOSE');
    await publish(to, 'bye', { close: 'on' });
    await came;
    equal(said.join(), 'bye', 'the messages before CLOSE');
    for (let i = 0; source.readyState !== EventSource.CLOSED && i < 150; i++) await wait(100);
    equal(source.readyState, EventSource.CLOSED, 'readyState');
    return 'readyState CLOSED, no further attempt';
  } finally {
    source.close();
  }
});
