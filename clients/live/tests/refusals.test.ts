// What the hub refuses, and who says so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('400 for several topics at once, of which the hub does not say which, ends none', () => {
  const world = broken(new World(33), 'websocket', 'sse');
  world.refusal = { status: 400, isHubs: true };
  const first = world.subscribe(1, '/a', 'earliest');
  const second = world.subscribe(2, '/b', 'earliest');
  world.run(60_000);
  assert.deepEqual([first, second], [[], []]);
});
