import { backoff } from './backoff';
import type { Carrier, CarrierFactory, Down } from './carrier';
import type { Core } from './core';
import { PollCarrier } from './poll-carrier';
import { StreamCarrier } from './stream-carrier';
import type { CarrierName, Phase } from './types';
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
// When a better one is tried again: at first, and at last.
const firstUpgrade = 60_000;
const lastUpgrade = 900_000;

/**
 * The carriers, from the best to the one that always works, and which of them is in use. One that does not work makes way for the next at once; when none does, all are tried again later; one that worked and was lost is tried again
 * itself. From a lower one the better are tried beside it, and take over once they work.
 */
export class Ladder {
  private readonly core: Core;
  private readonly names: readonly CarrierName[];
  private level: number;
  private current: Carrier | null = null;
  private candidate: Carrier | null = null;
  private candidateLevel = 0;
  private isUp = false;
  private upAt = 0;
  private failures = 0;
  private flaps = 0;
  private openBy = Infinity;
  private candidateBy = Infinity;
  private retryAt = Infinity;
  private upgradeAt = Infinity;
  private upgradeDelay = firstUpgrade;

  constructor(core: Core, names: readonly CarrierName[], start: CarrierName | undefined) {
    this.core = core;
    this.names = names;
    this.level = Math.max(0, start ? names.indexOf(start) : 0);
  }

  get deadline(): number {
    return Math.min(this.openBy, this.candidateBy, this.retryAt, this.upgradeAt, this.current?.deadline ?? Infinity, this.candidate?.deadline ?? Infinity);
  }

  /** The carrier in use or being tried. */
  get carrier(): Carrier | null {
    return this.current;
  }

  /** The carrier in use, once it works. */
  get inUse(): Carrier | null {
    return this.isUp ? this.current : null;
  }

  /** Whether an attempt is to come by itself. */
  get isWaiting(): boolean {
    return this.retryAt < Infinity;
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
    this.core.setPhase('open');
    this.planUpgrade(now);
    carrier.start(now);
    this.core.publications.start();
  }

  /** A carrier ended, or never worked. */
  down(carrier: Carrier, why: Down, now: number): void {
    carrier.close();
    if (carrier === this.candidate) this.stay(why, now);
    if (carrier !== this.current) return;
    const wasUp = this.isUp;
    this.leave();
    if (why.status === 401) {
      // A socket does not say why it was refused; with another token it may well work.
      this.level = 0;
      this.core.unauthorized(now);
    } else if (wasUp) {
      this.lost(why, now);
    } else if (this.level + 1 < this.names.length && why.retryAfter === undefined) {
      this.attempt(this.level + 1, now);
    } else {
      // None works: from the top again, later.
      this.level = 0;
      if (!why.status) this.core.askOrigin();
      this.wait(Math.max(backoff(this.failures++, this.core.random()), why.retryAfter ?? 0), now);
    }
  }

  /** Opens the carrier whose turn it is. */
  open(now: number): void {
    this.attempt(this.level, now);
  }

  /** Opens it again, for instance with another token. */
  reopen(now: number): void {
    this.leave();
    this.attempt(this.level, now);
  }

  wait(delay: number, now: number, phase: Phase = 'waiting'): void {
    this.retryAt = now + delay;
    this.core.setPhase(phase, delay);
  }

  /** The network is there again: what waits need not, what works is looked at. */
  online(now: number): void {
    if (this.isWaiting) this.retry(now);
    else this.inUse?.check(now);
  }

  due(now: number): void {
    if (now >= this.openBy && this.current) this.down(this.current, {}, now);
    if (now >= this.candidateBy && this.candidate) this.down(this.candidate, {}, now);
    if (now >= this.retryAt) this.retry(now);
    if (now >= this.upgradeAt) this.tryUpgrade(0, now);
    for (const carrier of [this.current, this.candidate]) if (carrier && now >= carrier.deadline) carrier.due(now);
  }

  close(): void {
    this.current?.close();
    this.leave();
    this.retryAt = Infinity;
  }

  /** Both may have it: the one in use, and the one being tried. */
  remove(topic: Parameters<Carrier['remove']>[0]): void {
    this.current?.remove(topic);
    this.candidate?.remove(topic);
  }

  private retry(now: number): void {
    this.retryAt = Infinity;
    this.core.connect(now);
  }

  private attempt(level: number, now: number): void {
    this.level = level;
    this.current = factories[this.names[level]!](this.core);
    this.core.setPhase('connecting');
    this.openBy = now + openTime;
    this.current.open(now);
  }

  // The candidate does not work.
  private stay(why: Down, now: number): void {
    this.candidate = null;
    this.candidateBy = Infinity;
    if (why.status !== 401 && this.candidateLevel + 1 < this.level) {
      this.tryUpgrade(this.candidateLevel + 1, now);
    } else {
      this.upgradeDelay = Math.min(lastUpgrade, this.upgradeDelay * 2);
      this.planUpgrade(now);
    }
  }

  private leave(): void {
    const { current } = this;
    this.candidate?.close();
    this.current = this.candidate = null;
    current?.close();
    this.isUp = false;
    this.openBy = this.candidateBy = this.upgradeAt = Infinity;
    this.core.publications.stop();
  }

  private lost(why: Down, now: number): void {
    if (now - this.upAt >= stableTime) this.failures = this.flaps = 0;
    else this.flaps++;
    if (this.flaps >= patience && this.level + 1 < this.names.length) {
      this.flaps = 0;
      this.level++;
    }
    // Close code 1001: the server stops or reloads, and its successor is there already.
    this.wait(why.code === 1001 ? this.core.random() * 250 : Math.max(backoff(this.failures++, this.core.random()), why.retryAfter ?? 0), now);
  }

  private planUpgrade(now: number): void {
    this.upgradeAt = this.level > 0 ? now + this.upgradeDelay * (0.5 + this.core.random() / 2) : Infinity;
  }

  private tryUpgrade(level: number, now: number): void {
    this.upgradeAt = Infinity;
    this.candidateLevel = level;
    this.candidate = factories[this.names[level]!](this.core);
    this.candidateBy = now + openTime;
    this.candidate.open(now);
  }
}
