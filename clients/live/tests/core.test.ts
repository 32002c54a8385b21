import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publication } from '../protocol/forms';
import { Parts } from '../protocol/parts';
import type { CarrierName, Gap, Message } from '../protocol/types';
import { FakeHub } from './fake-hub';
import { World, type Got } from './world';

const data = (got: Got[]): unknown[] => got.flatMap(item => ('message' in item ? [item.message.data] : 'gap' in item ? [`gap ${item.gap.reason}`] : 'ended' in item ? ['ended'] : [`failed ${item.failed}`]));
const publish = (world: World, topic: string, ...texts: string[]) => texts.forEach(text => world.hub.publish({ topics: [topic], data: text }));

function broken(world: World, ...carriers: CarrierName[]): World {
  for (const carrier of carriers) world.works[carrier] = false;
  return world;
}

const all: CarrierName[] = ['websocket', 'sse', 'longpoll', 'shortpoll'];

for (const [index, carrier] of all.entries()) {
  test(`where nothing better works it is ${carrier}, and messages come once and in order`, () => {
    const world = broken(new World(), ...all.slice(0, index));
    const got = world.subscribe(1, '/a');
    world.run(5000);
    assert.equal(world.states.at(-1), `open ${carrier}`);
    publish(world, '/a', '1', '2', '3');
    publish(world, '/b', 'not for us');
    world.run(10_000);
    assert.deepEqual(data(got), ['1', '2', '3']);
  });

  test(`${carrier} resumes behind the last id when its connection is lost`, () => {
    const world = broken(new World(2), ...all.slice(0, index));
    const got = world.subscribe(1, '/a');
    world.run(5000);
    publish(world, '/a', '1');
    world.run(5000);
    world.cut();
    publish(world, '/a', '2', '3');
    world.run(60_000);
    assert.deepEqual(data(got), ['1', '2', '3']);
  });

  test(`over ${carrier} the whole history is given to the one who asks for it, and to nobody else`, () => {
    const world = broken(new World(3), ...all.slice(0, index));
    publish(world, '/a', ...Array.from({ length: 20 }, (_, i) => `old ${i}`));
    const live = world.subscribe(1, '/a');
    const template = world.subscribe(2, '/{x}');
    world.run(5000);
    publish(world, '/a', 'new 0');
    world.run(5000);
    const whole = world.subscribe(3, '/a', 'earliest');
    publish(world, '/a', 'new 1');
    world.run(5000);
    publish(world, '/a', 'new 2');
    world.run(5000);
    assert.deepEqual(data(live), ['new 0', 'new 1', 'new 2']);
    assert.deepEqual(data(template), ['new 0', 'new 1', 'new 2']);
    assert.deepEqual(data(whole), [...Array.from({ length: 20 }, (_, i) => `old ${i}`), 'new 0', 'new 1', 'new 2']);
  });

  test(`over ${carrier} a closed topic ends its subscription and asks for nothing more`, () => {
    const world = broken(new World(4), ...all.slice(0, index));
    const got = world.subscribe(1, '/a');
    world.run(5000);
    world.hub.publish({ topics: ['/a'], data: 'bye', close: true });
    world.run(120_000);
    assert.deepEqual(data(got), ['bye', 'ended']);
    assert.deepEqual(world.carriers, []);
  });

  test(`over ${carrier} what history no longer has is told as a gap`, () => {
    const world = broken(new World(5, new FakeHub('E1', 3)), ...all.slice(0, index));
    const got = world.subscribe(1, '/a');
    world.run(5000);
    publish(world, '/a', '1');
    world.run(5000);
    for (const name of all) world.works[name] = false;
    world.cut();
    publish(world, '/a', '2', '3', '4', '5', '6');
    world.run(3000);
    for (const name of all.slice(index)) world.works[name] = true;
    world.run(60_000);
    assert.deepEqual(data(got), ['1', 'gap expired', '4', '5', '6']);
  });

  test(`over ${carrier} a hub that began anew is a gap, and its messages come`, () => {
    const world = broken(new World(6), ...all.slice(0, index));
    const got = world.subscribe(1, '/a');
    world.run(5000);
    publish(world, '/a', '1');
    world.run(5000);
    world.hub.restart('E2');
    world.cut();
    world.run(20_000);
    publish(world, '/a', '2');
    world.run(60_000);
    assert.deepEqual(data(got), ['1', 'gap new-epoch', '2']);
  });

  test(`over ${carrier} a publication is stored once, though its answer was lost`, () => {
    const world = broken(new World(7), ...all.slice(0, index));
    const got = world.subscribe(1, '/a');
    world.run(5000);
    world.send({ on: 'publish', ref: 9, draft: { topics: ['/a'], data: 'x', id: 'urn:mine' } });
    world.run(14);
    world.cut();
    world.run(60_000);
    assert.equal(world.published.get(9), 'urn:mine');
    assert.deepEqual(data(got), ['x']);
  });

  test(`over ${carrier} a publication that a token no longer allows waits for another`, () => {
    const world = broken(new World(9, new FakeHub(), { hasToken: true }), ...all.slice(0, index));
    world.tokens = new Set(['first', 'second']);
    world.nextToken = () => (world.tokensAsked === 1 ? 'first' : 'second');
    const got = world.subscribe(1, '/a');
    world.run(5000);
    world.tokens = new Set(['second']);
    for (const n of [1, 2]) world.send({ on: 'publish', ref: n, draft: { topics: ['/a'], data: String(n), id: `urn:${n}` } });
    world.run(60_000);
    assert.deepEqual([...world.refused], []);
    assert.deepEqual(data(got), ['1', '2']);
    assert.ok(world.tokensAsked < 4, `${world.tokensAsked} tokens`);
  });

  test(`over ${carrier} a token that has expired is asked for again`, () => {
    const world = broken(new World(8, new FakeHub(), { hasToken: true }), ...all.slice(0, index));
    world.tokens = new Set(['first']);
    let n = 0;
    world.nextToken = () => ['first', 'second'][Math.min(n++, 1)]!;
    const got = world.subscribe(1, '/a');
    world.run(5000);
    publish(world, '/a', '1');
    world.run(5000);
    world.tokens = new Set(['second']);
    world.cut();
    publish(world, '/a', '2');
    world.run(60_000);
    assert.deepEqual(data(got), ['1', '2']);
    assert.equal(world.tokensAsked, 2);
  });
}

