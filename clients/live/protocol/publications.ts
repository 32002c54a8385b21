import { backoff } from './backoff';
import type { Core } from './core';
import { post } from './forms';
import type { Draft } from './types';

// Answers that say nothing of the publication: the hub may not have seen it, or its store is away.
const noAnswers = [0, 408, 429, 502, 503, 504];
// What stands between may refuse for a while, such as a network that wants one to log in first, but others wait behind a publication: so often it is sent. So often too while the hub is there and yet the page is given no answer.
const mostRefusals = 7;

interface Publication { draft: Draft; isSent: boolean; wasUnauthorized: boolean; isPosted: boolean; refusals: number }

/** What is to be published: over the carrier where that can, else by POST, one after the other so that their order stays. What got no answer is sent again, under the same id. */
export class Publications {
  deadline = Infinity;
  private readonly core: Core;
  private readonly waiting = new Map<number, Publication>();
  private posting = 0;
  /** Whether the carrier's token is one to subscribe with alone, as the hub has shown. */
  private mustPost = false;
  private needsToken = false;
  private failures = 0;

  constructor(core: Core) {
    this.core = core;
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  add(ref: number, draft: Draft): void {
    this.waiting.set(ref, { draft, isSent: false, wasUnauthorized: false, isPosted: false, refusals: 0 });
    this.start();
  }

  /** Sends what has not been sent yet. */
  start(): void {
    const carrier = this.core.ladder.inUse;
    if (!carrier || this.deadline < Infinity || this.needsToken) return;
    for (const [ref, publication] of this.waiting) {
      if (publication.isSent) continue;
      publication.isPosted = this.mustPost;
      if (!publication.isPosted && carrier.publish(ref, publication.draft)) {
        publication.isSent = true;
      } else {
        if (this.posting === 0) this.post(ref, publication);
        return;
      }
    }
  }

  due(): void {
    this.deadline = Infinity;
    this.start();
  }

  /** Another token is there, or none is to be had. */
  renewed(isThere: boolean): void {
    this.needsToken = false;
    if (isThere) this.start();
    else for (const [ref, { wasUnauthorized }] of [...this.waiting]) if (wasUnauthorized) this.refused(ref, 401, 'there is no token to publish with');
  }

  /** There is no carrier: whatever was sent without an answer is sent again over the next one. */
  stop(): void {
    this.core.disconnect(this.posting);
    this.posting = 0;
    this.mustPost = false;
    this.deadline = Infinity;
    for (const publication of this.waiting.values()) publication.isSent = false;
  }

  published(ref: number, id: string): void {
    if (this.waiting.delete(ref)) this.core.act({ do: 'published', ref, id });
  }

  refused(ref: number, status: number, text: string): void {
    const publication = this.waiting.get(ref);
    // A hub may have a key for publishers and another one for subscribers, and a socket is opened with one token: then it goes by POST.
    if (publication && status === 401 && !publication.isPosted) {
      this.mustPost = true;
      publication.isSent = false;
      this.start();
    } else if (publication && status === 401 && this.core.hasToken && !publication.wasUnauthorized) {
      publication.wasUnauthorized = true;
      publication.isSent = false;
      this.needsToken = true;
      this.core.expired();
    } else if (this.waiting.delete(ref)) {
      this.core.act({ do: 'refused', ref, status, text });
    }
  }

  /** Close code 1009: one of those on their way is too large, and sending it again would end the next connection too. */
  tooLarge(): void {
    for (const [ref, publication] of [...this.waiting]) if (publication.isSent) this.refused(ref, 413, 'larger than the hub takes');
  }

  refuseAll(status: number, text: string): void {
    for (const ref of [...this.waiting.keys()]) {
      this.waiting.delete(ref);
      this.core.act({ do: 'refused', ref, status, text });
    }
  }

  private post(ref: number, publication: Publication): void {
    publication.isSent = publication.isPosted = true;
    let status = 0;
    let isHubs: boolean | undefined;
    let text = '';
    this.posting = this.core.request({ ...post(publication.draft), accept: '*/*' }, (event, now) => {
      if (event.on === 'head') ({ status, isHubs } = event);
      else if (event.on === 'text') text += event.text;
      else if (event.on === 'end') {
        this.posting = 0;
        this.answered(ref, publication, event.code === 1000 ? status : 0, isHubs, text.trim(), now);
        this.start();
      }
    });
  }

  private answered(ref: number, publication: Publication, status: number, isHubs: boolean | undefined, text: string, now: number): void {
    const isStored = status >= 200 && status < 300;
    // 401 asks for another token, whoever says it; what is too large for somebody on the way is so the next time too.
    const isFinal = isStored || (isHubs && status !== 503) || status === 401 || status === 413;
    if (!isFinal && (noAnswers.includes(status) || ++publication.refusals < mostRefusals)) {
      publication.isSent = false;
      this.deadline = now + backoff(this.failures++, this.core.random());
      if (status === 0) this.core.askOrigin(() => this.unanswered(ref, publication));
      return;
    }
    this.failures = 0;
    if (isStored) this.published(ref, text || publication.draft.id);
    else this.refused(ref, status, text);
  }

  // The hub is there, and yet this publication has had no answer: something on the way keeps it, or hides what it says, as a preflight that is refused.
  private unanswered(ref: number, publication: Publication): void {
    if (++publication.refusals < mostRefusals || publication.isSent) return;
    this.refused(ref, 0, 'the hub is there, but there is no answer to this publication');
    this.due();
  }
}
