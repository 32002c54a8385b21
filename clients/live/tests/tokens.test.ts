// Tokens that are missing, bad, at their end, and where they stand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeHub } from './fake-hub';
import { data, publish, broken } from './got';
import { World } from './world';

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
