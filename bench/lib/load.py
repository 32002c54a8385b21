"""One turn of load: wrk against one contender, the contender's CPU time read before and after."""

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


@dataclasses.dataclass(frozen=True)
class Turn:
    """cpu: microseconds of server CPU per request; rps: requests per second; fault: why the turn does not count."""

    cpu: float = 0
    rps: float = 0
    fault: str = ""


def run(server, shape, seconds, size):
    scheme, port = ("https", server.contender.https) if shape.secure else ("http", server.contender.http)
    script = "pipe.lua" if shape.pipelined else "report.lua"
    command = ["wrk", "-t", "1", "-c", str(shape.connections), "-d", f"{seconds}s", "--timeout", "5s", "-s", f"{LIB}/{script}"]
    if shape.close:
        command += ["-H", "Connection: close"]
    if shape.host:
        command += ["-H", f"Host: {shape.host}"]
    before = server.group.microseconds()
    output = _bounded([*command, f"{scheme}://127.0.0.1:{port}{shape.path}"], seconds + 20)
    # wrk's last connections are closed by the server after wrk has gone.
    time.sleep(0.03)
    used = server.group.microseconds() - before

    counts = {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", output.rpartition("COUNTS ")[2])}
    fault = _fault(counts, size)
    if fault:
        return Turn(fault=fault)
    return Turn(used / counts["requests"], counts["requests"] / counts["microseconds"] * 1e6)


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
