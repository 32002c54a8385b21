// What the core is told and what it asks for. It has no sockets, clock or randomness of its own.

export type CarrierName = 'websocket' | 'sse' | 'longpoll' | 'shortpoll';

/** From the best to the one that always works. */
export const carriers: readonly CarrierName[] = ['websocket', 'sse', 'longpoll', 'shortpoll'];

/** A message as subscribers get it. Over server-sent events `topics` is no more than the topic that was asked for, and empty for a template: that carrier does not say. */
export interface Message {
  id: string;
  topics: string[];
  type?: string;
  key?: string;
  close?: boolean;
  data: string | ArrayBuffer;
}

/** Messages that cannot be given any more (docs/live.md, "Ids"). */
export interface Gap {
  after: string;
  before: string;
  count?: number;
  reason: string;
}

export interface Draft {
  topics: string[];
  data: string | ArrayBuffer;
  /** Chosen by the publisher, so that asking again after an answer was lost stores nothing twice. */
  id: string;
  type?: string;
  key?: string;
  private?: boolean;
  close?: boolean;
}

export type Phase = 'idle' | 'connecting' | 'open' | 'waiting' | 'unauthorized' | 'closed';

/** `carrier` is the one in use or being tried; `delay` how long, in milliseconds, until the next attempt. */
export interface State { phase: Phase; carrier?: CarrierName; delay?: number }

/** What came of a connection: of a socket, or of a request with its answer. Events of one that was closed may still come and are ignored. */
export type ConnectionEvent =
  | { on: 'open'; id: number }
  /** `isHubs`: the hub itself refuses, and not what stands between; `limit`: because a connection has so many topics at most. */
  | { on: 'head'; id: number; status: number; isHubs?: boolean; limit?: number | undefined; lastEventId?: string | undefined; retryAfter?: number | undefined }
  | { on: 'text'; id: number; text: string }
  | { on: 'bytes'; id: number; bytes: ArrayBuffer }
  /** A socket's close code; of a request 1000 when its answer is complete, else 1006. */
  | { on: 'end'; id: number; code: number };

export type Event =
  | ConnectionEvent
  | { on: 'subscribe'; sub: number; topic: string; since?: string | undefined }
  | { on: 'unsubscribe'; sub: number }
  | { on: 'publish'; ref: number; draft: Draft }
  /** Null where there is none to be had. */
  | { on: 'token'; token: string | null }
  | { on: 'online' }
  | { on: 'time' }
  | { on: 'close' };

export type Action =
  | { do: 'socket'; id: number; url: string }
  /** `as` says in which pieces the answer is wanted: text as it comes, the whole text, or the whole as bytes; a `body` is a form, or bytes; `isBare` is without cookies. */
  | { do: 'request'; id: number; url: string; as: 'stream' | 'text' | 'bytes'; accept: string; token?: string; isBare?: boolean; body?: string | ArrayBuffer }
  | { do: 'send'; id: number; data: string | ArrayBuffer; ref?: number }
  | { do: 'disconnect'; id: number }
  | { do: 'token' }
  | { do: 'state'; state: State }
  /** `at` is the id to resume behind, which is the message's own unless that came before its turn. */
  | { do: 'message'; sub: number; message: Message; at: string | null }
  /** Where a subscription begins, before its first message. */
  | { do: 'began'; sub: number; at: string }
  | { do: 'gap'; sub: number; gap: Gap }
  | { do: 'ended'; sub: number }
  | { do: 'failed'; sub: number; status: number; text: string }
  | { do: 'published'; ref: number; id: string }
  | { do: 'refused'; ref: number; status: number; text: string };

export interface CoreOptions {
  random: () => number;
  /** Whether tokens can be asked for. */
  hasToken?: boolean;
  /** Which carriers may be used, in their order. */
  carriers?: readonly CarrierName[];
  /** Which worked last time. */
  start?: CarrierName | undefined;
}
