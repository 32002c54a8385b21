import { parseBinary, parseObject } from './forms';

type Whole = { head: Record<string, any>; content?: ArrayBuffer };

/** The pieces of messages that are too large to come whole. Those of several may come between each other, and one message may come to several subscriptions at different times. */
export class Parts {
  private readonly pieces = new Map<string, { subs: number[]; texts: string[]; bytes: ArrayBuffer[] }>();

  /** Takes a piece. Gives the message with its last one; null for what is none, undefined while more is to come. */
  take(head: Record<string, any>, content?: ArrayBuffer): Whole | null | undefined {
    const key = `${head.subs} ${head.id}`;
    let known = this.pieces.get(key);
    if (!known) this.pieces.set(key, (known = { subs: head.subs, texts: [], bytes: [] }));
    if (content) known.bytes.push(content);
    else known.texts.push(String(head.text ?? ''));
    if (!head.last) return undefined;
    this.pieces.delete(key);
    if (content) return parseBinary(join(known.bytes));
    const whole = parseObject(known.texts.join(''));
    return whole && { head: whole };
  }

  /** What is for none of these subscriptions does not come any further. */
  keep(isOpen: (sub: number) => boolean): void {
    for (const [key, { subs }] of this.pieces) if (!subs.some(isOpen)) this.pieces.delete(key);
  }
}

function join(pieces: ArrayBuffer[]): ArrayBuffer {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return whole.buffer;
}
