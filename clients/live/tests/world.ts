// A network and a hub in virtual time, in which a core lives. Every seed is another life.

import assert from 'node:assert/strict';
import { Core } from '../protocol/core';
import { parseBinary } from '../protocol/forms';
import type { Action, CarrierName, ConnectionEvent, CoreOptions, Event, Gap, Message } from '../protocol/types';
import { closing, FakeHub, toEvent, toJson, type Stored } from './fake-hub';

export const url = 'https://hub.test/.well-known/mercure';

/** mulberry32. */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Got = { message: Message; at: string | null } | { gap: Gap } | { ended: true } | { failed: number };

interface Place { selectors: string[]; offset: number; pending: Stored[]; long: { id: string; subs: number[]; text: string; at: number } | null }

interface Open { id: number; carrier: CarrierName | 'other'; cut(code: number): void; expire?(): void; take?(data: string | ArrayBuffer): void; stop(): void }

export class World {
  now = 0;
  readonly hub: FakeHub;
  readonly core: Core;
  /** Whether something in between lets the heads of event streams through and no more. */
  holdsStreams = false;
  readonly works: Record<CarrierName | 'other', boolean> = { websocket: true, sse: true, longpoll: true, shortpoll: true, other: true };
  readonly got = new Map<number, Got[]>();
  readonly states: string[] = [];
  readonly published = new Map<number, string>();
  readonly refused = new Map<number, number>();
  readonly open = new Map<number, Open>();
  /** Tokens that the hub takes; null for anybody. */
  tokens: Set<string> | null = null;
  /** Whether a socket's token is good for publishing. */
  socketPublishes = true;
  requests = 0;
  /** How many topics a connection has at most, its streams together. */
  mostTopics = Infinity;
  /** How many event streams other tabs have on it. */
  otherStreams = 0;
  /** How many polls were answered or are held. */
  polls = 0;
  storeIsAway = false;
  /** How requests for messages are refused, and whether the hub does that itself. */
  refusal: { status: number; isHubs: boolean } | null = null;
  /** Topics for which the hub answers 400, whatever else is asked for with them. */
  readonly badTopics = new Set<string>();
  /** Whether the hub allows the page's origin, as it says when it is asked; null where no answer comes. */
  allowsOrigin: boolean | null = null;
  /** How many topics a request has at most. */
  mostAtOnce = Infinity;
  /** How publications by POST are refused, each in its turn; null lets one through. */
  readonly refusals: ({ status: number; isHubs: boolean } | null)[] = [];
  tokensAsked = 0;
  nextToken: (() => string | null) | null = null;
  /** How long a part takes. */
  partTime = 30;
  /** Whether events of closed connections still come, and some twice. */
  isNoisy = false;
  private readonly rnd: () => number;
  private readonly tasks: { at: number; n: number; run(): void }[] = [];
  private count = 0;

  constructor(seed = 1, hub = new FakeHub(), options: Partial<CoreOptions> = {}) {
    this.rnd = random(seed);
    this.hub = hub;
    this.core = new Core(url, { random: this.rnd, ...options });
  }

  random(): number {
    return this.rnd();
  }

  later(delay: number, run: () => void): void {
    this.tasks.push({ at: this.now + delay, n: this.count++, run });
  }

  send(event: Event): void {
    for (const action of this.core.handle(event, this.now)) this.perform(action);
  }

  subscribe(sub: number, topic: string, since?: string): Got[] {
    const list: Got[] = [];
    this.got.set(sub, list);
    this.send({ on: 'subscribe', sub, topic, since });
    return list;
  }

  run(time: number): void {
    const end = this.now + time;
    for (;;) {
      this.tasks.sort((a, b) => a.at - b.at || a.n - b.n);
      const task = this.tasks[0];
      const at = Math.min(task?.at ?? Infinity, Math.max(this.core.deadline, this.now));
      if (at > end) break;
      this.now = at;
      if (task && task.at <= at) {
        this.tasks.shift();
        task.run();
      } else {
        this.send({ on: 'time' });
      }
    }
    this.now = end;
  }

  /** Ends what is open of a carrier. */
  cut(carrier?: CarrierName, code = 1006): void {
    for (const open of [...this.open.values()]) if (!carrier || open.carrier === carrier) open.cut(code);
  }

