// What the hub refuses, and who says so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeHub } from './fake-hub';
import { data, publish, broken, all } from './got';
import { World } from './world';

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

for (const carrier of ['longpoll', 'shortpoll'] as const) {
  for (const since of [undefined, 'earliest']) {
    test(`over ${carrier} since ${since} too the topics too many are those that came last, and the others go on at once`, () => {
      const world = broken(new World(25), ...all.slice(0, all.indexOf(carrier)));
      world.mostTopics = 3;
      const lists = [1, 2, 3, 4, 5, 6].map(n => world.subscribe(n, `/${n}`, since));
      world.run(2000);
      for (const n of [1, 2, 3, 4, 5, 6]) publish(world, `/${n}`, String(n));
      world.run(5000);
      assert.deepEqual(lists.map(data), [['1'], ['2'], ['3'], ['failed 429'], ['failed 429'], ['failed 429']]);
      assert.equal(world.states.at(-1), `open ${carrier}`);
      // Another one's place may be had.
      world.send({ on: 'unsubscribe', sub: 1 });
      const next = world.subscribe(7, '/7', 'earliest');
      publish(world, '/7', '7');
      world.run(5000);
      assert.deepEqual(data(next), ['7']);
    });
  }
}

test('over sse too the topics too many are those that came last, since the streams of one connection have its topics together', () => {
  const world = broken(new World(27), 'websocket', 'longpoll', 'shortpoll');
  world.mostTopics = 2;
  const lists = [1, 2, 3, 4].map(n => world.subscribe(n, `/${n}`, 'earliest'));
  world.run(2000);
  for (const n of [1, 2, 3, 4]) publish(world, `/${n}`, String(n));
  world.run(5000);
  assert.deepEqual(lists.map(data), [['1'], ['2'], ['failed 429'], ['failed 429']]);
  assert.equal(world.states.at(-1), 'open sse');
});

test('event streams for which others have left no place make way for polling', () => {
  const world = broken(new World(28), 'websocket', 'longpoll');
  world.mostTopics = world.otherStreams = 2;
  const list = world.subscribe(1, '/1', 'earliest');
  world.run(2000);
  publish(world, '/1', '1');
  world.run(5000);
  assert.deepEqual(data(list), ['1']);
});

test('long polls for which others have left no place are short ones, until there is a place', () => {
  const world = broken(new World(29), 'websocket', 'sse');
  world.mostTopics = world.otherStreams = 2;
  const list = world.subscribe(1, '/1', 'earliest');
  world.run(600_000);
  assert.deepEqual(world.states.filter(state => state.startsWith('open')), ['open longpoll']);
  const asked = world.polls;
  world.run(30_000);
  assert.ok(world.polls - asked >= 8 && world.polls - asked <= 12, `${world.polls - asked} polls in half a minute`);
  publish(world, '/1', '1');
  world.run(5000);
  assert.deepEqual(data(list), ['1']);

  world.otherStreams = 0;
  world.run(30_000);
  const held = world.polls;
  world.run(60_000);
  assert.ok(world.polls - held <= 3, `${world.polls - held} polls in a minute`);
});

test('of event streams for which others have left too few places the topics fail that came last, and the others are polled for', () => {
  const world = broken(new World(30), 'websocket', 'longpoll');
  world.mostTopics = 3;
  world.otherStreams = 2;
  const lists = [1, 2, 3, 4].map(n => world.subscribe(n, `/${n}`, 'earliest'));
  world.run(2000);
  for (const n of [1, 2, 3, 4]) publish(world, `/${n}`, String(n));
  world.run(5000);
  assert.deepEqual(lists.map(data), [['1'], ['2'], ['3'], ['failed 429']]);
  assert.equal(world.states.at(-1), 'open shortpoll');
});

test('429 of what stands between ends no topic', () => {
  const world = broken(new World(26), 'websocket', 'sse');
  world.refusal = { status: 429, isHubs: false };
  const lists = [1, 2].map(n => world.subscribe(n, `/${n}`, 'earliest'));
  world.run(60_000);
  world.refusal = null;
  for (const n of [1, 2]) publish(world, `/${n}`, String(n));
  world.run(60_000);
  assert.deepEqual(lists.map(data), [['1'], ['2']]);
});

test('a hundred and first topic is refused before the hub could close the connection for it', () => {
  const world = new World(24);
  const lists = Array.from({ length: 101 }, (_, n) => world.subscribe(n, `/${n}`));
  assert.deepEqual(data(lists[100]!), ['failed 429']);
});

