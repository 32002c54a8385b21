import { backoff } from './backoff';
import type { Carrier, CarrierFactory, Down } from './carrier';
import { History } from './history';
import { PollCarrier } from './poll-carrier';
import { Publications } from './publications';
import { Seen } from './seen';
import { StreamCarrier } from './stream-carrier';
import { Topic, type Subscription } from './topic';
import { carriers, type Action, type CarrierName, type ConnectionEvent, type CoreOptions, type Event, type Gap, type Message, type Phase } from './types';
import { WebSocketCarrier } from './websocket-carrier';

const factories: Record<CarrierName, CarrierFactory> = {
  websocket: core => new WebSocketCarrier(core),
  sse: core => new StreamCarrier(core),
  longpoll: core => new PollCarrier(core, 'longpoll'),
  shortpoll: core => new PollCarrier(core, 'shortpoll'),
};

// A carrier must work within this time, in milliseconds, and for this long before it counts as one that does.
const openTime = 10_000;
const stableTime = 30_000;
// How often it may be lost sooner than that before the next one is tried.
const patience = 3;
// How long a connection that nobody wants is kept for the next who does.
const idleTime = 30_000;
const firstUpgrade = 60_000;
const lastUpgrade = 900_000;

// One command of roundtrip.live.v1 has so many topics at most.
const mostTopics = 100;

type Handler = (event: ConnectionEvent, now: number) => void;

/**
 * The client of one hub: what is subscribed, over which carrier, and how far each topic has come. Events go in by `handle`, which gives the actions to perform, in order; when the clock has reached `deadline`, `{ on: 'time' }` is due.
 * The wire is docs/live.md.
 */
export class Core {
  readonly url: string;
  readonly topics = new Map<string, Topic>();
  readonly publications: Publications;
  token: string | null = null;

  private readonly history: History;
  private readonly options: CoreOptions;
  private readonly ladder: readonly CarrierName[];
  private readonly connections = new Map<number, Handler>();
  private actions: Action[] = [];
  private numbers = 0;
  private level: number;
  private current: Carrier | null = null;
  private candidate: Carrier | null = null;
  private candidateLevel = 0;
  private isUp = false;
  private upAt = 0;
  private failures = 0;
  private flaps = 0;
  private refusals = 0;
  private isAsking = false;
  private phase: Phase = 'idle';
  private openBy = Infinity;
  private candidateBy = Infinity;
  private retryAt = Infinity;
  private upgradeAt = Infinity;
  private idleAt = Infinity;
  private upgradeDelay = firstUpgrade;

  constructor(url: string, options: CoreOptions) {
    this.url = url;
    this.options = options;
    this.ladder = options.carriers ?? carriers;
    this.level = Math.max(0, options.start ? this.ladder.indexOf(options.start) : 0);
    this.history = new History(this);
    this.publications = new Publications(this);
  }

  /** When `{ on: 'time' }` is due. */
  get deadline(): number {
    return Math.min(this.openBy, this.candidateBy, this.retryAt, this.upgradeAt, this.idleAt, this.history.deadline, this.publications.deadline, this.current?.deadline ?? Infinity, this.candidate?.deadline ?? Infinity);
  }

  handle(event: Event, now: number): Action[] {
    this.actions = [];
    if (this.phase === 'closed') return this.actions;
    switch (event.on) {
      case 'subscribe': this.subscribe(event.sub, event.topic, event.since, now); break;
      case 'unsubscribe': this.unsubscribe(event.sub); break;
      case 'publish': this.publications.add(event.ref, event.draft); this.connect(now); break;
      case 'token': this.takeToken(event.token, now); break;
      case 'online': this.online(now); break;
      case 'time': this.due(now); break;
      case 'close': this.stop('closed'); break;
      default: this.connections.get(event.id)?.(event, now); if (event.on === 'end') this.connections.delete(event.id);
    }
    if (this.isWanted) this.idleAt = Infinity;
    else if (this.current || this.retryAt < Infinity) this.idleAt = Math.min(this.idleAt, now + idleTime);
    return this.actions;
  }