  /** The tokens' time is over, and nobody may subscribe without one. */
  expire(): void {
    for (const open of this.open.values()) open.expire?.();
  }

  get carriers(): string[] {
    return [...this.open.values()].map(open => open.carrier);
  }

  private perform(action: Action): void {
    switch (action.do) {
      case 'socket': this.socket(action.id); break;
      case 'request': this.request(action); break;
      case 'send': this.open.get(action.id)?.take?.(action.data); break;
      case 'disconnect': this.open.get(action.id)?.stop(); this.open.delete(action.id); break;
      case 'token':
        this.tokensAsked++;
        this.later(5, () => this.send({ on: 'token', token: this.nextToken?.() ?? null }));
        break;
      case 'state': this.states.push(`${action.state.phase}${action.state.carrier ? ` ${action.state.carrier}` : ''}`); break;
      case 'message': this.got.get(action.sub)?.push({ message: action.message, at: action.at }); break;
      case 'gap': this.got.get(action.sub)?.push({ gap: action.gap }); break;
      case 'ended': this.got.get(action.sub)?.push({ ended: true }); break;
      case 'failed': this.got.get(action.sub)?.push({ failed: action.status }); break;
      case 'published': this.published.set(action.ref, action.id); break;
      case 'refused': this.refused.set(action.ref, action.status); break;
      case 'began': break;
    }
  }

  /** A way for events to the core that keeps their order and takes time; what is on its way when it is cut is lost. */
  private line(id: number, carrier: CarrierName | 'other'): { say(event: ConnectionEvent, delay?: number): void; open: Open } {
    let last = this.now;
    let alive = true;
    const open: Open = {
      id,
      carrier,
      stop: () => { alive = false; },
      cut: code => {
        alive = false;
        this.open.delete(id);
        this.send({ on: 'end', id, code });
      },
    };
    this.open.set(id, open);
    const say = (event: ConnectionEvent, delay = 0) => {
      last = Math.max(last, this.now + delay) + 1 + this.rnd() * 20;
      const at = last;
      this.later(at - this.now, () => {
        if (!alive && !(this.isNoisy && this.rnd() < 0.5)) return;
        if (event.on === 'end') this.open.delete(id);
        this.send(event);
        if (this.isNoisy && event.on === 'text' && event.text.includes('"op":"message"') && this.rnd() < 0.1) this.send(event);
      });
    };
    return { say, open };
  }

  private isAllowed(token: string | undefined): boolean {
    return !this.tokens || (token !== undefined && this.tokens.has(token));
  }

