"""Every page of a site with 100,000 cases on SQLite: milliseconds of the server, and what travels at a first visit.

The whole application answers in this process; no line lies between. Each page is asked by every role that it is for,
with each query of the authorisation table; what the first round finds, when nothing is warm yet, is told apart.
"""

from __future__ import annotations

import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from tests.bench.measuring import Line, Size, figure_at_most
from tests.bench.paged_site import Asked, PagedSite, first_load, paged_site

_CASES, _LEAST_CASES = 100_000, 60
_BROKEN = 500
# Milliseconds of a page and of the next case at the centre desk; KB of a first visit and of the phone.
_PAGE_MS, _NEXT_MS, _PAGE_KB, _PHONE_KB = 100, 150, 350, 120
_NEXT = "next case at the centre desk"
_EMPTY = "a page that is not there"
_PHONE = "/phone/"
_CHARTS = "echarts"


def measure(size: Size) -> Iterator[Line]:
    """p95 of every page beside that of an empty one, and the weight of first visits."""
    count = min(_CASES, max(_LEAST_CASES, size.cases // 10))
    with tempfile.TemporaryDirectory(prefix="gridcase-bench-") as name, paged_site(Path(name), count) as site:
        yield from _lines(site, size, f"{count:,} cases, SQLite")
        yield from _weights(site)


def _lines(site: PagedSite, size: Size, where: str) -> Iterator[Line]:
    first: dict[str, list[float]] = defaultdict(list)
    found: dict[str, list[float]] = defaultdict(list)
    empty: list[float] = []
    rounds = size.load_rounds
    for number in range(rounds + 1):
        for asked in site.requests(Random(number), most_roles=rounds):
            took, status, _headers, _body = site.ask(asked)
            if status >= _BROKEN:
                raise AssertionError(f"{asked} is answered with {status}")
            kept = found if number else first
            kept[asked.line].append(took)
            if number and asked.line == "GET /desk" and asked.query.startswith("next="):
                found[_NEXT].append(took)
            if number and len(found[asked.line]) == 1:
                empty += [site.ask(Asked("", asked.role, "/nothing-here", ""))[0] for _ in range(rounds)]
    floor = _percentile(empty, 95)
    for line, values in found.items():
        bound = _NEXT_MS if line == _NEXT else _PAGE_MS
        what = f"{line}, {where}: p95 of {len(values)}, p50 {statistics.median(values):.1f}"
        yield Line(what, f"{_EMPTY}, p95", "ms", [_percentile(values, 95)], [floor], (figure_at_most(bound),))
    slowest = max(first, key=lambda line: max(first[line]))
    yield Line(f"{slowest}, {where}: slowest first call of all pages", "", "ms", [max(first[slowest])])


def _percentile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _weights(site: PagedSite) -> Iterator[Line]:
    """The heaviest first visit of a page without charts, and that of the inspector's phone."""
    weights: dict[str, int] = {}
    for asked in site.requests(Random(0), most_roles=1):
        if asked.line not in weights and site.ask(asked)[2].get("Content-Type", "").startswith("text/html"):
            weight, files = first_load(site, asked)
            if not any(_CHARTS in path for path in files):
                weights[asked.line] = weight
    heaviest = max(weights, key=lambda line: weights[line])
    yield Line(
        f"{heaviest}: heaviest first visit",
        "",
        "KB",
        [weights[heaviest] / 1024],
        wanted=(figure_at_most(_PAGE_KB),),
    )
    phone = weights.get(f"GET {_PHONE}")
    if phone is not None:
        yield Line(
            "inspector's phone: first visit", "", "KB", [phone / 1024], wanted=(figure_at_most(_PHONE_KB),)
        )
