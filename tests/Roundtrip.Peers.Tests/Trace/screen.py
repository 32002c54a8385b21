"""Runs a program in a terminal of our own and shows what its user sees.

screen.py COLUMNSxLINES STEPS PROGRAM [WORD...]

STEPS is a JSON array of [when, what]. When: so many seconds after the step before, or as soon as the screen matches a regular expression (of several lines, Python's). What: a key is pressed ("q"; "^C"
for Ctrl-C), the window is made another size ("40x10"), or the screen is looked at ("look").
Standard output is a JSON object: "screens", an array of arrays of lines, one for each look; "left", what the program wrote behind its return to the first screen; "exit".
"""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

import pyte

PATIENCE = 60


def resize(terminal, screen, columns, lines):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    screen.resize(lines, columns)


def is_due(when, screen, last):
    if isinstance(when, str):
        return re.search(when, "\n".join(line.rstrip() for line in screen.display), re.MULTILINE)
    return time.monotonic() - last >= when


def main():
    size = [int(number) for number in sys.argv[1].split("x")]
    steps = json.loads(sys.argv[2])
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        time.sleep(0.1)
        os.execvp(sys.argv[3], sys.argv[3:])

    screen = pyte.Screen(*size)
    stream = pyte.ByteStream(screen)
    resize(terminal, screen, *size)
    written, looks, last = b"", [], time.monotonic()
    deadline = last + PATIENCE
    while True:
        while steps and is_due(steps[0][0], screen, last):
            what, last = steps.pop(0)[1], time.monotonic()
            if what == "look":
                looks.append([line.rstrip() for line in screen.display])
            elif re.fullmatch(r"\d+x\d+", what):
                resize(terminal, screen, *(int(number) for number in what.split("x")))
            else:
                os.write(terminal, b"\x03" if what == "^C" else what.encode())
        if time.monotonic() > deadline:
            print("screen.py: patience ended before", steps, *screen.display, sep="\n", file=sys.stderr)
            os.kill(child, signal.SIGKILL)
            deadline = float("inf")
        if select.select([terminal], [], [], 0.02)[0]:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            written += data
            stream.feed(data)

    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    _, _, left = written.rpartition(b"\x1b[?1049l")
    json.dump({"screens": looks, "left": left.decode().replace("\r", ""), "exit": status}, sys.stdout)


main()
