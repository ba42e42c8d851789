"""Lines of thirteen months: where they lie, what is marked, where they stop."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from gridcase.web.pages.leader_trend import LAST, NOW, YEAR, Box, Months, draw, months_to
from gridcase.web.pages.leader_view import shortened, wall_groups

BOX = Box(left=0, top=0, right=120, bottom=100)
NAMES = months_to("2026-11")


def _months(broken: frozenset[str] = frozenset()) -> Months:
    return Months(NAMES, frozenset(NAMES[:-1]), broken)


def test_the_thirteen_months_begin_with_the_same_month_of_last_year() -> None:
    assert (len(NAMES), NAMES[0], NAMES[2], NAMES[-1]) == (13, "2025-11", "2026-01", "2026-11")
    assert months_to("1900-02") == ("1900-01", "1900-02")


def test_a_line_lies_between_whole_steps_and_marks_what_is_compared() -> None:
    values = {name: Fraction(80 + at) for at, name in enumerate(NAMES)}

    drawn = draw([values], _months(), BOX)

    assert drawn is not None
    (line,) = drawn.lines
    assert (drawn.low, drawn.high) == (80, 95)
    assert line.runs[0].split()[0] == "0.0,100.0"
    assert (line.dots[-1].x, line.dots[-1].y) == (120.0, 20.0)
    assert [(dot.mark, dot.period) for dot in line.marked] == [
        (YEAR, "2025-11"),
        (LAST, "2026-10"),
        (NOW, "2026-11"),
    ]
    assert [dot.is_frozen for dot in line.dots] == [True] * 12 + [False]
    assert [(place, name) for place, name in drawn.ticks][::12] == [(0.0, "2025-11"), (120.0, "2026-11")]


def test_a_line_stops_at_a_gap_and_where_other_rules_began() -> None:
    values = {name: Fraction(50) for name in NAMES if name != "2026-03"}

    drawn = draw([values], _months(frozenset({"2026-08"})), BOX)

    assert drawn is not None
    assert [len(run.split()) for run in drawn.lines[0].runs] == [4, 5, 3]
    assert drawn.breaks == (95.0,)


def test_a_past_month_that_nobody_published_is_neither_joined_nor_marked() -> None:
    values = {name: Fraction(50) for name in NAMES}
    frozen = frozenset(NAMES) - {"2025-11", "2026-05", "2026-10", "2026-11"}

    drawn = draw([values], Months(NAMES, frozen, frozenset()), BOX)

    assert drawn is not None
    (line,) = drawn.lines
    assert [dot.period for dot in line.marked] == ["2026-11"]
    assert [len(run.split()) for run in line.runs] == [5, 4]
    assert [dot.period for dot in line.dots if not dot.is_frozen] == [
        "2025-11",
        "2026-05",
        "2026-10",
        "2026-11",
    ]


def test_a_month_alone_between_breaks_is_a_dot_without_a_line() -> None:
    drawn = draw([{"2026-11": Fraction(7)}], _months(), BOX)

    assert drawn is not None
    assert (drawn.lines[0].runs, len(drawn.lines[0].dots)) == ((), 1)
    assert (drawn.low, drawn.high) == (0, 10)
    assert draw([{}], _months(), BOX) is None


@given(st.lists(st.fractions(-50, 150), min_size=1, max_size=13))
def test_no_line_leaves_its_ground_and_hardly_moving_looks_like_it(values: list[Fraction]) -> None:
    line = dict(zip(reversed(NAMES), values, strict=False))

    drawn = draw([line], _months(), BOX)

    assert drawn is not None
    assert drawn.low <= min(values)
    assert max(values) <= drawn.high
    assert drawn.high - drawn.low >= 2 * BOX.step
    assert all(0 <= dot.y <= 100 and 0 <= dot.x <= 120 for dot in drawn.lines[0].dots)
    assert len(drawn.lines[0].dots) == len(line)


def test_a_ranking_on_a_wall_keeps_its_ends_and_its_lines() -> None:
    rows = [{"rank": at, "name": str(at)} for at in range(1, 31)]

    def shown(lines: int) -> list[int | None]:
        return [row["rank"] if row else None for row in shortened(rows, lines)]

    assert [shown(lines) for lines in (1, 2, 3, 4)] == [[30], [1, 30], [1, None, 30], [1, None, 29, 30]]
    assert shown(12) == [1, 2, 3, 4, 5, None, 25, 26, 27, 28, 29, 30]
    assert len(shown(30)) == 30


def test_several_groups_share_the_lines_of_a_wall() -> None:
    rows = [{"rank": at} for at in range(1, 9)]
    groups = [{"name": name, "rows": [*rows, {"rank": None}]} for name in "abcdefgh"]

    for count in range(1, 9):
        found = wall_groups(groups[:count], 12)
        lines = sum(len(own) + (count > 1) for _name, own in found)
        assert lines <= 12, count
        assert all(own[-1] == {"rank": 8} for _name, own in found)
    assert [row and row["rank"] for row in wall_groups(groups[:3], 12)[0][1]] == [1, None, 8]
    assert wall_groups([{"name": "a", "rows": [{"rank": None}]}], 12) == []
