import type { Carrier } from './carrier';
import type { Core } from './core';
import { ask, Meeting, sharedPlace } from './meeting';
import type { Topic } from './topic';

// How long the hub may hold an answer, in seconds, and how much longer it may take, in milliseconds.
const wait = 25;
const grace = 15_000;
// Between short polls, in milliseconds.
const interval = 3000;

/** Long or short polling: one request for all topics, which must have one place for that. */
export class PollCarrier implements Carrier {
  readonly name: 'longpoll' | 'shortpoll';
  private readonly core: Core;
  private request = 0;
  private requestBy = Infinity;
  private nextAt = Infinity;
  private isUp = false;
  private meeting: Meeting | null = null;
  /** Whether the hub has refused all topics at once, and each has been looked at since. */
  private wasApart = false;

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
    this.meeting?.leave(topic);
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
    if (now >= this.requestBy) this.core.ladder.down(this, {}, now);
    else this.poll(now);
  }

  close(): void {
    this.core.disconnect(this.request);
    this.meeting?.close();
    this.meeting = null;
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
    if (topics.length === 0) {
      this.rise(now);
      return;
    }
    const place = sharedPlace(topics);
    if (place === undefined || place === null) {
      this.meet(topics, now);
      return;
    }
    // The first is answered at once, so that it is soon known whether this works.
    const seconds = this.name === 'longpoll' && this.isUp ? wait : 0;
    this.requestBy = now + seconds * 1000 + grace;
    this.request = ask(this.core, topics, place, seconds, (poll, at) => {
      this.requestBy = Infinity;
      this.wasApart = false;
      this.rise(at);
      // An answer that came at once and moved nothing would come at once again.
      const isHeld = this.name === 'longpoll' && (seconds === 0 || poll.items.length > 0 || at - now >= interval);
      this.nextAt = poll.more || isHeld ? at : at + interval;
    }, (status, retryAfter, at) => {
      // One of them may be bad, and none need wait for it for ever. Where none is, that they are asked for together is what fails.
      const left = topics.filter(topic => this.core.has(topic));
      if (status === 400 && left.length > 1 && !this.wasApart) {
        this.wasApart = true;
        this.meet(left, at);
      } else {
        this.failed(status, retryAfter, at);
      }
    });
  }

  private meet(topics: Topic[], now: number): void {
    this.requestBy = now + grace;
    this.meeting = new Meeting(this.core, topics, (_, at) => {
      this.meeting = null;
      this.requestBy = Infinity;
      this.rise(at);
      this.nextAt = at;
    }, (status, retryAfter, at) => this.failed(status, retryAfter, at));
    this.meeting.start();
  }

  private failed(status: number, retryAfter: number | undefined, now: number): void {
    this.requestBy = Infinity;
    this.meeting = null;
    // There is nothing more of what was asked for.
    if (status === 204) {
      this.wasApart = false;
      this.rise(now);
      this.nextAt = now;
    } else {
      this.core.ladder.down(this, { status, retryAfter }, now);
    }
  }

  private rise(now: number): void {
    if (this.isUp) return;
    this.isUp = true;
    this.core.ladder.up(this, now);
  }
}
