"""A contender that runs: in a cgroup of its own before its program is executed, on one CPU, ended by process id."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time

from cgroup import Group


class NotStarted(Exception):
    """The contender ended or did not answer in time; the text holds the end of its output."""


class Server:
    def __init__(self, contender, ground, cpu):
        self.contender, self.name, self.ground = contender, contender.name, ground
        command = contender.configure(ground)
        self.group = Group(contender.name)
        # taskset comes first, so that the group pays for the contender alone; the shell's exec costs it nothing.
        launcher = ["taskset", "-c", str(cpu), "sh", "-c", 'echo 0 >"$0" && exec "$@"', self.group.join_file, *command]
        self._output_path = f"{ground.folder}/{self.name}/output"
        try:
            with open(self._output_path, "wb") as output:
                self._process = subprocess.Popen(
                    launcher, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                    env={**os.environ, **dict(contender.environment)})
        except BaseException:
            self.group.close()
            raise

    def wait_until_it_answers(self, seconds=15):
        """Returns at the first 200, asked for every millisecond. A refused connection costs the server nothing."""
        deadline = time.monotonic() + seconds
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.contender.http, timeout=seconds)
            try:
                if self.contender.only_http2:
                    socket.create_connection(("127.0.0.1", self.contender.https), timeout=seconds).close()
                    return
                connection.request("GET", "/1k.txt")
                if connection.getresponse().read() is not None:
                    return
            except (OSError, http.client.HTTPException) as error:
                if self._process.poll() is not None:
                    raise NotStarted(f"ended with code {self._process.returncode}: {self._last_output()}") from error
                if time.monotonic() > deadline:
                    raise NotStarted(f"no answer in {seconds} s: {self._last_output()}") from error
                time.sleep(0.001)
            finally:
                connection.close()

    def _last_output(self):
        for path in (self._output_path, f"{self.ground.folder}/{self.name}/error.log"):
            with contextlib.suppress(OSError), open(path, encoding="utf-8", errors="replace") as output:
                lines = output.read().strip().splitlines()
                if lines:
                    return " | ".join(lines[-3:])
        return "it wrote nothing"

    def alive(self):
        return self._process.poll() is None

    def close(self):
        """Asks the process to end, then ends what is left in its group: those are its own children and nobody else's."""
        with contextlib.suppress(ProcessLookupError):
            if self._process.poll() is None:
                self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(3)
        deadline = time.monotonic() + 3
        while (left := self.group.processes()) and time.monotonic() < deadline:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(3)
        self.group.close()
