// Random lives: carriers that break, a hub that begins anew, tabs that come and go.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gap } from '../protocol/types';
import { FakeHub } from './fake-hub';
import { all } from './got';
import { World, type Got } from './world';

function life(seed: number): void {
  const hub = new FakeHub('E1', 40);
  const world = new World(seed, hub);
  world.isNoisy = seed % 2 === 0;
  const rnd = () => world.random();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(rnd() * list.length)]!;
  const topics = ['/a', '/b', '/c/1', '/c/2'];
  const selectors = ['/a', '/b', '/c/{x}', '*', '/c/1'];
  const log: { n: number; epoch: string; offset: number; topics: string[]; id: string }[] = [];
  const began = new Map<number, { selector: string; from: number; list: Got[] }>();
  let epoch = 1;
  const from = (offset: string | undefined) => (offset === 'earliest' ? log.findIndex(entry => entry.epoch === hub.epoch && entry.offset === hub.first) : -1);

  for (let step = 0, sub = 0; step < 150; step++) {
    const dice = rnd();
    if (dice < 0.45) {
      const n = log.length;
      const own = rnd() < 0.5;
      const list = rnd() < 0.2 ? [pick(topics), pick(topics)] : [pick(topics)];
      // It is in the log before subscribers hear of it.
      log.push({ n, epoch: hub.epoch, offset: hub.next, topics: list, id: own ? `urn:${n}` : `#${hub.epoch}/${hub.next}` });
      hub.publish({ topics: list, data: `${n} ${'x'.repeat(rnd() < 0.1 ? 1500 : 0)}`, ...(own ? { id: `urn:${n}` } : {}) });
    } else if (dice < 0.52 && sub < 6) {
      const selector = pick(selectors);
      const since = rnd() < 0.4 ? 'earliest' : undefined;
      const known = from(since);
      began.set(++sub, { selector, from: known, list: world.subscribe(sub, selector, since) });
    } else if (dice < 0.62) {
      const carrier = pick(all);
      world.works[carrier] = !world.works[carrier];
      if (!world.works[carrier]) world.cut(carrier);
    } else if (dice < 0.70) {
      world.cut(undefined, pick([1001, 1006, 1013]));
    } else if (dice < 0.71) {
      hub.restart(`E${++epoch}`);
      world.cut();
    }
    world.run(rnd() < 0.1 ? rnd() * 60_000 : rnd() * 400);
  }
  for (const carrier of all) world.works[carrier] = true;
  world.run(200_000);
  const tail = log.length;
  for (const topic of topics) {
    log.push({ n: log.length, epoch: hub.epoch, offset: hub.next, topics: [topic], id: `#${hub.epoch}/${hub.next}` });
    hub.publish({ topics: [topic], data: `${log.length - 1} ` });
  }
  world.run(60_000);

  for (const [sub, { selector, list }] of began) {
    const wants = (entry: { topics: string[] }) => entry.topics.some(topic => selector === '*' || selector === topic || (selector === '/c/{x}' && topic.startsWith('/c/')));
    const numbers = list.flatMap(item => ('message' in item ? [Number.parseInt(item.message.data as string)] : []));
    const say = `seed ${seed}, subscription ${sub} to ${selector}`;
    assert.equal(new Set(numbers).size, numbers.length, `${say}: one came twice`);
    assert.ok(numbers.every(n => wants(log[n]!)), `${say}: one that it does not want`);
    assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), `${say}: out of order`);
    // From its first message on, everything has come, or lies in a gap that was told.
    const gaps = list.flatMap(item => ('gap' in item ? [item.gap] : []));
    const place = (id: string, otherwise: number) => log.find(entry => entry.id === id)?.n ?? otherwise;
    const first = Math.min(...numbers, tail);
    for (const entry of log.slice(first).filter(wants)) {
      if (numbers.includes(entry.n)) continue;
      const covered = gaps.some((gap: Gap) => place(gap.after, -1) < entry.n && (gap.before === '' || entry.n < place(gap.before, -1)));
      assert.ok(covered, `${say}: ${entry.n} is missing without a gap (${JSON.stringify(gaps)}; got ${numbers.join(' ')})`);
    }
    assert.ok(log.slice(tail).filter(wants).every(entry => numbers.includes(entry.n)), `${say}: it does not hear any more`);
  }
}

test('in random lives each subscription gets each message once and in order, or is told of a gap', () => {
  const seeds = Number(process.env['LIVES'] ?? 1500);
  for (let seed = 1; seed <= seeds; seed++) life(seed);
});

