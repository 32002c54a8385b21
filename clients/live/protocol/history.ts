import { backoff } from './backoff';
import type { Core } from './core';
import { parsePoll } from './forms';
import type { Behind, Held, Subscription, Topic } from './topic';
import type { Gap, Message } from './types';

/**
 * The past of single subscriptions, asked for apart from what flows to all. It is asked for once the topic's flow has begun: what the flow does not bring is then in the answer, what both bring is given once,
 * and what the flow brings meanwhile is held.
 */
export class History {
  deadline = Infinity;
  private readonly core: Core;
  /** What is asked for, by request; 0 where it is to be asked for again. */
  private readonly wanted = new Map<Subscription, { topic: Topic; request: number }>();
  private failures = 0;

  constructor(core: Core) {
    this.core = core;
  }

  get isEmpty(): boolean {
    return this.wanted.size === 0;
  }

  start(topic: Topic): void {
    for (const subscription of topic.subscriptions.values()) if (subscription.behind && !this.wanted.has(subscription)) this.ask(topic, subscription);
  }

  /** Nobody wants a subscription's past any more, or it cannot be had. */
  forget(subscription: Subscription): void {
    this.core.disconnect(this.wanted.get(subscription)?.request ?? 0);
    this.wanted.delete(subscription);
  }

  due(): void {
    this.deadline = Infinity;
    for (const [subscription, { topic, request }] of [...this.wanted]) if (request === 0) this.ask(topic, subscription);
  }

  close(): void {
    for (const wanted of this.wanted.values()) this.core.disconnect(wanted.request);
    this.wanted.clear();
    this.deadline = Infinity;
  }

  private ask(topic: Topic, subscription: Subscription): void {
    let status = 0;
    const behind = subscription.behind!;
    // What the flow has brought before the question must be in the answer, or the hub is another one by now: nothing is given before that is seen. An id would tell that by a gap; `earliest` does not.
    if (behind.since === 'earliest') behind.past = behind.held.length > 0 ? [] : null;
    const request = this.core.request({ query: [['topic', topic.selector], ['since', behind.since]] }, (event, now) => {
      if (this.wanted.get(subscription)?.request !== request) return;
      if (event.on === 'head') status = event.status;
      else if (event.on === 'text') this.answer(topic, subscription, status, event.text, now);
      else if (event.on === 'end') this.fail(topic, subscription, status, now);
    });
    this.wanted.set(subscription, { topic, request });
  }

  private answer(topic: Topic, subscription: Subscription, status: number, text: string, now: number): void {
    const behind = subscription.behind!;
    const poll = status === 200 ? parsePoll(text) : null;
    // 204: the topic is closed, and there is nothing behind the id.
    if (!poll && status !== 204) {
      this.fail(topic, subscription, status, now);
      return;
    }
    this.failures = 0;
    for (const item of poll?.items ?? []) {
      if (this.meets(behind, item)) {
        for (const past of behind.past ?? []) this.take(subscription, past);
        if ('reason' in item) this.take(subscription, { ...item, before: first(behind) });
        this.release(topic, subscription);
        return;
      }
      if (behind.past) behind.past.push(item);
      else this.take(subscription, item);
    }
    behind.since = poll?.last ?? behind.since;
    if (poll?.more && topic.subscriptions.has(subscription.sub)) this.ask(topic, subscription);
    else if (behind.past) this.giveUp(topic, subscription, { after: '', before: '', reason: 'unknown-id' });
    else this.release(topic, subscription);
  }

  private take(subscription: Subscription, item: Message | Gap): void {
    if ('reason' in item) this.give(subscription, { item, at: subscription.behind!.since });
    else if (subscription.given!.add(item.id)) this.give(subscription, { item, at: item.id });
  }

  /** The flow has a gap: what is before that cannot be put into order any more once it is asked for again, and is told as one too. */
  giveUp(topic: Topic, subscription: Subscription, gap: Gap): void {
    const behind = subscription.behind!;
    this.core.disconnect(this.wanted.get(subscription)?.request ?? 0);
    this.give(subscription, { item: { after: behind.since, before: first(behind) || gap.before, reason: gap.reason }, at: behind.since });
    this.release(topic, subscription);
  }

  // Where the past reaches what the flow brought, that has the rest; where it begins behind that, it is too late for it.
  private meets(behind: Behind, item: Message | Gap): boolean {
    return behind.held.length > 0 && ('reason' in item || behind.held.some(held => 'id' in held.item && held.item.id === item.id));
  }

  private release(topic: Topic, subscription: Subscription): void {
    const behind = subscription.behind!;
    this.wanted.delete(subscription);
    delete subscription.behind;
    this.core.act({ do: 'began', sub: subscription.sub, at: behind.since });
    for (const held of behind.held) if ('reason' in held.item || subscription.given!.add(held.item.id)) this.give(subscription, held);
    if (!this.core.has(topic)) this.core.act({ do: 'ended', sub: subscription.sub });
  }

  private give(subscription: Subscription, { item, at }: Held): void {
    if ('reason' in item) this.core.act({ do: 'gap', sub: subscription.sub, gap: item });
    else this.core.act({ do: 'message', sub: subscription.sub, message: item, at });
  }

  private fail(topic: Topic, subscription: Subscription, status: number, now: number): void {
    this.wanted.set(subscription, { topic, request: 0 });
    if (status === 401) this.core.expired();
    this.deadline = now + backoff(this.failures++, this.core.random(), 1000);
  }
}

const first = (behind: Behind): string => behind.held.map(held => ('id' in held.item ? held.item.id : ''))[0] ?? '';
