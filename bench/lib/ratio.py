"""Ratios of one contender to another, pair by pair: turn i of the one by turn i of the other, which ran beside each other."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Ratio:
    median: float
    low: float
    high: float
    n: int


def pair_by_pair(own, peer):
    """own and peer: one value a turn, None where the turn does not count. None when no pair is whole."""
    ratios = [mine / theirs for mine, theirs in zip(own, peer) if mine is not None and theirs is not None and theirs > 0]
    if not ratios:
        return None
    return Ratio(statistics.median(ratios), min(ratios), max(ratios), len(ratios))


def median(values):
    counted = [value for value in values if value is not None]
    return statistics.median(counted) if counted else None


def line(case, peer, key, ratio, own, absolute, rps=None, **further):
    """One line that scripts read: ratios of our own server to that peer, then the absolutes."""
    words = [f"RATIO case={case} peer={peer} {key}={ratio.median:.2f} lo={ratio.low:.2f} hi={ratio.high:.2f}"]
    if rps is not None:
        words.append(f"rps={rps.median:.2f}")
    words.append(f"n={ratio.n} own={own:.{_digits(own)}f} peer_abs={absolute:.{_digits(absolute)}f}")
    words += [f"{name}={value}" for name, value in further.items()]
    return " ".join(words)


def _digits(value):
    return 0 if value >= 1000 else 1 if value >= 10 else 2
