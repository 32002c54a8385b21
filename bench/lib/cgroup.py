"""CPU time of one contender: all its processes and threads, also those that have ended, which /proc/PID/stat would lose."""

import os
import time

from machine import Refused

ROOT = "/sys/fs/cgroup"


def _parents():
    """Where a group may be made: (folder, version). The accounting of version 1 where it is mounted, otherwise version 2."""
    own = {}
    with open("/proc/self/cgroup", encoding="utf-8") as lines:
        for line in lines:
            _, controllers, path = line.rstrip("\n").split(":", 2)
            own[controllers] = path.lstrip("/")
    for folder in ("cpuacct", "cpu,cpuacct", "cpuacct,cpu"):
        if os.path.exists(f"{ROOT}/{folder}/cpuacct.usage"):
            yield f"{ROOT}/{folder}", 1
    for root in (ROOT, f"{ROOT}/unified"):
        if os.path.exists(f"{root}/cgroup.controllers"):
            # The whole tree for root; for others the part delegated to them.
            yield root, 2
            yield os.path.join(root, own.get("", "")), 2


class Group:
    """A cgroup that exists from construction to close()."""

    def __init__(self, name):
        name = f"roundtrip-bench-{os.getpid()}-{name}"
        failures = []
        for parent, version in _parents():
            try:
                os.mkdir(f"{parent}/{name}")
            except OSError as error:
                failures.append(f"{parent}: {error.strerror}")
                continue
            self.folder, self.version = f"{parent}/{name}", version
            return
        raise Refused(f"no cgroup can be made ({'; '.join(failures) or 'none is mounted'}); run as root: sudo bench/compare ...", code=3)

    @property
    def join_file(self):
        """A process that writes 0 here moves itself into the group."""
        return f"{self.folder}/cgroup.procs"

    def microseconds(self):
        """CPU time used since the group was made."""
        if self.version == 1:
            with open(f"{self.folder}/cpuacct.usage", encoding="ascii") as usage:
                return int(usage.read()) / 1000
        with open(f"{self.folder}/cpu.stat", encoding="ascii") as stat:
            return next(int(line.split()[1]) for line in stat if line.startswith("usage_usec "))

    def processes(self):
        with open(self.join_file, encoding="ascii") as pids:
            return [int(pid) for pid in pids]

    def resident_bytes(self):
        """Proportional resident memory of every process of the group: pages shared by n of them count as 1/n each."""
        total = 0
        for pid in self.processes():
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
                total += next(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) * 1024
        return total

    def close(self):
        for _ in range(100):
            try:
                os.rmdir(self.folder)
                return
            except FileNotFoundError:
                return
            except OSError:
                # A process that has ended leaves its group a moment later.
                time.sleep(0.02)
