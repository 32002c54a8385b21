// What holds over each carrier.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeHub } from './fake-hub';
import { data, publish, broken, all } from './got';
import { World } from './world';

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