  private socket(id: number): void {
    const { say, open } = this.line(id, 'websocket');
    let token: string | undefined;
    if (!this.works.websocket) {
      say({ on: 'end', id, code: 1006 });
      return;
    }
    const places = new Map<number, Place>();
    const outbox: string[] = [];
    let isPumping = false;
    let turn = 0;
    const tell = (value: object) => outbox.push(JSON.stringify(value));
    const covers = (place: Place, message: Stored) => this.hub.after(message.offset, place.selectors)[0] === message;
    // What a subscription has next. Where others want it too the hub says for which it is, and sometimes those that have come as far get it together.
    const next = (sub: number, place: Place): string | undefined => {
      if (!place.long) {
        const message = place.pending.shift();
        if (!message) return undefined;
        const others = [...places].filter(([, other]) => other !== place && covers(other, message));
        const together = others.filter(([, other]) => !other.long && other.pending[0] === message && this.rnd() < 0.7);
        for (const [, other] of together) other.pending.shift();
        const subs = [sub, ...together.map(([number]) => number)];
        const text = JSON.stringify(toJson(message));
        if (text.length < 300) return others.length > 0 ? `{"subs":[${subs}],${text.slice(1)}` : text;
        place.long = { id: message.id, subs, text, at: 0 };
        for (const [, other] of together) other.long = place.long;
      }
      const { long } = place;
      const text = long.text.slice(long.at, (long.at += 200));
      const isLast = long.at >= long.text.length;
      if (isLast) for (const other of places.values()) if (other.long === long) other.long = null;
      return JSON.stringify({ op: 'part', subs: long.subs, id: long.id, last: isLast, text });
    };
    const pump = () => {
      let text = this.open.has(id) ? outbox.shift() : undefined;
      const turns = [...places];
      for (let i = 0; i < turns.length && text === undefined && this.open.has(id); i++) text = next(...turns[turn++ % turns.length]!);
      if (text === undefined) {
        isPumping = false;
        return;
      }
      say({ on: 'text', id, text });
      this.later(text.startsWith('{"op":"part"') ? this.partTime : 0, pump);
    };
    const flush = () => {
      if (isPumping) return;
      isPumping = true;
      pump();
    };
    const bring = () => {
      for (const [sub, place] of places) {
        place.pending.push(...this.hub.after(place.offset, place.selectors));
        place.offset = this.hub.next;
        // Now and then one hears how far it is, though nothing was for it.
        if (!place.long && place.pending.length === 0 && this.hub.messages.length > 0 && this.rnd() < 0.2) tell({ op: 'place', sub, id: this.hub.lastId });
      }
      flush();
    };
    const listener = () => { if (this.open.has(id)) bring(); else this.hub.listeners.delete(listener); };
    this.hub.listeners.add(listener);
    open.expire = () => {
      places.clear();
      tell({ op: 'expired' });
      flush();
    };
    let taken = 0;
    open.take = text => this.later((taken = Math.max(taken, this.now + 5 + this.rnd() * 10)) - this.now, () => {
      if (!this.open.has(id)) return;
      const command = typeof text === 'string' ? JSON.parse(text) : parseBinary(text)!.head;
      if (command.op === 'token') ({ token } = command);
      if (command.op === 'token' && !this.isAllowed(token)) {
        tell({ op: 'error', ref: 0, status: 401, text: 'the token is not valid here' });
        flush();
      } else if (command.op === 'subscribe' && !this.isAllowed(token)) {
        tell({ op: 'error', sub: command.sub, status: 401, text: 'a token is needed to subscribe' });
        flush();
      } else if (command.op === 'subscribe' && places.size >= this.mostTopics) {
        tell({ op: 'error', sub: command.sub, status: 429, text: 'too many topics' });
        flush();
      } else if (command.op === 'subscribe' && this.storeIsAway) {
        tell({ op: 'error', sub: command.sub, status: 503, text: "the hub's store does not answer" });
        flush();
      } else if (command.op === 'subscribe') {
        const { offset, from, gap } = this.hub.resume(command.since);
        places.set(command.sub, { selectors: command.topics, offset, pending: [], long: null });
        tell({ op: 'subscribed', sub: command.sub, from });
        if (gap) tell({ op: 'gap', sub: command.sub, ...gap });
        bring();
      } else if (command.op === 'unsubscribe') {
        places.delete(command.sub);
        tell({ op: 'unsubscribed', sub: command.sub });
        flush();
      } else if (command.op === 'publish') {
        if (this.socketPublishes && this.isAllowed(token)) tell({ op: 'published', ref: command.ref, id: this.hub.publish(command).id });
        else tell({ op: 'error', ref: command.ref, status: 401, text: 'a token that allows to publish is needed' });
        flush();
      } else if (command.op === 'token') {
        tell({ op: 'token' });
        flush();
      }
    });
    say({ on: 'open', id });
    say({ on: 'text', id, text: JSON.stringify({ op: 'welcome', epoch: this.hub.epoch, last: this.hub.lastId, heartbeat: 20_000 }) });
  }

