"""Subscribers of a hub over each carrier, on HTTP/1.1 without TLS and on HTTP/2 with it, that count every byte that a connection carries. What they send is what Chromium sends."""

import base64
import json
import os
import socket
import ssl
import struct

import h2.connection
import h2.events
import h2.settings

HUB = "/.well-known/mercure"
INTERVAL = 3  # seconds between short polls, as the browser's client has it

FIELDS = [
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"),
    ("accept-language", "en-US,en;q=0.9"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-dest", "empty"),
]


class Wire:
    """A connection whose bytes are counted as TCP carries them, behind TLS where there is any."""

    def __init__(self, port, is_secure):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = self.received = 0
        self._tls = None
        if is_secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_alpn_protocols(["h2"])
            self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
            self._tls = context.wrap_bio(self._in, self._out, server_hostname="localhost")
            self._run(self._tls.do_handshake)

    def send(self, data):
        if self._tls:
            self._run(lambda: self._tls.write(data))
        else:
            self._put(data)

    def receive(self):
        data = self._run(lambda: self._tls.read(65536)) if self._tls else self._take()
        if not data:
            raise ConnectionError("the server has left")
        return data

    def _run(self, work):
        while True:
            try:
                result = work()
                self._put(self._out.read())
                return result
            except ssl.SSLWantReadError:
                self._put(self._out.read())
                self._in.write(self._take())

    def _put(self, data):
        self.sent += len(data)
        self.socket.sendall(data)

    def _take(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server has left")
        self.received += len(data)
        return data


class Http1:
    """One exchange at a time; content comes in the pieces in which it is received."""

    def __init__(self, port):
        self.wire = Wire(port, is_secure=False)
        self._rest = b""

    def ask(self, path, fields, method="GET", content=b""):
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in [*FIELDS, *fields])]
        if content:
            lines.append(f"Content-Length: {len(content)}")
        self.wire.send("\r\n".join([*lines, "", ""]).encode() + content)

    def upgrade(self, path):
        self.ask(path, [("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13"), ("sec-websocket-protocol", "roundtrip.live.v1"),
                        ("sec-websocket-key", base64.b64encode(os.urandom(16)).decode())])
        status, _ = self.head()
        assert status == 101, status

    def head(self):
        while b"\r\n\r\n" not in self._rest:
            self._rest += self.wire.receive()
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        first, *lines = head.decode().split("\r\n")
        return int(first.split(" ")[1]), {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}

    def whole(self, fields):
        while len(self._rest) < (length := int(fields.get("content-length", 0))):
            self._rest += self.wire.receive()
        content, self._rest = self._rest[:length], self._rest[length:]
        return content

    def piece(self):
        if self._rest:
            piece, self._rest = self._rest, b""
            return piece
        return self.wire.receive()

    def send(self, data):
        self.wire.send(data)


class Http2:
    """One stream at a time is looked at."""

    def __init__(self, port):
        self.wire = Wire(port, is_secure=True)
        self._connection = h2.connection.H2Connection()
        self._connection.initiate_connection()
        self._stream = 0
        self._events = []
        self._flush()
        # Extended CONNECT may be used once the server has said so.
        while not self._connection.remote_settings.get(h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL):
            self._read()

    def ask(self, path, fields, method="GET", content=b""):
        self._begin([(":method", method), (":scheme", "https"), (":authority", "localhost"), (":path", path), *FIELDS, *fields], ends=True)

    def upgrade(self, path):
        self._begin([(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":authority", "localhost"), (":path", path), *FIELDS,
                     ("sec-websocket-version", "13"), ("sec-websocket-protocol", "roundtrip.live.v1")], ends=False)
        status, _ = self.head()
        assert status == 200, status

    def head(self):
        headers = self._until(h2.events.ResponseReceived).headers
        fields = {name.decode() if isinstance(name, bytes) else name: value.decode() if isinstance(value, bytes) else value for name, value in headers}
        return int(fields[":status"]), fields

    def whole(self, fields):
        content = b""
        while not isinstance(event := self._until((h2.events.DataReceived, h2.events.StreamEnded)), h2.events.StreamEnded):
            content += event.data
        return content

    def piece(self):
        return self._until(h2.events.DataReceived).data

    def send(self, data):
        self._connection.send_data(self._stream, data)
        self._flush()

    def _begin(self, headers, ends):
        self._stream = self._connection.get_next_available_stream_id()
        self._events = []
        self._connection.send_headers(self._stream, headers, end_stream=ends)
        self._flush()

    def _until(self, kind):
        while True:
            while self._events:
                event = self._events.pop(0)
                if isinstance(event, kind) and event.stream_id == self._stream:
                    return event
            self._read()

    def _read(self):
        for event in self._connection.receive_data(self.wire.receive()):
            if isinstance(event, h2.events.DataReceived) and event.flow_controlled_length:
                self._connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self._events.append(event)
        self._flush()

    def _flush(self):
        if data := self._connection.data_to_send():
            self.wire.send(data)