for (const [index, carrier] of all.entries()) {
  // A socket does not say why it was refused.
  if (carrier === 'websocket') continue;

  test(`over ${carrier} what the hub itself refuses ends the topic, and nothing more is asked for`, () => {
    for (const status of [400, 403]) {
      const world = broken(new World(30), ...all.slice(0, index));
      world.refusal = { status, isHubs: true };
      const got = world.subscribe(1, '/a');
      world.run(60_000);
      assert.deepEqual(got, [{ failed: status }]);
      assert.deepEqual(world.carriers, []);
      const { requests } = world;
      world.run(3_600_000);
      assert.equal(world.requests, requests);
    }
  });

  test(`over ${carrier} 403 of what stands between ends no topic`, () => {
    const world = broken(new World(31), ...all.slice(0, index));
    world.refusal = { status: 403, isHubs: false };
    const got = world.subscribe(1, '/a', 'earliest');
    publish(world, '/a', '1');
    world.run(600_000);
    assert.deepEqual(got, []);
    // More and more rarely.
    assert.ok(world.requests < 200, `${world.requests} requests`);
    world.refusal = null;
    world.run(120_000);
    assert.deepEqual(data(got), ['1']);
  });
}

test('where something in between refuses event streams alone it is long polling', () => {
  const world = broken(new World(32), 'websocket');
  world.refusal = { status: 403, isHubs: false };
  const got = world.subscribe(1, '/a');
  world.run(15);
  world.refusal = null;
  world.run(5000);
  publish(world, '/a', '1');
  world.run(5000);
  assert.equal(world.states.at(-1), 'open longpoll');
  assert.deepEqual(data(got), ['1']);
});

for (const carrier of ['longpoll', 'shortpoll'] as const) {
  const only = all.slice(0, all.indexOf(carrier));

  test(`over ${carrier} bad topics fail, and the others go on`, () => {
    for (const bad of [[0], [6], [0, 1], [2, 3, 6], [0, 1, 2, 3, 4, 5, 6]]) {
      for (const since of [undefined, 'earliest']) {
        const world = broken(new World(33 + bad.length), ...only);
        for (const n of bad) world.badTopics.add(`/${n}`);
        const lists = Array.from({ length: 7 }, (_, n) => world.subscribe(n + 1, `/${n}`, since));
        world.run(10_000);
        for (const n of lists.keys()) publish(world, `/${n}`, String(n));
        world.run(30_000);
        assert.deepEqual(lists.map(data), [...lists.keys()].map(n => [bad.includes(n) ? 'failed 400' : String(n)]), `bad: ${bad}, since ${since}`);
      }
    }
  });

  test(`over ${carrier} a bad topic that comes later takes none of the others with it`, () => {
    const world = broken(new World(34), ...only);
    world.badTopics.add('/bad');
    const first = world.subscribe(1, '/a');
    const second = world.subscribe(2, '/b');
    world.run(5000);
    const bad = world.subscribe(3, '/bad');
    world.run(5000);
    for (const topic of ['/a', '/b']) publish(world, topic, topic);
    world.run(30_000);
    assert.deepEqual([first, second, bad].map(data), [['/a'], ['/b'], ['failed 400']]);
    assert.equal(world.states.at(-1), `open ${carrier}`);
  });
}

test('with a topic that the hub refuses its past is asked for no more', () => {
  for (const carrier of ['longpoll', 'shortpoll'] as const) {
    const world = broken(new World(37), ...all.slice(0, all.indexOf(carrier)));
    world.badTopics.add('/bad');
    const lists = [world.subscribe(1, '/a'), world.subscribe(2, '/bad'), world.subscribe(3, '/bad', 'earliest')];
    world.run(60_000);
    assert.deepEqual(lists.map(data), [[], ['failed 400'], ['failed 400']]);
    world.send({ on: 'unsubscribe', sub: 1 });
    world.run(60_000);
    const { requests } = world;
    world.run(600_000);
    assert.equal(world.requests, requests);
  }
});

test('one bad topic among a hundred is found in a few requests', () => {
  const world = broken(new World(35), 'websocket', 'sse');
  world.badTopics.add('/77');
  const lists = Array.from({ length: 100 }, (_, n) => world.subscribe(n + 1, `/${n}`));
  world.run(5000);
  assert.deepEqual(lists.flatMap(data), ['failed 400']);
  assert.ok(world.requests < 25, `${world.requests} requests`);
});

test('400 for several topics of which none is bad ends none, and is asked for again more and more rarely', () => {
  const world = broken(new World(36), 'websocket', 'sse');
  world.mostAtOnce = 1;
  const lists = [1, 2, 3].map(n => world.subscribe(n, `/${n}`, 'earliest'));
  for (const n of [1, 2, 3]) publish(world, `/${n}`, String(n));
  world.run(60_000);
  assert.deepEqual(lists.map(data), [['1'], ['2'], ['3']]);
  const { requests } = world;
  world.run(600_000);
  assert.ok(world.requests - requests < 600, `${world.requests - requests} requests in ten minutes`);
  world.mostAtOnce = Infinity;
  for (const n of [1, 2, 3]) publish(world, `/${n}`, `again ${n}`);
  world.run(60_000);
  assert.deepEqual(lists.map(data), [['1', 'again 1'], ['2', 'again 2'], ['3', 'again 3']]);
});

const draft = (n: number) => ({ topics: ['/a'], data: String(n), id: `urn:${n}` });

