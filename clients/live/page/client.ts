// What a page imports: it keeps what the page wants, and talks to the worker that holds the connection.

import type { CarrierName, Draft, Gap, Message, State } from '../protocol/types';
import { Seen } from '../protocol/seen';
import type { FromWorker, ToWorker } from '../worker/messages';
import { large, parseHere, Parser } from '../worker/parser';

export type { CarrierName, Gap, State } from '../protocol/types';

export interface ConnectOptions {
  /** Gives a token; called for the first, and again when one has expired. */
  token?: () => string | Promise<string>;
  /** The worker's script, beside this one unless it says another. */
  worker?: string | URL;
  workerType?: WorkerType;
  /** Where the connection lives: in a SharedWorker, in a worker of the tab, in the page. The first that there is, unless it says one. */
  home?: 'shared' | 'worker' | 'page';
  /** Only pages that give the same session share a connection: another user, another session. */
  session?: string;
  /** Which carriers may be used, in their order. */
  carriers?: CarrierName[];
  /** Whether cookies go to a hub of another origin. */
  credentials?: RequestCredentials;
}

export type LiveMessage = Omit<Message, 'data'> & { data: any };

export interface SubscribeOptions {
  /** The id behind which to begin; `earliest` for the whole history. What is yet to come, unless it says. */
  since?: string;
  /** Whether messages are JSON: then `data` is its value. */
  json?: boolean;
  onGap?: (gap: Gap) => void;
  /** The topic is closed. */
  onEnd?: () => void;
  onError?: (error: { status: number; text: string }) => void;
}

export type PublishOptions = Partial<Omit<Draft, 'topics' | 'data'>>;

interface Entry extends SubscribeOptions { topic: string; onMessage: (message: LiveMessage) => void; at: string | undefined; seen: Seen; order: Promise<void> | null }
interface Pending { draft: Draft; size: number; done: (id: string) => void; failed: (error: Error) => void }
interface Home { post(message: ToWorker): void; close(): void }

/** A publication that the hub refused: `status` as HTTP would have it. */
export class PublishError extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text || `refused with ${status}`);
    this.status = status;
  }
}

/** A hub, as one page sees it. Events: `state`, `gap`, `error`, each a CustomEvent. */
export class Live extends EventTarget {
  /** What bytes come as, as WebSocket has it. */
  binaryType: BinaryType = 'blob';
  state: State = { phase: 'idle' };
  private readonly url: string;
  private readonly options: ConnectOptions;
  private readonly worker: string;
  private readonly entries = new Map<number, Entry>();
  private readonly pending = new Map<number, Pending>();
  private parser: Parser | undefined;
  private home: Home | undefined;
  private isReady = false;
  private readonly ended = new AbortController();
  private lock: string | undefined;
  private count = 0;
  private buffered = 0;
  private order: Promise<unknown> = Promise.resolve();

  constructor(url: string | URL, options: ConnectOptions = {}) {
    super();
    this.url = new URL(url, location.href).href;
    this.options = options;
    this.worker = new URL(options.worker ?? 'worker.js', options.worker ? location.href : import.meta.url).href;
    const { signal } = this.ended;
    addEventListener('pagehide', () => this.post({ t: 'bye' }), { signal });
    addEventListener('pageshow', event => event.persisted && this.say(), { signal });
    addEventListener('online', () => this.post({ t: 'online' }), { signal });
    this.open(options.home ?? 'shared');
  }

  get carrier(): CarrierName | undefined {
    return this.state.carrier;
  }

  /** How many bytes of publications have not left yet. */
  get bufferedAmount(): number {
    return this.buffered;
  }

  /** Hears a topic, or what a URI template matches. */
  subscribe(topic: string, onMessage: (message: LiveMessage) => void, options: SubscribeOptions = {}): { close(): void } {
    const sub = ++this.count;
    const entry: Entry = { ...options, topic, onMessage, at: options.since, seen: new Seen(256), order: null };
    this.entries.set(sub, entry);
    this.want(sub, entry);
    return {
      close: () => {
        if (this.entries.delete(sub)) this.post({ t: 'unsubscribe', sub });
      },
    };
  }

