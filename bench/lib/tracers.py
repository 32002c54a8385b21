"""`bench/compare trace`: how long tracers take to the full answer, on eng/topology with 10 ms a link."""

import contextlib
import dataclasses
import os
import re
import subprocess
import sys
import time

import ratio
from contenders import JIT_PROGRAM, PROGRAM, ROOT

# Its own: somebody else may measure, or test, at the same time.
PREFIX = f"rtb{os.getpid()}"
DELAY = "10"
TARGET = "198.18.6.2"
# What Linux's routers limit they give again after this; each contender has an address of its own behind all NATs besides.
PAUSE = 4
PARALLEL = {"198.18.41.1", "198.18.42.1"}
TRUTH = ({"192.168.7.1"}, {"192.168.0.1"}, {"198.18.3.1"}, PARALLEL, set(), {TARGET})
ADDRESS = re.compile(r"\b\d+\.\d+\.\d+\.\d+\b")
# So long a run is waited for; of a quick one less, so that the whole of it ends within three minutes.
SECONDS, QUICK_SECONDS = 200, 100


@dataclasses.dataclass(frozen=True)
class Answer:
    """What one run has shown: the addresses of each hop, and the hops that lack an answer which they had."""

    hops: tuple
    starred: tuple = ()

    def fault(self):
        if len(self.hops) != len(TRUTH):
            return f"{len(self.hops)} hops"
        wrong = next((number for number, (seen, true) in enumerate(zip(self.hops, TRUTH), 1) if seen - true), None)
        return None if wrong is None else f"hop {wrong} is {', '.join(sorted(self.hops[wrong - 1]))}"


def read_hops(text):
    """Of traceroute, scamper and Roundtrip; a line without a number goes on with the hop before. mtr tells losses in per cent."""
    hops, starred = [], set()
    for line in text.splitlines():
        number = re.match(r" *(\d+)(\.\|--)? +", line)
        if number and not line.startswith("traceroute"):
            hops.append(set())
        elif not hops:
            continue
        rest = line[number.end():] if number else line
        hops[-1].update(ADDRESS.findall(rest))
        lost = "*" in rest or (number and number.group(2) and not re.search(r" 0\.0%? ", rest[:40]))
        if lost and len(hops) <= len(TRUTH) and TRUTH[len(hops) - 1]:
            starred.add(len(hops))
    return Answer(tuple(hops), tuple(sorted(starred)))


def read_paths(text):
    """A drawing of ours."""
    hops = {}
    for line in text.splitlines():
        if number := re.match(r" *(\d+)[a-z]* .*[●○]", line):
            hops.setdefault(int(number.group(1)), set()).update(ADDRESS.findall(line))
    return _both(Answer(tuple(hops[number] for number in sorted(hops))))


def read_links(text):
    """scamper's load-balancer trace: a line for each link. Its hops are told by the truth, since a line does not say them."""
    seen = {address for line in text.splitlines() if "->" in line for address in ADDRESS.findall(line)}
    known = set().union(*TRUTH)
    return _both(Answer(tuple(true & seen for true in TRUTH) + (() if seen <= known else (seen - known,))))


def _both(answer):
    missing = len(answer.hops) >= 4 and not PARALLEL <= answer.hops[3]
    return dataclasses.replace(answer, starred=(4,) if missing else ())


@dataclasses.dataclass(frozen=True)
class Tracer:
    name: str
    command: tuple
    read: object = read_hops


@dataclasses.dataclass(frozen=True)
class Case:
    """
    own: what is compared; at_least: its runs, more than the peers', for what is seen seldom. quick the same in a quick run.
    peers_may_miss: a peer's turn counts though it lacks something, and as long as it was waited for though it did not end: it was no slower for the one, and no faster for the other.
    """

    name: str
    own: Tracer
    peers: tuple
    turns: int
    at_least: int
    quick_peers: tuple
    quick_turns: int
    quick_at_least: int
    peers_may_miss: bool = False


def cases(jit):
    program = ("dotnet", JIT_PROGRAM) if jit else (PROGRAM,)
    return (
        Case(
            "route",
            Tracer("roundtrip", (*program, "trace", "-n", "-s", "@", TARGET)),
            (
                Tracer("traceroute", ("traceroute", "-n", "-s", "@", TARGET)),
                Tracer("traceroute-icmp", ("traceroute", "-I", "-n", "-s", "@", TARGET)),
                Tracer("mtr", ("mtr", "-r", "-c", "3", "-n", "-a", "@", TARGET)),
                Tracer("scamper", ("scamper", "-c", "trace -S @", "-i", TARGET)),
            ),
            turns=7, at_least=100, quick_peers=("traceroute", "traceroute-icmp"), quick_turns=3, quick_at_least=5),
        # scamper has no option for the source of this one, so it keeps the client's own. It takes a minute or two a run; who looks for all paths at a failure bound of 5 % may miss one now and then.
        Case(
            "paths",
            Tracer("roundtrip", (*program, "trace", "--paths", "-n", "-s", "@", TARGET), read_paths),
            (Tracer("scamper-tracelb", ("scamper", "-c", "tracelb", "-i", TARGET), read_links),),
            turns=3, at_least=10, quick_peers=("scamper-tracelb",), quick_turns=1, quick_at_least=3, peers_may_miss=True),
    )


