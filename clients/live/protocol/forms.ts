// Messages as bytes and text: docs/live.md, "Forms" and "roundtrip.live.v1".

import type { Draft, Gap, Message } from './types';

export interface Poll { items: (Message | Gap)[]; last: string; more: boolean; closed: boolean }

/** The answer of a poll, its gap in its place; null where it is none. */
export function parsePoll(text: string): Poll | null {
  const poll = parseObject(text);
  if (!poll || typeof poll.last !== 'string' || !Array.isArray(poll.messages)) return null;
  const items: (Message | Gap)[] = poll.messages.map(from => toMessage(from));
  if (poll.gap) {
    const gap = toGap(poll.gap);
    const place = gap.before === '' ? items.length : items.findIndex(item => 'id' in item && item.id === gap.before);
    items.splice(Math.max(0, place), 0, gap);
  }
  return { items, last: poll.last, more: !!poll.more, closed: !!poll.closed };
}

/** An object of JSON, or null. */
export function parseObject(text: string): Record<string, any> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

export function toMessage(from: Record<string, any>, content?: ArrayBuffer): Message {
  const message: Message = { id: String(from.id), topics: Array.isArray(from.topics) ? from.topics.map(String) : [], data: content ?? (typeof from.base64 === 'string' ? fromBase64(from.base64) : String(from.data ?? '')) };
  if (from.type) message.type = String(from.type);
  if (from.key) message.key = String(from.key);
  if (from.close) message.close = true;
  return message;
}

export function toGap(from: Record<string, any>): Gap {
  const gap: Gap = { after: String(from.after ?? ''), before: String(from.before ?? ''), reason: String(from.reason ?? '') };
  if (typeof from.count === 'number') gap.count = from.count;
  return gap;
}

/** The binary form: the length of the head in four bytes, the head in JSON, the content. Null where it is no such thing. */
export function parseBinary(bytes: ArrayBuffer): { head: Record<string, any>; content: ArrayBuffer } | null {
  if (bytes.byteLength < 4) return null;
  const length = new DataView(bytes).getUint32(0);
  if (length > bytes.byteLength - 4) return null;
  const head = parseObject(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  return head && { head, content: bytes.slice(4 + length) };
}

/** A publication on roundtrip.live.v1. */
export function publication(ref: number, draft: Draft): string | ArrayBuffer {
  const { data, ...rest } = draft;
  if (typeof data === 'string') return JSON.stringify({ op: 'publish', ref, ...rest, data });
  const head = new TextEncoder().encode(JSON.stringify({ op: 'publish', ref, ...rest }));
  const bytes = new Uint8Array(4 + head.length + data.byteLength);
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, 4);
  bytes.set(new Uint8Array(data), 4 + head.length);
  return bytes.buffer;
}

/** A publication as a POST: a form; or bytes, with the fields of the form in the query. */
export function post(draft: Draft): { query?: [string, string][]; body: string | ArrayBuffer } {
  const { data } = draft;
  const fields: [string, string][] = draft.topics.map(topic => ['topic', topic]);
  fields.push(['id', draft.id]);
  for (const name of ['type', 'key'] as const) if (draft[name]) fields.push([name, draft[name]]);
  for (const name of ['private', 'close'] as const) if (draft[name]) fields.push([name, 'on']);
  return typeof data === 'string' ? { body: new URLSearchParams([...fields, ['data', data]]).toString() } : { query: fields, body: data };
}

const fromBase64 = (text: string): ArrayBuffer => Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer;
