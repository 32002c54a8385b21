"""One publisher to many subscribers: bench/live/subscribers.c opens them, publishes and counts; the server's CPU time is read before and after."""

import dataclasses
import subprocess
import time

import channels
from contenders import SUBSCRIBERS


@dataclasses.dataclass(frozen=True)
class Turn:
    """cpu: microseconds of server CPU per delivery; rate: deliveries a second; p99: microseconds from before a publication to its delivery."""

    cpu: float = 0
    rate: float = 0
    p99: float = 0
    fault: str = ""


class Audience:
    """The subscribers of one contender, from construction to close()."""

    def __init__(self, server, case, count):
        self._server = server
        request, ready = channels.SUBSCRIPTIONS[server.name, case.carrier]
        files = {"request": request, "publication": channels.PUBLICATIONS[server.name]}
        paths = {name: f"{server.ground.folder_of(server.name)}/{name}" for name in files}
        for name, content in files.items():
            with open(paths[name], "wb") as file:
                file.write(content)
        self._process = subprocess.Popen(
            [SUBSCRIBERS, str(server.contender.http), str(count), paths["request"], ready, paths["publication"], str(case.ahead)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        self.fault = "" if line == "ready\n" else line.strip() or "the subscribers have ended"
        # Who answers an upgrade first and subscribes then has done so by now.
        time.sleep(0.5)

    def run(self, seconds):
        if self.fault:
            return Turn(fault=self.fault)
        before, begun = self._server.group.microseconds(), time.monotonic()
        try:
            self._process.stdin.write(f"{seconds}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self.fault = "the subscribers have ended"
            return Turn(fault=self.fault)
        line = self._process.stdout.readline()
        took = time.monotonic() - begun
        used = self._server.group.microseconds() - before
        words = line.split()
        if len(words) != 5 or words[0] == "fault":
            self.fault = line.strip() or "the subscribers have ended"
            return Turn(fault=self.fault)
        deliveries = int(words[1])
        return Turn(used / deliveries, deliveries / took, int(words[3]))

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
