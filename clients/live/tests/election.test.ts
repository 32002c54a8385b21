// Which tab leads, and whom the others hear.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elect } from '../worker/election';
import type { Engine } from '../worker/engine';
import type { FromWorker, Port, ToWorker } from '../worker/messages';

/** Locks and channels of one origin. What a channel brings waits until it is told to come, so that a test says in which order. */
class Origin {
  private readonly locks = new Map<string, (() => unknown)[]>();
  private readonly channels = new Set<FakeChannel>();
  private waiting: { from: string; deliver: () => void }[] = [];
  tab = '';

  constructor() {
    const origin = this;
    const request = (name: string, granted: () => unknown) => {
      const queue = this.locks.get(name) ?? [];
      this.locks.set(name, [...queue, granted]);
      if (queue.length === 0) granted();
      return new Promise(() => {});
    };
    Object.defineProperty(globalThis, 'navigator', { value: { locks: { request } }, configurable: true });
    globalThis.BroadcastChannel = class extends FakeChannel {
      constructor() {
        super(origin, origin.tab);
      }
    } as unknown as typeof BroadcastChannel;
  }

  add(channel: FakeChannel): void {
    this.channels.add(channel);
  }

  send(sender: FakeChannel, data: unknown): void {
    for (const channel of this.channels) if (channel !== sender) this.waiting.push({ from: sender.tab, deliver: () => channel.onmessage?.({ data }) });
  }

  /** Lets what waits come, of one tab or of all, and what comes of it. */
  flow(from?: string): void {
    for (let next; (next = this.waiting.find(each => !from || each.from === from)); ) {
      this.waiting = this.waiting.filter(each => each !== next);
      next.deliver();
    }
  }

  /** A tab goes, and the lock with it. */
  pass(name: string): void {
    const [, next, ...rest] = this.locks.get(name)!;
    this.locks.set(name, [next!, ...rest]);
    next!();
  }
}

class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  private readonly origin: Origin;
  readonly tab: string;

  constructor(origin: Origin, tab: string) {
    this.origin = origin;
    this.tab = tab;
    origin.add(this);
  }

  postMessage(data: unknown): void {
    this.origin.send(this, data);
  }
}

/** An engine that only notes who speaks to it. */
class Noting {
  readonly ports: Port[] = [];

  take(port: Port, _message: ToWorker): void {
    if (!this.ports.includes(port)) this.ports.push(port);
  }
}

function tab(origin: Origin, name: string) {
  const got: FromWorker[] = [];
  const engine = new Noting();
  origin.tab = name;
  const hello: ToWorker = { t: 'hello', url: 'http://hub/', name: 'live', hasToken: false, credentials: 'omit' };
  const take = elect('live', {
    postMessage: message => {
      got.push(message);
      if (message.t === 'ready') queueMicrotask(() => take(hello));
    },
  }, () => engine as unknown as Engine);
  return { got, engine, heard: () => got.flatMap(message => (message.t === 'published' ? [message.id] : [])) };
}

const published = (id: string): FromWorker => ({ t: 'published', ref: 1, id });
const settled = () => new Promise(resolve => setImmediate(resolve));

/** Three tabs, of which the first leads. */
async function led() {
  const origin = new Origin();
  const first = tab(origin, 'first');
  const second = tab(origin, 'second');
  const third = tab(origin, 'third');
  origin.flow();
  await settled();
  origin.flow();
  return { origin, first, second, third };
}

test('what a leader said comes to the one it was said to', async () => {
  const { origin, first, second, third } = await led();
  assert.equal(first.engine.ports.length, 3);
  first.engine.ports[1]!.postMessage(published('for the second'));
  origin.flow();
  assert.deepEqual(second.heard(), ['for the second']);
  assert.deepEqual(third.heard(), []);
});

test('what a leader said before it went is no news after its successor has the word, neither to that one nor to the others', async () => {
  const { origin, first, second, third } = await led();
  for (const port of first.engine.ports.slice(1)) port.postMessage(published('late'));
  origin.pass('live');
  origin.flow('second');
  await settled();
  origin.flow('third');
  assert.equal(second.engine.ports.length, 2);
  second.engine.ports[1]!.postMessage(published('new'));
  origin.flow('second');
  origin.flow();
  assert.deepEqual(second.heard(), []);
  assert.deepEqual(third.heard(), ['new']);
});
