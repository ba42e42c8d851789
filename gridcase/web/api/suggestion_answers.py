"""The answers about suggested departments: choices, the rules behind them, how often they were taken."""

from __future__ import annotations

from typing import Literal

from gridcase.web.api.fields import Day, Reply


class ShareReply(Reply):
    """How often a suggestion of the last days was taken; `rate` 0…1, null without any."""

    days: int
    offered_count: int
    taken_count: int
    rate: float | None = None


class RuleReply(Reply):
    """A responsibility rule; an empty part fits everything, of two that fit the larger priority wins."""

    id: str
    kind: str
    main_code: str
    sub_code: str
    area: str
    owner: str
    department: str
    priority: int
    valid_from: Day | None = None
    valid_to: Day | None = None
    note: str


class ChoiceReply(Reply):
    """A department for the dispatch: by a rule, or as the unit of the territory."""

    department: str
    name: str
    why: Literal["rule", "territory"]
    rule: RuleReply | None = None
    accepted: ShareReply | None = None


class SuggestionPart(Reply):
    """The first and the second choice; `passed_over` sent this case back, or may not get it again.

    `accepted` is the share of all suggestions of the district.
    """

    first: ChoiceReply | None = None
    second: ChoiceReply | None = None
    passed_over: list[str]
    accepted: ShareReply


class SuggestionReply(SuggestionPart):
    """The suggestion for the next dispatch of a case."""

    number: str
