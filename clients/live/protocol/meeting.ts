import type { Core } from './core';
import { parsePoll, type Poll } from './forms';
import type { Topic } from './topic';

type Failed = (status: number, retryAfter: number | undefined, now: number) => void;

/**
 * Brings topics to one place, so that one request or subscription serves them all: they come from carriers on which each had its own, or later than the others. First the place is asked for where the hub is now; whatever is asked for
 * after that answer covers everything up to there. Then each topic's stretch is fetched. Topics without a place begin there. Where the hub refuses several at once it does not say which it has against: their half is asked for, and
 * half of that, until it is one, which the hub then refuses by itself.
 */
export class Meeting {
  private readonly core: Core;
  private readonly topics: Set<Topic>;
  private readonly done: (place: string, now: number) => void;
  private readonly failed: Failed;
  private request = 0;
  /** How many are asked for at once. */
  private most = Infinity;

  constructor(core: Core, topics: Iterable<Topic>, done: (place: string, now: number) => void, failed: Failed) {
    this.core = core;
    this.topics = new Set(topics);
    this.done = done;
    this.failed = failed;
  }

  start(): void {
    const [first] = this.topics;
    this.request = ask(this.core, [first!], null, 0, (poll, now) => this.approach(poll.last, now), this.failed);
  }

  leave(topic: Topic): void {
    this.topics.delete(topic);
  }

  close(): void {
    this.core.disconnect(this.request);
  }

  private approach(place: string, now: number): void {
    for (const topic of this.topics) {
      if (topic.cursor !== null) continue;
      this.core.begun(topic, place);
      this.topics.delete(topic);
    }
    const [first] = this.topics;
    if (!first) {
      this.done(place, now);
      return;
    }
    const same = [...this.topics].filter(topic => topic.cursor === first.cursor).slice(0, this.most);
    this.request = ask(this.core, same, first.cursor, 0, (poll, at) => {
      if (!poll.more) {
        for (const topic of same) {
          if (this.core.has(topic)) topic.cursor = place;
          this.topics.delete(topic);
        }
      }
      this.approach(place, at);
    }, (status, retryAfter, at) => {
      if (status === 400 && same.length > 1) {
        this.most = Math.ceil(same.length / 2);
        this.approach(place, at);
      } else {
        this.failed(status, retryAfter, at);
      }
    });
  }
}

/** Polls for topics that have one place, and gives them what comes. */
export function ask(core: Core, topics: Topic[], since: string | null, seconds: number, then: (poll: Poll, now: number) => void, failed: Failed): number {
  const query = topics.map(topic => ['topic', topic.selector] as [string, string]);
  if (since !== null) query.push(['since', since]);
  if (seconds > 0 || since === null) query.push(['wait', String(seconds)]);
  let status = 0;
  let retryAfter: number | undefined;
  let isHubs: boolean | undefined;
  let limit: number | undefined;
  let isDone = false;
  return core.request({ query }, (event, now) => {
    if (isDone) return;
    if (event.on === 'head') {
      ({ status, retryAfter, isHubs, limit } = event);
    } else if (event.on === 'text' && status === 200) {
      const poll = parsePoll(event.text);
      if (!poll) return;
      isDone = true;
      if (since !== null) take(core, topics, poll);
      then(poll, now);
    } else if (event.on === 'end') {
      isDone = true;
      if (status === 204) for (const topic of topics) core.finish(topic);
      // Which of several topics it has against is not said with 400: whoever asked finds that out.
      const isRefused = isHubs && (status === 403 || (status === 400 && topics.length === 1));
      if (isRefused) for (const topic of topics) core.refuse(topic, status, 'the hub refuses this topic');
      const areTooMany = isHubs && status === 429 && limit && core.refuseBeyond(limit, topics);
      failed(isRefused || areTooMany ? 204 : status, retryAfter, now);
    }
  });
}

function take(core: Core, topics: Topic[], poll: Poll): void {
  const wanted = topics.filter(topic => core.has(topic));
  for (const item of poll.items) {
    if ('reason' in item) for (const topic of wanted) core.gap(topic, item);
    else core.dispatch(item, wanted);
  }
  for (const topic of wanted) {
    topic.cursor = poll.last;
    core.begun(topic, poll.last);
    if (poll.closed) core.finish(topic);
  }
}

/** The place that topics share; undefined where they do not, null where none has one. */
export function sharedPlace(topics: readonly Topic[]): string | null | undefined {
  const place = topics[0]?.cursor ?? null;
  return topics.every(topic => topic.cursor === place) ? place : undefined;
}