  /** Publishes, and gives the message's id once the hub has stored it. */
  publish(topics: string | string[], data: string | Blob | ArrayBuffer | ArrayBufferView, options: PublishOptions = {}): Promise<string> {
    const size = typeof data === 'string' ? new Blob([data]).size : data instanceof Blob ? data.size : data.byteLength;
    this.buffered += size;
    return new Promise((done, failed) => {
      // A Blob is read first, and what is published later stays behind it.
      this.order = this.order.then(async () => {
        const content = typeof data === 'string' ? data : await new Blob([data as BlobPart]).arrayBuffer();
        const ref = ++this.count;
        const draft: Draft = { id: `urn:uuid:${uuid()}`, ...options, topics: ([] as string[]).concat(topics), data: content };
        this.pending.set(ref, { draft, size, done, failed });
        this.post({ t: 'publish', ref, draft });
      }).catch(failed);
    });
  }

  close(): void {
    this.post({ t: 'bye' });
    this.ended.abort();
    this.home?.close();
    this.parser?.close();
    this.home = undefined;
    this.isReady = false;
    this.entries.clear();
    for (const { failed } of this.pending.values()) failed(new Error('closed'));
    this.pending.clear();
    this.buffered = 0;
    this.take({ t: 'state', state: { phase: 'closed' } });
  }

  // ---- the worker

  private open(where: 'shared' | 'worker' | 'page'): void {
    const next = () => {
      if (!this.isReady && where !== 'page') this.open(where === 'shared' ? 'worker' : 'page');
    };
    try {
      if (where === 'shared') this.share(next);
      else if (where === 'worker') this.own(next);
      else void this.stay();
    } catch {
      next();
    }
  }

