"""Runs the benchmarks by name. A figure that is short is printed as such and never fails the run."""

import logging
import sys
from collections.abc import Callable, Iterator

from bench.place import Place, open_place
from bench.report import Figure, write


def _benchmarks() -> dict[str, Callable[[Place], Iterator[Figure]]]:
    from bench import opening, rules, seats, sweeping, understanding, web

    return {
        "web": web.run,
        "seats": seats.run,
        "sweep": sweeping.run,
        "opening": opening.run,
        "rules": rules.run,
        "understanding": understanding.run,
    }


def run_benchmarks(name: str) -> None:
    """Run one group of benchmarks, or `all`; print a line per figure and write them down."""
    logging.disable(logging.INFO)
    groups = _benchmarks()
    if name != "all" and name not in groups:
        sys.exit(f"no such benchmark: {name} (one of all, {', '.join(groups)})")
    with open_place() as place:
        for group, run in groups.items():
            if name not in ("all", group):
                continue
            for figure in run(place):
                print(figure.line(), flush=True)
                write([figure])
