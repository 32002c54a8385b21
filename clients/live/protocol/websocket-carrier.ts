import type { Carrier, Down } from './carrier';
import type { Core } from './core';
import { parseBinary, parseObject, publication, toGap, toMessage } from './forms';
import { Meeting, sharedPlace } from './meeting';
import type { Topic } from './topic';
import type { ConnectionEvent, Draft, Message } from './types';

interface Parts { texts: string[]; overtakes: boolean }

// How long, in milliseconds, an answer may take before the connection counts as dead.
const answerTime = 10_000;

/**
 * roundtrip.live.v1: one socket, and one subscription of the hub for all topics, so that all that comes is in the order of the log, and its last id is the place of all.
 */
export class WebSocketCarrier implements Carrier {
  readonly name = 'websocket';
  deadline = Infinity;
  private readonly core: Core;
  private readonly parts = new Map<string, Parts>();
  private id = 0;
  private heartbeat = Infinity;
  private isProbing = false;
  /** The subscription's number; 0 for none. */
  private sub = 0;
  /** What it is for, once the hub has said where it begins: nothing else may get what comes. */
  private topics = new Set<Topic>();
  private asked: Topic[] = [];
  private meeting: Meeting | null = null;

  constructor(core: Core) {
    this.core = core;
  }

  open(): void {
    this.id = this.core.socket((event, now) => this.take(event, now));
  }

  start(now: number): void {
    // A browser's WebSocket has no fields of its own, and a query is written into logs: so the token comes first of all that is said.
    if (this.core.token !== null) this.send({ op: 'token', token: this.core.token });
    this.join(now);
  }

  add(_topic: Topic, now: number): void {
    if (this.core.ladder.inUse === this) this.join(now);
  }

  remove(topic: Topic): void {
    this.topics.delete(topic);
    this.meeting?.leave(topic);
    if (this.core.topics.size === 0) this.unsubscribe();
  }

  publish(ref: number, draft: Draft): boolean {
    this.core.act({ do: 'send', id: this.id, data: publication(ref, draft), ref });
    return true;
  }

  token(token: string, now: number): boolean {
    this.send({ op: 'token', token });
    // Where everybody needs a token the hub has ended the subscription with the one before.
    this.join(now);
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
    this.meeting?.close();
    this.meeting = null;
    this.deadline = Infinity;
  }

  // Subscribes to all topics from the place that they share. What the subscription before still brings comes again behind that place, and is known then.
  private join(now: number): void {
    const topics = [...this.core.topics.values()];
    this.meeting?.close();
    this.meeting = null;
    if (topics.length === 0) return;
    const place = sharedPlace(topics);
    if (place === undefined) {
      this.meeting = new Meeting(this.core, topics, (_, at) => {
        this.meeting = null;
        this.subscribe(at);
      }, (status, retryAfter, at) => {
        this.meeting = null;
        if (status === 204) this.join(at);
        else this.core.ladder.down(this, { status, retryAfter }, at);
      });
      this.meeting.start();
    } else {
      this.subscribe(now);
    }
  }

  private subscribe(now: number): void {
    const topics = [...this.core.topics.values()];
    const place = sharedPlace(topics);
    if (place === undefined) {
      // One that flows has moved on meanwhile.
      this.join(now);
      return;
    }
    this.unsubscribe();
    this.sub = this.core.number();
    this.asked = topics;
    this.send({ op: 'subscribe', sub: this.sub, topics: topics.map(topic => topic.selector), ...(place === null ? {} : { since: place }) });
  }

  private unsubscribe(): void {
    if (this.sub > 0 && this.core.ladder.inUse === this) this.send({ op: 'unsubscribe', sub: this.sub });
    this.sub = 0;
  }

  private send(command: object): void {
    this.core.act({ do: 'send', id: this.id, data: JSON.stringify(command) });
  }

  private take(event: ConnectionEvent, now: number): void {
    if (event.on === 'end') {
      const why: Down = { code: event.code };
      if (event.code === 1009) this.core.publications.tooLarge();
      this.core.ladder.down(this, why, now);
      return;
    }
    if (event.on !== 'text' && event.on !== 'bytes') return;
    this.isProbing = false;
    this.deadline = now + 2 * this.heartbeat;
    if (event.on === 'bytes') {
      const binary = parseBinary(event.bytes);
      if (binary?.head.op === 'message') this.message(toMessage(binary.head, binary.content), this.parts.size === 0);
      else this.core.ladder.down(this, {}, now);
    } else {
      const answer = parseObject(event.text);
      if (answer) this.answer(answer, now);
      else this.core.ladder.down(this, {}, now);
    }
  }

  private answer(answer: Record<string, any>, now: number): void {
    switch (answer.op) {
      case 'welcome':
        if (answer.heartbeat > 0) this.heartbeat = answer.heartbeat;
        this.deadline = now + 2 * this.heartbeat;
        this.core.ladder.up(this, now);
        break;
      case 'subscribed':
        if (answer.sub !== this.sub) break;
        this.topics = new Set(this.asked.filter(topic => this.core.has(topic)));
        for (const topic of this.topics) this.core.begun(topic, answer.from);
        break;
      case 'message':
        // What comes between the parts of another message has overtaken it, and perhaps others behind it.
        this.message(toMessage(answer), this.parts.size === 0);
        break;
      case 'part':
        this.part(String(answer.id), String(answer.text ?? ''), !!answer.last, now);
        break;
      case 'gap':
        if (answer.sub === this.sub) for (const topic of this.topics) this.core.gap(topic, toGap(answer));
        break;
      case 'published':
        this.core.publications.published(answer.ref, String(answer.id));
        break;
      case 'expired':
        this.core.expired();
        break;
      case 'error':
        this.error(answer, now);
        break;
    }
  }

  private error(answer: Record<string, any>, now: number): void {
    const status = Number(answer.status) || 500;
    const text = String(answer.text ?? '');
    if (answer.ref > 0) this.core.publications.refused(answer.ref, status, text);
    else if (status === 401) this.core.ladder.down(this, { status }, now);
    else if (answer.sub === this.sub && this.sub > 0) this.refused(status, text, now);
  }

  // It was the latest topics that the hub does not take; those before them it had taken.
  private refused(status: number, text: string, now: number): void {
    this.sub = 0;
    const known = this.asked.filter(topic => this.topics.has(topic));
    const late = known.length < this.asked.length ? this.asked.filter(topic => !this.topics.has(topic)) : known;
    for (const topic of late) this.core.refuse(topic, status, text);
    this.join(now);
  }

  private part(id: string, text: string, isLast: boolean, now: number): void {
    let parts = this.parts.get(id);
    if (!parts) this.parts.set(id, (parts = { texts: [], overtakes: this.parts.size > 0 }));
    parts.texts.push(text);
    if (!isLast) return;
    this.parts.delete(id);
    const message = parseObject(parts.texts.join(''));
    if (message) this.message(toMessage(message), !parts.overtakes);
    else this.core.ladder.down(this, {}, now);
  }

  // Whatever comes in its turn is the place of all, also of those that do not want it.
  private message(message: Message, advances: boolean): void {
    const isNew = advances && message.id !== 'CLOSE' && ![...this.topics].some(topic => topic.seen.has(message.id));
    this.core.dispatch(message, advances, this.topics);
    if (isNew) for (const topic of this.topics) topic.cursor = message.id;
  }
}
