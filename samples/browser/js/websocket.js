import { hub, token, topic } from './carriers.js';
import { check, equal, event, marked, other, row, wait } from './rows.js';

const group = 'WebSocket';
const address = hub.replace(/^http/, 'ws');

async function open(id, binaryType = 'blob') {
  const bearer = await token(id);
  const socket = new WebSocket(marked(address, id), ['unknown.v9', 'roundtrip.live.v1']);
  socket.binaryType = binaryType;
  const queue = [];
  let wake;
  socket.onmessage = ({ data }) => { queue.push(data); wake?.(); };
  // The next message of a kind; others are passed over.
  socket.next = async wanted => {
    for (const end = performance.now() + 8000; performance.now() < end;) {
      while (queue.length) {
        const data = queue.shift();
        const value = typeof data === 'string' ? JSON.parse(data) : data;
        if (wanted(value)) return value;
      }
      await Promise.race([new Promise(resolve => { wake = resolve; }), wait(500)]);
    }
    throw new Error('the message did not come');
  };
  await event(socket, 'open');
  // A WebSocket has no fields of its own, and a query is written into logs.
  socket.send(JSON.stringify({ op: 'token', token: bearer }));
  return socket;
}

row(group, 'ws-subprotocol', 'The server picks one of the subprotocols', async () => {
  const socket = await open('ws-subprotocol');
  const { op, epoch } = await socket.next(value => value.op === 'welcome');
  socket.close(1000);
  const { code, wasClean } = await event(socket, 'close');
  equal(`${socket.protocol} ${op} ${code} ${wasClean}`, 'roundtrip.live.v1 welcome 1000 true', 'what came');
  return `${socket.protocol}, extensions ${socket.extensions || 'none'}, epoch ${epoch}`;
});

row(group, 'ws-text', 'Text goes both ways', async () => {
  const socket = await open('ws-text');
  const to = topic('ws-text');
  socket.send(JSON.stringify({ op: 'subscribe', sub: 1, topics: [to] }));
  await socket.next(value => value.op === 'subscribed');
  socket.send(JSON.stringify({ op: 'publish', ref: 1, topics: [to], data: 'grüße 😀' }));
  const { data } = await socket.next(value => value.op === 'message');
  socket.close();
  equal(data, 'grüße 😀', 'the text');
  return data;
});

for (const [type, kind] of [['blob', Blob], ['arraybuffer', ArrayBuffer]]) {
  row(group, `ws-binary-${type}`, `Bytes are sent as a Blob, and come as binaryType "${type}" says`, async () => {
    const socket = await open(`ws-binary-${type}`, type);
    const to = topic(`ws-binary-${type}`);
    socket.send(JSON.stringify({ op: 'subscribe', sub: 1, topics: [to] }));
    await socket.next(value => value.op === 'subscribed');
    const head = new TextEncoder().encode(JSON.stringify({ op: 'publish', ref: 1, topics: [to] }));
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, head.length);
    socket.send(new Blob([length, head, new Uint8Array([1, 2, 3, 250])]));
    const came = await socket.next(value => value instanceof kind);
    socket.close();
    const bytes = new Uint8Array(type === 'blob' ? await came.arrayBuffer() : came);
    const start = 4 + new DataView(bytes.buffer).getUint32(0);
    equal(bytes.slice(start).join(' '), '1 2 3 250', 'the bytes');
    return `${bytes.length} bytes as ${kind.name}`;
  });
}

row(group, 'ws-buffered', 'bufferedAmount says what has not left yet', async () => {
  const socket = await open('ws-buffered');
  const to = topic('ws-buffered');
  const text = JSON.stringify({ op: 'publish', ref: 1, topics: [to], data: 'x'.repeat(200_000) });
  socket.send(text);
  const high = socket.bufferedAmount;
  await socket.next(value => value.op === 'published');
  equal(socket.bufferedAmount, 0, 'bufferedAmount at the end');
  socket.close();
  check(high >= text.length, `bufferedAmount was ${high} after sending ${text.length}`);
  return `${high}, then 0`;
});

row(group, 'ws-origin', 'CORS does not hold for WebSockets, so the server looks at Origin: the other one refuses this page', async () => {
  const socket = new WebSocket(`${other.replace(/^http/, 'ws')}/.well-known/mercure`, 'roundtrip.live.v1');
  const { code } = await event(socket, 'close');
  equal(code, 1006, 'the close code');
  // The one thing that a hub tells every page: whether its origin is allowed.
  const { status } = await fetch(`${other}/.well-known/mercure/origin`);
  equal(status, 403, 'what the hub says of this origin');
  return 'closed with 1006 before it was open; asked for this origin, the hub says 403';
});
