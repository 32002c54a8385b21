import type { Parse, Parsed } from './messages';

/** From how many characters on JSON is parsed by a worker of its own, so that other topics need not wait. */
export const large = 64 * 1024;

/** Parses JSON in another worker, which is begun when it is first needed. */
export class Parser {
  private readonly make: () => Worker;
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, (parsed: Parsed) => void>();
  private count = 0;

  constructor(make: () => Worker) {
    this.make = make;
  }

  parse(text: string): Promise<Parsed> {
    return new Promise(resolve => {
      const n = ++this.count;
      this.waiting.set(n, resolve);
      if (!this.worker) {
        this.worker = this.make();
        this.worker.onmessage = ({ data }: MessageEvent<Parsed>) => {
          this.waiting.get(data.n)?.(data);
          this.waiting.delete(data.n);
        };
        this.worker.onerror = () => {
          for (const done of this.waiting.values()) done({ n: 0, fault: 'the worker for JSON did not load' });
          this.waiting.clear();
        };
      }
      this.worker.postMessage({ t: 'parse', n, text } satisfies Parse);
    });
  }

  close(): void {
    this.worker?.terminate();
  }
}

export function parseHere(n: number, text: string): Parsed {
  try {
    return { n, value: JSON.parse(text) };
  } catch (error) {
    return { n, fault: String(error) };
  }
}
