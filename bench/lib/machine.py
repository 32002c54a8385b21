"""Which CPUs the run uses, and what the machine is: printed above every table, since a number without it says nothing."""

import os
import platform
import resource
import socket


class Refused(Exception):
    """The run cannot start. The code is the program's exit code: 1 a thing is not so, 3 a right or package is missing."""

    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code


def two_cpus():
    """One CPU for the server, another for the load generator, so that neither takes the other's time."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise Refused("two CPUs are needed, one for the server and one for the load generator")
    return allowed[0], allowed[1]


def raise_descriptor_limit():
    """To what the system allows, for us and for the servers alike: the idle cases hold 18,000 connections."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def require_free(ports):
    """Refuses when somebody listens already: the answers measured would be theirs."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise Refused(f"port {port} on 127.0.0.1 is in use ({error.strerror}); end what listens there") from error


def describe():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), platform.machine())
    return f"{model}, {os.cpu_count()} CPUs, Linux {platform.release()}"
