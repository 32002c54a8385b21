import type { ConnectionEvent } from '../protocol/types';
import type { Connection } from './driver';

const subprotocol = 'roundtrip.live.v1';

/** A WebSocket that speaks roundtrip.live.v1 or nothing. `sent` is told of each publication once nothing of it is left in bufferedAmount. */
export function openSocket(id: number, url: string, tell: (event: ConnectionEvent) => void, sent: (ref: number) => void): Connection {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, subprotocol);
  } catch {
    // A page of https: may not open ws:, and some places have no WebSocket at all.
    queueMicrotask(() => tell({ on: 'end', id, code: 1006 }));
    return { close() {} };
  }
  socket.binaryType = 'arraybuffer';
  let isOver = false;
  let written = 0;
  const waiting: { ref: number; end: number }[] = [];
  let watch: ReturnType<typeof setTimeout> | undefined;

  const end = (code: number) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(watch);
    tell({ on: 'end', id, code });
  };
  const drain = () => {
    watch = undefined;
    while (waiting.length > 0 && waiting[0]!.end <= written - socket.bufferedAmount) sent(waiting.shift()!.ref);
    if (waiting.length > 0 && !isOver) watch = setTimeout(drain, 20);
  };

  socket.onopen = () => {
    if (socket.protocol === subprotocol) {
      tell({ on: 'open', id });
    } else {
      socket.close();
      end(1006);
    }
  };
  socket.onmessage = ({ data }) => {
    if (!isOver) tell(typeof data === 'string' ? { on: 'text', id, text: data } : { on: 'bytes', id, bytes: data });
  };
  socket.onclose = event => end(event.code);

  return {
    send(data, ref) {
      if (socket.readyState !== WebSocket.OPEN) return;
      const before = socket.bufferedAmount;
      socket.send(data);
      written += socket.bufferedAmount - before;
      if (ref !== undefined) {
        waiting.push({ ref, end: written });
        watch ??= setTimeout(drain, 0);
      }
    },
    close() {
      isOver = true;
      clearTimeout(watch);
      socket.close();
    },
  };
}
