import type { Carrier } from './carrier';
import type { Core } from './core';
import { parsePoll, type Poll } from './forms';
import type { Topic } from './topic';

// How long the hub may hold an answer, in seconds, and how much longer it may take, in milliseconds.
const wait = 25;
const grace = 15_000;
// Between short polls, in milliseconds.
const interval = 3000;

/** Long or short polling: one request for all topics, which must have one place for that. Topics that come from another carrier, or later, are brought to one first. */
export class PollCarrier implements Carrier {
  readonly name: 'longpoll' | 'shortpoll';
  private readonly core: Core;
  private request = 0;
  private requestBy = Infinity;
  private nextAt = Infinity;
  private isUp = false;
  /** A place of the hub, and the topics that have not been brought there. */
  private meeting: { place: string; missing: Set<Topic> } | null = null;

  constructor(core: Core, name: 'longpoll' | 'shortpoll') {
    this.core = core;
    this.name = name;
  }

  get deadline(): number {
    return Math.min(this.requestBy, this.nextAt);
  }

  open(now: number): void {
    this.poll(now);
  }

  start(): void {}

  add(_topic: Topic, now: number): void {
    this.again(now);
  }

  remove(topic: Topic): void {
    this.meeting?.missing.delete(topic);
  }

  publish(): boolean {
    return false;
  }

  token(): boolean {
    return true;
  }

  check(now: number): void {
    this.again(now);
  }

  due(now: number): void {
    if (now >= this.requestBy) this.core.down(this, {}, now);
    else this.poll(now);
  }

  close(): void {
    this.core.disconnect(this.request);
    this.requestBy = this.nextAt = Infinity;
  }

  // A request that is given up costs nothing: no topic has moved.
  private again(now: number): void {
    this.close();
    this.poll(now);
  }

  private poll(now: number): void {
    this.nextAt = Infinity;
    const topics = [...this.core.topics.values()];
    const first = topics[0];
    if (!first) {
      if (!this.isUp) this.rise(now);
      return;
    }
    if (this.meeting) {
      this.approach(this.meeting, now);
    } else if (first.cursor !== null && topics.every(topic => topic.cursor === first.cursor)) {
      const seconds = this.name === 'longpoll' && this.isUp ? wait : 0;
      this.ask(topics, first.cursor, seconds, now, (poll, at) => {
        // An answer that came at once and moved nothing would come at once again.
        const isHeld = this.name === 'longpoll' && (poll.items.length > 0 || at - now >= interval);
        this.nextAt = poll.more || isHeld || (this.name === 'longpoll' && seconds === 0) ? at : at + interval;
      });
    } else {
      // Without a place the answer has none but the hub's own, where it is now. What is asked for after this answer came covers everything up to there.
      this.ask([first], null, 0, now, (poll, at) => {
        this.meeting = { place: poll.last, missing: new Set(this.core.topics.values()) };
        this.approach(this.meeting, at);
      });
    }
  }

  private approach(meeting: { place: string; missing: Set<Topic> }, now: number): void {
    for (const topic of meeting.missing) {
      if (topic.cursor !== null) continue;
      this.core.begun(topic, meeting.place);
      meeting.missing.delete(topic);
    }
    const [first] = meeting.missing;
    if (!first) {
      this.meeting = null;
      this.nextAt = now;
      return;
    }
    const same = [...meeting.missing].filter(topic => topic.cursor === first.cursor);
    this.ask(same, first.cursor!, 0, now, (poll, at) => {
      if (!poll.more) {
        for (const topic of same) {
          if (this.core.has(topic)) topic.cursor = meeting.place;
          meeting.missing.delete(topic);
        }
      }
      this.approach(meeting, at);
    });
  }

  private ask(topics: Topic[], since: string | null, seconds: number, now: number, then: (poll: Poll, now: number) => void): void {
    const query = topics.map(topic => ['topic', topic.selector] as [string, string]);
    if (since !== null) query.push(['since', since]);
    if (seconds > 0 || since === null) query.push(['wait', String(seconds)]);
    let status = 0;
    let retryAfter: number | undefined;
    this.requestBy = now + seconds * 1000 + grace;
    const request = this.core.request({ query }, (event, at) => {
      if (this.request !== request) return;
      if (event.on === 'head') {
        ({ status, retryAfter } = event as { status: number; retryAfter?: number });
      } else if (event.on === 'text' && status === 200) {
        const poll = parsePoll(event.text);
        if (!poll) return;
        this.request = 0;
        this.requestBy = Infinity;
        this.rise(at);
        this.answer(topics, since, poll);
        then(poll, at);
      } else if (event.on === 'end') {
        this.request = 0;
        if (status === 204) {
          for (const topic of topics) this.core.finish(topic);
          this.nextAt = at;
          this.rise(at);
        } else {
          this.core.down(this, { status, retryAfter }, at);
        }
      }
    });
    this.request = request;
  }

  private answer(topics: Topic[], since: string | null, poll: Poll): void {
    if (since === null) return;
    const wanted = topics.filter(topic => this.core.has(topic));
    for (const item of poll.items) {
      if ('reason' in item) for (const topic of wanted) this.core.gap(topic, item);
      else this.core.dispatch(item, true, wanted);
    }
    for (const topic of wanted) {
      topic.cursor = poll.last;
      this.core.begun(topic, poll.last);
      if (poll.closed) this.core.finish(topic);
    }
  }

  private rise(now: number): void {
    if (this.isUp) return;
    this.isUp = true;
    this.core.up(this, now);
  }
}