CASES = ("route", "paths")
PEERS = ("traceroute", "traceroute-icmp", "mtr", "scamper", "scamper-tracelb")


def say(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


class Ground:
    """The topology, with an address for each contender that its NATs keep apart."""

    def __init__(self):
        self._addresses, self._ended = {}, {}
        self._script("up", DELAY)

    def address_of(self, name):
        if name not in self._addresses:
            last = 10 + len(self._addresses)
            self._addresses[name] = f"192.168.7.{last}"
            self._script("exec", "client", "ip", "address", "add", f"192.168.7.{last}/24", "dev", f"{PREFIX}-a1")
            for nat, device, inside, outside in (("nat1", 2, "192.168.7", "192.168.0"), ("nat2", 3, "192.168.0", "198.18.3")):
                self._script("exec", nat, "ip", "address", "add", f"{outside}.{last}/24", "dev", f"{PREFIX}-a{device}")
                self._script("exec", nat, "nft", f"insert rule ip nat postrouting ip saddr {inside}.{last} oifname {PREFIX}-a{device} snat to {outside}.{last}")
        return self._addresses[name]

    def run(self, case, tracer, seconds):
        """Milliseconds and the answer; the answer is None where it did not end in so many seconds, which are then the time."""
        name = f"{case.name} {tracer.name}"
        command = [word.replace("@", self.address_of(name)) for word in tracer.command]
        time.sleep(max(0, self._ended.get(name, 0) + PAUSE - time.monotonic()))
        begun = time.perf_counter()
        try:
            done = subprocess.run(
                ["ip", "netns", "exec", f"{PREFIX}-client", *command], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, timeout=seconds, env={**os.environ, "DOTNET_EnableDiagnostics": "0", "LC_ALL": "C.UTF-8"})
        except subprocess.TimeoutExpired:
            return seconds * 1000, None
        finally:
            took = (time.perf_counter() - begun) * 1000
            self._ended[name] = time.monotonic()
        return took, tracer.read(done.stdout.decode("utf-8", "replace"))

    def close(self):
        self._script("down")

    @staticmethod
    def _script(*words):
        subprocess.run([f"{ROOT}/eng/topology", *words], check=True, env={**os.environ, "TOPOLOGY": PREFIX}, timeout=60, stdout=subprocess.DEVNULL)


def measure(options):
    """Prints one line for each case and peer. Whether we were measured in each."""
    whole = True
    with contextlib.closing(Ground()) as ground:
        for case in cases(options.jit):
            if not options.case or case.name in options.case:
                whole &= _measure(case, ground, options)
    return whole


def _measure(case, ground, options):
    turns, at_least = (case.quick_turns, case.quick_at_least) if options.quick else (case.turns, case.at_least)
    seconds = QUICK_SECONDS if options.quick else SECONDS
    stopped = dict.fromkeys((peer.name for peer in case.peers), 0)
    wanted = options.peer or (case.quick_peers if options.quick else [peer.name for peer in case.peers])
    tracers = [case.own, *(peer for peer in case.peers if peer.name in wanted)]
    values, starred, runs = ({tracer.name: [] for tracer in tracers}, dict.fromkeys((tracer.name for tracer in tracers), 0), dict.fromkeys((tracer.name for tracer in tracers), 0))
    for turn in range(max(turns, at_least)):
        for tracer in list(tracers):
            if turn >= turns and tracer is not case.own:
                continue
            took, answer = ground.run(case, tracer, seconds)
            if answer is None and case.peers_may_miss and tracer is not case.own:
                stopped[tracer.name] += 1
                answer = Answer(TRUTH)
            fault = f"it has not ended in {seconds} s" if answer is None else answer.fault()
            if fault:
                say(f"{case.name}: {tracer.name} is out of the run: {fault}")
                tracers.remove(tracer)
                del values[tracer.name]
                continue
            runs[tracer.name] += 1
            starred[tracer.name] += 1 if answer.starred else 0
            is_out = answer.starred and not (case.peers_may_miss and tracer is not case.own)
            if is_out:
                say(f"{case.name}: {tracer.name}: turn {turn + 1} does not count: hop {', '.join(map(str, answer.starred))} lacks an answer")
            values[tracer.name].append(None if is_out else took)
        if case.own.name not in values:
            return False
        if turn < turns:
            say(f"{case.name}: turn {turn + 1} of {turns}")
    counts = ", ".join(f"{name} {starred[name]} of {runs[name]}" for name in values)
    print(f"# {case.name}: runs in which a hop falsely lacks an answer: {counts}", flush=True)
    for name, count in stopped.items():
        if count:
            print(f"# {case.name}: {name} was stopped in {count} of {runs[name]} runs after {seconds} s, which count as its time: the ratio is at most what is said", flush=True)
    own = values.pop(case.own.name)
    for name, peer in values.items():
        pairs = ratio.pair_by_pair(own, peer)
        if pairs is None:
            say(f"{case.name}: no whole pair with {name}")
        else:
            print(ratio.line(case.name, name, "time", pairs, ratio.median(own), ratio.median(peer)), flush=True)
    return ratio.median(own) is not None
