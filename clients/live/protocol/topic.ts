import { Seen } from './seen';
import { matcher } from './template';
import type { Gap, Message } from './types';

/** What waits for its turn, and the id to resume behind once it was given. */
export interface Held { item: Message | Gap; at: string | null }

/** Where the past of a subscription is asked for from, and what the flow brought meanwhile. */
export interface Behind {
  since: string;
  held: Held[];
  /** What of it has come, while it is not sure that the flow is behind it. */
  past?: (Message | Gap)[] | null;
}

/** One subscription of the application. */
export interface Subscription {
  sub: number;
  behind?: Behind;
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
  private lastGap: Gap | null = null;

  constructor(number: number, selector: string) {
    this.number = number;
    this.selector = selector;
    this.matches = matcher(selector);
  }

  wants(message: Message): boolean {
    return message.topics.some(this.matches);
  }

  /** Whether a gap says more than the one before: it is told again for as long as the place before it is the last one known. */
  isNews(gap: Gap): boolean {
    const last = this.lastGap;
    if (last && last.after === gap.after && last.reason === gap.reason && (last.before === '' || last.before === gap.before)) return false;
    this.lastGap = gap;
    return true;
  }

  forgetGap(): void {
    this.lastGap = null;
  }
}
