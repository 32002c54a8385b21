"""Resident bytes per idle connection: connections that have each had one answer, or are subscribed, are held, and the contender's memory read."""

import dataclasses
import functools
import socket
import ssl
import time

import h2.config
import h2.connection
import h2.events

import answers
import channels


@dataclasses.dataclass(frozen=True)
class Idle:
    """slope: bytes per connection between the two counts; whole: growth since start divided by the higher count."""

    slope: float = 0
    whole: float = 0
    fault: str = ""


def measure(server, low, high, case, certificate, deadline):
    if case.secure:
        answers.wait_for(server.contender.https)
    held, empty = [], server.group.resident_bytes()
    context = ssl.create_default_context(cafile=certificate) if case.secure else None
    port = server.contender.https if case.secure else server.contender.http
    answer = functools.partial(channels.subscribe, name=server.name, carrier=case.carrier) if case.carrier else _read_http2 if case.http2 else _read_http1
    if case.http2:
        context.set_alpn_protocols(["h2"])
    try:
        at_low = None
        while len(held) < high:
            held.append(_one_answer(port, context, answer))
            if time.monotonic() > deadline:
                return Idle(fault=f"only {len(held)} connections in time")
            if len(held) == low:
                at_low = _settled(server)
        at_high = _settled(server)
        lost = sum(1 for connection in held if _ended(connection))
        if lost:
            return Idle(fault=f"{lost} of {high} connections were closed")
        return Idle((at_high - at_low) / (high - low), (at_high - empty) / high)
    except (OSError, ValueError) as error:
        return Idle(fault=f"connection {len(held) + 1}: {error}")
    finally:
        for connection in held:
            connection.close()


def _one_answer(port, context, answer):
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    try:
        stream = context.wrap_socket(connection, server_hostname="localhost") if context else connection
        answer(stream)
        # Only the descriptor is kept: our own TLS state would fill this process, and nothing more is said over it.
        return socket.socket(fileno=stream.detach()) if context else stream
    except BaseException:
        connection.close()
        raise


def _read_http2(stream):
    connection = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
    connection.initiate_connection()
    connection.send_headers(1, [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/1k.txt")], end_stream=True)
    stream.sendall(connection.data_to_send())
    is_over = False
    while not is_over:
        for event in connection.receive_data(_some(stream)):
            if isinstance(event, h2.events.ResponseReceived) and (":status", "200") not in event.headers:
                raise ValueError(str(event.headers[:1]))
            is_over |= isinstance(event, h2.events.StreamEnded)
        stream.sendall(connection.data_to_send())


def _read_http1(stream):
    stream.sendall(b"GET /1k.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(stream)
    head, _, body = received.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    if not head.startswith(b"HTTP/1.1 200 "):
        raise ValueError(head.split(b"\r\n")[0].decode("latin-1"))
    left = int(fields[b"content-length"]) - len(body)
    while left > 0:
        left -= len(_some(stream))


def _some(stream):
    data = stream.recv(16384)
    if not data:
        raise ValueError("closed before the answer was whole")
    return data


def _settled(server):
    # Idle is what comes after the burst of opening them: some servers give memory back once they rest (ours looks every four seconds), all have as long.
    time.sleep(12)
    return server.group.resident_bytes()


def _ended(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
