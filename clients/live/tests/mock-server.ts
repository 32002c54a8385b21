// A server for looking at the samples without the real one: node build/mock-server.mjs FOLDER [HTTP-PORT [HTTPS-PORT]]. It answers with the folder's files, its CGI scripts below /cgi/, and a hub as docs/live.md has it.
// It checks no signatures: nothing but a look at pages is to be had from it.

import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { closing, FakeHub, toEvent, toJson, type Stored } from './fake-hub';

const [folder = '.', httpPort = '8080', httpsPort = '8443'] = process.argv.slice(2);
const root = resolve(folder);
const dist = resolve(new URL('../dist', import.meta.url).pathname);
const path = '/.well-known/mercure';
const hub = new FakeHub(Date.now().toString(36), 1000);
const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.bin': 'application/octet-stream' };
/** Carriers that are broken on purpose: BREAK=websocket,sse. */
const broken = new Set((process.env['BREAK'] ?? '').split(','));

function send(response: ServerResponse, status: number, body: string | Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers });
  response.end(body);
}

// What site.conf of samples/browser says of CORS.
function cors(request: IncomingMessage, address: URL, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (!origin || !address.pathname.startsWith('/cgi/echo.py/')) return false;
  const isOpen = address.pathname.startsWith('/cgi/echo.py/open');
  const isNamed = address.pathname.startsWith('/cgi/echo.py/named');
  if (isOpen) response.setHeader('access-control-allow-origin', '*');
  if (isNamed) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('access-control-expose-headers', 'X-Answer');
    response.setHeader('vary', 'Origin');
  }
  if (request.method !== 'OPTIONS') return false;
  if (isNamed) {
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT');
    response.setHeader('access-control-allow-headers', 'X-Note, Content-Type');
  }
  response.writeHead(204);
  response.end();
  return true;
}