  // ---- what carriers do

  act(action: Action): void {
    this.actions.push(action);
  }

  random(): number {
    return this.options.random();
  }

  /** Opens a socket; its events go to `handler` until it is forgotten. */
  socket(handler: Handler): number {
    const id = ++this.numbers;
    this.connections.set(id, handler);
    this.act({ do: 'socket', id, url: this.url.replace(/^http/, 'ws') });
    return id;
  }

  request(request: { query?: [string, string][]; path?: string; as?: 'stream' | 'text' | 'bytes'; accept?: string; form?: string }, handler: Handler): number {
    const id = ++this.numbers;
    const { query = [], path = this.url, as = 'text', accept = 'application/json', ...rest } = request;
    const text = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    this.connections.set(id, handler);
    this.act({ do: 'request', id, url: text ? `${path}?${text}` : path, as, accept, ...rest, ...(this.token === null ? {} : { token: this.token }) });
    return id;
  }

  disconnect(id: number): void {
    if (this.connections.delete(id)) this.act({ do: 'disconnect', id });
  }

  get hasToken(): boolean {
    return !!this.options.hasToken;
  }

  has(topic: Topic): boolean {
    return this.topics.get(topic.selector) === topic;
  }

  number(): number {
    return ++this.numbers;
  }

  /** A carrier works. */
  up(carrier: Carrier, now: number): void {
    if (carrier !== this.candidate && carrier !== this.current) return;
    if (carrier === this.candidate) {
      this.current?.close();
      this.current = carrier;
      this.level = this.candidateLevel;
      this.candidate = null;
      this.candidateBy = Infinity;
      this.upgradeDelay = firstUpgrade;
      this.flaps = 0;
    }
    this.openBy = Infinity;
    this.isUp = true;
    this.upAt = now;
    this.setState('open');
    this.planUpgrade(now);
    carrier.start(now);
    this.publications.start();
  }

  /** A carrier ended, or never worked. */
  down(carrier: Carrier, why: Down, now: number): void {
    carrier.close();
    if (carrier === this.candidate) {
      this.candidate = null;
      this.candidateBy = Infinity;
      if (why.status !== 401 && this.candidateLevel + 1 < this.level) this.tryUpgrade(this.candidateLevel + 1, now);
      else this.planUpgrade(now, (this.upgradeDelay = Math.min(lastUpgrade, this.upgradeDelay * 2)));
      return;
    }
    if (carrier !== this.current) return;
    this.candidate?.close();
    this.current = this.candidate = null;
    this.openBy = this.candidateBy = this.upgradeAt = Infinity;
    this.publications.stop();
    const wasUp = this.isUp;
    this.isUp = false;
    if (why.status === 401) {
      this.unauthorized(now);
    } else if (wasUp) {
      this.lost(why, now);
    } else if (this.level + 1 < this.ladder.length && why.retryAfter === undefined) {
      this.attempt(this.level + 1, now);
    } else {
      // None works: from the top again, later.
      this.level = 0;
      this.wait(Math.max(backoff(this.failures++, this.random()), why.retryAfter ?? 0), now);
    }
  }

  /** The token no longer counts. */
  unauthorized(now: number): void {
    this.token = null;
    this.level = 0;
    if (!this.options.hasToken) {
      for (const topic of this.topics.values()) for (const sub of topic.subscriptions.keys()) this.act({ do: 'failed', sub, status: 401, text: 'the hub asks for a token' });
      this.stop('unauthorized');
    } else if (this.refusals++ === 0) {
      this.ask();
    } else {
      this.wait(backoff(this.refusals, this.random()), now, 'unauthorized');
    }
  }

  /** The hub says that the token's time is over, and goes on with what is public. */
  expired(): void {
    if (this.options.hasToken) this.ask();
  }

