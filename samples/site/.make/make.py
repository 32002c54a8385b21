#!/usr/bin/python3
"""Makes the drawn-by-number files of this site, the same bytes each time: img/*.png and data/mebibyte.bin.

  python3 .make/make.py
"""

import math
import os
import random
import struct
import zlib

SITE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SEGMENT = 1460
FIRST_WINDOW = 10


def write_png(name, width, height, colour_at):
    """colour_at(x, y) gives (red, green, blue)."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes(colour_at(x, y))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    with open(f"{SITE}/{name}", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(bytes(rows), 9)))
        file.write(chunk(b"IEND", b""))


def mix(one, other, part):
    return tuple(round(a + (b - a) * part) for a, b in zip(one, other))


# From quick to slow.
SCALE = ((0.0, (222, 240, 233)), (0.25, (122, 196, 178)), (0.5, (38, 124, 152)), (0.75, (38, 66, 122)), (1.0, (24, 24, 62)))


def scale_colour(part):
    part = min(max(part, 0.0), 1.0)
    for (low, one), (high, other) in zip(SCALE, SCALE[1:]):
        if part <= high:
            return mix(one, other, (part - low) / (high - low))
    return SCALE[-1][1]


def load_seconds(round_trip, bits_per_second, size=1024 * 1024):
    """A cold fetch: TCP, TLS and request, then slow start until the line is full, then the line's own pace."""
    seconds, window, left = 3 * round_trip, FIRST_WINDOW * SEGMENT, size
    while left > 0:
        if window * 8 / bits_per_second >= round_trip:
            return seconds + left * 8 / bits_per_second
        if left <= window:
            return seconds + left * 8 / bits_per_second
        seconds, left, window = seconds + round_trip, left - window, window * 2
    return seconds


def load_time(width=960, height=420):
    """x: 1 to 1000 Mbit/s, logarithmic; y: a round trip of 200 ms above to 5 ms below. A light line at 0.25, 0.5, 1, 2, 4, 8 s."""
    def seconds_at(x, y):
        rate = 1e6 * 10 ** (3 * x / (width - 1))
        return load_seconds(0.2 - (0.2 - 0.005) * y / (height - 1), rate)

    def level(x, y):
        return math.log2(seconds_at(x, y))

    def colour(x, y):
        here = level(x, y)
        crossed = any(math.floor(here) != math.floor(level(x + dx, y + dy)) for dx, dy in ((1, 0), (0, 1)))
        base = scale_colour((here + 4) / 7.5)
        return mix(base, (255, 255, 255), 0.6) if crossed else base

    write_png("img/load-time.png", width, height, colour)


def segments(tick=3, row=26):
    """One row for each round trip of slow start, one stroke for each segment, until 1 MiB has arrived."""
    left, window, counts = math.ceil(1024 * 1024 / SEGMENT), FIRST_WINDOW, []
    while left > 0:
        counts.append(min(window, left))
        left -= window
        window *= 2
    width, height = max(counts) * tick, row * len(counts)

    def colour(x, y):
        index, within = divmod(y, row)
        if 4 <= within < row - 4 and x // tick < counts[index] and x % tick < tick - 1:
            return 98, 160, 255
        return 16, 33, 46

    write_png("img/segments.png", width, height, colour)


def icon(size=180):
    """The mark on its ground: out and back, once."""
    def sample(u, v):
        if abs(u - 0.24) < 0.03 and 0.16 < v < 0.84 or abs(u - 0.76) < 0.03 and 0.16 < v < 0.84:
            return 230, 237, 241
        along = (u - 0.27) / 0.46
        if 0 <= along <= 1:
            if abs(v - (0.26 + 0.2 * along)) < 0.035:
                return 240, 161, 75
            if abs(v - (0.74 - 0.2 * along)) < 0.035:
                return 98, 160, 255
        return 16, 33, 46

    def colour(x, y):
        # Sixteen samples a pixel make smooth edges.
        parts = [sample((x + i / 4 + 0.125) / size, (y + j / 4 + 0.125) / size) for i in range(4) for j in range(4)]
        return tuple(round(sum(part[channel] for part in parts) / 16) for channel in range(3))

    write_png("img/icon-180.png", size, size, colour)


def mebibyte():
    """Bytes that no compression makes smaller, so that a transfer of them measures the way and not the content."""
    with open(f"{SITE}/data/mebibyte.bin", "wb") as file:
        file.write(random.Random(1024).randbytes(1024 * 1024))


if __name__ == "__main__":
    load_time()
    segments()
    icon()
    mebibyte()
