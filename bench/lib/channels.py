"""How each contender's channel is subscribed to and published to, over which carriers; and, before anything is measured, whether it delivers."""

import base64
import hashlib
import hmac
import json
import socket
import ssl

WEBSOCKET, EVENTS = "websocket", "events"
SECRET = "a secret of the benchmark's publisher alone"
# 128 bytes that mean themselves in JSON, a form and a line: what the load generator looks for.
MESSAGE = "live-00000000".ljust(128, "x")

_UPGRADE = ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}\r\n")


def _get(path, fields):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode()


def _post(path, content, fields=""):
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(content)}\r\n{fields}\r\n{content}".encode()


def _token():
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    signed = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + b"." + part(json.dumps({"mercure": {"publish": ["*"]}}).encode())
    return (signed + b"." + part(hmac.digest(SECRET.encode(), signed, hashlib.sha256))).decode()


def _masked(text):
    """RFC 6455 section 5.2, a text frame; a key of zeros leaves the text as it is."""
    return bytes((0x81, 0x80 | len(text))) + bytes(4) + text


# SignalR answers its handshake with an empty record.
_HANDSHAKE = _masked(b'{"protocol":"json","version":1}\x1e')
_HUB = "/.well-known/mercure"

# Name, carrier: the request, and what comes once the subscription holds.
SUBSCRIPTIONS = {
    ("roundtrip-live", WEBSOCKET): (_get(f"{_HUB}?topic=bench", _UPGRADE + "Sec-WebSocket-Protocol: roundtrip.live.v1\r\n"), b'"op":"subscribed"'),
    ("roundtrip-live", EVENTS): (_get(f"{_HUB}?topic=bench", "Accept: text/event-stream\r\n"), b"\r\n\r\n"),
    ("nchan", WEBSOCKET): (_get("/subscribe", _UPGRADE), b"\r\n\r\n"),
    ("nchan", EVENTS): (_get("/subscribe", "Accept: text/event-stream\r\n"), b"\r\n\r\n"),
    ("node-ws", WEBSOCKET): (_get("/subscribe", _UPGRADE), b"\r\n\r\n"),
    ("signalr", WEBSOCKET): (_get("/subscribe", _UPGRADE) + _HANDSHAKE, b"{}\x1e"),
}

PUBLICATIONS = {
    "roundtrip-live": _post(_HUB, f"topic=bench&data={MESSAGE}", f"Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Bearer {_token()}\r\n"),
    "nchan": _post("/publish", MESSAGE, "Content-Type: text/plain\r\n"),
    "node-ws": _post("/publish", MESSAGE),
    "signalr": _post("/publish", MESSAGE),
}


def subscribe(stream, name, carrier):
    request, ready = SUBSCRIPTIONS[name, carrier]
    stream.sendall(request)
    received = b""
    while ready not in received:
        received += _some(stream)


def wrong(server, ground):
    """What is wrong with the contender's channel, over each carrier that it has, plain and over TLS; or None."""
    context = ssl.create_default_context(cafile=ground.certificate)
    carriers = [carrier for name, carrier in SUBSCRIPTIONS if name == server.name]
    try:
        # The publisher comes the same way: of Roundtrip, a virtual host's hub is its own.
        for port, is_secure in ((server.contender.http, False), (server.contender.https, True)):
            for carrier in carriers:
                with _dial(port, context if is_secure else None) as subscriber, _dial(port, context if is_secure else None) as publisher:
                    subscribe(subscriber, server.name, carrier)
                    publisher.sendall(PUBLICATIONS[server.name])
                    received = b""
                    while MESSAGE.encode() not in received:
                        received += _some(subscriber)
                    if b"HTTP/1.1 2" not in (answer := _some(publisher)):
                        return f"a publication is answered {answer[:60]}"
    except (OSError, ValueError) as error:
        return f"{carrier}{' over TLS' if is_secure else ''}: {type(error).__name__}: {error}"
    return None


def _dial(port, context):
    stream = socket.create_connection(("127.0.0.1", port), timeout=10)
    return context.wrap_socket(stream, server_hostname="localhost") if context else stream


def _some(stream):
    data = stream.recv(16384)
    if not data:
        raise ValueError("closed")
    return data
