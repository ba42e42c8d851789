"""The picture of a definition: every state and way is on it, and nothing lies on anything else, whatever the flow."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from gridcase.engine import Definition
from gridcase.engine.ladder import STATE_SIZE, TEXT_SIZE, Box, Ladder, Sign, ladder
from gridcase.engine.lettering import broken, text_width
from tests.engine.fakes import LOOK_BACK, load
from tests.engine.test_planted_faults import SHORT_EXAMPLE, move

WORKFLOWS = Path(__file__).parents[2] / "workflows"
_PLACE = re.compile(r"([MHVQ])([-\d. ]+)")
Area = tuple[float, float, float, float]


def long_flow(count: int) -> str:
    """Many states in a row, each with a way on, one over the next rungs, one back to the first, and one to the end."""
    names = ["planned", *(f"s{at}" for at in range(count))]
    states = "".join(
        f'  {{ name = "{name}", label = "{name}，名称很长很长很长很长", owner = "inspector", limit = "1工作日" }},\n'
        for name in names[1:]
    )
    ways = [move(f"on_{one}", one, other) for one, other in pairwise(names)]
    ways += [move(f"skip_{one}", one, other) for one, other in zip(names, names[3:], strict=False)]
    ways += [move(f"back_{name}", name, names[0]) for name in names[1:]]
    ways += [move(f"end_{name}", name, "visited") for name in names[1:]]
    return "".join([SHORT_EXAMPLE.replace("state = [\n", f"state = [\n{states}"), *ways])


DEFINITIONS = {
    "standard": (WORKFLOWS / "standard.toml").read_text(encoding="utf-8"),
    "two_level": (WORKFLOWS / "two_level.toml").read_text(encoding="utf-8"),
    "short": SHORT_EXAMPLE,
    "look_back": LOOK_BACK,
    "long": long_flow(24),
}


@pytest.fixture(params=DEFINITIONS)
def definition(request: pytest.FixtureRequest) -> Definition:
    return load(DEFINITIONS[request.param])


def area_of_sign(sign: Sign) -> Area:
    size = STATE_SIZE if sign.kind == "state" else TEXT_SIZE
    width = text_width(sign.text, size)
    left = sign.x - {"start": 0.0, "middle": width / 2, "end": width}[sign.anchor]
    return left, sign.y - size * 0.85, left + width, sign.y + size * 0.15


def area_of_box(box: Box) -> Area:
    return box.x, box.y, box.x + box.width, box.y + box.height


def lie_on_one_another(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def upright_lines(picture: Ladder) -> list[tuple[float, float, float]]:
    """x, upper and lower end of the longest upright part of each arrow."""
    found = []
    for way in picture.ways:
        x = y = 0.0
        for sign, numbers in _PLACE.findall(way.path):
            values = [float(number) for number in numbers.split()]
            if sign == "V":
                found.append((x, *sorted((y, values[0]))))
                y = values[0]
            elif sign == "H":
                x = values[0]
            else:
                x, y = values[-2:]
    return found


def test_every_state_and_every_way_is_drawn_once(definition: Definition) -> None:
    picture = ladder(definition)
    ways = {(source, row.to) for row in definition.transitions for source in row.froms if row.to is not None}

    assert sorted((way.source or "", way.to) for way in picture.ways) == sorted(
        (source or "", to) for source, to in ways
    )
    drawn = {box.name for box in picture.boxes}
    assert drawn - {""} == set(definition.states)
    inner = {f"↻ {row.label}" for row in definition.transitions if row.is_inner}
    assert inner == {sign.text for box in picture.boxes for sign in box.signs if sign.kind == "inner"}


def test_no_text_and_no_box_lies_on_another_and_all_lie_inside(definition: Definition) -> None:
    picture = ladder(definition)
    signs = [area_of_sign(sign) for part in (*picture.boxes, *picture.ways) for sign in part.signs]
    boxes = [area_of_box(box) for box in picture.boxes]
    beside = [area_of_sign(sign) for way in picture.ways for sign in way.signs]

    assert [pair for pair in combinations(signs, 2) if lie_on_one_another(*pair)] == []
    assert [pair for pair in combinations(boxes, 2) if lie_on_one_another(*pair)] == []
    assert [(sign, box) for sign in beside for box in boxes if lie_on_one_another(sign, box)] == []
    for left, top, right, bottom in (*signs, *boxes):
        assert left >= 0
        assert top >= 0
        assert right <= picture.width
        assert bottom <= picture.height


def test_no_arrow_runs_along_another(definition: Definition) -> None:
    lines = upright_lines(ladder(definition))

    shared = [
        pair for pair in combinations(lines, 2)
        if pair[0][0] == pair[1][0] and pair[0][1] < pair[1][2] and pair[1][1] < pair[0][2]
    ]  # fmt: skip
    assert len(lines) >= 1
    assert shared == []


def test_a_way_tells_its_moves_and_who_makes_them_in_the_words_of_the_reader() -> None:
    definition = load(DEFINITIONS["standard"])
    picture = ladder(definition, lambda text: {"返工": "Rework", "派遣员": "dispatcher"}.get(text, text))
    rework = next(
        way for way in picture.ways if (way.source, way.to) == ("verification_failed", "dispatched")
    )
    file = next(way for way in picture.ways if way.source == "accepted" and way.to == "filed")
    hand_back = next(way for way in picture.ways if way.source == "dispatched" and way.to == "handed_back")

    assert [sign.text for sign in rework.signs] == ["改派其他部门 · dispatcher", "Rework · dispatcher"]
    assert (rework.kind, rework.is_backward) == ("back", True)
    assert ([sign.text for sign in file.signs], file.kind, file.is_backward) == (
        ["立案 · 值班长"],
        "down",
        False,
    )
    assert (hand_back.kind, hand_back.is_backward) == ("skip", True)


def test_the_standard_flow_fits_a_desk_at_full_size() -> None:
    picture = ladder(load(DEFINITIONS["standard"]))

    assert picture.width <= 1000
    assert [band.stage for band in picture.bands][:3] == ["report", "filing", "dispatch"]


def test_a_move_into_its_own_state_is_a_loop() -> None:
    definition = load(LOOK_BACK + move("look_again", "visited", "visited"))
    loop = next(way for way in ladder(definition).ways if way.source == way.to)

    assert (loop.kind, loop.to) == ("back", "visited")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("立案", ("立案",)),
        ("一二三四五六七八九十", ("一二三四五六", "七八九十")),
        ("一二三四五六，七八", ("一二三四五六，", "七八")),
        ("send back again", ("send back", "again")),
        ("unbreakable_word", ("unbreakable_word",)),
        ("", ("",)),
    ],
)
def test_lines_break_between_chinese_signs_and_between_words(text: str, lines: tuple[str, ...]) -> None:
    assert broken(text, 10, most=60) == lines
