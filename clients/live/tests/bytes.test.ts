// Messages of bytes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publication } from '../protocol/forms';
import { Parts } from '../protocol/parts';
import { data, publish, broken } from './got';
import { World } from './world';

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
