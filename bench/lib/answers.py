"""Before anything is measured: does the contender give the right answers, with the same suite as the others, and log them?"""

import hashlib
import http.client
import re
import socket
import ssl
import subprocess
import time

from contenders import CLIENT_ENVIRONMENT

TLS = "TLSv1.3 TLS_AES_256_GCM_SHA384"


def wrong(server, ground):
    """What is wrong with the contender's answers, or None."""
    wait_for(server.contender.https)
    if server.contender.only_http2:
        return _wrong_by_curl(server, ground) or _wrong_tls(server)
    plain = http.client.HTTPConnection("127.0.0.1", server.contender.http, timeout=10)
    context = ssl.create_default_context(cafile=ground.certificate)
    secure = http.client.HTTPSConnection("127.0.0.1", server.contender.https, timeout=10, context=context)
    try:
        for scheme, connection in (("http", plain), ("https", secure)):
            for path, expected in ground.digests.items():
                # Twice over one connection: the second answer may come from a cache.
                for _ in range(2):
                    fault = _wrong_answer(connection, path, *expected)
                    if fault:
                        return f"{scheme}: {path}: {fault}"
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        plain.close()
        secure.close()
    return _wrong_tls(server) or _wrong_log(server, ground)


def _wrong_by_curl(server, ground):
    """The same of who speaks HTTP/2 alone."""
    for path, (size, digest) in ground.digests.items():
        body = subprocess.run(
            ["curl", "-sf", "--http2", "--cacert", ground.certificate, f"https://localhost:{server.contender.https}{path}"],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False).stdout
        if len(body) != size or hashlib.sha256(body).hexdigest() != digest:
            return f"https: {path}: the body is not the file"
    return None


def wait_for(port):
    """A server may open its second port a moment after it answers on the first."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)


def _wrong_answer(connection, path, size, digest):
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        return f"status {response.status}"
    if response.getheader("Content-Length") != str(size):
        return f"Content-Length {response.getheader('Content-Length')}, not {size}"
    if hashlib.sha256(body).hexdigest() != digest:
        return "the body is not the file"
    return None


def _wrong_tls(server):
    """The suite and the curve decide much of TLS's cost; the load generator offers one suite, and X25519 first, which must be taken."""
    shown = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.contender.https}", "-servername", "localhost"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10, check=False, env=CLIENT_ENVIRONMENT).stdout
    suite = re.search(r"New, (\S+), Cipher is (\S+)", shown)
    curve = re.search(r"(?:Server Temp Key|Negotiated TLS1\.3 group): (\w+)", shown)
    chosen = f"{suite[1]} {suite[2]} {curve[1] if curve else 'no curve'}" if suite else "no handshake"
    expected = f"{TLS} {server.contender.curve}"
    return None if chosen == expected else f"TLS is {chosen}, not {expected}"


def _wrong_log(server, ground):
    """An unwritten log would be work that only the others do. Requests go on until a buffer is full or its time is up."""
    deadline = time.monotonic() + 5
    connection = http.client.HTTPConnection("127.0.0.1", server.contender.http, timeout=10)
    try:
        while time.monotonic() < deadline:
            for _ in range(100):
                connection.request("GET", "/1k.txt")
                connection.getresponse().read()
            if ground.log_bytes(server.name) > 500:
                return None
            time.sleep(0.1)
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return "its access log stays empty"
