"""Makes what the run needs: the peers' packages, our own program, the Kestrel contender."""

import os
import subprocess
import sys

from contenders import BENCH, JIT_PROGRAM, KESTREL, PROGRAM, ROOT, SCRIPTS, SINK, SUBSCRIBERS
from machine import Refused


def install_peers():
    # Exit code 3 means that the packages are missing and that installing them takes a right we do not have.
    code = subprocess.run([f"{ROOT}/eng/install-peers"], check=False, stdout=subprocess.DEVNULL, timeout=900).returncode
    if code:
        raise Refused("eng/install-peers failed", code if code == 3 else 1)


def make_roundtrip(jit):
    program = JIT_PROGRAM if jit else PROGRAM
    sources = [f"{ROOT}/{name}" for name in ("src", "global.json", "Directory.Build.props", "Directory.Packages.props")]
    command = ["dotnet", "build", f"{ROOT}/src/Roundtrip", "--configuration", "Release", "--nologo"] if jit else [f"{ROOT}/eng/publish"]
    _make(program, sources, command)


def make_kestrel():
    _make(KESTREL, [f"{BENCH}/kestrel"], ["dotnet", "build", f"{BENCH}/kestrel", "--configuration", "Release", "--nologo"])


def make_sink():
    sources = [f"{BENCH}/sink", *(f"{ROOT}/{name}" for name in ("src", "global.json", "Directory.Build.props", "Directory.Packages.props"))]
    _make(SINK, sources, ["dotnet", "build", f"{BENCH}/sink", "--configuration", "Release", "--nologo"])


def make_scripts():
    """The folder of the CGI scripts, with the one that is compiled."""
    source = f"{BENCH}/cgi"
    command = 'mkdir -p "$1" && cc -O2 -static -o "$1/hello" "$0/hello.c" && cp "$0/shell" "$0/perl" "$1"'
    _make(f"{SCRIPTS}/hello", [source], ["sh", "-c", command, source, SCRIPTS])


def make_subscribers():
    source = f"{BENCH}/live/subscribers.c"
    _make(SUBSCRIBERS, [source], ["sh", "-c", 'mkdir -p "$(dirname "$1")" && cc -O2 -D_GNU_SOURCE -o "$1" "$0"', source, SUBSCRIBERS])


def _make(program, sources, command):
    """Runs the command when a source is newer than the program."""
    built = os.path.getmtime(program) if os.path.exists(program) else 0
    if built and max(_changed(source) for source in sources) <= built:
        return
    print(f"compare: making {os.path.basename(program)} ...", file=sys.stderr, flush=True)
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=900)
    if done.returncode == 0:
        os.utime(program)
        return
    # An old program must not stand in for the sources that do not build.
    raise Refused(f"{' '.join(command)} failed:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-15:]))


def _changed(path):
    if os.path.isfile(path):
        return os.path.getmtime(path)
    return max((os.path.getmtime(os.path.join(folder, name)) for folder, folders, names in os.walk(path) for name in (*names, ".")
                if os.path.exists(os.path.join(folder, name))), default=0)