/** A world in which publications go by POST. */
const posting = (seed: number) => broken(new World(seed), 'websocket');

test('a publication that the hub itself refuses has failed at once', () => {
  for (const status of [400, 403, 413, 415, 429, 500]) {
    const world = posting(40);
    world.refusals.push({ status, isHubs: true });
    world.send({ on: 'publish', ref: 1, draft: draft(1) });
    world.send({ on: 'publish', ref: 2, draft: draft(2) });
    world.run(2000);
    assert.deepEqual([[...world.refused], [...world.published]], [[[1, status]], [[2, 'urn:2']]]);
  }
});

test('a publication that what stands between refuses is sent again under its id, before those behind it', () => {
  const world = posting(41);
  const got = world.subscribe(1, '/a');
  world.run(1000);
  for (const status of [403, 404, 407, 511]) world.refusals.push({ status, isHubs: false });
  for (const n of [1, 2]) world.send({ on: 'publish', ref: n, draft: draft(n) });
  world.run(60_000);
  assert.deepEqual([[...world.refused], [...world.published]], [[], [[1, 'urn:1'], [2, 'urn:2']]]);
  assert.deepEqual(data(got), ['1', '2']);
});

test('what stands between is asked seven times, more and more rarely, and has then refused the publication', () => {
  const world = posting(42);
  world.refusals.push(...Array.from({ length: 7 }, () => ({ status: 403, isHubs: false })));
  for (const n of [1, 2]) world.send({ on: 'publish', ref: n, draft: draft(n) });
  const { requests } = world;
  world.run(1000);
  assert.ok(world.requests - requests < 6, `${world.requests - requests} requests in a second`);
  assert.deepEqual([...world.refused], []);
  world.run(60_000);
  assert.deepEqual([[...world.refused], [...world.published]], [[[1, 403]], [[2, 'urn:2']]]);
  assert.deepEqual(world.refusals, []);
});

test('a publication that is too large for what stands between has failed at once', () => {
  const world = posting(43);
  world.refusals.push({ status: 413, isHubs: false });
  world.send({ on: 'publish', ref: 1, draft: draft(1) });
  world.run(2000);
  assert.deepEqual([...world.refused], [[1, 413]]);
});

test('the 503 of a hub whose store is away is no refusal', () => {
  const world = posting(44);
  world.refusals.push(...Array.from({ length: 12 }, () => ({ status: 503, isHubs: true })));
  world.send({ on: 'publish', ref: 1, draft: draft(1) });
  world.run(600_000);
  assert.deepEqual([[...world.refused], [...world.published]], [[], [[1, 'urn:1']]]);
});

/** A world as a page sees it whose origin the hub does not allow: each answer is hidden from it, but for the one that says so. */
function hidden(seed: number): World {
  const world = broken(new World(seed, new FakeHub(), { hasToken: true }), ...all, 'other');
  world.nextToken = () => 'a';
  return world;
}

test('a page whose origin the hub does not allow is told so, and asks for nothing more', () => {
  const world = hidden(50);
  world.allowsOrigin = false;
  const got = world.subscribe(1, '/a');
  world.send({ on: 'publish', ref: 1, draft: draft(1) });
  world.run(2000);
  assert.deepEqual([got, [...world.refused], world.states.at(-1)], [[{ failed: 403 }], [[1, 403]], 'idle']);
  const { requests } = world;
  world.run(3_600_000);
  assert.deepEqual([world.requests, world.carriers], [requests, []]);
});

test('a page that only publishes is told so too', () => {
  const world = hidden(51);
  world.allowsOrigin = false;
  for (const n of [1, 2]) world.send({ on: 'publish', ref: n, draft: draft(n) });
  world.run(2000);
  assert.deepEqual([...world.refused], [[1, 403], [2, 403]]);
});

test('where nobody answers, what is published and subscribed waits for as long as it takes', () => {
  for (const subscribes of [true, false]) {
    const world = hidden(52);
    const got = subscribes ? world.subscribe(1, '/a') : [];
    world.send({ on: 'publish', ref: 1, draft: draft(1) });
    world.run(3_600_000);
    assert.deepEqual([got, [...world.refused]], [[], []]);
    for (const way of [...all, 'other'] as const) world.works[way] = true;
    world.run(60_000);
    assert.deepEqual([data(got), [...world.published]], [subscribes ? ['1'] : [], [[1, 'urn:1']]]);
  }
});

test('a publication without an answer from a hub that is there is sent seven times, more and more rarely, and has then failed', () => {
  const world = posting(53);
  world.works.other = false;
  world.allowsOrigin = true;
  const got = world.subscribe(1, '/a');
  for (const n of [1, 2]) world.send({ on: 'publish', ref: n, draft: draft(n) });
  world.run(1000);
  assert.deepEqual([...world.refused], []);
  world.run(60_000);
  assert.deepEqual([...world.refused], [[1, 0]]);
  world.works.other = true;
  world.run(60_000);
  assert.deepEqual([[...world.published], data(got)], [[[2, 'urn:2']], ['2']]);
});
