"""Runs a program in a terminal of our own and shows what its user sees.

screen.py COLUMNSxLINES STEPS PROGRAM [WORD...]

STEPS is a JSON array of [seconds, what]: at that time a key is pressed ("q"; "^C" for Ctrl-C), the window is made another size ("40x10"), or the screen is looked at ("look").
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

PATIENCE = 30


def resize(terminal, screen, columns, lines):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    screen.resize(lines, columns)


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
    written, looks, begun = b"", [], None
    deadline = time.monotonic() + PATIENCE
    while True:
        # Steps count from the first sign of life on, since it is another question how fast a program starts.
        while begun is not None and steps and time.monotonic() - begun >= steps[0][0]:
            what = steps.pop(0)[1]
            if what == "look":
                looks.append([line.rstrip() for line in screen.display])
            elif re.fullmatch(r"\d+x\d+", what):
                resize(terminal, screen, *(int(number) for number in what.split("x")))
            else:
                os.write(terminal, b"\x03" if what == "^C" else what.encode())
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        if select.select([terminal], [], [], 0.02)[0]:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            begun = begun or time.monotonic()
            written += data
            stream.feed(data)

    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    _, _, left = written.rpartition(b"\x1b[?1049l")
    json.dump({"screens": looks, "left": left.decode().replace("\r", ""), "exit": status}, sys.stdout)


main()
