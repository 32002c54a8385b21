import type { Carrier, Down } from './carrier';
import type { Core } from './core';
import { parseBinary, parseObject, publication, toGap, toMessage } from './forms';
import type { Topic } from './topic';
import type { ConnectionEvent, Draft } from './types';

interface Parts { texts: string[]; overtakes: boolean }

// How long, in milliseconds, an answer may take before the connection counts as dead.
const answerTime = 10_000;

/** roundtrip.live.v1: all topics over one socket, each with its own place. */
export class WebSocketCarrier implements Carrier {
  readonly name = 'websocket';
  deadline = Infinity;
  private readonly core: Core;
  /** The topics whose flow has begun on this socket: what comes before is another's, and would come out of order. */
  private readonly flowing = new Set<Topic>();
  private readonly parts = new Map<string, Parts>();
  private id = 0;
  private heartbeat = Infinity;
  private isProbing = false;

  constructor(core: Core) {
    this.core = core;
  }

  open(): void {
    this.id = this.core.socket((event, now) => this.take(event, now));
  }

  start(): void {
    // Those with a place first: what they are still to get comes before what is yet to come for the others.
    const topics = [...this.core.topics.values()];
    for (const topic of topics) if (topic.cursor !== null) this.add(topic);
    for (const topic of topics) if (topic.cursor === null) this.add(topic);
  }

  add(topic: Topic): void {
    if (this.core.publisher === this) this.send({ op: 'subscribe', sub: topic.number, topics: [topic.selector], ...(topic.cursor === null ? {} : { since: topic.cursor }) });
  }

  remove(topic: Topic): void {
    this.flowing.delete(topic);
    if (this.core.publisher === this) this.send({ op: 'unsubscribe', sub: topic.number });
  }

  publish(ref: number, draft: Draft): boolean {
    this.core.act({ do: 'send', id: this.id, data: publication(ref, draft), ref });
    return true;
  }

  token(token: string): boolean {
    this.send({ op: 'token', token });
    return true;
  }

  // A browser does not show pings. So that a connection that died in silence is noticed, something is asked that has an answer and no effect: no subscription has number 0.
  check(now: number): void {
    this.isProbing = true;
    this.deadline = now + answerTime;
    this.send({ op: 'unsubscribe', sub: 0 });
  }

  due(now: number): void {
    if (this.isProbing) this.core.down(this, {}, now);
    else this.check(now);
  }

  close(): void {
    this.core.disconnect(this.id);
    this.deadline = Infinity;
  }

  private send(command: object): void {
    this.core.act({ do: 'send', id: this.id, data: JSON.stringify(command) });
  }

  private take(event: ConnectionEvent, now: number): void {
    if (event.on === 'end') {
      const why: Down = { code: event.code };
      if (event.code === 1009) this.core.publications.tooLarge();
      this.core.down(this, why, now);
      return;
    }
    if (event.on !== 'text' && event.on !== 'bytes') return;
    this.isProbing = false;
    this.deadline = now + 2 * this.heartbeat;
    if (event.on === 'bytes') {
      const binary = parseBinary(event.bytes);
      if (binary?.head.op === 'message') this.core.dispatch(toMessage(binary.head, binary.content), this.parts.size === 0, this.flowing);
      else this.core.down(this, {}, now);
    } else {
      const answer = parseObject(event.text);
      if (answer) this.answer(answer, now);
      else this.core.down(this, {}, now);
    }
  }

  private answer(answer: Record<string, any>, now: number): void {
    const topic = answer.sub === undefined ? undefined : [...this.core.topics.values()].find(known => known.number === answer.sub);
    switch (answer.op) {
      case 'welcome':
        if (answer.heartbeat > 0) this.heartbeat = answer.heartbeat;
        this.deadline = now + 2 * this.heartbeat;
        this.core.up(this, now);
        break;
      case 'subscribed':
        if (!topic) break;
        this.flowing.add(topic);
        this.core.begun(topic, answer.from);
        break;
      case 'message':
        // What comes between the parts of another message has overtaken it, and perhaps others behind it.
        this.core.dispatch(toMessage(answer), this.parts.size === 0, this.flowing);
        break;
      case 'part':
        this.part(String(answer.id), String(answer.text ?? ''), !!answer.last, now);
        break;
      case 'gap':
        if (topic) this.core.gap(topic, toGap(answer));
        break;
      case 'published':
        this.core.publications.published(answer.ref, String(answer.id));
        break;
      case 'expired':
        this.core.expired();
        break;
      case 'error':
        this.error(answer, topic, now);
        break;
    }
  }

  private error(answer: Record<string, any>, topic: Topic | undefined, now: number): void {
    const status = Number(answer.status) || 500;
    const text = String(answer.text ?? '');
    if (answer.ref !== undefined) this.core.publications.refused(answer.ref, status, text);
    else if (status === 401) this.core.down(this, { status }, now);
    else if (topic) this.core.refuse(topic, status, text);
  }

  private part(id: string, text: string, isLast: boolean, now: number): void {
    let parts = this.parts.get(id);
    if (!parts) this.parts.set(id, (parts = { texts: [], overtakes: this.parts.size > 0 }));
    parts.texts.push(text);
    if (!isLast) return;
    this.parts.delete(id);
    const message = parseObject(parts.texts.join(''));
    if (message) this.core.dispatch(toMessage(message), !parts.overtakes, this.flowing);
    else this.core.down(this, {}, now);
  }
}