  /** A topic's flow begins behind an id, or behind one that nobody told. */
  begun(topic: Topic, from: string | undefined): void {
    if (topic.cursor === null) {
      if (from !== undefined) {
        topic.cursor = from;
        for (const { sub, behind } of topic.subscriptions.values()) if (!behind) this.act({ do: 'began', sub, at: from });
      } else if (topic.begun) {
        // What came since it was lost cannot be asked for.
        this.gap(topic, { after: '', before: '', reason: 'unknown-id' });
      }
    }
    topic.begun = true;
    this.refusals = 0;
    this.history.start(topic);
  }

  /** Gives a message to those of the topics that want it. */
  dispatch(message: Message, advances: boolean, topics: Iterable<Topic>): void {
    for (const topic of [...topics]) if (this.has(topic) && topic.wants(message)) this.deliver(topic, message, advances);
  }

  /** Gives a topic's subscriptions a message. One that overtook others does not advance: behind its id they would be lost. */
  deliver(topic: Topic, message: Message, advances = true): void {
    const isLast = message.id === 'CLOSE';
    topic.begun = true;
    // CLOSE says that the topic is closed, and is mostly empty.
    if (isLast ? message.data !== '' : topic.seen.add(message.id)) {
      if (advances && !isLast) {
        topic.cursor = message.id;
        topic.forgetGap();
      }
      for (const subscription of topic.subscriptions.values()) {
        if (subscription.given?.has(message.id)) continue;
        if (subscription.behind) subscription.behind.held.push({ item: message, at: topic.cursor });
        else this.act({ do: 'message', sub: subscription.sub, message, at: topic.cursor });
      }
    }
    if (isLast || (message.close && message.topics.includes(topic.selector))) this.finish(topic);
  }

  gap(topic: Topic, gap: Gap): void {
    if (!topic.isNews(gap)) return;
    for (const subscription of topic.subscriptions.values()) {
      if (subscription.behind) this.history.giveUp(topic, subscription, gap);
      this.act({ do: 'gap', sub: subscription.sub, gap });
    }
  }

  /** Nothing more comes of a topic. */
  finish(topic: Topic): void {
    if (!this.has(topic)) return;
    this.remove(topic);
    this.history.start(topic);
    for (const subscription of topic.subscriptions.values()) {
      if (!subscription.behind) this.act({ do: 'ended', sub: subscription.sub });
    }
  }

  /** The hub refuses a topic. */
  refuse(topic: Topic, status: number, text: string): void {
    for (const sub of topic.subscriptions.keys()) this.act({ do: 'failed', sub, status, text });
    this.remove(topic);
  }

  get publisher(): Carrier | null {
    return this.isUp ? this.current : null;
  }

  // ---- subscriptions

  private subscribe(sub: number, selector: string, since: string | undefined, now: number): void {
    let topic = this.topics.get(selector);
    const isNew = !topic;
    if (isNew && this.topics.size === mostTopics) {
      this.act({ do: 'failed', sub, status: 429, text: `one connection is for ${mostTopics} topics at most` });
      return;
    }
    // Messages do not say for whom they are. So a past that only one wants is asked for apart, unless there is nobody else, or all begin at the same place.
    const direct = since === undefined || (isNew && [...this.topics.values()].every(other => !other.begun && other.cursor === since));
    if (!topic) {
      topic = new Topic(this.number(), selector);
      this.topics.set(selector, topic);
      if (direct && since !== undefined) topic.cursor = since;
    }
    const subscription: Subscription = { sub };
    if (!direct) {
      subscription.behind = { since: since!, held: [] };
      subscription.given = new Seen();
    }
    topic.subscriptions.set(sub, subscription);
    if (isNew) this.current?.add(topic, now);
    else if (topic.begun) this.begun(topic, undefined);
    if (!isNew && direct && topic.cursor !== null) this.act({ do: 'began', sub, at: topic.cursor });
    this.connect(now);
  }

  private unsubscribe(sub: number): void {
    for (const topic of this.topics.values()) {
      if (topic.subscriptions.delete(sub) && topic.subscriptions.size === 0) this.remove(topic);
    }
  }

