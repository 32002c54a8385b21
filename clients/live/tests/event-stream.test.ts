import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStream, type StreamEvent } from '../protocol/event-stream';

const text = '\ufeff: hello\r\n\r\nretry: 10\n\nid: 1\nevent: foo\r\ndata: a\r\ndata:  b\r\n\r\n'
  + 'data\r\rid\ndata: no id\n\nid: x\0y\ndata:kept\r\n\r\nid: 2\n\ndata: behind 2\n\nevent: never\n\ndata: unfinished\n';
const events: StreamEvent[] = [
  { id: '1', type: 'foo', data: 'a\n b' },
  { id: '1', type: '', data: '' },
  { id: '', type: '', data: 'no id' },
  { id: '', type: '', data: 'kept' },
  { id: '2', type: '', data: 'behind 2' },
];

test('a stream is read whole', () => assert.deepEqual(new EventStream().feed(text), events));

test('a stream is read the same character by character', () => {
  const stream = new EventStream();
  assert.deepEqual([...text].flatMap(c => stream.feed(c)), events);
});

test('a stream is read the same split anywhere', () => {
  for (let at = 0; at <= text.length; at++) {
    const stream = new EventStream();
    assert.deepEqual([...stream.feed(text.slice(0, at)), ...stream.feed(text.slice(at))], events, `split at ${at}`);
  }
});
