// Which carrier it is, and when another one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeHub } from './fake-hub';
import { data, publish, broken, all } from './got';
import { World } from './world';

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

test('five topics are too many streams for a browser: then it is long polling', () => {
  const world = broken(new World(18), 'websocket');
  const lists = Array.from({ length: 5 }, (_, i) => world.subscribe(i, `/${i}`));
  world.run(5000);
  assert.equal(world.states.at(-1), 'open longpoll');
  lists.forEach((_, i) => publish(world, `/${i}`, `to ${i}`));
  world.run(3000);
  lists.forEach((list, i) => assert.deepEqual(data(list), [`to ${i}`]));
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
