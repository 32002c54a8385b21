"""A tunnel by extended CONNECT (RFC 8441), by python3-h2: sends BYTES through it and prints what came back as it is.

usage: tunnel.py PORT BYTES
"""
import socket
import sys

import h2.config
import h2.connection
import h2.events
import h2.settings

port, length = int(sys.argv[1]), int(sys.argv[2])
sock = socket.create_connection(("127.0.0.1", port), timeout=20)
connection = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
connection.initiate_connection()
sock.sendall(connection.data_to_send())
content = bytes(range(256)) * (length // 256)
sent, received, is_open, is_over = 0, bytearray(), False, False
while not is_over:
    data = sock.recv(65536)
    if not data:
        sys.exit("the server closed the connection")
    for event in connection.receive_data(data):
        if isinstance(event, h2.events.RemoteSettingsChanged) and not is_open:
            assert connection.remote_settings.enable_connect_protocol == 1, "extended CONNECT was not announced"
            connection.send_headers(1, [
                (":method", "CONNECT"), (":protocol", "example"), (":scheme", "http"), (":authority", f"127.0.0.1:{port}"), (":path", "/tunnel")])
        elif isinstance(event, h2.events.ResponseReceived):
            assert (":status", "200") in event.headers, event.headers
            is_open = True
        elif isinstance(event, h2.events.DataReceived):
            received += event.data
            connection.acknowledge_received_data(event.flow_controlled_length, 1)
        elif isinstance(event, h2.events.StreamEnded):
            is_over = True
        elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
            sys.exit(f"ended: {event}")
    while is_open and sent < length:
        room = min(connection.local_flow_control_window(1), connection.max_outbound_frame_size, length - sent)
        if room <= 0:
            break
        sent += room
        connection.send_data(1, content[sent - room:sent], end_stream=sent == length)
    sock.sendall(connection.data_to_send())
assert bytes(received) == content, f"{len(received)} bytes came back, of {length}"
print("the same")
