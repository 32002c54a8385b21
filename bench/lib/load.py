"""One turn of load: wrk, or h2load for HTTP/2, against one contender, the contender's CPU time read before and after."""

import dataclasses
import os
import re
import subprocess
import time

from contenders import CLIENT_ENVIRONMENT

LIB = os.path.dirname(os.path.abspath(__file__))


@dataclasses.dataclass(frozen=True)
class Shape:
    """What is asked: the path, over which scheme, by how many connections, and how."""

    path: str
    secure: bool = False
    connections: int = 64
    pipelined: bool = False
    close: bool = False
    # The virtual host that is asked for; the address where none is said.
    host: str = ""
    # HTTP/2 over TLS, with so many streams at once on each connection; 0 for HTTP/1.1.
    streams: int = 0
    # All the paths that are asked for in turn, where there are several.
    paths: tuple = ()
    # Whether each request is a POST of a MiB, and the path what takes it.
    upload: bool = False
    # Over HTTP/1.1: each request is a POST of so many bytes; 0 for GET.
    post: int = 0
    # The least bytes of a response, for what is no file.
    size: int = 0


@dataclasses.dataclass(frozen=True)
class Turn:
    """cpu: microseconds of server CPU per request; rps: requests per second; fault: why the turn does not count."""

    cpu: float = 0
    rps: float = 0
    fault: str = ""


def run(server, shape, seconds, size):
    before = server.group.microseconds()
    measure = _h2load if shape.streams else _wrk
    requests, microseconds, fault = measure(server, shape, seconds, size)
    # The last connections are closed by the server after the load generator has gone.
    time.sleep(0.03)
    used = server.group.microseconds() - before
    return Turn(fault=fault) if fault else Turn(used / requests, requests / microseconds * 1e6)


def _wrk(server, shape, seconds, size):
    scheme, port = ("https", server.contender.https) if shape.secure else ("http", server.contender.http)
    script = "pipe.lua" if shape.pipelined else "report.lua"
    command = ["wrk", "-t", "1", "-c", str(shape.connections), "-d", f"{seconds}s", "--timeout", "5s", "-s", f"{LIB}/{script}"]
    if shape.close:
        command += ["-H", "Connection: close"]
    if shape.host:
        command += ["-H", f"Host: {shape.host}"]
    further = ["--", "post", str(shape.post)] if shape.post else []
    output = _bounded([*command, f"{scheme}://127.0.0.1:{port}{shape.path}", *further], seconds + 20)
    counts = {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", output.rpartition("COUNTS ")[2])}
    return counts.get("requests"), counts.get("microseconds"), _fault(counts, size)


def _h2load(server, shape, seconds, size):
    # Only h2 is offered, so that nobody is measured over HTTP/1.1 by mistake.
    command = ["h2load", "-t", "1", "-c", str(shape.connections), "-m", str(shape.streams), "-D", str(seconds), "--npn-list=h2"]
    if shape.upload:
        command += ["-d", f"{server.ground.www}/1m.bin"]
    urls = [f"https://127.0.0.1:{server.contender.https}{path}" for path in shape.paths or (shape.path,)]
    output = _bounded([*command, *urls], seconds + 20)
    counts = re.search(r"requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", output)
    data = re.search(r"\((\d+)\) data$", output, re.MULTILINE)
    if not counts or not data or int(counts[2]) == 0:
        return 0, 0, f"no request was answered: {output.strip().splitlines()[-1:]}"
    done, succeeded, failed, errored, late = (int(count) for count in counts.groups())
    # At the end h2load leaves the streams that are open: those are neither done nor wrong.
    if failed or late or succeeded != done:
        return 0, 0, f"{failed} failed, {errored} errored, {late} timeouts"
    if int(data[1]) / done < size:
        return 0, 0, f"short bodies: {int(data[1]) / done:.0f} bytes a response"
    return done, seconds * 1_000_000, ""


def _fault(counts, size):
    if not counts.get("requests"):
        return "no request was answered"
    for kind in ("connect", "read", "write", "status", "timeout"):
        if counts[kind]:
            return f"{counts[kind]} errors ({kind})"
    if counts["bytes"] / counts["requests"] < size:
        return f"short bodies: {counts['bytes'] / counts['requests']:.0f} bytes a response, with its head"
    return ""


def _bounded(command, seconds):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env=CLIENT_ENVIRONMENT)
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        return ""
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