test('a hub that asks for a token which nobody has refuses the subscription', () => {
  const world = new World();
  world.tokens = new Set(['secret']);
  const got = world.subscribe(1, '/a');
  world.run(60_000);
  assert.deepEqual(data(got), ['failed 401']);
  assert.equal(world.states.at(-1), 'unauthorized');
});

test('a callback that has none but bad tokens is asked more and more rarely', () => {
  const world = new World(1, new FakeHub(), { hasToken: true });
  world.tokens = new Set(['good']);
  let token = 'bad';
  world.nextToken = () => token;
  const got = world.subscribe(1, '/a');
  world.run(300_000);
  assert.ok(world.tokensAsked > 5 && world.tokensAsked < 60, `asked ${world.tokensAsked} times in five minutes`);
  token = 'good';
  world.run(60_000);
  publish(world, '/a', '1');
  world.run(1000);
  assert.deepEqual(data(got), ['1']);
});

test('what a socket may not publish goes by POST, in order', () => {
  const world = new World(21);
  world.socketPublishes = false;
  const got = world.subscribe(1, '/a');
  world.run(1000);
  for (const n of [1, 2, 3]) world.send({ on: 'publish', ref: n, draft: { topics: ['/a'], data: String(n), id: `urn:${n}` } });
  world.run(2000);
  assert.deepEqual(data(got), ['1', '2', '3']);
  assert.deepEqual([...world.published], [[1, 'urn:1'], [2, 'urn:2'], [3, 'urn:3']]);
  world.send({ on: 'publish', ref: 4, draft: { topics: ['/a'], data: new Uint8Array([7, 0, 255]).buffer, id: 'urn:4' } });
  world.run(2000);
  assert.deepEqual([...world.refused], []);
  assert.equal(world.published.get(4), 'urn:4');
  assert.deepEqual(new Uint8Array(data(got)[3] as ArrayBuffer), new Uint8Array([7, 0, 255]));
});

