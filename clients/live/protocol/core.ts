import { backoff } from './backoff';
import { History } from './history';
import { Ladder } from './ladder';
import { Publications } from './publications';
import { Seen } from './seen';
import { Topic, type Subscription } from './topic';
import { carriers, type Action, type ConnectionEvent, type CoreOptions, type Event, type Gap, type Message, type Phase } from './types';

// How long a connection that nobody wants is kept for the next who does.
const idleTime = 30_000;
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
  readonly ladder: Ladder;
  token: string | null = null;

  private readonly history: History;
  private readonly options: CoreOptions;
  private readonly connections = new Map<number, Handler>();
  private actions: Action[] = [];
  private numbers = 0;
  private refusals = 0;
  private question = 0;
  private isAsking = false;
  private phase: Phase = 'idle';
  private idleAt = Infinity;

  constructor(url: string, options: CoreOptions) {
    this.url = url;
    this.options = options;
    this.history = new History(this);
    this.publications = new Publications(this);
    this.ladder = new Ladder(this, options.carriers ?? carriers, options.start);
  }

  /** When `{ on: 'time' }` is due. */
  get deadline(): number {
    return Math.min(this.ladder.deadline, this.idleAt, this.history.deadline, this.publications.deadline);
  }

  handle(event: Event, now: number): Action[] {
    this.actions = [];
    if (this.phase === 'closed') return this.actions;
    switch (event.on) {
      case 'subscribe': this.subscribe(event.sub, event.topic, event.since, now); break;
      case 'unsubscribe': this.unsubscribe(event.sub); break;
      case 'publish': this.publications.add(event.ref, event.draft); this.connect(now); break;
      case 'token': this.takeToken(event.token, now); break;
      case 'online': this.ladder.online(now); break;
      case 'time': this.due(now); break;
      case 'close': this.stop('closed'); break;
      default: this.connections.get(event.id)?.(event, now); if (event.on === 'end') this.connections.delete(event.id);
    }
    if (this.isWanted) this.idleAt = Infinity;
    else if (this.ladder.carrier || this.ladder.isWaiting) this.idleAt = Math.min(this.idleAt, now + idleTime);
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

  request(request: { query?: [string, string][]; path?: string; as?: 'stream' | 'text' | 'bytes'; accept?: string; isBare?: boolean; body?: string | ArrayBuffer }, handler: Handler): number {
    const id = ++this.numbers;
    const { query = [], path = this.url, as = 'text', accept = 'application/json', ...rest } = request;
    const text = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    this.connections.set(id, handler);
    this.act({ do: 'request', id, url: text ? `${path}?${text}` : path, as, accept, ...rest, ...(this.token === null || rest.isBare ? {} : { token: this.token }) });
    return id;
  }

  /**
   * Asks whether the hub is there, after a request or a socket that had no answer: a browser hides from a page what a hub says to an origin that it does not allow. This question it may read the answer to (docs/live.md, "Origins").
   * Where the origin is refused nothing is left to ask for; `then` is told that the hub is there, and nothing where it is not.
   */
  askOrigin(then: (now: number) => void = () => {}): void {
    this.disconnect(this.question);
    this.question = this.request({ path: `${this.url}/origin`, isBare: true }, (event, now) => {
      if (event.on !== 'head') return;
      if (event.status === 403 && event.isHubs) this.refuseAll(403, "the hub does not allow this page's origin");
      else then(now);
    });
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

  /** The token no longer counts. */
  unauthorized(now: number): void {
    this.token = null;
    if (!this.options.hasToken) {
      for (const topic of this.topics.values()) for (const sub of topic.subscriptions.keys()) this.act({ do: 'failed', sub, status: 401, text: 'the hub asks for a token' });
      this.stop('unauthorized');
    } else if (this.refusals++ === 0) {
      this.ask();
    } else {
      this.ladder.wait(backoff(this.refusals, this.random()), now, 'unauthorized');
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

  /** Nothing that a topic wants is left up to an id. */
  place(topic: Topic, id: string): void {
    if (!this.has(topic)) return;
    topic.cursor = id;
    for (const { sub, behind } of topic.subscriptions.values()) if (!behind) this.act({ do: 'began', sub, at: id });
  }

  /** Gives a message to those of the topics that want it. */
  dispatch(message: Message, topics: Iterable<Topic>): void {
    for (const topic of [...topics]) if (this.has(topic) && topic.wants(message)) this.deliver(topic, message);
  }

  /** Gives a topic's subscriptions a message, which is its place from then on. */
  deliver(topic: Topic, message: Message): void {
    const isLast = message.id === 'CLOSE';
    topic.begun = true;
    // CLOSE says that nothing more comes, and is no message.
    if (!isLast && topic.seen.add(message.id)) {
      topic.cursor = message.id;
      topic.forgetGap();
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
    for (const subscription of topic.subscriptions.values()) {
      this.history.forget(subscription);
      this.act({ do: 'failed', sub: subscription.sub, status, text });
    }
    this.remove(topic);
  }

  /** The hub allows a connection no more topics than these, LiveMaxChannels: those that came last are too many, as on a WebSocket. Whether there are any. */
  refuseBeyond(limit: number, topics: Topic[]): boolean {
    for (const topic of topics.slice(limit)) this.refuse(topic, 429, `more than ${limit} topics on one connection (LiveMaxChannels)`);
    return topics.length > limit;
  }

  private refuseAll(status: number, text: string): void {
    for (const topic of [...this.topics.values()]) this.refuse(topic, status, text);
    this.publications.refuseAll(status, text);
    this.stop('idle');
  }

  // ---- subscriptions

  private subscribe(sub: number, selector: string, since: string | undefined, now: number): void {
    let topic = this.topics.get(selector);
    const isNew = !topic;
    if (isNew && this.topics.size === mostTopics) {
      this.act({ do: 'failed', sub, status: 429, text: `one connection is for ${mostTopics} topics at most` });
      return;
    }
    // Subscriptions to one topic share its flow. So a past that only one of them wants is asked for apart, unless it is the first.
    const direct = since === undefined || isNew;
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
    if (isNew) this.ladder.carrier?.add(topic, now);
    else if (topic.begun) this.begun(topic, undefined);
    if (!isNew && direct && topic.cursor !== null) this.act({ do: 'began', sub, at: topic.cursor });
    this.connect(now);
  }

  private unsubscribe(sub: number): void {
    for (const topic of this.topics.values()) {
      const subscription = topic.subscriptions.get(sub);
      if (!subscription) continue;
      this.history.forget(subscription);
      topic.subscriptions.delete(sub);
      if (topic.subscriptions.size === 0) this.remove(topic);
    }
  }

  private remove(topic: Topic): void {
    if (!this.has(topic)) return;
    this.topics.delete(topic.selector);
    this.ladder.remove(topic);
  }

  private get isWanted(): boolean {
    return this.topics.size > 0 || !this.publications.isEmpty || !this.history.isEmpty;
  }

  /** Opens a carrier, if there is anything to open one for. */
  connect(now: number): void {
    if (this.ladder.carrier || this.ladder.isWaiting || this.isAsking || !this.isWanted) return;
    if (this.options.hasToken && this.token === null) this.ask();
    else this.ladder.open(now);
  }

  private due(now: number): void {
    if (now >= this.idleAt) this.stop('idle');
    this.ladder.due(now);
    if (now >= this.history.deadline) this.history.due();
    if (now >= this.publications.deadline) this.publications.due();
  }

  private stop(phase: Phase): void {
    this.ladder.close();
    this.disconnect(this.question);
    this.idleAt = Infinity;
    this.history.close();
    this.setPhase(phase);
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
      this.publications.renewed(false);
      if (!this.ladder.carrier) this.ladder.wait(backoff(++this.refusals, this.random()), now, 'unauthorized');
      return;
    }
    this.token = token;
    const carrier = this.ladder.inUse;
    if (carrier && !carrier.token(token, now)) this.ladder.reopen(now);
    this.publications.renewed(true);
    this.history.due();
    this.connect(now);
  }

  setPhase(phase: Phase, delay?: number): void {
    this.phase = phase;
    const carrier = this.ladder.carrier?.name;
    this.act({ do: 'state', state: { phase, ...(carrier ? { carrier } : {}), ...(delay === undefined ? {} : { delay }) } });
  }
}
