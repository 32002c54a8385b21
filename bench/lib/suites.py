"""What `bench/compare NAME` measures, by name: the cases of each suite and the peers. A new NAME is an entry here."""

import dataclasses

import answers
import applications
import channels
import scripts
import uploads
from load import Shape


@dataclasses.dataclass(frozen=True)
class Throughput:
    """CPU time per request, and requests per second, under wrk."""

    name: str
    shape: Shape


@dataclasses.dataclass(frozen=True)
class IdleConnections:
    """Resident bytes per idle connection. In a quick run a handshake each leaves time for fewer TLS connections."""

    name: str
    secure: bool = False
    http2: bool = False
    # The carrier of channels by which each is a subscriber; empty for a connection that was answered.
    carrier: str = ""
    low: int = 10_000
    high: int = 18_000
    quick_low: int = 10_000
    quick_high: int = 18_000
    turns: int = 3


@dataclasses.dataclass(frozen=True)
class FanOut:
    """CPU time per delivery, deliveries a second and their delay: one publisher, many subscribers."""

    name: str
    carrier: str
    # How many messages may be under way that somebody lacks, each published when the one before is answered.
    ahead: int = 1
    subscribers: int = 10_000
    quick_subscribers: int = 1_000


@dataclasses.dataclass(frozen=True)
class Start:
    """CPU time from exec to the first answer."""

    name: str


@dataclasses.dataclass(frozen=True)
class Suite:
    own: str
    peers: tuple
    quick_peers: tuple
    cases: tuple
    # What each contender must answer rightly before it is measured.
    checks: tuple = (answers.wrong,)
    # A peer that has several configurations: the ratio is to the one that is better in the case.
    variants: dict = dataclasses.field(default_factory=dict)


# A page of a hundred resources: most are small, some are not. Their name says nothing; the query makes each a resource of its own to a client.
PAGE = tuple(f"/{name}?{number}" for number in range(25) for name in ("1k.txt", "16k.txt", "1k.txt", "1k.txt"))

SUITES = {
    "static": Suite(
        own="roundtrip",
        peers=("nginx", "h2o", "apache2", "kestrel"),
        quick_peers=("nginx", "h2o"),
        variants={"nginx": ("nginx", "nginx-nosendfile")},
        cases=(
            Throughput("1k", Shape("/1k.txt")),
            Throughput("16k", Shape("/16k.txt")),
            Throughput("1m", Shape("/1m.bin", connections=16)),
            Throughput("pipelined", Shape("/1k.txt", pipelined=True)),
            Throughput("tls-1k", Shape("/1k.txt", secure=True)),
            Throughput("close", Shape("/1k.txt", close=True)),
            Start("start"),
            IdleConnections("idle"),
            IdleConnections("idle-tls", secure=True, quick_low=1_000, quick_high=3_000, turns=1),
        )),
    # Everything over TLS, as browsers speak it.
    "http2": Suite(
        own="roundtrip",
        peers=("nginx", "h2o", "apache2", "kestrel", "nghttpd"),
        quick_peers=("nginx", "h2o"),
        variants={"nginx": ("nginx", "nginx-nosendfile")},
        cases=(
            Throughput("1k", Shape("/1k.txt", connections=16, streams=32)),
            Throughput("16k", Shape("/16k.txt", connections=16, streams=32)),
            Throughput("1m", Shape("/1m.bin", connections=16, streams=4)),
            Throughput("page", Shape(PAGE[0], connections=4, streams=100, paths=PAGE)),
            IdleConnections("idle", secure=True, http2=True, quick_low=1_000, quick_high=3_000, turns=1),
        )),
    # POST of 1 MiB over HTTP/2: our libraries with a handler that reads it, against who answers when all of it was read.
    "upload": Suite(
        own="sink",
        peers=("nginx", "h2o", "kestrel", "nghttpd"),
        quick_peers=("nginx", "h2o"),
        checks=(answers.wrong, uploads.wrong),
        cases=(Throughput("upload", Shape(uploads.PATH, connections=1, streams=32, upload=True, size=len(uploads.ANSWER))),)),
    # WSGI applications: two processes of four threads each, but for gunicorn's sync workers, which have one.
    "wsgi": Suite(
        own="roundtrip-wsgi",
        peers=("uwsgi", "uwsgi-http11", "nginx-uwsgi", "mod_wsgi", "gunicorn-gthread", "gunicorn-sync"),
        quick_peers=("uwsgi", "mod_wsgi"),
        checks=(applications.wrong,),
        cases=(
            Throughput("hello", Shape("/hello", connections=32, size=len(applications.HELLO))),
            Throughput("flask", Shape("/flask/7", connections=32, size=60)),
            Throughput("stream", Shape("/stream", connections=16, size=applications.MIB)),
            Throughput("echo", Shape("/echo", connections=16, post=applications.MIB, size=applications.MIB)),
        )),
    # CGI scripts, a process for each request: four connections, since each may hold a process.
    "cgi": Suite(
        own="roundtrip-cgi",
        peers=("mod_cgid", "nginx-fcgiwrap"),
        quick_peers=("mod_cgid", "nginx-fcgiwrap"),
        checks=(scripts.wrong,),
        cases=tuple(Throughput(name, Shape(f"/{name}", connections=4, size=len(scripts.ANSWER))) for name in ("hello", "shell", "perl"))),
    # Channels: messages of 128 bytes. nchan alone of the peers has server-sent events too.
    "live": Suite(
        own="roundtrip-live",
        peers=("node-ws", "signalr", "nchan"),
        quick_peers=("node-ws", "signalr", "nchan"),
        checks=(channels.wrong,),
        cases=(
            FanOut("fanout", channels.WEBSOCKET),
            FanOut("fanout-sse", channels.EVENTS),
            FanOut("burst", channels.WEBSOCKET, ahead=8),
            FanOut("burst-sse", channels.EVENTS, ahead=8),
            IdleConnections("idle", carrier=channels.WEBSOCKET, quick_low=1_000, quick_high=3_000, turns=1),
            IdleConnections("idle-sse", carrier=channels.EVENTS, quick_low=1_000, quick_high=3_000, turns=1),
            IdleConnections("idle-tls", secure=True, carrier=channels.WEBSOCKET, quick_low=1_000, quick_high=3_000, turns=1),
            IdleConnections("idle-sse-tls", secure=True, carrier=channels.EVENTS, quick_low=1_000, quick_high=3_000, turns=1),
        )),
    # What a large configuration costs: against the same program that serves the same folder.
    "hosts": Suite(
        own="roundtrip-hosts",
        peers=("roundtrip",),
        quick_peers=("roundtrip",),
        cases=(
            Throughput("1k", Shape("/1k.txt", host="host57.test")),
            Throughput("16k", Shape("/16k.txt", host="host57.test")),
        )),
}