test('with another token a subscription that ended with the one before goes on behind its place', () => {
  const world = new World(22, new FakeHub(), { hasToken: true });
  world.tokens = new Set(['first', 'second']);
  world.nextToken = () => (world.tokensAsked === 1 ? 'first' : 'second');
  const got = world.subscribe(1, '/a');
  world.run(1000);
  publish(world, '/a', '1');
  world.run(1000);
  world.expire();
  publish(world, '/a', '2');
  world.run(1000);
  publish(world, '/a', '3');
  world.run(1000);
  assert.deepEqual(data(got), ['1', '2', '3']);
  assert.deepEqual(world.states, ['connecting websocket', 'open websocket']);
});

test('a topic too many is refused, and the others go on', () => {
  const world = new World(23);
  world.mostTopics = 2;
  const lists = [1, 2, 3].map(n => {
    const list = world.subscribe(n, `/${n}`);
    world.run(1000);
    return list;
  });
  for (const n of [1, 2, 3]) publish(world, `/${n}`, String(n));
  world.run(2000);
  assert.deepEqual(lists.map(data), [['1'], ['2'], ['failed 429']]);
});

test('a hundred and first topic is refused before the hub could close the connection for it', () => {
  const world = new World(24);
  const lists = Array.from({ length: 101 }, (_, n) => world.subscribe(n, `/${n}`));
  assert.deepEqual(data(lists[100]!), ['failed 429']);
});

test('while nothing works, attempts come more and more rarely', () => {
  const world = broken(new World(), ...all);
  world.subscribe(1, '/a');
  world.run(600_000);
  const rounds = world.states.filter(state => state === 'waiting').length;
  assert.ok(rounds > 15 && rounds < 90, `${rounds} rounds in ten minutes`);
});

test('the carrier that worked last time is tried first', () => {
  const world = new World(1, new FakeHub(), { start: 'longpoll' });
  world.subscribe(1, '/a');
  world.run(1000);
  assert.deepEqual(world.states, ['connecting longpoll', 'open longpoll']);
});

test('a better carrier is tried again later, and nothing is lost on the way up', () => {
  const world = broken(new World(11), 'websocket', 'sse');
  const got = world.subscribe(1, '/a');
  world.run(5000);
  assert.equal(world.states.at(-1), 'open longpoll');
  world.works.websocket = world.works.sse = true;
  const texts: string[] = [];
  for (let i = 0; i < 120; i++) {
    publish(world, '/a', String(i));
    texts.push(String(i));
    world.run(1000);
  }
  world.run(5000);
  assert.equal(world.states.at(-1), 'open websocket');
  assert.deepEqual(data(got), texts);
});

test('an event stream of which nothing but the head comes makes way for long polling', () => {
  const world = broken(new World(), 'websocket');
  world.holdsStreams = true;
  const got = world.subscribe(1, '/a');
  world.run(15_000);
  assert.equal(world.states.at(-1), 'open longpoll');
  publish(world, '/a', '1');
  world.run(5000);
  assert.deepEqual(data(got), ['1']);
});

test('a carrier that is lost again and again makes way for the next', () => {
  const world = new World(12);
  const got = world.subscribe(1, '/a');
  for (let i = 0; i < 6; i++) {
    world.run(3000);
    world.cut('websocket');
  }
  world.run(3000);
  assert.equal(world.states.at(-1), 'open sse');
  publish(world, '/a', '1');
  world.run(1000);
  assert.deepEqual(data(got), ['1']);
});

