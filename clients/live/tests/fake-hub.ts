// A hub as docs/live.md has it, for the tests: the log, its polls, its streams. No sockets and no clock.

import { isExact, matcher } from '../protocol/template';

export interface Stored { offset: number; id: string; topics: string[]; data: string; bytes?: Uint8Array; close?: boolean; type?: string }
export interface FakeGap { after: string; before: string; count?: number; reason: string }

export class FakeHub {
  epoch: string;
  limit: number;
  messages: Stored[] = [];
  next = 0;
  lastId = 'earliest';
  readonly closed = new Set<string>();
  readonly listeners = new Set<(message: Stored) => void>();

  constructor(epoch = 'E1', limit = Infinity) {
    this.epoch = epoch;
    this.limit = limit;
  }

  get first(): number {
    return this.messages[0]?.offset ?? this.next;
  }

  publish(draft: { topics: string[]; data?: string; bytes?: Uint8Array; id?: string; close?: boolean; type?: string }): Stored {
    const known = draft.id === undefined ? undefined : this.messages.find(message => message.id === draft.id);
    if (known) return known;
    const offset = this.next++;
    const stored: Stored = { data: '', ...draft, offset, id: draft.id ?? `#${this.epoch}/${offset}` };
    this.messages.push(stored);
    this.lastId = stored.id;
    while (this.messages.length > this.limit) this.messages.shift();
    if (stored.close) for (const topic of stored.topics) this.closed.add(topic);
    for (const listener of [...this.listeners]) listener(stored);
    return stored;
  }

  /** The store is begun anew. */
  restart(epoch: string): void {
    this.epoch = epoch;
    this.messages = [];
    this.next = 0;
    this.lastId = 'earliest';
  }

  resume(since: string | null | undefined): { offset: number; from: string; gap?: FakeGap } {
    if (since === null || since === undefined) return { offset: this.next, from: this.lastId };
    if (since === 'earliest') return { offset: this.first, from: 'earliest' };
    const known = this.messages.find(message => message.id === since);
    if (known) return { offset: known.offset + 1, from: since };
    const [, epoch, number] = /^#(.*)\/(\d+)$/.exec(since) ?? [];
    const at = Number(number);
    if (epoch === this.epoch && at < this.next && at + 1 >= this.first) return { offset: at + 1, from: since };
    const reason = epoch === undefined || (epoch === this.epoch && at >= this.next) ? 'unknown-id' : epoch !== this.epoch ? 'new-epoch' : 'expired';
    return { offset: this.first, from: 'earliest', gap: { after: since, before: this.messages[0]?.id ?? '', ...(reason === 'expired' ? { count: this.first - at - 1 } : {}), reason } };
  }

  after(offset: number, selectors: string[]): Stored[] {
    const wants = selectors.map(matcher);
    return this.messages.filter(message => message.offset >= offset && message.topics.some(topic => wants.some(want => want(topic))));
  }

  isClosed(selectors: string[]): boolean {
    return selectors.every(selector => isExact(selector) && this.closed.has(selector));
  }

  /** A poll's answer; null where there is nothing to say yet. */
  poll(selectors: string[], since: string | null, most = 100): { body: Record<string, unknown>; isEmpty: boolean } {
    const { offset, from, gap } = this.resume(since);
    const all = this.after(offset, selectors);
    const taken = all.slice(0, most);
    const told = gap && { ...gap, before: taken[0]?.id ?? '' };
    const closed = this.isClosed(selectors);
    return {
      isEmpty: taken.length === 0 && !gap && !closed,
      body: { last: taken.at(-1)?.id ?? since ?? from, ...(told ? { gap: told } : {}), ...(all.length > most ? { more: true } : {}), ...(closed ? { closed } : {}), messages: taken.map(toJson) },
    };
  }
}

export function toJson(message: Stored): Record<string, unknown> {
  const { id, topics, type, close, data, bytes } = message;
  return { op: 'message', id, topics, ...(type ? { type } : {}), ...(close ? { close } : {}), ...(bytes ? { base64: Buffer.from(bytes).toString('base64') } : { data }) };
}

/** What follows the last message of closed topics. */
export const closing = 'id: CLOSE\ndata:\n\n';

export function toEvent(message: Stored, hubPath: string): string {
  const type = message.bytes ? 'binary' : message.type;
  const data = message.bytes ? `${hubPath}/messages/?id=${encodeURIComponent(message.id)}` : message.data;
  return `id: ${message.id}\n${type ? `event: ${type}\n` : ''}${data.split('\n').map(line => `data: ${line}\n`).join('')}\n`;
}
