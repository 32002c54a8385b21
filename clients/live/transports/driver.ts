import type { Core } from '../protocol/core';
import type { Action, Event } from '../protocol/types';
import { openRequest } from './request';
import { openSocket } from './socket';

/** A connection of the network. */
export interface Connection {
  send?(data: string | ArrayBuffer, ref?: number): void;
  close(): void;
}

/** What is left for the owner of the core to do; `sent` says that a publication has left this machine's buffers. */
export type Outcome = Exclude<Action, { do: 'socket' | 'request' | 'send' | 'disconnect' }> | { do: 'sent'; ref: number };

/** Runs a core: its clock, its connections. What concerns the application goes to `tell`. */
export class Driver {
  private readonly core: Core;
  private readonly tell: (outcome: Outcome) => void;
  private readonly credentials: RequestCredentials;
  private readonly connections = new Map<number, Connection>();
  private readonly queue: Event[] = [];
  private isRunning = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(core: Core, credentials: RequestCredentials, tell: (outcome: Outcome) => void) {
    this.core = core;
    this.credentials = credentials;
    this.tell = tell;
  }

  /** Tells the core something. What it is told while it acts waits until that is done. */
  send(event: Event): void {
    this.queue.push(event);
    if (this.isRunning) return;
    this.isRunning = true;
    for (let next; (next = this.queue.shift()); ) {
      if (next.on === 'end') this.connections.delete(next.id);
      for (const action of this.core.handle(next, performance.now())) this.perform(action);
    }
    this.isRunning = false;
    clearTimeout(this.timer);
    if (this.core.deadline < Infinity) this.timer = setTimeout(() => this.send({ on: 'time' }), Math.max(0, this.core.deadline - performance.now()) + 1);
  }

  private perform(action: Action): void {
    switch (action.do) {
      case 'socket':
        this.connections.set(action.id, openSocket(action.id, action.url, event => this.send(event), ref => this.tell({ do: 'sent', ref })));
        break;
      case 'request':
        this.connections.set(action.id, openRequest(action, this.credentials, event => this.send(event)));
        break;
      case 'send':
        this.connections.get(action.id)?.send?.(action.data, action.ref);
        break;
      case 'disconnect':
        this.connections.get(action.id)?.close();
        this.connections.delete(action.id);
        break;
      default:
        this.tell(action);
    }
  }
}
