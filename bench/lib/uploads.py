"""Before uploads are measured: does the contender read the whole content, answer after its last byte and not before, and answer 200? By python3-h2."""

import select
import socket
import ssl
import time

import h2.config
import h2.connection
import h2.events

PATH = "/sink"
ANSWER = b"ok\n"
LENGTH = 1024 * 1024


def wrong(server, ground):
    """What is wrong with the contender's answer to an upload, or None."""
    context = ssl.create_default_context(cafile=ground.certificate)
    context.set_alpn_protocols(["h2"])
    try:
        with socket.create_connection(("127.0.0.1", server.contender.https), timeout=10) as plain, \
                context.wrap_socket(plain, server_hostname="localhost") as stream:
            return _Upload(stream).wrong()
    except OSError as error:
        return f"{type(error).__name__}: {error}"


class _Upload:
    def __init__(self, stream):
        self._stream = stream
        self._connection = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self._status, self._content, self._is_over = None, b"", False

    def wrong(self):
        self._connection.initiate_connection()
        self._connection.send_headers(1, [
            (":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", PATH), ("content-length", str(LENGTH))])
        self._send(LENGTH - 1, ends=False)
        until = time.monotonic() + 0.3
        while time.monotonic() < until:
            self._receive(0.05)
        if self._status:
            return f"it answers an upload ({self._status}) before its last byte"
        self._send(1, ends=True)
        while not self._is_over:
            self._receive(5)
        if (self._status, self._content) != ("200", ANSWER):
            return f"an upload is answered {self._status} {self._content[:60]}"
        return None

    def _send(self, length, ends):
        while length > 0:
            room = min(self._connection.local_flow_control_window(1), self._connection.max_outbound_frame_size, length)
            if room > 0:
                length -= room
                self._connection.send_data(1, b"x" * room, end_stream=ends and length == 0)
            self._stream.sendall(self._connection.data_to_send())
            self._receive(0 if room > 0 else 5)

    def _receive(self, seconds):
        if not self._stream.pending() and not select.select([self._stream], [], [], seconds)[0]:
            if seconds >= 1:
                raise TimeoutError("it neither answers nor opens a window")
            return
        data = self._stream.recv(65536)
        if not data:
            raise ConnectionError("the connection was closed")
        for event in self._connection.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                self._status = dict(event.headers)[":status"]
            elif isinstance(event, h2.events.DataReceived):
                self._content += event.data
            elif isinstance(event, h2.events.StreamEnded):
                self._is_over = True
            elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)) and not self._is_over:
                raise ConnectionError(f"ended: {event}")
        self._stream.sendall(self._connection.data_to_send())
