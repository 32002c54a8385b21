import { Seen } from './seen';
import { matcher } from './template';
import type { Gap, Message } from './types';

/** What waits for its turn, and the id to resume behind once it was given. */
export interface Held { item: Message | Gap; at: string | null }

/** One subscription of the application. */
export interface Subscription {
  sub: number;
  /** Its own past is being fetched: from where, and what came in the meantime. */
  behind?: { since: string; held: Held[] };
  /** What it got of its past: the flow may be behind that, and bring it again. */
  given?: Seen;
}

/** A selector that somebody wants, and how far it has come. All its subscriptions share that. */
export class Topic {
  readonly number: number;
  readonly selector: string;
  readonly matches: (topic: string) => boolean;
  readonly subscriptions = new Map<number, Subscription>();
  readonly seen = new Seen();
  /** The id behind which it goes on; null for what is yet to come. */
  cursor: string | null = null;
  /** Whether a carrier has ever told where it begins. */
  begun = false;
  private lastGap = '';

  constructor(number: number, selector: string) {
    this.number = number;
    this.selector = selector;
    this.matches = matcher(selector);
  }

  wants(message: Message): boolean {
    return message.topics.some(this.matches);
  }

  /** Whether a gap is not the one that was told last: it is told again for as long as the place before it is the last one known. */
  isNews(gap: Gap): boolean {
    const text = `${gap.reason} ${gap.after}`;
    return text !== this.lastGap && !!(this.lastGap = text);
  }

  forgetGap(): void {
    this.lastGap = '';
  }
}