function cgi(request: IncomingMessage, address: URL, response: ServerResponse): void {
  const [, , ...parts] = address.pathname.split('/');
  const at = parts.findIndex(part => part.includes('.'));
  const script = join(root, 'cgi', ...parts.slice(0, at + 1));
  if (at < 0 || !script.startsWith(root) || !existsSync(script)) {
    send(response, 404, 'no such script');
    return;
  }
  const fields = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(':')).map(([name, value]) => [`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, String(value)]));
  const child = spawn(script, {
    env: { PATH: process.env['PATH'] ?? '', ...fields, REQUEST_METHOD: request.method, QUERY_STRING: address.search.slice(1), PATH_INFO: `/${parts.slice(at + 1).join('/')}`, CONTENT_TYPE: request.headers['content-type'] ?? '', CONTENT_LENGTH: request.headers['content-length'] ?? '', SERVER_PROTOCOL: `HTTP/${request.httpVersion}` },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => {});
  let head = Buffer.alloc(0);
  let begun = false;
  child.stdout.on('data', (part: Buffer) => {
    if (begun) {
      response.write(part);
      return;
    }
    head = Buffer.concat([head, part]);
    const end = head.indexOf('\n\n');
    if (end < 0) return;
    begun = true;
    let status = 200;
    for (const line of head.subarray(0, end).toString().split('\n')) {
      const [name = '', value = ''] = line.split(/: ?(.*)/s);
      if (name.toLowerCase() === 'status') status = Number.parseInt(value);
      else response.appendHeader?.(name, value) ?? response.setHeader(name, value);
    }
    response.writeHead(status);
    response.write(head.subarray(end + 2));
  });
  child.on('close', () => response.end());
  response.on('close', () => child.kill());
}

function token(request: IncomingMessage, address: URL): { publish: boolean } | null {
  const text = request.headers.authorization?.replace(/^Bearer /, '') ?? address.searchParams.get('authorization');
  if (!text) return null;
  const claims = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString());
  return claims.exp * 1000 > Date.now() ? { publish: !!claims.mercure?.publish } : null;
}

async function mercure(request: IncomingMessage, address: URL, response: ServerResponse): Promise<void> {
  const topics = address.searchParams.getAll('topic');
  if (request.method === 'POST') {
    let body = '';
    for await (const part of request) body += part;
    const fields = new URLSearchParams(body);
    if (!token(request, address)?.publish) return send(response, 401, 'no token to publish with');
    const stored = hub.publish({ topics: fields.getAll('topic'), data: fields.get('data') ?? '', ...(fields.get('id') ? { id: fields.get('id')! } : {}), ...(fields.get('type') ? { type: fields.get('type')! } : {}), close: fields.has('close') });
    return send(response, 200, stored.id);
  }
  const query = address.searchParams;
  const last = request.headers['last-event-id'] as string ?? query.get('lastEventID') ?? query.get('since');
  if (!query.has('wait') && !query.has('since')) {
    if (broken.has('sse')) return send(response, 503, 'broken');
    if (last === 'CLOSE') { response.writeHead(204); response.end(); return; }
    let { offset, from, gap } = hub.resume(last);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'last-event-id': from });
    response.write(`retry: 1000\n\n${gap ? `event: gap\ndata: ${JSON.stringify({ op: 'gap', ...gap })}\n\n` : ''}`);
    const bring = () => {
      for (const message of hub.after(offset, topics)) response.write(toEvent(message, path));
      offset = hub.next;
      if (hub.isClosed(topics)) response.end(closing);
    };
    hub.listeners.add(bring);
    const heart = setInterval(() => response.write(':\n\n'), 15_000);
    response.on('close', () => { hub.listeners.delete(bring); clearInterval(heart); });
    bring();
    return;
  }
  const wait = Number(query.get('wait') ?? 0) * 1000;
  if (broken.has(wait > 0 ? 'longpoll' : 'shortpoll')) return send(response, 503, 'broken');
  const reply = () => {
    const body = JSON.stringify(hub.poll(topics, last ?? null).body);
    const etag = `"${createHash('sha1').update(body).digest('base64url')}"`;
    if (request.headers['if-none-match'] === etag) { response.writeHead(304, { etag }); response.end(); }
    else send(response, 200, body, { 'content-type': 'application/json', etag, 'cache-control': 'no-cache' });
  };
  if (wait === 0 || !hub.poll(topics, last ?? null).isEmpty) return reply();
  const since = last ?? hub.lastId;
  const finish = () => { hub.listeners.delete(listener); clearTimeout(timer); reply(); };
  const listener = () => { if (!hub.poll(topics, since).isEmpty) finish(); };
  const timer = setTimeout(finish, wait);
  hub.listeners.add(listener);
  response.on('close', () => { hub.listeners.delete(listener); clearTimeout(timer); });
}

const sockets = new Set<Duplex>();

function upgrade(request: IncomingMessage, socket: Duplex): void {
  const address = new URL(request.url ?? '/', 'http://mock');
  const { origin, host } = request.headers;
  socket.on('error', () => {});
  if (address.pathname !== path || broken.has('websocket') || (origin && new URL(origin).host !== host)) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: roundtrip.live.v1\r\n\r\n`);
  sockets.add(socket);
  console.error(`sockets: ${sockets.size}`);
  const frame = (opcode: number, content: Buffer) => {
    const n = content.length;
    const head = n < 126 ? Buffer.from([0x80 | opcode, n]) : n < 65536 ? Buffer.from([0x80 | opcode, 126, n >> 8, n & 255]) : Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
    socket.write(Buffer.concat([head, content]));
  };
  const say = (value: object) => frame(1, Buffer.from(JSON.stringify(value)));
  const places = new Map<number, { selectors: string[]; offset: number }>();
  const write = (message: Stored) => {
    const text = JSON.stringify(toJson(message));
    if (message.bytes) {
      const { base64: _, ...rest } = toJson(message);
      const head = Buffer.from(JSON.stringify(rest));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(head.length);
      frame(2, Buffer.concat([length, head, message.bytes]));
    } else if (text.length <= 16384) {
      frame(1, Buffer.from(text));
    } else {
      for (let at = 0; at < text.length; at += 16384) say({ op: 'part', id: message.id, last: at + 16384 >= text.length, text: text.slice(at, at + 16384) });
    }
  };
  const bring = () => {
    const due = new Map<number, Stored>();
    for (const place of places.values()) {
      for (const message of hub.after(place.offset, place.selectors)) due.set(message.offset, message);
      place.offset = hub.next;
    }
    for (const offset of [...due.keys()].sort((a, b) => a - b)) write(due.get(offset)!);
  };
  hub.listeners.add(bring);
  let may = !!token(request, address)?.publish;
  const command = (head: Record<string, any>, bytes?: Buffer) => {
    if (head.op === 'subscribe') {
      const { offset, from, gap } = hub.resume(head.since);
      places.set(head.sub, { selectors: head.topics, offset });
      say({ op: 'subscribed', sub: head.sub, from });
      if (gap) say({ op: 'gap', sub: head.sub, ...gap });
      bring();
    } else if (head.op === 'unsubscribe') {
      places.delete(head.sub);
      say({ op: 'unsubscribed', sub: head.sub });
    } else if (head.op === 'publish') {
      const { op: _, ref, ...draft } = head;
      if (may) say({ op: 'published', ref, id: hub.publish({ ...(draft as { topics: string[] }), ...(bytes ? { bytes: new Uint8Array(bytes) } : {}) }).id });
      else say({ op: 'error', ref, status: 403, text: 'no token to publish with' });
    } else if (head.op === 'token') {
      may = true;
      say({ op: 'token' });
    }
  };
  say({ op: 'welcome', epoch: hub.epoch, last: hub.lastId, heartbeat: 15_000 });
  let rest = Buffer.alloc(0);
  let whole: Buffer[] = [];
  let kind = 0;
  socket.on('data', (part: Buffer) => {
    rest = Buffer.concat([rest, part]);
    for (;;) {
      if (rest.length < 2) return;
      let length = rest[1]! & 127;
      let at = 2;
      if (length === 126) { length = rest.length < 4 ? Infinity : rest.readUInt16BE(2); at = 4; }
      else if (length === 127) { length = rest.length < 10 ? Infinity : rest.readUInt32BE(6); at = 10; }
      if (rest.length < at + 4 + length) return;
      const mask = rest.subarray(at, at + 4);
      const content = Buffer.from(rest.subarray(at + 4, at + 4 + length));
      for (let i = 0; i < content.length; i++) content[i]! ^= mask[i & 3]!;
      const [first] = rest;
      rest = rest.subarray(at + 4 + length);
      const opcode = first! & 15;
      if (opcode === 8) { frame(8, content); socket.end(); return; }
      if (opcode > 8) continue;
      if (opcode > 0) kind = opcode;
      whole.push(content);
      if ((first! & 128) === 0) continue;
      const message = Buffer.concat(whole);
      whole = [];
      if (kind === 1) command(JSON.parse(message.toString()));
      else { const n = message.readUInt32BE(0); command(JSON.parse(message.subarray(4, 4 + n).toString()), message.subarray(4 + n)); }
    }
  });
  socket.on('close', () => { hub.listeners.delete(bring); sockets.delete(socket); console.error(`sockets: ${sockets.size}`); });
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  const address = new URL(request.url ?? '/', 'http://mock');
  response.setHeader('timing-allow-origin', '*');
  if (cors(request, address, response)) return;
  const { origin, host } = request.headers;
  if (address.pathname === `${path}/origin`) {
    const isAllowed = !origin || new URL(origin).host === host;
    send(response, isAllowed ? 204 : 403, '', { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'Live-Refusal', ...(isAllowed ? {} : { 'live-refusal': '403' }) });
    return;
  }
  if (address.pathname === `${path}/client.js` || address.pathname === `${path}/worker.js`) send(response, 200, readFileSync(join(dist, address.pathname.slice(path.length))), { 'content-type': types['.js']! });
  else if (address.pathname === `${path}/messages/`) {
    const message = hub.messages.find(known => known.id === address.searchParams.get('id'));
    send(response, message ? 200 : 404, Buffer.from(message?.bytes ?? []), { 'content-type': 'application/octet-stream' });
  } else if (address.pathname === path) mercure(request, address, response).catch(error => send(response, 500, String(error)));
  else if (address.pathname.startsWith('/cgi/')) cgi(request, address, response);
  else {
    let file = join(root, address.pathname);
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
    if (!file.startsWith(root) || !existsSync(file)) send(response, 404, 'no such file');
    else send(response, 200, readFileSync(file), { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
  }
}

const keys = mkdtempSync(join(tmpdir(), 'mock-'));
execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '2', '-keyout', `${keys}/key.pem`, '-out', `${keys}/cert.pem`], { stdio: 'ignore' });
createServer(handle).on('upgrade', upgrade).listen(Number(httpPort), '127.0.0.1');
createSecureServer({ key: readFileSync(`${keys}/key.pem`), cert: readFileSync(`${keys}/cert.pem`), allowHTTP1: true }, handle as never).on('upgrade', upgrade as never).listen(Number(httpsPort), '127.0.0.1');
console.log(`ready http://127.0.0.1:${httpPort}/ https://127.0.0.1:${httpsPort}/`);
