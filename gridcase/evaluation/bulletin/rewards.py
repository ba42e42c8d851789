"""奖惩: what ranks and grades earn or cost, from a table of the site; listed as an annex, never paid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.bulletin.columns import UNITS
from gridcase.evaluation.bulletin.content import Reward
from gridcase.evaluation.bulletin.judged import Judged, Unit
from gridcase.evaluation.bulletin.words import Words
from gridcase.resources import SiteFolder
from gridcase.tables import read_table

NEEDED = ("of", "rank", "grade", "amount", "points")
OPTIONAL = ("group", "note")
_RANK = re.compile(r"(-?[1-9][0-9]{0,3})(?:\.\.(-?[1-9][0-9]{0,3}))?")
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: ranks `first` to `last` (negative: counted from the end, -1 the last), or a grade.

    `group` is empty for all groups; amount and points are decimal texts, one of them may be empty.
    """

    of: str
    group: str
    first: int | None
    last: int | None
    grade: str
    amount: str
    points: str
    note: str


def load_rewards(site: SiteFolder, name: str) -> tuple[Rule, ...]:
    """The table that the setting `bulletin.rewards` names, relative to the site folder; empty name = none.

    Raises DefinitionError with every fault, `bad_file` for a file that cannot be read.
    """
    if not name:
        return ()
    path = site.path(name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError([Fault(str(path), "", "bad_file", str(error))]) from error
    return parse_rewards(text, str(path))


def parse_rewards(text: str, file: str) -> tuple[Rule, ...]:
    """The rules of a CSV text: `of`, `rank` (3, 1..3, -1, -3..-1) or `grade`, `amount`, `points`, optional `group`,
    `note`. Raises DefinitionError with every fault."""
    faults: list[Fault] = []
    rules = []
    for line, fields in read_table(text, file, needed=NEEDED, optional=OPTIONAL, faults=faults):
        told = list(_faults(fields))
        faults += [Fault(file, f"line {line}", "bad_value", each) for each in told]
        if not told:
            rules.append(_rule(fields))
    if faults:
        raise DefinitionError(faults)
    return tuple(rules)


def _faults(fields: Mapping[str, str]) -> Iterator[str]:
    if fields["of"] not in UNITS:
        yield f'of = "{fields["of"][:_SHOWN]}" is none of {", ".join(UNITS)}'
    if bool(fields["rank"]) == bool(fields["grade"]):
        yield "either rank or grade is wanted"
    if fields["rank"] and _ranks(fields["rank"]) is None:
        yield f'rank = "{fields["rank"][:_SHOWN]}" is nothing like 1, 1..3 or -3..-1'
    if not fields["amount"] and not fields["points"]:
        yield "amount, points or both are wanted"
    for name in ("amount", "points"):
        if fields[name] and not _NUMBER.fullmatch(fields[name]):
            yield f'{name} = "{fields[name][:_SHOWN]}" is no decimal number'


def _ranks(text: str) -> tuple[int, int] | None:
    match = _RANK.fullmatch(text)
    if match is None:
        return None
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    return (first, last) if first <= last and (first > 0) == (last > 0) else None


def _rule(fields: Mapping[str, str]) -> Rule:
    first, last = _ranks(fields["rank"]) or (None, None)
    return Rule(
        of=fields["of"],
        group=fields.get("group", ""),
        first=first,
        last=last,
        grade=fields["grade"],
        amount=fields["amount"],
        points=fields["points"],
        note=fields.get("note", ""),
    )


def rewards_of(judged: Judged, rules: tuple[Rule, ...], words: Words) -> tuple[Reward, ...]:
    """Every rule that fits a unit, by group and rank; ranks from the end count the ranks that were given."""
    found = []
    for group in judged.groups:
        members = judged.members(group)
        lowest = max((unit.rank for unit in members if unit.rank is not None), default=0)
        for unit in members:
            for rule in rules:
                if rule.of == judged.of and rule.group in ("", group) and _fits(rule, unit, lowest):
                    key, value = ("grade", rule.grade) if rule.grade else ("rank", unit.rank)
                    reason = words(f"word.{key}_reason", **{key: value})
                    found.append(Reward(unit, reason, rule.amount, rule.points, rule.note))
    return tuple(found)


def _fits(rule: Rule, unit: Unit, lowest: int) -> bool:
    if rule.first is None or rule.last is None:
        return unit.grade == rule.grade
    if unit.rank is None:
        return False
    place = unit.rank if rule.first > 0 else unit.rank - lowest - 1
    return rule.first <= place <= rule.last
