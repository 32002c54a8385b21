"""How many bytes of a large response in flight arrive between an urgent request and its HEADERS.

usage: urgent.py http|https HOST PORT LARGE URGENT RUNS tree|urgency
Prints the bytes of each run, a line each. By python3-h2, so that the measuring end is not our own.

Behind a lost packet this end's system holds back what has arrived, and hands it over when the packet has come again. So nothing
is asked while it holds some, which would count though it came before; and a run in which a packet is lost after that is made
again, at most RUNS times in all. A server that buries what it sends loses packets in every run, and then there are lines missing.
"""
import select
import socket
import ssl
import struct
import sys
import time

import h2.config
import h2.connection
import h2.events
import h2.settings

# As the system accounts for them. It may account for one that is read already, and one too many does not matter here.
TWO_PACKETS = 4096


def connect(scheme, host, port):
    sock = socket.create_connection((host, port), timeout=20)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        sock = context.wrap_socket(sock, server_hostname="localhost")
        assert sock.selected_alpn_protocol() == "h2"
    return sock


def request(connection, stream, scheme, authority, path, priority):
    headers = [(":method", "GET"), (":scheme", scheme), (":authority", authority), (":path", path)]
    extra = {}
    if priority[0] == "urgency":
        headers.append(("priority", priority[1]))
    else:
        extra = {"priority_weight": priority[1], "priority_depends_on": priority[2], "priority_exclusive": False}
    connection.send_headers(stream, headers, end_stream=True, **extra)


def is_drained(sock):
    """Whether all that has arrived is read: what this end has not looked at yet, or its system holds back, is not the server's doing."""
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return False
    return not select.select([sock], [], [], 0)[0] and held_back(sock) < TWO_PACKETS


def held_back(sock):
    """Memory of what has arrived and is not read, also behind a missing packet: SK_MEMINFO_RMEM_ALLOC of linux/sock_diag.h, by SO_MEMINFO."""
    return struct.unpack_from("I", sock.getsockopt(socket.SOL_SOCKET, 55, 36))[0]


def out_of_order(sock):
    """How many packets came behind one that was missing: tcpi_rcv_ooopack of linux/tcp.h."""
    return struct.unpack_from("I", sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 232), 224)[0]


def run(scheme, host, port, large, urgent, kind):
    """The bytes between; None where a packet was lost meanwhile."""
    sock = connect(scheme, host, port)
    connection = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
    connection.local_settings = h2.settings.Settings(
        client=True, initial_values={h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 16 << 20, h2.settings.SettingCodes.ENABLE_PUSH: 0})
    connection.initiate_connection()
    connection.increment_flow_control_window(16 << 20)
    authority = f"{host}:{port}"
    request(connection, 1, scheme, authority, large, ("urgency", "u=7") if kind == "urgency" else ("tree", 1, 0))
    sock.sendall(connection.data_to_send())
    before, between, asked, held = 0, 0, False, 0
    while True:
        data = sock.recv(4096)
        if not data:
            raise SystemExit("the server closed the connection")
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.DataReceived) and event.stream_id == 1:
                connection.acknowledge_received_data(event.flow_controlled_length, 1)
                if asked:
                    between += event.flow_controlled_length
                else:
                    before += event.flow_controlled_length
            elif isinstance(event, h2.events.ResponseReceived) and event.stream_id == 3:
                is_spoilt = out_of_order(sock) != held
                sock.close()
                return None if is_spoilt else between
            elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                raise SystemExit(f"ended: {event}")
        if not asked and before >= 400_000 and is_drained(sock):
            asked, held = True, out_of_order(sock)
            request(connection, 3, scheme, authority, urgent, ("urgency", "u=0") if kind == "urgency" else ("tree", 256, 0))
        pending = connection.data_to_send()
        if pending:
            sock.sendall(pending)


def main():
    scheme, host, port, large, urgent, runs, kind = sys.argv[1:]
    runs = int(runs)
    clean = 0
    for _ in range(2 * runs):
        between = run(scheme, host, int(port), large, urgent, kind)
        if between is not None:
            clean += 1
            print(between, flush=True)
        if clean == runs:
            break
        time.sleep(0.05)


main()
