import type { Core } from './core';
import type { CarrierName, Draft } from './types';
import type { Topic } from './topic';

/** Why a carrier ended: an HTTP status or a close code, and how many milliseconds the server asked to wait. */
export interface Down { status?: number; code?: number; retryAfter?: number | undefined }

/** One way to hear from the hub. It tells the core `up` once it works and `down` when it ends, and closes whatever it opened when it is told to. */
export interface Carrier {
  readonly name: CarrierName;
  open(now: number): void;
  /** It is the one in use. */
  start(now: number): void;
  add(topic: Topic, now: number): void;
  remove(topic: Topic): void;
  /** A time that it set has come. */
  due(now: number): void;
  /** Milliseconds of the core's clock. */
  deadline: number;
  /** Publishes; false where it only listens. */
  publish(ref: number, draft: Draft): boolean;
  /** Another token takes the place of the one before; false where it must be opened anew for that. */
  token(token: string, now: number): boolean;
  /** The network has changed: does it still live? */
  check(now: number): void;
  close(): void;
}

export type CarrierFactory = (core: Core) => Carrier;
