"""Before applications are measured: does the contender run them, whole and with their requests' content, and log it?"""

import hashlib
import http.client
import json
import os
import time

MIB = 1024 * 1024
HELLO = b"Hello, world!\n"
STREAM = hashlib.sha256(bytes(range(256)) * 4096).hexdigest()


def wrong(server, ground):
    """What is wrong with the contender's answers, or None."""
    content = os.urandom(MIB)
    try:
        if answer(server, "GET", "/hello") != HELLO:
            return "/hello is answered wrongly"
        if json.loads(answer(server, "GET", "/flask/7"))["name"] != "item 7":
            return "/flask/7 is answered wrongly"
        if hashlib.sha256(answer(server, "GET", "/stream")).hexdigest() != STREAM:
            return "/stream is not what the application sends"
        if answer(server, "POST", "/echo", content) != content:
            return "/echo does not give back what it was sent"
        return wrong_log(server, ground)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"


def answer(server, method, path, content=None):
    """The content of a 200."""
    # Its processes may still be starting when the port is open.
    deadline = time.monotonic() + 10
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", server.contender.http, timeout=10)
        try:
            connection.request(method, path, content)
            response = connection.getresponse()
            body = response.read()
            if response.status == 200:
                return body
            if time.monotonic() > deadline:
                raise ValueError(f"{path}: status {response.status}")
        finally:
            connection.close()
        time.sleep(0.1)


def wrong_log(server, ground):
    """An unwritten log would be work that only the others do. It has a line for each /hello."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        for _ in range(100):
            answer(server, "GET", "/hello")
        if ground.log_bytes(server.name) > 500:
            return None
        time.sleep(0.1)
    return "its access log stays empty"
