// The place of each topic, behind which it goes on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeHub } from './fake-hub';
import { data, publish, broken } from './got';
import { World } from './world';

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
