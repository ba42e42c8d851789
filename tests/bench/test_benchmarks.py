"""The benchmarks work: tables, ratios and bounds are right, and each of them runs through with tiny rounds."""

from __future__ import annotations

import pytest

from tests.bench.__main__ import BENCHES, main, run
from tests.bench.measuring import SIZES, Line, figure_at_most, ratio_at_least, ratio_at_most, take_turns
from tests.bench.showing import number, table


def test_the_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_the_medians() -> None:
    line = Line("a", "b", "µs", [2.0, 40.0, 6.0], [1.0, 10.0, 2.0])

    assert (line.figure, line.floor, line.ratio) == (6.0, 2.0, 3.0)
    assert line.spread == (2.5, 3.5)


def test_bounds_look_at_the_figure_or_at_the_ratio() -> None:
    def line(figure: float, *wanted: object) -> Line:
        return Line("a", "b", "µs", [figure], [2.0], wanted)  # type: ignore[arg-type]

    assert line(4.0, ratio_at_most(2), figure_at_most(4)).is_kept()
    assert not line(4.1, ratio_at_most(2)).is_kept()
    assert not line(4.1, ratio_at_most(3), figure_at_most(4)).is_kept()
    assert line(1.0, ratio_at_least(0.5)).is_kept()
    assert not line(0.9, ratio_at_least(0.5)).is_kept()


def test_a_line_without_floor_shows_the_spread_of_its_figures() -> None:
    line = Line("a", "", "s", [1.0, 2.0, 3.0], wanted=(figure_at_most(2),))

    assert (line.ratio, line.spread, line.is_kept()) == (None, (1.5, 2.5), True)


def test_sides_take_turns_and_each_round_gives_one_value_of_each() -> None:
    calls: list[str] = []

    found = take_turns(
        {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, operations=4, size=SIZES["tiny"]
    )

    assert [len(values) for values in found.values()] == [3, 3]
    assert all(value > 0 for values in found.values() for value in values)
    assert "".join(calls).endswith("abbaab")


def test_the_table_is_markdown_with_what_was_missed_in_capitals() -> None:
    lines = [
        Line("定位", "raw", "µs", [30.0], [10.0], (ratio_at_most(2),)),
        Line("clock", "raw", "s", [12345.0], [4.0], (ratio_at_least(0.5),)),
    ]

    head, rule, first, second = table(lines).splitlines()

    assert [cell.strip() for cell in head.split("|")[1:5]] == ["what", "beside", "figure", "floor"]
    assert rule.count("|") == head.count("|")
    cells = [cell.strip() for cell in first.split("|")[1:-1]]
    assert cells == ["定位", "raw", "30.0 µs", "10.0 µs", "3.00", "3.00–3.00", "≤ 2 ×", "MISSED"]
    assert [cell.strip() for cell in second.split("|")[3:4]] == ["12,345 s"]
    assert second.rstrip(" |").endswith("kept")


def test_numbers_have_three_digits() -> None:
    assert [number(value) for value in (0.0012, 0.5, 9.994, 15.2, 123.4, 45678.0)] == [
        "0.0012",
        "0.50",
        "9.99",
        "15.2",
        "123",
        "45,678",
    ]


def test_an_unknown_benchmark_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "clokc"])

    assert "no benchmark clokc; there are engine, clock" in capsys.readouterr().err


@pytest.fixture
def only_from_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLY", "engine,clock")
    monkeypatch.setenv("SIZE", "tiny")


@pytest.mark.usefixtures("only_from_environment")
def test_make_chooses_by_the_environment(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0

    shown = capsys.readouterr()
    # What is found is told while the rest goes on.
    assert [line for line in shown.err.splitlines() if line.endswith("…")] == ["engine …", "clock …"]
    assert "  engine step" in shown.err
    assert "| engine step " in shown.out
    assert "| due moment without lines " in shown.out


@pytest.mark.parametrize("name", BENCHES)
def test_each_benchmark_runs_through(name: str) -> None:
    lines = list(run(name, SIZES["tiny"]))

    assert lines
    for line in lines:
        assert line.figure > 0, line.what
        assert line.floor is None or line.floor > 0, line.what
