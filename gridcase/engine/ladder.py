"""Lays a definition out as a picture: the states as rungs of a ladder, moves back on its left, ends on its right.

States stand below one another in the order of the file, the initial one first. A move to the next rung goes straight
down; one that passes rungs over runs in a lane on the right, one that goes up in a lane on the left. The states that
end a case are drawn beside each state from which they are reached. So no two boxes and no two texts ever lie on one
another, whatever the definition; lines cross only at right angles. Lengths are pixels of a picture drawn at 1:1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from gridcase.engine.definition import Definition, Transition
from gridcase.engine.lettering import broken, text_width

Kind = Literal["down", "skip", "back", "end"]
Anchor = Literal["start", "middle", "end"]
Told = Callable[[str], str]
_START: Anchor = "start"
_END: Anchor = "end"

STATE_SIZE, TEXT_SIZE = 14, 12
_LINE, _STATE_LINE = 15, 20
_MARGIN, _PAD, _BOX_WIDTH, _STAGE_WIDTH = 10, 10, 184, 84
_LABEL_MOST, _LANE, _LANE_PAD, _CORNER, _HEAD = 200, 14, 14, 6, 7
_PILL_HEIGHT, _PILL_PAD, _IN_HEIGHT, _GAP, _START_HEIGHT = 22, 12, 16, 20, 14


@dataclass(frozen=True, slots=True)
class Sign:
    """A line of text: `x` is its beginning, middle or end by `anchor`, `y` its base line. `kind` says what it tells."""

    text: str
    x: float
    y: float
    anchor: Anchor
    kind: Literal["state", "note", "inner", "move", "end"]


@dataclass(frozen=True, slots=True)
class Box:
    """A state, with its texts; `kind` is start (no case yet), state, or end (one that ends a case)."""

    name: str
    kind: Literal["start", "state", "end"]
    x: float
    y: float
    width: float
    height: float
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """All moves between two states as one arrow: `path` is SVG path data, `head` the points of its triangle.

    `source` is None for a case that begins. `is_backward` when every move on it goes backward.
    """

    source: str | None
    to: str
    kind: Kind
    path: str
    head: str
    signs: tuple[Sign, ...]
    is_backward: bool


@dataclass(frozen=True, slots=True)
class Band:
    """The rungs of one stage in a row."""

    stage: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """The whole picture."""

    width: float
    height: float
    bands: tuple[Band, ...]
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]


@dataclass(slots=True)
class _Link:
    """The moves between two states while they are laid out; `y_out`, `y_in` where they leave and arrive."""

    source: str | None
    to: str
    kind: Kind
    span: int
    lines: tuple[str, ...]
    is_backward: bool
    y_out: float = 0
    y_in: float = 0
    lane: int = 0

    @property
    def height(self) -> float:
        """The room beside the box where the arrow leaves."""
        return _LINE * len(self.lines) + (_PILL_HEIGHT / 2 + 2 if self.kind == "end" else 8)


@dataclass(slots=True)
class _Rung:
    """A row of the ladder. Ports are pairs of a link and whether it leaves here."""

    name: str | None
    state_lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    left: list[tuple[_Link, bool]] = field(default_factory=list)
    right: list[tuple[_Link, bool]] = field(default_factory=list)
    y: float = 0
    height: float = 0

    @property
    def text_height(self) -> float:
        """The room of the texts in the box."""
        small = len(self.notes) + len(self.inner)
        return _STATE_LINE * len(self.state_lines) + _LINE * small


def ladder(definition: Definition, told: Told = str) -> Ladder:
    """The picture of a definition. `told` gives a label in the language of the reader."""
    links = _links(definition, told)
    rungs = _rungs(definition, told)
    _set_ports(rungs, links)
    _set_heights(rungs, links)
    _set_lanes([link for link in links if link.kind == "back"])
    _set_lanes([link for link in links if link.kind == "skip"])
    return _Picture(definition, told, rungs=rungs, links=links).drawn()


def _order(definition: Definition) -> list[str]:
    """The states of the rungs: the initial one, then those with a way out in the order of the file."""
    others = [state.name for state in definition.states.values() if not state.terminal]
    return [definition.initial, *(name for name in others if name != definition.initial)]


def _links(definition: Definition, told: Told) -> list[_Link]:
    places = {name: place for place, name in enumerate(_order(definition), start=1)}
    ways: dict[tuple[str | None, str], list[Transition]] = {}
    for row in definition.transitions:
        for source in row.froms:
            if row.to is not None:
                ways.setdefault((source, row.to), []).append(row)
    found = []
    for (source, to), rows in ways.items():
        start = places[source] if source is not None else 0
        span = places.get(to, start) - start
        kind: Kind = "end" if to not in places else "down" if span == 1 else "skip" if span > 1 else "back"
        texts = dict.fromkeys(_move_text(definition, row, told) for row in rows)
        lines = tuple(line for text in texts for line in broken(text, TEXT_SIZE, most=_LABEL_MOST))
        found.append(_Link(source, to, kind, span, lines, all(row.backward for row in rows)))
    return found


def _move_text(definition: Definition, row: Transition, told: Told) -> str:
    roles = "/".join(told(definition.roles[code].label) for code in row.roles)
    return f"{told(row.label)} · {roles}" if roles else told(row.label)


def _rungs(definition: Definition, told: Told) -> list[_Rung]:
    most = _BOX_WIDTH - 2 * _PAD
    rungs = [_Rung(None)]
    for name in _order(definition):
        state = definition.states[name]
        owner = definition.roles.get(state.owner or "")
        clock = definition.clocks.get(state.clock or "")
        notes = [told(owner.label)] if owner else []
        if clock is not None and clock.limit != "filed":
            notes.append(told(clock.limit))
        inner = dict.fromkeys(
            f"↻ {told(row.label)}" for row in definition.transitions if row.is_inner and name in row.sources
        )
        rungs.append(
            _Rung(
                name,
                broken(told(state.label), STATE_SIZE, most=most),
                broken(" · ".join(notes), TEXT_SIZE, most=most) if notes else (),
                tuple(line for text in inner for line in broken(text, TEXT_SIZE, most=most)),
            )
        )
    return rungs


def _set_ports(rungs: list[_Rung], links: list[_Link]) -> None:
    """Put the arrows to the sides of their boxes, in an order in which neighbours do not cross one another."""
    by_name = {rung.name: rung for rung in rungs}
    backs = sorted((link for link in links if link.kind == "back"), key=lambda link: -link.span)
    skips = sorted((link for link in links if link.kind == "skip"), key=lambda link: -link.span)
    for link in backs:
        by_name[link.source].left.append((link, True))
    for link in reversed(backs):
        by_name[link.to].left.append((link, False))
    for link in reversed(skips):
        by_name[link.to].right.append((link, False))
    for link in links:
        if link.kind == "end":
            by_name[link.source].right.append((link, True))
    for link in skips:
        by_name[link.source].right.append((link, True))


def _set_heights(rungs: list[_Rung], links: list[_Link]) -> None:
    downs = {link.source: link for link in links if link.kind == "down"}
    y: float = _MARGIN
    for rung in rungs:
        rung.y = y
        ports = (_ports_height(rung.left), _ports_height(rung.right))
        low = _START_HEIGHT if rung.name is None else rung.text_height + 2 * _PAD
        rung.height = max(low, *(height + 8 if height else 0 for height in ports))
        for side, height in zip((rung.left, rung.right), ports, strict=True):
            _set_port_places(side, rung.y + (rung.height - height) / 2)
        down = downs.get(rung.name)
        if down is not None:
            down.y_out = rung.y + rung.height
        y = rung.y + rung.height + (_LINE * len(down.lines) + _GAP if down is not None else _GAP)
        if down is not None:
            down.y_in = y


def _ports_height(ports: Iterable[tuple[_Link, bool]]) -> float:
    return sum(link.height if is_out else _IN_HEIGHT for link, is_out in ports)


def _set_port_places(ports: Iterable[tuple[_Link, bool]], top: float) -> None:
    for link, is_out in ports:
        if is_out:
            link.y_out = top + _LINE * len(link.lines) + 3
            top += link.height
        else:
            link.y_in = top + _IN_HEIGHT / 2
            top += _IN_HEIGHT


def _set_lanes(links: list[_Link]) -> None:
    """Give each arrow of a side the innermost lane that is free all along it, the short ones first."""
    lanes: list[list[tuple[float, float]]] = []
    for link in sorted(links, key=lambda link: abs(link.y_out - link.y_in)):
        low, high = sorted((link.y_out, link.y_in))
        is_free = [all(high + 6 < start or end + 6 < low for start, end in lane) for lane in lanes]
        link.lane = is_free.index(True) if True in is_free else len(lanes)
        if link.lane == len(lanes):
            lanes.append([])
        lanes[link.lane].append((low, high))


class _Picture:
    """The rungs and links with their places across."""

    def __init__(self, definition: Definition, told: Told, *, rungs: list[_Rung], links: list[_Link]) -> None:
        self._definition, self._told, self._rungs, self._links = definition, told, rungs, links
        backs = [link for link in links if link.kind == "back"]
        beside = [link for link in links if link.kind in ("skip", "end")]
        downs = [link for link in links if link.kind == "down"]
        left_lanes, right_lanes = _lane_room(backs), _lane_room([x for x in beside if x.kind == "skip"])
        self._box_x = _STAGE_WIDTH + left_lanes + _widest(backs)
        self._box_end = self._box_x + _BOX_WIDTH
        self._middle = self._box_x + _BOX_WIDTH / 2
        label_end = max(self._box_end + _widest(beside), self._middle + _widest(downs))
        self._left_lane, self._right_lane = self._box_x - _widest(backs), label_end
        self._end_x = label_end + right_lanes
        ends = {link.to for link in links if link.kind == "end"}
        self._pill = max((text_width(self._end_label(name), TEXT_SIZE) for name in ends), default=0)
        self._pill += 2 * _PILL_PAD if ends else 0

    def drawn(self) -> Ladder:
        """The picture."""
        last = self._rungs[-1]
        ends = [self._end_box(link) for link in self._links if link.kind == "end"]
        boxes = [*(self._box(rung) for rung in self._rungs), *ends]
        ways = [self._way(link) for link in self._links]
        width = self._end_x + self._pill + _MARGIN
        return Ladder(width, last.y + last.height + _MARGIN, self._bands(), tuple(boxes), tuple(ways))

    def _bands(self) -> tuple[Band, ...]:
        found: list[Band] = []
        for rung in self._rungs[1:]:
            stage = self._definition.states[rung.name or ""].stage
            start, end = rung.y - 6, rung.y + rung.height + 6
            if found:
                # A band reaches down to the next one.
                found[-1] = Band(found[-1].stage, found[-1].y, start - found[-1].y)
            if found and found[-1].stage == stage:
                found[-1] = Band(stage, found[-1].y, end - found[-1].y)
            else:
                found.append(Band(stage, start, end - start))
        return tuple(found)

    def _box(self, rung: _Rung) -> Box:
        if rung.name is None:
            return Box("", "start", self._middle - 7, rung.y + rung.height - _START_HEIGHT, 14, _START_HEIGHT)
        y = rung.y + (rung.height - rung.text_height) / 2
        signs = []
        for line in rung.state_lines:
            signs.append(Sign(line, self._middle, y + STATE_SIZE + 1, "middle", "state"))
            y += _STATE_LINE
        for line in rung.notes:
            signs.append(Sign(line, self._middle, y + TEXT_SIZE - 1, "middle", "note"))
            y += _LINE
        for line in rung.inner:
            signs.append(Sign(line, self._middle, y + TEXT_SIZE - 1, "middle", "inner"))
            y += _LINE
        return Box(rung.name, "state", self._box_x, rung.y, _BOX_WIDTH, rung.height, tuple(signs))

    def _end_label(self, name: str) -> str:
        return self._told(self._definition.states[name].label)

    def _end_box(self, link: _Link) -> Box:
        label = self._end_label(link.to)
        width = text_width(label, TEXT_SIZE) + 2 * _PILL_PAD
        sign = Sign(label, self._end_x + width / 2, link.y_out + TEXT_SIZE / 2 - 2, "middle", "end")
        return Box(link.to, "end", self._end_x, link.y_out - _PILL_HEIGHT / 2, width, _PILL_HEIGHT, (sign,))

    def _way(self, link: _Link) -> Way:
        draw = {"down": self._down, "end": self._end, "back": self._back, "skip": self._skip}[link.kind]
        path, head = draw(link)
        signs = self._down_signs(link) if link.kind == "down" else self._side_signs(link)
        return Way(link.source, link.to, link.kind, path, head, signs, link.is_backward)

    def _down(self, link: _Link) -> tuple[str, str]:
        tip = link.y_in
        head = ((self._middle - 4, tip - _HEAD), (self._middle + 4, tip - _HEAD), (self._middle, tip))
        return f"M{self._middle:g} {link.y_out:g}V{tip - _HEAD:g}", _points(head)

    def _end(self, link: _Link) -> tuple[str, str]:
        tip, y = self._end_x, link.y_out
        return f"M{self._box_end:g} {y:g}H{tip - _HEAD:g}", _arrow(tip, y, from_left=True)

    def _back(self, link: _Link) -> tuple[str, str]:
        lane = self._left_lane - _LANE_PAD - link.lane * _LANE
        # A move back into its own state arrives below where it left.
        turn = _CORNER if link.y_in > link.y_out else -_CORNER
        path = (
            f"M{self._box_x:g} {link.y_out:g}H{lane + _CORNER:g}Q{lane:g} {link.y_out:g} {lane:g} {link.y_out + turn:g}"
            f"V{link.y_in - turn:g}Q{lane:g} {link.y_in:g} {lane + _CORNER:g} {link.y_in:g}H{self._box_x - _HEAD:g}"
        )
        return path, _arrow(self._box_x, link.y_in, from_left=True)

    def _skip(self, link: _Link) -> tuple[str, str]:
        lane = self._right_lane + _LANE_PAD + link.lane * _LANE
        path = (
            f"M{self._start_x(link):g} {link.y_out:g}H{lane - _CORNER:g}"
            f"Q{lane:g} {link.y_out:g} {lane:g} {link.y_out + _CORNER:g}V{link.y_in - _CORNER:g}"
            f"Q{lane:g} {link.y_in:g} {lane - _CORNER:g} {link.y_in:g}H{self._box_end + _HEAD:g}"
        )
        return path, _arrow(self._box_end, link.y_in, from_left=False)

    def _start_x(self, link: _Link) -> float:
        return self._box_end if link.source is not None else self._middle + 7

    def _down_signs(self, link: _Link) -> tuple[Sign, ...]:
        y = link.y_out + (link.y_in - link.y_out - _LINE * len(link.lines)) / 2 - 3
        return tuple(
            Sign(line, self._middle + 8, y + TEXT_SIZE - 1 + _LINE * at, "start", "move")
            for at, line in enumerate(link.lines)
        )

    def _side_signs(self, link: _Link) -> tuple[Sign, ...]:
        below = link.y_out - 4 - _LINE * (len(link.lines) - 1)
        x, anchor = (self._box_x - 8, _END) if link.kind == "back" else (self._box_end + 8, _START)
        return tuple(Sign(line, x, below + _LINE * at, anchor, "move") for at, line in enumerate(link.lines))


def _widest(links: Iterable[_Link]) -> float:
    """The room of the texts of these links beside the boxes."""
    widths = [text_width(line, TEXT_SIZE) for link in links for line in link.lines]
    return max(widths, default=0) + (20 if widths else 0)


def _lane_room(links: Iterable[_Link]) -> float:
    lanes = [link.lane for link in links]
    return _LANE_PAD * 2 + max(lanes) * _LANE if lanes else _LANE_PAD


def _arrow(x: float, y: float, *, from_left: bool) -> str:
    back = -_HEAD if from_left else _HEAD
    return _points(((x + back, y - 4), (x + back, y + 4), (x, y)))


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
