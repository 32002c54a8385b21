import { Core } from '../protocol/core';
import type { Message } from '../protocol/types';
import { Driver, type Outcome } from '../transports/driver';
import type { FromWorker, Port, ToWorker } from './messages';
import { large, parseHere, Parser } from './parser';

interface Tab {
  port: Port;
  hasToken: boolean;
  /** The tab's own numbers of subscriptions and publications, and ours. */
  subs: Map<number, number>;
}

interface Target { tab: Tab; sub: number; json: boolean; order: Promise<void> | null }

/** One connection for many tabs: keeps whose subscription is whose. */
export class Engine {
  private driver: Driver | undefined;
  private readonly tabs = new Map<Port, Tab>();
  private readonly targets = new Map<number, Target>();
  private readonly refs = new Map<number, { tab: Tab; ref: number }>();
  private readonly parser: Parser | null;
  private asked: Tab | null = null;
  private isAsking = false;
  private state: FromWorker | undefined;
  private count = 0;

  constructor(makeWorker: (() => Worker) | null) {
    this.parser = makeWorker && new Parser(makeWorker);
  }

  take(port: Port, message: ToWorker): void {
    if (message.t === 'hello') {
      this.hello(port, message);
      return;
    }
    const tab = this.tabs.get(port);
    if (!tab || !this.driver) return;
    switch (message.t) {
      case 'subscribe': {
        const sub = ++this.count;
        tab.subs.set(message.sub, sub);
        this.targets.set(sub, { tab, sub: message.sub, json: message.json, order: null });
        this.driver.send({ on: 'subscribe', sub, topic: message.topic, since: message.since });
        break;
      }
      case 'unsubscribe':
        this.unsubscribe(tab, message.sub);
        break;
      case 'publish': {
        const ref = ++this.count;
        this.refs.set(ref, { tab, ref: message.ref });
        this.driver.send({ on: 'publish', ref, draft: message.draft });
        break;
      }
      case 'token':
        if (tab === this.asked) this.answer(message.token);
        break;
      case 'lock':
        this.watch(port, message.lock);
        break;
      case 'online':
        this.driver.send({ on: 'online' });
        break;
      case 'bye':
        this.leave(port);
        break;
    }
  }

  /** A tab is gone. */
  leave(port: Port): void {
    const tab = this.tabs.get(port);
    if (!tab) return;
    this.tabs.delete(port);
    for (const sub of [...tab.subs.keys()]) this.unsubscribe(tab, sub);
    if (tab === this.asked) this.ask();
  }

  private hello(port: Port, { url, hasToken, credentials, carriers, start, lock }: Extract<ToWorker, { t: 'hello' }>): void {
    this.leave(port);
    this.tabs.set(port, { port, hasToken, subs: new Map() });
    if (lock) this.watch(port, lock);
    if (!this.driver) {
      const core = new Core(url, { random: Math.random, hasToken, start, ...(carriers ? { carriers } : {}) });
      this.driver = new Driver(core, credentials, outcome => this.tell(outcome));
    }
    if (this.isAsking && !this.asked) this.ask();
    if (this.state) port.postMessage(this.state);
  }

  // A tab that is killed says nothing, but its lock becomes free.
  private watch(port: Port, lock: string): void {
    void navigator.locks.request(lock, () => this.leave(port));
  }

  private unsubscribe(tab: Tab, number: number): void {
    const sub = tab.subs.get(number);
    if (sub === undefined) return;
    tab.subs.delete(number);
    this.targets.delete(sub);
    this.driver!.send({ on: 'unsubscribe', sub });
  }

  private tell(outcome: Outcome): void {
    switch (outcome.do) {
      case 'state':
        this.state = { t: 'state', state: outcome.state };
        for (const port of this.tabs.keys()) port.postMessage(this.state);
        break;
      case 'token':
        this.isAsking = true;
        this.ask();
        break;
      case 'published':
      case 'refused':
      case 'sent': {
        const to = this.refs.get(outcome.ref);
        if (!to) return;
        if (outcome.do !== 'sent') this.refs.delete(outcome.ref);
        const { do: t, ...rest } = outcome;
        to.tab.port.postMessage({ t, ...rest, ref: to.ref } as FromWorker);
        break;
      }
      default: {
        const target = this.targets.get(outcome.sub);
        if (!target) return;
        if (outcome.do === 'message') {
          this.give(target, outcome.message, outcome.at);
        } else {
          const { do: t, ...rest } = outcome;
          if (t === 'ended' || t === 'failed') this.targets.delete(outcome.sub);
          this.post(target, { t, ...rest, sub: target.sub } as FromWorker);
        }
      }
    }
  }

  // One tab is asked, the latest: its user is the one who looks. If it goes, another.
  private ask(): void {
    this.asked = [...this.tabs.values()].reverse().find(tab => tab.hasToken) ?? null;
    this.asked?.port.postMessage({ t: 'token' });
  }

  private answer(token: string | null): void {
    this.asked = null;
    this.isAsking = false;
    this.driver!.send({ on: 'token', token });
  }

  private give(target: Target, message: Message, at: string | null): void {
    const { data } = message;
    const base = { t: 'message', sub: target.sub, at } as const;
    if (typeof data !== 'string') {
      // Others may get the same bytes: each gets a copy, which then moves.
      const copy = data.slice(0);
      this.post(target, { ...base, message: { ...message, data: copy } }, [copy]);
    } else if (!target.json) {
      this.post(target, { ...base, message });
    } else if (data.length < large) {
      const { value, fault } = parseHere(0, data);
      this.post(target, { ...base, message: { ...message, data: fault ? data : value }, ...(fault ? { fault } : {}) });
    } else if (!this.parser) {
      this.post(target, { ...base, message, raw: true });
    } else {
      const parsed = this.parser.parse(data);
      this.queue(target, async () => {
        const { value, fault } = await parsed;
        target.tab.port.postMessage({ ...base, message: { ...message, data: fault ? data : value }, ...(fault ? { fault } : {}) });
      });
    }
  }

  // What comes behind a message that is being parsed waits for it.
  private post(target: Target, message: FromWorker, transfer: Transferable[] = []): void {
    if (target.order) this.queue(target, () => target.tab.port.postMessage(message, transfer));
    else target.tab.port.postMessage(message, transfer);
  }

  private queue(target: Target, work: () => void | Promise<void>): void {
    const order: Promise<void> = (target.order ?? Promise.resolve()).then(work).then(() => {
      if (target.order === order) target.order = null;
    });
    target.order = order;
  }
}
