"""`make bench`: every benchmark prints figure, floor and ratio, measured in turns in the same run.

make bench                      all of them
make bench ONLY=clock           one; `make bench ONLY=clock,locate` several
make bench ONLY=rank SIZE=big   10,000,000 cases instead of 1,000,000: needs 35 GB of disk for a while
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from importlib import import_module

from tests.bench.measuring import SIZES, Line, Size
from tests.bench.showing import number, table

BENCHES = {
    "engine": "tests.bench.engine_step",
    "clock": "tests.bench.due_moments",
    "locate": "tests.bench.locating",
    "batch": "tests.bench.batch_commands",
    "rank": "tests.bench.rank_cases",
    "http": "tests.bench.over_http",
    "pages": "tests.bench.pages",
}


def run(name: str, size: Size) -> Iterator[Line]:
    """The lines of one benchmark, as they are found."""
    yield from import_module(BENCHES[name]).measure(size)


def _chosen(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    return names or list(BENCHES)


def main(arguments: list[str] | None = None) -> int:
    """Runs the chosen benchmarks and prints their table; 0 also when something wanted is missed."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", metavar="NAME", type=_chosen, default=os.environ.get("ONLY", ""))
    parser.add_argument("--size", choices=SIZES, default=os.environ.get("SIZE") or "normal")
    chosen = parser.parse_args(arguments)
    lines: list[Line] = []
    for name in chosen.only:
        print(f"{name} …", file=sys.stderr, flush=True)
        for line in run(name, SIZES[chosen.size]):
            lines.append(line)
            print(f"  {line.what}: {number(line.figure)} {line.unit}", file=sys.stderr, flush=True)
    print(table(lines))
    return 0


if __name__ == "__main__":
    # What was written for a benchmark is thrown away also when it is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main())
