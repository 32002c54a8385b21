import type { Action, ConnectionEvent } from '../protocol/types';
import type { Connection } from './driver';

/** A request by fetch: a stream of text, a text, or bytes. */
export function openRequest(action: Extract<Action, { do: 'request' }>, credentials: RequestCredentials, tell: (event: ConnectionEvent) => void): Connection {
  const { id } = action;
  const abort = new AbortController();
  const run = async () => {
    const { body } = action;
    const headers: Record<string, string> = { Accept: action.accept };
    if (body instanceof ArrayBuffer) headers['Content-Type'] = 'application/octet-stream';
    if (action.token !== undefined) headers['Authorization'] = `Bearer ${action.token}`;
    const answer = await fetch(action.url, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      // A poll is asked again with If-None-Match, which the browser's cache does; a stream is never kept.
      cache: action.as === 'text' ? 'no-cache' : 'no-store',
      credentials: action.isBare ? 'omit' : credentials,
      signal: abort.signal,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? new URLSearchParams(body) : body }),
    });
    const type = answer.headers.get('content-type') ?? '';
    // What answers in the hub's place, such as a page to log in to a network, is no stream.
    const status = action.as === 'stream' && answer.status === 200 && !type.startsWith('text/event-stream') ? 406 : answer.status;
    const seconds = Number(answer.headers.get('retry-after') ?? NaN);
    const limit = Number(answer.headers.get('live-max-channels')) || undefined;
    tell({ on: 'head', id, status, limit, isHubs: answer.headers.get('live-refusal') === String(status), lastEventId: answer.headers.get('last-event-id') ?? undefined, retryAfter: seconds >= 0 ? seconds * 1000 : undefined });
    if (action.as === 'bytes') {
      tell({ on: 'bytes', id, bytes: await answer.arrayBuffer() });
    } else if (action.as === 'text') {
      tell({ on: 'text', id, text: await answer.text() });
    } else if (answer.body) {
      const reader = answer.body.getReader();
      const decoder = new TextDecoder();
      for (let part; !(part = await reader.read()).done; ) tell({ on: 'text', id, text: decoder.decode(part.value, { stream: true }) });
    }
    tell({ on: 'end', id, code: 1000 });
  };
  run().catch(() => {
    if (!abort.signal.aborted) tell({ on: 'end', id, code: 1006 });
  });
  return { close: () => abort.abort() };
}
