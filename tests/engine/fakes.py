"""What the engine's tests put in place of the register: guards that hold or fail as told, facts, limits, files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridcase.clock import ClockError, parse_limit
from gridcase.engine import Definition, Guard, lint_flows, load_flows
from gridcase.errors import Fault, Reason

PLAIN_GUARDS = (
    "point_in_cell", "class_in_catalogue", "inspector_photo", "own_report", "self_handling_allowed",
    "last_confirmation_not_absent", "no_open_confirmation", "main_case_open", "same_class",
    "never_filed", "condition_chosen", "cell_in_area", "duplicates_seen", "confirmed_if_needed",
    "not_reporting_inspector", "one_main_department", "department_active", "limit_filed",
    "same_department", "other_department", "own_department_main", "own_assignment",
    "handler_of_own_department", "no_open_assignment", "assignments_answered", "no_result_submitted",
    "result_submitted", "not_held", "no_rework_since_dispatch", "assigned_inspector",
    "another_inspector", "not_handler", "other_inspector_if_set", "inside_window",
    "passed_after_feedback", "conditions_ticked", "no_open_request", "void_request_open", "not_own_unit",
)  # fmt: skip
GUARDS_WITH_ARGUMENT: Mapping[str, Any] = {
    "has_photo": "photo_kind",
    "came_from": "state",
    "after": "trigger",
    "never": "trigger",
    "actor_of": "trigger",
    "not_actor_of": "trigger",
    "not_organisation_of": "trigger",
    "result_is": "text",
}
RECORDS = (
    "opinion", "receiver", "reason", "reason_code", "department", "assisting", "inspector", "handler", "question",
    "condition_no", "result", "lon", "lat", "coordinate_system", "measure", "started_at", "finished_at",
    "ticked", "same_time", "main_case", "document", "corrections", "duplicates_seen", "taken_at",
    "position", "photos_before", "photos_after", "photos_confirmation", "photos_verification",
)  # fmt: skip
SENT = ("result_is", "has_photo", "same_department", "one_main_department")


@dataclass(frozen=True)
class FakeFacts:
    """Facts under which the guards in `failing` fail and the records in `lacking` are absent."""

    failing: frozenset[str] = frozenset()
    lacking: frozenset[str] = frozenset()

    def lacks(self, record: str) -> bool:
        return record in self.lacking


def facts(*failing: str, lacking: str = "") -> FakeFacts:
    """Facts with these failing guards, and with lacking records parted by blanks."""
    return FakeFacts(frozenset(failing), frozenset(lacking.split()))


def fake_guard(name: str, argument: Any = "none") -> Guard:
    """A guard that fails when the facts list it: `has_photo`, or `has_photo:after` with its argument."""

    def check(told: FakeFacts, value: str | None) -> Reason | None:
        full = name if value is None else f"{name}:{value}"
        if {name, full} & told.failing:
            return Reason(name) if value is None else Reason(name, {"argument": value})
        return None

    return Guard(name, check, argument, judges_sent=name in SENT)


GUARDS = {name: fake_guard(name) for name in PLAIN_GUARDS} | {
    name: fake_guard(name, argument) for name, argument in GUARDS_WITH_ARGUMENT.items()
}


def check_limit(value: object) -> Reason | None:
    """What is wrong with a limit text, as the clock says it."""
    try:
        parse_limit(value)
    except ClockError as error:
        return Reason(error.code)
    return None


def lint(*texts: str | bytes, **files: str | bytes) -> list[Fault]:
    """The faults of files called a.toml, b.toml, …, or as given by keyword."""
    named = {f"workflows/{name}.toml": text for name, text in zip("abcdef", texts, strict=False)}
    named |= {f"workflows/{name}.toml": text for name, text in files.items()}
    return lint_flows(named, GUARDS, records=RECORDS, check_limit=check_limit)


def told(faults: list[Fault]) -> list[str]:
    """Place and code of each fault."""
    return [": ".join(part for part in (fault.place, fault.code) if part) for fault in faults]


def load(text: str) -> Definition:
    """The definition of one sound file."""
    flows = load_flows({"workflows/a.toml": text}, GUARDS, records=RECORDS, check_limit=check_limit)
    return flows.latest(flows.names[0])


# The short example of flow.md 9, with the states that it lacks: an inner move, clocks and requests.
LOOK_BACK = """\
name = "look_back"
version = 1
title = "回头看"
initial = "planned"

[[role]]
code = "shift_supervisor"
label = "值班长"
centre = true
[[role]]
code = "inspector"
label = "监督员"
centre = true
sees = "own"
[[role]]
code = "officer"
label = "专业部门"

[[state]]
name = "planned"
label = "待回访"
owner = "inspector"
limit = "15工作日"
[[state]]
name = "visited"
label = "已回访"
owner = "shift_supervisor"
limit = "judging"
longest_stay = "9工作日"
[[state]]
name = "mending"
label = "整改中"
stage = "handling"
owner = "officer"
limit = "mending_clock"
escalate_to = "inspector"
[[state]]
name = "done"
label = "已了结"
terminal = true

[[transition]]
trigger = "plan"
label = "安排回访"
from = []
to = "planned"
roles = ["shift_supervisor"]
records = ["inspector"]
[[transition]]
trigger = "visit"
label = "回访"
from = ["planned"]
to = "visited"
roles = ["inspector"]
guards = ["assigned_inspector"]
records = ["result", "position", "photos_verification"]
[[transition]]
trigger = "ask_mending"
label = "要求整改"
from = ["visited"]
to = "mending"
roles = ["shift_supervisor"]
guards = ["never:mend"]
backward = true
[[transition]]
trigger = "mend"
label = "整改"
from = ["mending"]
to = "visited"
roles = ["officer"]
guards = ["has_photo:after", "came_from:visited"]
optional = ["opinion", "photos_after"]
[[transition]]
trigger = "close"
label = "了结"
from = ["visited"]
to = "done"
roles = ["shift_supervisor"]
guards = ["result_is:present"]
[[transition]]
trigger = "close"
label = "整改后了结"
from = ["visited"]
to = "done"
roles = ["shift_supervisor"]
guards = ["after:mend"]

[[inner]]
trigger = "reassign"
label = "改派"
in = ["planned"]
roles = ["shift_supervisor"]
guards = ["another_inspector"]
records = ["inspector"]
backward = true

[[clock]]
name = "judging"
label = "判定"
limit = "1工作日"
starts = ["visit", "mend@mending"]
stops = ["close", "ask_mending"]
[[clock]]
name = "mending_clock"
label = "整改"
limit = "filed"
starts = ["ask_mending"]
stops = ["mend"]
holds = ["reassign"]
resumes = ["visit"]

[[request]]
kind = "extension"
label = "延期"
in = ["planned", "mending"]
asks = ["officer"]
decides = ["inspector", "shift_supervisor"]
forwards = "inspector"
clock = "planned"
size = "original"
max = 2
[[request]]
kind = "appeal"
label = "申诉"
in = ["done"]
asks = ["officer"]
decides = ["shift_supervisor"]
"""


def changed(old: str, new: str, text: str = LOOK_BACK) -> str:
    """The file with one piece of text changed; the piece must stand there."""
    if old not in text:
        raise AssertionError(f"{old!r} does not stand in the file")
    return text.replace(old, new, 1)