  private remove(topic: Topic): void {
    if (!this.has(topic)) return;
    this.topics.delete(topic.selector);
    this.current?.remove(topic);
    this.candidate?.remove(topic);
  }

  private get isWanted(): boolean {
    return this.topics.size > 0 || !this.publications.isEmpty || !this.history.isEmpty;
  }

  // ---- carriers

  private connect(now: number): void {
    if (this.current || this.retryAt < Infinity || this.isAsking || !this.isWanted) return;
    if (this.options.hasToken && this.token === null) this.ask();
    else this.attempt(this.level, now);
  }

  private attempt(level: number, now: number): void {
    this.level = level;
    this.current = factories[this.ladder[level]!](this);
    this.setState('connecting');
    this.openBy = now + openTime;
    this.current.open(now);
  }

  private lost(why: Down, now: number): void {
    if (now - this.upAt >= stableTime) this.failures = this.flaps = 0;
    else this.flaps++;
    if (this.flaps >= patience && this.level + 1 < this.ladder.length) {
      this.flaps = 0;
      this.level++;
    }
    // Close code 1001: the server stops or reloads, and its successor is there already.
    this.wait(why.code === 1001 ? this.random() * 250 : Math.max(backoff(this.failures++, this.random()), why.retryAfter ?? 0), now);
  }

  private wait(delay: number, now: number, phase: Phase = 'waiting'): void {
    this.retryAt = now + delay;
    this.setState(phase, delay);
  }

  private planUpgrade(now: number, delay = this.upgradeDelay): void {
    this.upgradeAt = this.level > 0 ? now + delay * (0.5 + this.random() / 2) : Infinity;
  }

  private tryUpgrade(level: number, now: number): void {
    this.upgradeAt = Infinity;
    this.candidateLevel = level;
    this.candidate = factories[this.ladder[level]!](this);
    this.candidateBy = now + openTime;
    this.candidate.open(now);
  }

  private due(now: number): void {
    if (now >= this.idleAt) this.stop('idle');
    if (now >= this.openBy && this.current) this.down(this.current, {}, now);
    if (now >= this.candidateBy && this.candidate) this.down(this.candidate, {}, now);
    if (now >= this.retryAt) this.retry(now);
    if (now >= this.upgradeAt) this.tryUpgrade(0, now);
    if (this.current && now >= this.current.deadline) this.current.due(now);
    if (this.candidate && now >= this.candidate.deadline) this.candidate.due(now);
    if (now >= this.history.deadline) this.history.due();
    if (now >= this.publications.deadline) this.publications.due();
  }

  private retry(now: number): void {
    this.retryAt = Infinity;
    this.connect(now);
  }

  private online(now: number): void {
    if (this.retryAt < Infinity) this.retry(now);
    else if (this.isUp) this.current?.check(now);
  }

  private stop(phase: Phase): void {
    this.current?.close();
    this.candidate?.close();
    this.current = this.candidate = null;
    this.isUp = false;
    this.openBy = this.candidateBy = this.retryAt = this.upgradeAt = this.idleAt = Infinity;
    this.history.close();
    this.publications.stop();
    this.setState(phase);
  }

  // ---- tokens

  private ask(): void {
    if (this.isAsking) return;
    this.isAsking = true;
    this.act({ do: 'token' });
  }

  private takeToken(token: string | null, now: number): void {
    this.isAsking = false;
    if (token === null) {
      if (!this.current) this.wait(backoff(++this.refusals, this.random()), now, 'unauthorized');
      return;
    }
    this.token = token;
    if (this.current && this.isUp && !this.current.token(token, now)) {
      const carrier = this.current;
      this.current = null;
      this.isUp = false;
      carrier.close();
    }
    this.publications.start();
    this.history.due();
    this.connect(now);
  }

  private setState(phase: Phase, delay?: number): void {
    this.phase = phase;
    const carrier = this.current?.name;
    this.act({ do: 'state', state: { phase, ...(carrier ? { carrier } : {}), ...(delay === undefined ? {} : { delay }) } });
  }
}
