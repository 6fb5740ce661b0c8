"""A stretch of a calendar as sorted windows with running sums: how working time is counted fast."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

NEVER = 1 << 63


class Block(NamedTuple):
    """Windows in order, instants in microseconds; `before[i]` is the working time up to window i.

    `starts` and `before` have one entry more than `ends`: no window left, and the total.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    before: Sequence[int]
    total: int

    def used(self, t: int) -> int:
        """Working time of this block up to `t`."""
        starts, ends, before, _ = self
        i = bisect_right(ends, t)
        return before[i] + t - starts[i] if t > starts[i] else before[i]

    def reach(self, amount: int) -> int:
        """The first instant by which `amount` of this block has passed; 0 < amount <= total."""
        i = bisect_left(self.before, amount) - 1
        return self.starts[i] + amount - self.before[i]


def build(edges: Iterable[tuple[int, int]], low: int, high: int) -> Block:
    """The block of the windows `edges`, cut to [low, high).

    A union: on the night of a clock change windows that are apart on the wall can overlap in real time.
    """
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(edges):
        start, end = max(start, low), min(end, high)
        if start >= end:
            continue
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    before, total = [], 0
    for start, end in zip(starts, ends, strict=True):
        before.append(total)
        total += end - start
    return Block((*starts, NEVER), tuple(ends), (*before, total), total)
