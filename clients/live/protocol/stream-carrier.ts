import type { Carrier } from './carrier';
import type { Core } from './core';
import { EventStream, type StreamEvent } from './event-stream';
import { parseObject, toGap } from './forms';
import { isExact } from './template';
import type { Topic } from './topic';
import type { ConnectionEvent, Message } from './types';

// An event does not say its topic, so each selector has a stream of its own. Over HTTP/1.1 a browser opens six connections to an origin; two are left to the application.
const mostLanes = 4;
// Comments come as heartbeats; a stream without a byte for this long, in milliseconds, is dead.
const silence = 90_000;

interface Lane {
  topic: Topic;
  id: number;
  stream: EventStream;
  /** Whether it works or has ended. A head alone is no sign of that: what stands between may hold back all that follows. */
  isSettled: boolean;
  heardAt: number;
  /** Messages whose bytes are on their way, and those behind them. */
  queue: (Message & { request?: number })[];
}

/** Server-sent events, read with fetch: so the token need not stand in the query, and statuses are seen. */
export class StreamCarrier implements Carrier {
  readonly name = 'sse';
  private readonly core: Core;
  private readonly lanes = new Map<Topic, Lane>();
  private isUp = false;

  constructor(core: Core) {
    this.core = core;
  }

  get deadline(): number {
    return Math.min(...[...this.lanes.values()].map(lane => lane.heardAt + silence), Infinity);
  }

  open(now: number): void {
    if (this.core.topics.size > mostLanes) {
      this.core.ladder.down(this, {}, now);
      return;
    }
    for (const topic of this.core.topics.values()) this.add(topic, now);
    this.rise(now);
  }

  start(now: number): void {
    for (const topic of this.core.topics.values()) if (!this.lanes.has(topic)) this.add(topic, now);
  }

  add(topic: Topic, now: number): void {
    if (this.lanes.size === mostLanes) {
      this.core.ladder.down(this, {}, now);
      return;
    }
    const lane: Lane = { topic, id: 0, stream: new EventStream(), isSettled: false, heardAt: now, queue: [] };
    const query: [string, string][] = [['topic', topic.selector], ...(topic.cursor === null ? [] : [['lastEventID', topic.cursor] as [string, string]])];
    this.lanes.set(topic, lane);
    lane.id = this.core.request({ query, as: 'stream', accept: 'text/event-stream' }, (event, at) => this.take(lane, event, at));
  }

  remove(topic: Topic): void {
    const lane = this.lanes.get(topic);
    if (!lane) return;
    this.lanes.delete(topic);
    this.core.disconnect(lane.id);
    for (const message of lane.queue) this.core.disconnect(message.request ?? 0);
  }

  publish(): boolean {
    return false;
  }

  token(): boolean {
    return false;
  }

  check(): void {}

  due(now: number): void {
    this.core.ladder.down(this, {}, now);
  }

  close(): void {
    for (const topic of [...this.lanes.keys()]) this.remove(topic);
  }

  private take(lane: Lane, event: ConnectionEvent, now: number): void {
    lane.heardAt = now;
    if (event.on === 'head') {
      lane.isSettled = event.status !== 200;
      // 204 ends an EventSource: nothing more comes.
      if (event.status === 204) this.core.finish(lane.topic);
      // 400 and 403 of the hub hold for as long as the topic is asked for; of what stands between, perhaps not for the next carrier.
      else if (event.isHubs && (event.status === 400 || event.status === 403)) this.core.refuse(lane.topic, event.status, 'the hub refuses this topic');
      else if (event.status !== 200) {
        // Over HTTP/2 the hub counts the topics of all streams together. With no more of ours than it allows, what is one too many is somebody else's: then polling may do.
        if (event.isHubs && event.status === 429 && event.limit) this.core.refuseBeyond(event.limit, [...this.lanes.keys()]);
        if (this.lanes.has(lane.topic)) this.core.ladder.down(this, { status: event.status, retryAfter: event.retryAfter }, now);
      }
      else this.core.begun(lane.topic, event.lastEventId);
      this.rise(now);
    } else if (event.on === 'text') {
      lane.isSettled = true;
      this.rise(now);
      for (const item of lane.stream.feed(event.text)) if (this.lanes.get(lane.topic) === lane) this.event(lane, item, now);
      const { lastId } = lane.stream;
      // An id without an event: nothing that the topic wants is left up to there.
      if (lastId && lane.queue.length === 0 && lane.topic.cursor !== lastId && this.lanes.get(lane.topic) === lane) this.core.place(lane.topic, lastId);
    } else if (event.on === 'end') {
      this.core.ladder.down(this, { code: event.code }, now);
    }
  }

  private rise(now: number): void {
    if (this.isUp || [...this.lanes.values()].some(lane => !lane.isSettled)) return;
    this.isUp = true;
    this.core.ladder.up(this, now);
  }

  private event(lane: Lane, event: StreamEvent, now: number): void {
    if (event.type === 'gap') {
      const gap = parseObject(event.data);
      if (gap) this.core.gap(lane.topic, toGap(gap));
      return;
    }
    const message: Message & { request?: number } = { id: event.id, topics: isExact(lane.topic.selector) ? [lane.topic.selector] : [], data: event.data };
    if (event.type === 'binary') {
      message.request = this.fetch(lane, message, event.data, now);
      if (message.request === 0) return;
    } else if (event.type) {
      message.type = event.type;
    }
    lane.queue.push(message);
    this.flush(lane);
  }

  // Bytes are fetched by the URL that stands in their place, of the hub alone: it is asked for with the token.
  private fetch(lane: Lane, message: Message & { request?: number }, data: string, now: number): number {
    const hub = new URL(this.core.url);
    const url = new URL(data, hub);
    if (url.origin !== hub.origin || !url.pathname.startsWith(`${hub.pathname}/messages/`)) {
      this.core.ladder.down(this, {}, now);
      return 0;
    }
    let status = 0;
    return this.core.request({ path: url.href, as: 'bytes', accept: '*/*' }, (event, at) => {
      if (event.on === 'head') status = event.status;
      if (event.on === 'bytes' && status === 200) {
        message.data = event.bytes;
        delete message.request;
        this.flush(lane);
      } else if (event.on === 'end' && message.request !== undefined) {
        // 404 and 410: the history no longer has it.
        if (status === 404 || status === 410) this.core.gap(lane.topic, { after: lane.topic.cursor ?? '', before: message.id, count: 1, reason: 'expired' });
        else {
          this.core.ladder.down(this, { status: status === 401 ? 401 : 0 }, at);
          return;
        }
        lane.queue.splice(lane.queue.indexOf(message), 1);
        this.flush(lane);
      }
    });
  }

  private flush(lane: Lane): void {
    while (lane.queue.length > 0 && lane.queue[0]!.request === undefined) this.core.deliver(lane.topic, lane.queue.shift()!);
  }
}