test('a connection that has died in silence is noticed', () => {
  const world = new World(13);
  const got = world.subscribe(1, '/a');
  world.run(1000);
  for (const open of world.open.values()) {
    open.stop();
    delete open.take;
  }
  publish(world, '/a', '1');
  world.run(60_000);
  assert.deepEqual(data(got), ['1']);
});

test('a large message holds up its own topic and no other, and each topic is resumed behind its own place', () => {
  const world = new World(14);
  const got = world.subscribe(1, '/a');
  const urgent = world.subscribe(2, '/urgent');
  world.run(1000);
  publish(world, '/a', 'L'.repeat(2000), 'behind');
  world.run(100);
  publish(world, '/urgent', '1');
  world.run(150);
  assert.deepEqual([data(got), data(urgent)], [[], ['1']]);
  world.cut();
  publish(world, '/urgent', '2');
  world.run(20_000);
  assert.deepEqual([data(got), data(urgent)], [['L'.repeat(2000), 'behind'], ['1', '2']]);
});

test('who wants a large message and what is urgent by one template has both in order', () => {
  const world = new World(15);
  const all = world.subscribe(1, '*');
  const urgent = world.subscribe(2, '/urgent');
  world.run(1000);
  publish(world, '/a', 'L'.repeat(2000));
  world.run(100);
  publish(world, '/urgent', 'now');
  world.run(150);
  assert.deepEqual([data(all), data(urgent)], [[], ['now']]);
  world.run(5000);
  assert.deepEqual([data(all), data(urgent)], [['L'.repeat(2000), 'now'], ['now']]);
});

test('a topic of which nothing came for long is resumed behind the place that the hub told', () => {
  const world = new World(25, new FakeHub('E1', 3));
  const busy = world.subscribe(1, '/busy');
  const quiet = world.subscribe(2, '/quiet');
  world.run(1000);
  for (let n = 0; n < 40; n++) {
    publish(world, '/busy', String(n));
    world.run(500);
  }
  world.cut();
  world.run(20_000);
  publish(world, '/quiet', 'at last');
  world.run(5000);
  assert.equal(data(busy).length, 40);
  assert.deepEqual(data(quiet), ['at last']);
});

test('a subscription for which the hub\'s store does not answer comes again', () => {
  const world = new World(26);
  const got = world.subscribe(1, '/a');
  world.storeIsAway = true;
  world.run(5000);
  publish(world, '/a', '1');
  world.storeIsAway = false;
  world.run(60_000);
  publish(world, '/a', '2');
  world.run(1000);
  assert.deepEqual(data(got), ['1', '2']);
});

test('a token stands in no URL: a socket says it first of all', () => {
  const world = broken(new World(27, new FakeHub(), { hasToken: true }), 'websocket');
  world.tokens = new Set(['secret']);
  world.nextToken = () => 'secret';
  const urls: string[] = [];
  const said: string[] = [];
  const handle = world.core.handle.bind(world.core);
  world.core.handle = (event, now) => {
    const actions = handle(event, now);
    for (const action of actions) {
      if (action.do === 'request' || action.do === 'socket') urls.push(action.url);
      if (action.do === 'send') said.push(String(action.data));
    }
    return actions;
  };
  world.subscribe(1, '/a');
  world.run(5000);
  world.works.websocket = true;
  world.run(120_000);
  assert.equal(world.states.at(-1), 'open websocket');
  assert.ok(urls.length > 2 && urls.every(address => !address.includes('secret')));
  assert.deepEqual(JSON.parse(said[0]!), { op: 'token', token: 'secret' });
});

