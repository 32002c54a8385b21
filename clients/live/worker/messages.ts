// What a page and the worker say to each other, by structured clone.

import type { CarrierName, Draft, Gap, Message, State } from '../protocol/types';

export type ToWorker =
  /** First, and again whenever the worker says `ready`: then everything that is open follows. */
  | { t: 'hello'; url: string; name: string; hasToken: boolean; credentials: RequestCredentials; carriers?: CarrierName[]; start?: CarrierName; lock?: string }
  | { t: 'subscribe'; sub: number; topic: string; since?: string; json: boolean }
  | { t: 'unsubscribe'; sub: number }
  | { t: 'publish'; ref: number; draft: Draft }
  | { t: 'token'; token: string | null }
  /** Held for as long as the tab lives. */
  | { t: 'lock'; lock: string }
  | { t: 'online' }
  | { t: 'bye' };

export type FromWorker =
  /** `lock` is held for as long as a worker lives that may go before its tabs. */
  | { t: 'ready'; lock?: string }
  | { t: 'state'; state: State }
  | { t: 'token' }
  /** `raw` where JSON was asked for and is left to the page's own worker; `fault` where it is none. */
  | { t: 'message'; sub: number; message: Omit<Message, 'data'> & { data: unknown }; at: string | null; raw?: boolean; fault?: string }
  | { t: 'began'; sub: number; at: string }
  | { t: 'gap'; sub: number; gap: Gap }
  | { t: 'ended'; sub: number }
  | { t: 'failed'; sub: number; status: number; text: string }
  | { t: 'published'; ref: number; id: string }
  | { t: 'refused'; ref: number; status: number; text: string }
  | { t: 'sent'; ref: number };

/** Asks a worker to parse JSON, and its answer. */
export interface Parse { t: 'parse'; n: number; text: string }
export interface Parsed { n: number; value?: unknown; fault?: string }

export interface Port {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}