  private request(action: Extract<Action, { do: 'request' }>): void {
    this.requests++;
    const query = new URL(action.url).searchParams;
    const topics = query.getAll('topic');
    const isStream = action.as === 'stream';
    const carrier = isStream ? 'sse' : action.body !== undefined || action.as === 'bytes' ? 'other' : query.has('wait') && query.get('wait') !== '0' ? 'longpoll' : 'shortpoll';
    const { id } = action;
    const { say, open } = this.line(id, carrier);
    const answer = (status: number, text: string) => {
      say({ on: 'head', id, status });
      say({ on: 'text', id, text });
      say({ on: 'end', id, code: 1000 });
    };
    if (action.isBare) {
      assert.equal(action.token, undefined);
      if (this.allowsOrigin !== null) say({ on: 'head', id, status: this.allowsOrigin ? 204 : 403, isHubs: !this.allowsOrigin });
      say({ on: 'end', id, code: this.allowsOrigin === null ? 1006 : 1000 });
    } else if (!this.works[carrier]) {
      say({ on: 'end', id, code: 1006 });
    } else if (this.refusal && action.as !== 'bytes' && action.body === undefined) {
      say({ on: 'head', id, ...this.refusal });
      say({ on: 'end', id, code: 1000 });
    } else if (action.body === undefined && (topics.length > this.mostAtOnce || topics.some(topic => this.badTopics.has(topic)))) {
      say({ on: 'head', id, status: 400, isHubs: true });
      say({ on: 'end', id, code: 1000 });
    } else if (action.body === undefined && (isStream ? this.otherStreams + [...this.open.values()].filter(one => one.carrier === 'sse').length : topics.length) > this.mostTopics) {
      say({ on: 'head', id, status: 429, isHubs: true, limit: this.mostTopics });
      say({ on: 'end', id, code: 1000 });
    } else if (!this.isAllowed(action.token)) {
      answer(401, '');
    } else if (action.as === 'bytes') {
      const message = this.hub.messages.find(known => known.id === query.get('id'));
      say({ on: 'head', id, status: message ? 200 : 404 }, 50);
      if (message) say({ on: 'bytes', id, bytes: message.bytes!.slice().buffer });
      say({ on: 'end', id, code: 1000 });
    } else if (action.body !== undefined) {
      const { body } = action;
      this.later(10, () => {
        if (!this.open.has(id)) return;
        const refusal = this.refusals.shift();
        if (refusal) {
          say({ on: 'head', id, ...refusal });
          say({ on: 'end', id, code: 1000 });
          return;
        }
        const fields = typeof body === 'string' ? new URLSearchParams(body) : query;
        const content = typeof body === 'string' ? { data: fields.get('data') ?? '' } : { bytes: new Uint8Array(body) };
        answer(200, this.hub.publish({ topics: fields.getAll('topic'), id: fields.get('id')!, ...content }).id);
      });
    } else if (isStream) {
      this.later(10, () => {
        if (!this.open.has(id)) return;
        if (this.hub.isClosed(topics) && query.get('lastEventID') === 'CLOSE') {
          answer(204, '');
          return;
        }
        let { offset, from, gap } = this.hub.resume(query.get('lastEventID'));
        say({ on: 'head', id, status: 200, lastEventId: from });
        if (this.holdsStreams) return;
        say({ on: 'text', id, text: ':\n\n' });
        if (gap) say({ on: 'text', id, text: `event: gap\ndata: ${JSON.stringify({ op: 'gap', ...gap })}\n\n` });
        const bring = () => {
          for (const message of this.hub.after(offset, topics)) {
            const text = toEvent(message, '/.well-known/mercure') + (message.close && this.hub.isClosed(topics) ? closing : '');
            // In two pieces, as a network does it.
            const cut = Math.floor(this.rnd() * text.length);
            say({ on: 'text', id, text: text.slice(0, cut) });
            say({ on: 'text', id, text: text.slice(cut) });
          }
          // Now and then it hears how far it is, though nothing was for it.
          if (offset < this.hub.next && this.hub.after(offset, topics).length === 0 && this.rnd() < 0.2) say({ on: 'text', id, text: `id: ${this.hub.lastId}\n\n` });
          offset = this.hub.next;
        };
        const listener = () => { if (this.open.has(id)) bring(); else this.hub.listeners.delete(listener); };
        this.hub.listeners.add(listener);
        bring();
      });
    } else {
      this.later(10, () => {
        if (!this.open.has(id)) return;
        this.polls++;
        const since = query.get('since');
        // Where others have all places it is answered at once.
        const wait = this.otherStreams + topics.length > this.mostTopics ? 0 : Number(query.get('wait') ?? 0) * 1000;
        const reply = () => answer(200, JSON.stringify(this.hub.poll(topics, since, 7).body));
        if (wait === 0 || !this.hub.poll(topics, since).isEmpty) {
          reply();
          return;
        }
        let done = false;
        const listener = () => {
          if (done || this.hub.poll(topics, since).isEmpty) return;
          done = true;
          this.hub.listeners.delete(listener);
          if (this.open.has(id)) reply();
        };
        this.hub.listeners.add(listener);
        this.later(wait, () => {
          if (done) return;
          done = true;
          this.hub.listeners.delete(listener);
          if (this.open.has(id)) reply();
        });
      });
    }
    void open;
  }
}
