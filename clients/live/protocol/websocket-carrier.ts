import type { Carrier } from './carrier';
import type { Core } from './core';
import { parseBinary, parseObject, publication, toGap, toMessage } from './forms';
import { Parts } from './parts';
import type { Topic } from './topic';
import type { ConnectionEvent, Draft } from './types';

interface Lane { topic: Topic; isOpen: boolean }

// How long, in milliseconds, an answer may take before the connection counts as dead.
const answerTime = 10_000;

/**
 * roundtrip.live.v1: one socket, and a subscription of the hub for each topic. Each has its own place, behind which it is resumed, and its own order: a large message of one comes in parts, between which those of the others come.
 */
export class WebSocketCarrier implements Carrier {
  readonly name = 'websocket';
  deadline = Infinity;
  private readonly core: Core;
  private readonly parts = new Parts();
  /** By the subscription's number; open once the hub has said where it begins. */
  private readonly lanes = new Map<number, Lane>();
  private id = 0;
  private heartbeat = Infinity;
  private isProbing = false;
  /** Whether the token's time was over: where everybody needs one, the hub has ended the subscriptions with it. */
  private hasExpired = false;

  constructor(core: Core) {
    this.core = core;
  }

  open(): void {
    this.id = this.core.socket((event, now) => this.take(event, now));
  }

  start(): void {
    // A browser's WebSocket has no fields of its own, and a query is written into logs: so the token comes first of all that is said.
    if (this.core.token !== null) this.send({ op: 'token', token: this.core.token });
    for (const topic of this.core.topics.values()) this.subscribe(topic);
  }

  add(topic: Topic): void {
    if (this.isInUse) this.subscribe(topic);
  }

  remove(topic: Topic): void {
    for (const [sub, lane] of this.lanes) {
      if (lane.topic !== topic) continue;
      this.lanes.delete(sub);
      if (this.isInUse) this.send({ op: 'unsubscribe', sub });
    }
    this.parts.keep(sub => this.lanes.has(sub));
  }

  publish(ref: number, draft: Draft): boolean {
    this.core.act({ do: 'send', id: this.id, data: publication(ref, draft), ref });
    return true;
  }

  token(token: string): boolean {
    this.send({ op: 'token', token });
    if (this.hasExpired) {
      this.hasExpired = false;
      for (const topic of this.core.topics.values()) {
        this.remove(topic);
        this.subscribe(topic);
      }
    }
    return true;
  }

  // A browser does not show pings. So that a connection that died in silence is noticed, something is asked that has an answer and no effect: no subscription has number 0.
  check(now: number): void {
    this.isProbing = true;
    this.deadline = now + answerTime;
    this.send({ op: 'unsubscribe', sub: 0 });
  }

  due(now: number): void {
    if (this.isProbing) this.core.ladder.down(this, {}, now);
    else this.check(now);
  }

  close(): void {
    this.core.disconnect(this.id);
    this.lanes.clear();
    this.deadline = Infinity;
  }

  private get isInUse(): boolean {
    return this.core.ladder.inUse === this;
  }

  private subscribe(topic: Topic): void {
    const sub = this.core.number();
    this.lanes.set(sub, { topic, isOpen: false });
    this.send({ op: 'subscribe', sub, topics: [topic.selector], ...(topic.cursor === null ? {} : { since: topic.cursor }) });
  }

  private send(command: object): void {
    this.core.act({ do: 'send', id: this.id, data: JSON.stringify(command) });
  }

  private take(event: ConnectionEvent, now: number): void {
    if (event.on === 'end') {
      if (event.code === 1009) this.core.publications.tooLarge();
      this.core.ladder.down(this, { code: event.code }, now);
      return;
    }
    if (event.on !== 'text' && event.on !== 'bytes') return;
    this.isProbing = false;
    this.deadline = now + 2 * this.heartbeat;
    const came = event.on === 'bytes' ? parseBinary(event.bytes) : { head: parseObject(event.text), content: undefined };
    if (came?.head) this.answer(came.head, came.content, now);
    else this.core.ladder.down(this, {}, now);
  }

  private answer(head: Record<string, any>, content: ArrayBuffer | undefined, now: number): void {
    const lane = this.lanes.get(head.sub);
    switch (head.op) {
      case 'welcome':
        if (head.heartbeat > 0) this.heartbeat = head.heartbeat;
        this.deadline = now + 2 * this.heartbeat;
        this.core.ladder.up(this, now);
        break;
      case 'subscribed':
        if (!lane) break;
        lane.isOpen = true;
        this.core.begun(lane.topic, head.from);
        break;
      case 'message':
        this.message(head, content, head.subs ?? (head.sub === undefined ? this.whoWants(head) : [head.sub]));
        break;
      case 'part':
        this.part(head, content, now);
        break;
      case 'place':
        if (lane) this.core.place(lane.topic, String(head.id));
        break;
      case 'gap':
        if (lane) this.core.gap(lane.topic, toGap(head));
        break;
      case 'published':
        this.core.publications.published(head.ref, String(head.id));
        break;
      case 'expired':
        this.hasExpired = true;
        this.core.expired();
        break;
      case 'error':
        this.error(head, lane, now);
        break;
    }
  }

  private error(head: Record<string, any>, lane: Lane | undefined, now: number): void {
    const status = Number(head.status) || 500;
    const text = String(head.text ?? '');
    if (head.ref > 0) {
      this.core.publications.refused(head.ref, status, text);
    } else if (status === 401 || (lane && status === 503)) {
      // Another token, or another time: what stands at this place is not lost.
      this.core.ladder.down(this, { status }, now);
    } else if (lane) {
      this.lanes.delete(head.sub);
      this.core.refuse(lane.topic, status, text);
    }
  }

  private part(head: Record<string, any>, content: ArrayBuffer | undefined, now: number): void {
    if (!Array.isArray(head.subs) || !head.subs.some(sub => this.lanes.has(sub))) return;
    const whole = this.parts.take(head, content);
    if (whole) this.message(whole.head, whole.content, head.subs);
    else if (whole === null) this.core.ladder.down(this, {}, now);
  }

  // The hub says for which subscriptions a message is, where more than one wants it.
  private whoWants(head: Record<string, any>): number[] {
    const message = toMessage(head);
    return [...this.lanes].filter(([, { topic, isOpen }]) => isOpen && topic.wants(message)).map(([sub]) => sub);
  }

  private message(head: Record<string, any>, content: ArrayBuffer | undefined, subs: number[]): void {
    const message = toMessage(head, content);
    for (const sub of subs) {
      const lane = this.lanes.get(sub);
      if (!lane) continue;
      // The hub has ended it.
      if (message.id === 'CLOSE') this.lanes.delete(sub);
      this.core.deliver(lane.topic, message);
    }
  }
}