class Sockets:
    """roundtrip.live.v1."""

    def __init__(self, http, topic):
        self.requests = 1
        self._http, self._buffer = http, b""
        http.upgrade(HUB)
        command = json.dumps({"op": "subscribe", "sub": 1, "topics": [topic]}).encode()
        # RFC 6455 section 5.2: masked with a key of zeros, which leaves the text as it is.
        http.send(bytes((0x81, 0x80 | len(command))) + bytes(4) + command)
        while json.loads(self._text())["op"] != "subscribed":
            pass

    def next(self):
        while (said := json.loads(self._text()))["op"] != "message":
            pass
        return said["data"]

    def idle(self):
        """Answers a ping, or returns at the socket's timeout."""
        self._frame()

    def _text(self):
        while (frame := self._frame()) is None:
            pass
        return frame

    def _frame(self):
        opcode, length, start = self._need(2)[0] & 15, self._buffer[1], 2
        if length == 126:
            length, start = struct.unpack(">H", self._need(4)[2:4])[0], 4
        content = self._need(start + length)[start:start + length]
        self._buffer = self._buffer[start + length:]
        if opcode == 9:
            self._http.send(bytes((0x8A, 0x80 | length)) + bytes(4) + content)
        return content if opcode == 1 else None

    def _need(self, count):
        while len(self._buffer) < count:
            self._buffer += self._http.piece()
        return self._buffer


class Events:
    """Server-sent events."""

    def __init__(self, http, topic):
        self.requests = 1
        self._http, self._buffer = http, b""
        http.ask(f"{HUB}?topic={topic}", [("accept", "text/event-stream")])
        status, _ = http.head()
        assert status == 200, status
        self.idle()

    def next(self):
        while (found := self._buffer.find(b"data: ")) < 0 or (end := self._buffer.find(b"\n\n", found)) < 0:
            self._buffer += self._http.piece()
        data, self._buffer = self._buffer[found + 6:end].decode(), self._buffer[end + 2:]
        return data

    def idle(self):
        self._buffer += self._http.piece()


class Polls:
    """Long polling, or short where it does not wait."""

    def __init__(self, http, topic, wait):
        self.requests = 0
        self._http, self._topic, self._wait, self._last, self._tag, self._waiting = http, topic, wait, "", "", []
        self.arm(wait=0)
        self.take()

    def arm(self, wait=None):
        self.requests += 1
        wait = self._wait if wait is None else wait
        since = f"&since={self._last.replace('#', '%23').replace('/', '%2F')}" if self._last else ""
        self._http.ask(f"{HUB}?topic={self._topic}{since}&wait={wait}", [("accept", "application/json"), *([("if-none-match", self._tag)] if self._tag else [])])

    def take(self):
        status, fields = self._http.head()
        if status == 304:
            return
        poll = json.loads(self._http.whole(fields))
        self._last, self._tag = poll["last"], fields.get("etag", "") if self._wait == 0 else ""
        self._waiting += [message["data"] for message in poll["messages"]]

    def next(self):
        while not self._waiting:
            self.take()
            if not self._waiting:
                self.arm()
        return self._waiting.pop(0)

    def idle(self):
        self.arm()
        self.take()


CARRIERS = {
    "short polling": lambda http, topic: Polls(http, topic, 0),
    "long polling": lambda http, topic: Polls(http, topic, 25),
    "server-sent events": Events,
    "WebSocket": Sockets,
}
VERSIONS = {"HTTP/1.1": Http1, "HTTP/2, TLS": Http2}