test('the pieces of a message of bytes are put together, those of another come between, and what nobody wants any more is dropped', () => {
  const parts = new Parts();
  const bytes = (publication(1, { topics: ['/a'], id: 'x', data: new Uint8Array([1, 2, 3, 4]).buffer }) as ArrayBuffer);
  const head = (subs: number[], last: boolean, id = 'x') => ({ op: 'part', subs, id, last });
  assert.equal(parts.take(head([1], false), bytes.slice(0, 10)), undefined);
  assert.equal(parts.take({ ...head([2], false, 'y'), text: '{"data":' }), undefined);
  assert.equal(parts.take(head([2], false), bytes.slice(0, 3)), undefined);
  assert.deepEqual(new Uint8Array(parts.take(head([1], true), bytes.slice(10))!.content!), new Uint8Array([1, 2, 3, 4]));
  assert.deepEqual(parts.take({ ...head([2], true, 'y'), text: '1}' }), { head: { data: 1 } });
  parts.keep(sub => sub !== 2);
  assert.equal(parts.take(head([2], true), bytes.slice(3)), null);
});

test('bytes that a stream only announces are fetched, and keep their place', () => {
  const world = broken(new World(16), 'websocket');
  const got = world.subscribe(1, '/a');
  world.run(3000);
  publish(world, '/a', '1');
  world.hub.publish({ topics: ['/a'], bytes: new Uint8Array([1, 2, 3]) });
  publish(world, '/a', '2');
  world.run(3000);
  const [first, second, third] = data(got);
  assert.deepEqual([first, third], ['1', '2']);
  assert.deepEqual(new Uint8Array(second as ArrayBuffer), new Uint8Array([1, 2, 3]));
});

test('an announcement that leads elsewhere is not followed', () => {
  const world = broken(new World(17), 'websocket');
  const asked: string[] = [];
  const handle = world.core.handle.bind(world.core);
  world.core.handle = (event, now) => {
    const actions = handle(event, now);
    for (const action of actions) if (action.do === 'request') asked.push(action.url);
    return actions;
  };
  world.subscribe(1, '/a');
  world.run(3000);
  world.hub.publish({ topics: ['/a'], type: 'binary', data: 'https://elsewhere.test/.well-known/mercure/messages/1' });
  world.run(3000);
  assert.ok(asked.length > 0 && asked.every(address => address.startsWith('https://hub.test/')));
});

test('five topics are too many streams for a browser: then it is long polling', () => {
  const world = broken(new World(18), 'websocket');
  const lists = Array.from({ length: 5 }, (_, i) => world.subscribe(i, `/${i}`));
  world.run(5000);
  assert.equal(world.states.at(-1), 'open longpoll');
  lists.forEach((_, i) => publish(world, `/${i}`, `to ${i}`));
  world.run(3000);
  lists.forEach((list, i) => assert.deepEqual(data(list), [`to ${i}`]));
});

test('topics that come from event streams with different places are brought to one for polling', () => {
  const world = broken(new World(19), 'websocket');
  const a = world.subscribe(1, '/a');
  const b = world.subscribe(2, '/b');
  world.run(1000);
  publish(world, '/a', 'a1');
  publish(world, '/b', 'b1', 'b2');
  world.run(1000);
  assert.deepEqual(world.carriers, ['sse', 'sse']);
  broken(world, 'sse').cut();
  publish(world, '/a', 'a2');
  publish(world, '/b', 'b3');
  world.run(30_000);
  publish(world, '/a', 'a3');
  world.run(30_000);
  assert.match(world.states.at(-1)!, /poll$/);
  // Once they have one place, a request every 25 seconds is enough, and now and then one to see whether a better carrier works.
  const before = world.requests;
  world.run(250_000);
  assert.ok(world.requests - before < 30, `${world.requests - before} requests in 250 seconds`);
  assert.deepEqual([data(a), data(b)], [['a1', 'a2', 'a3'], ['b1', 'b2', 'b3']]);
});

test('a connection that nobody wants is kept for a while, and then closed', () => {
  const world = new World(20);
  world.subscribe(1, '/a');
  world.run(1000);
  world.send({ on: 'unsubscribe', sub: 1 });
  world.run(20_000);
  assert.deepEqual(world.carriers, ['websocket']);
  world.run(20_000);
  assert.deepEqual(world.carriers, []);
  assert.equal(world.states.at(-1), 'idle');
});

// ---- random lives

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

export type { Message };
