// What runs beside the page: in a SharedWorker, in a worker of the tab, or, where neither is to be had, in the page itself, which imports it.

import { elect } from './election';
import { Engine } from './engine';
import type { Parse, Port, ToWorker } from './messages';
import { parseHere } from './parser';

type Scope = typeof globalThis & { onconnect?: unknown; roundtripLive?: (port: MessagePort) => void };

const scope = self as unknown as Scope;
const isPage = typeof document !== 'undefined';
const makeWorker = typeof Worker === 'undefined' || isPage ? null : () => new Worker(scope.location.href);

/** Serves one tab, with the others of its origin where that can be. */
function serve(port: Port): (message: ToWorker) => void {
  let take: ((message: ToWorker) => void) | undefined;
  port.postMessage({ t: 'ready' });
  return message => {
    if (!take && message.t === 'hello') {
      if (navigator.locks && typeof BroadcastChannel !== 'undefined') {
        // It says `ready` once there is a leader, and everything is said again.
        take = elect(message.name, port, () => new Engine(makeWorker));
        return;
      }
      const engine = new Engine(makeWorker);
      take = told => engine.take(port, told);
    }
    take?.(message);
  };
}

/** A lock that is held for as long as this worker lives: one that is killed, with the tab in whose process it ran, says nothing to the others. */
function held(): Promise<string | undefined> {
  if (!navigator.locks) return Promise.resolve(undefined);
  const lock = `live worker ${crypto.randomUUID()}`;
  return new Promise(resolve => {
    void navigator.locks.request(lock, () => {
      resolve(lock);
      return new Promise(() => {});
    });
  });
}

if ('onconnect' in scope) {
  const engine = new Engine(makeWorker);
  const life = held();
  scope.onconnect = ({ ports: [port] }: MessageEvent) => {
    port!.onmessage = ({ data }: MessageEvent<ToWorker>) => engine.take(port!, data);
    void life.then(lock => port!.postMessage(lock ? { t: 'ready', lock } : { t: 'ready' }));
  };
} else if (isPage) {
  scope.roundtripLive = port => {
    const take = serve(port);
    port.onmessage = ({ data }: MessageEvent<ToWorker>) => take(data);
  };
} else {
  const worker = scope as unknown as DedicatedWorkerGlobalScope;
  let take: ((message: ToWorker) => void) | undefined;
  worker.onmessage = ({ data }: MessageEvent<ToWorker | Parse>) => {
    if (data.t === 'parse') worker.postMessage(parseHere(data.n, data.text));
    else (take ??= serve(worker))(data);
  };
}

interface DedicatedWorkerGlobalScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}