  private share(next: () => void): void {
    this.isReady = false;
    const { workerType = 'classic' } = this.options;
    const worker = new SharedWorker(this.worker, { name: this.name, type: workerType });
    const { port } = worker;
    worker.onerror = next;
    // What one that is gone said may still come, after what its successor says: it is no news then.
    this.home?.close();
    this.home = { post: message => port.postMessage(message), close: () => port.close() };
    port.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      // A tab does not see that the worker is gone, killed with the tab in whose process it ran; but its lock becomes free. Then another takes its place, and everything is said again.
      if (data.t === 'ready' && data.lock) navigator.locks.request(data.lock, { signal: this.ended.signal }, () => this.share(next)).catch(() => {});
      this.take(data);
    };
    if (this.lock) return;
    // A worker cannot see that a tab is gone, but the tab's lock can be waited for.
    const lock = `live tab ${uuid()}`;
    navigator.locks?.request(lock, () => {
      this.lock = lock;
      this.post({ t: 'lock', lock });
      return new Promise(() => {});
    });
  }

  private own(next: () => void): void {
    const worker = this.make();
    worker.onerror = next;
    this.home = { post: message => worker.postMessage(message), close: () => worker.terminate() };
    worker.onmessage = ({ data }) => this.take(data);
    this.hello();
  }

  private async stay(): Promise<void> {
    await import(this.worker);
    const { port1, port2 } = new MessageChannel();
    this.home = { post: message => port1.postMessage(message), close: () => port1.close() };
    port1.onmessage = ({ data }) => this.take(data);
    (globalThis as unknown as { roundtripLive(port: MessagePort): void }).roundtripLive(port2);
  }

  private make(): Worker {
    // A worker must be of the page's origin; one of another may be imported by one that is.
    const isOurs = new URL(this.worker).origin === location.origin;
    const script = isOurs ? this.worker : URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(this.worker)})`], { type: 'text/javascript' }));
    return new Worker(script, isOurs ? { type: this.options.workerType ?? 'classic' } : {});
  }

  private get name(): string {
    return `live ${this.url} ${this.options.session ?? ''}`;
  }

  private post(message: ToWorker): void {
    if (this.isReady) this.home?.post(message);
  }

  private hello(): void {
    const { carriers, credentials = 'same-origin', token } = this.options;
    const start = remembered();
    this.home?.post({ t: 'hello', url: this.url, name: this.name, hasToken: !!token, credentials, ...(carriers ? { carriers } : {}), ...(start ? { start } : {}), ...(this.lock ? { lock: this.lock } : {}) });
  }

  /** Says everything that is open, to a worker that knows nothing of it: from where each subscription was. */
  private say(): void {
    this.isReady = true;
    this.hello();
    for (const [sub, entry] of this.entries) this.want(sub, entry);
    for (const [ref, { draft }] of this.pending) this.post({ t: 'publish', ref, draft });
  }

  private want(sub: number, { topic, at, json }: Entry): void {
    this.post({ t: 'subscribe', sub, topic, json: !!json, ...(at === undefined ? {} : { since: at }) });
  }

  private take(message: FromWorker): void {
    switch (message.t) {
      case 'ready': this.say(); break;
      case 'token': void this.answer(); break;
      case 'state':
        this.state = message.state;
        if (message.state.phase === 'open') remember(message.state.carrier!);
        this.tell('state', message.state);
        break;
      case 'published': this.settle(message.ref, ({ done }) => done(message.id)); break;
      case 'refused': this.settle(message.ref, ({ failed }) => failed(new PublishError(message.status, message.text))); break;
      case 'sent': this.drain(message.ref); break;
      default: this.entry(message);
    }
  }

  private entry(message: Extract<FromWorker, { sub: number }>): void {
    const entry = this.entries.get(message.sub);
    if (!entry) return;
    switch (message.t) {
      case 'began': entry.at = message.at; break;
      case 'gap':
        this.run(entry, () => {
          entry.onGap?.(message.gap);
          this.tell('gap', { topic: entry.topic, gap: message.gap });
        });
        break;
      case 'ended':
      case 'failed':
        this.run(entry, () => {
          this.entries.delete(message.sub);
          if (message.t === 'ended') entry.onEnd?.();
          else this.error(entry, message.status, message.text);
        });
        break;
      case 'message': this.give(entry, message); break;
    }
  }

  private give(entry: Entry, { message, at, raw, fault }: Extract<FromWorker, { t: 'message' }>): void {
    if (at !== null) entry.at = at;
    if (message.id !== 'CLOSE' && !entry.seen.add(message.id)) return;
    if (raw) {
      const text = message.data as string;
      const parsed = typeof Worker === 'undefined' || text.length < large ? Promise.resolve(parseHere(0, text)) : (this.parser ??= new Parser(() => this.make())).parse(text);
      this.run(entry, async () => {
        const result = await parsed;
        this.hand(entry, { ...message, data: result.fault ? text : result.value }, result.fault);
      }, true);
    } else {
      const data = message.data instanceof ArrayBuffer && this.binaryType === 'blob' ? new Blob([message.data]) : message.data;
      this.run(entry, () => this.hand(entry, { ...message, data }, fault));
    }
  }

  private hand(entry: Entry, message: LiveMessage, fault: string | undefined): void {
    if (fault) this.error(entry, 0, fault);
    else entry.onMessage(message);
  }

  private error(entry: Entry, status: number, text: string): void {
    entry.onError?.({ status, text });
    this.tell('error', { topic: entry.topic, status, text });
  }

  // At once, unless something before it is still being parsed.
  private run(entry: Entry, work: () => void | Promise<void>, waits = false): void {
    if (!entry.order && !waits) {
      void work();
      return;
    }
    const order: Promise<void> = (entry.order ?? Promise.resolve()).then(work).catch(reportError).then(() => {
      if (entry.order === order) entry.order = null;
    });
    entry.order = order;
  }

  private settle(ref: number, how: (pending: Pending) => void): void {
    const pending = this.pending.get(ref);
    if (!pending) return;
    this.drain(ref);
    this.pending.delete(ref);
    how(pending);
  }

  private drain(ref: number): void {
    const pending = this.pending.get(ref);
    if (!pending) return;
    this.buffered -= pending.size;
    pending.size = 0;
  }

  private async answer(): Promise<void> {
    let token: string | null = null;
    try {
      token = (await this.options.token?.()) ?? null;
    } catch (error) {
      this.tell('error', { status: 401, text: String(error) });
    }
    this.post({ t: 'token', token });
  }

  private tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Connects to a hub. Nothing is opened before something is subscribed to or published. */
export const connect = (url: string | URL, options?: ConnectOptions): Live => new Live(url, options);

const storageKey = 'roundtrip.live.carrier';

function remembered(): CarrierName | undefined {
  try {
    return (sessionStorage.getItem(storageKey) as CarrierName) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(carrier: CarrierName): void {
  try {
    sessionStorage.setItem(storageKey, carrier);
  } catch {
    // Nothing may be stored: then it is found out anew.
  }
}

// crypto.randomUUID is for secure contexts alone.
function uuid(): string {
  const bytes = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
  return bytes.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
