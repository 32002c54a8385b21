"""One run: every contender configured, checked and measured in turns, case by case, and the lines that come of it."""

import contextlib
import sys
import time

import channels
import connections
import fanout
import load
import ratio
import suites
from server import NotStarted, Server


def say(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


class Run:
    def __init__(self, suite, own, peers, contenders, ground, cpu, quick):
        self.suite, self.own, self.peers, self.ground, self.cpu = suite, own, peers, ground, cpu
        self.turns, self.seconds, self.warm_up = (3, 1, 1) if quick else (7, 2, 1)
        self.quick = quick
        # A quick run ends within three minutes whatever happens; a full one within the hour.
        self.deadline = time.monotonic() + (165 if quick else 3600)
        names = [own, *(variant for peer in peers for variant in self._variants(peer))]
        self.contenders = {name: contenders[name] for name in dict.fromkeys(names)}

    def _variants(self, peer):
        return self.suite.variants.get(peer, (peer,))

    def measure(self, cases):
        """Prints one line for each case and peer. Whether our own server took part in every case."""
        whole = True
        throughput = [case for case in cases if isinstance(case, suites.Throughput)]
        servers = self._check_all(keep=bool(throughput))
        try:
            if self.own not in self.contenders:
                return False
            for case in throughput:
                whole &= self._report(case.name, *self._throughput(case, servers))
        finally:
            _close(servers)
        for case in cases:
            if isinstance(case, suites.IdleConnections):
                whole &= self._report(case.name, *self._idle(case))
            elif isinstance(case, suites.FanOut):
                whole &= self._report(case.name, *self._fan_out(case))
            elif isinstance(case, suites.Start):
                whole &= self._report(case.name, *self._start(case))
        return whole

    def _check_all(self, keep):
        """Starts each contender and checks its answers; who fails is out of the run."""
        servers = {}
        try:
            for name, contender in list(self.contenders.items()):
                fault = None if self._start_one(contender, servers) else "it did not start"
                for wrong in self.suite.checks:
                    fault = fault or wrong(servers[name], self.ground)
                if fault:
                    say(f"{name} is out of the run: {fault}")
                    del self.contenders[name]
                if name in servers and (fault or not keep):
                    servers.pop(name).close()
        except BaseException:
            _close(servers)
            raise
        return servers

    def _start_one(self, contender, servers):
        if contender.missing():
            say(f"{contender.name}: {contender.missing()} is missing")
            return False
        servers[contender.name] = server = Server(contender, self.ground, self.cpu)
        try:
            server.wait_until_it_answers()
            return True
        except NotStarted as error:
            say(f"{contender.name}: {error}")
            return False

    def _throughput(self, case, servers):
        size = case.shape.size or self.ground.digests[case.shape.path.partition("?")[0]][0]
        cpu, rps = {name: [] for name in self.contenders}, {name: [] for name in self.contenders}
        if self._warms_up(case):
            for name in self.contenders:
                load.run(servers[name], case.shape, self.warm_up, size)
                self.ground.truncate_logs(name)
        for turn in range(self.turns):
            if self._late(case.name, turn):
                break
            say(f"{case.name}: turn {turn + 1} of {self.turns}")
            for name in self.contenders:
                result = load.run(servers[name], case.shape, self.seconds, size)
                if result.fault:
                    say(f"{case.name}: {name}: turn {turn + 1} is thrown out: {result.fault}")
                cpu[name].append(None if result.fault else result.cpu)
                rps[name].append(None if result.fault else result.rps)
                self.ground.truncate_logs(name)
        return "cpu", cpu, rps, {}

    def _warms_up(self, case):
        """Before each case; in a quick run, for want of time, before the first alone."""
        first = next(known for known in self.suite.cases if isinstance(known, suites.Throughput))
        return not self.quick or case is first

    def _idle(self, case):
        low, high = (case.quick_low, case.quick_high) if self.quick else (case.low, case.high)
        slopes, wholes = {name: [] for name in self.contenders}, {name: [] for name in self.contenders}
        for turn in range(1 if self.quick else case.turns):
            for name, contender in self._who_speak(case.carrier):
                if self._late(case.name, turn):
                    break
                say(f"{case.name}: {name}, {low} to {high} connections")
                started = {}
                try:
                    if not self._start_one(contender, started):
                        continue
                    result = connections.measure(started[name], low, high, case, self.ground.certificate, self.deadline)
                finally:
                    _close(started)
                if result.fault:
                    say(f"{case.name}: {name} is thrown out: {result.fault}")
                slopes[name].append(None if result.fault else result.slope)
                wholes[name].append(None if result.fault else result.whole)
        return "bytes", slopes, None, {"whole": wholes}

    def _fan_out(self, case):
        count = case.quick_subscribers if self.quick else case.subscribers
        cpu, rate, delay = ({name: [] for name in self.contenders} for _ in range(3))
        servers, audiences = {}, {}
        with contextlib.ExitStack() as stack:
            stack.callback(_close, servers)
            for name, contender in self._who_speak(case.carrier):
                if self._start_one(contender, servers):
                    say(f"{case.name}: {name}, {count} subscribers")
                    audiences[name] = fanout.Audience(servers[name], case, count)
                    stack.callback(audiences[name].close)
                    audiences[name].run(self.warm_up)
            for turn in range(self.turns):
                if self._late(case.name, turn):
                    break
                say(f"{case.name}: turn {turn + 1} of {self.turns}")
                for name, audience in audiences.items():
                    result = audience.run(self.seconds)
                    if result.fault:
                        say(f"{case.name}: {name}: turn {turn + 1} is thrown out: {result.fault}")
                    cpu[name].append(None if result.fault else result.cpu)
                    rate[name].append(None if result.fault else result.rate)
                    delay[name].append(None if result.fault else result.p99)
        return "cpu", cpu, rate, {"p99": delay}

    def _start(self, case):
        used = {name: [] for name in self.contenders}
        # The first round only brings the programs into the page cache.
        for turn in range(self.turns + 1):
            if self._late(case.name, turn):
                break
            for name, contender in self._without_variants():
                started = {}
                try:
                    if self._start_one(contender, started) and turn > 0:
                        used[name].append(started[name].group.microseconds() / 1000)
                finally:
                    _close(started)
        return "time", used, None, {}

    def _without_variants(self):
        """Variants of one program differ in how they send, not in how they wait or start."""
        further = {name for names in self.suite.variants.values() for name in names[1:]}
        return [(name, contender) for name, contender in self.contenders.items() if name not in further]

    def _who_speak(self, carrier):
        """Those with that carrier of channels; all of them where none is asked for."""
        return [(name, contender) for name, contender in self._without_variants() if not carrier or (name, carrier) in channels.SUBSCRIPTIONS]

    def _late(self, case, turn):
        if time.monotonic() < self.deadline:
            return False
        say(f"{case}: the time is up after {turn} turns")
        return True

    def _report(self, case, key, values, rps, further):
        """Prints the case's lines. False when our own server has no value."""
        own = ratio.median(values.get(self.own, []))
        if own is None:
            say(f"{case}: no value of {self.own}, so no ratio")
            return False
        for peer in self.peers:
            known = {name: middle for name in self._variants(peer)
                     if name != self.own and (middle := ratio.median(values.get(name, []))) is not None}
            # Who is out of the run, or has no part in the case, has no turns.
            if not any(values.get(name) for name in self._variants(peer)):
                continue
            if not known:
                say(f"{case}: no value of {peer}")
                continue
            best = min(known, key=known.get)
            pairs = ratio.pair_by_pair(values[self.own], values[best])
            if pairs is None:
                say(f"{case}: no whole pair with {peer}")
                continue
            words = {}
            for name, wholes in further.items():
                words[f"own_{name}"] = f"{ratio.median(wholes[self.own]):.0f}"
                words[f"peer_{name}"] = f"{ratio.median(wholes[best]):.0f}"
            if len(known) > 1:
                words["better"] = best
            pace = ratio.pair_by_pair(rps[self.own], rps[best]) if rps else None
            print(ratio.line(case, peer, key, pairs, own, known[best], pace, **words), flush=True)
        return True


def _close(servers):
    for server in servers.values():
        server.close()
    servers.clear()
