"""Reads workflows/demo/month.toml: who works in the demo district, what is reported there, how well it is handled."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gridcase.cases.catalogue import Catalogue, Channel
from gridcase.errors import DefinitionError, Fault

FILE = Path("demo") / "month.toml"
STREET_UNIT = "street"

Share = Annotated[float, Field(ge=0, le=100)]
Weight = Annotated[float, Field(ge=0)]
Hours = Annotated[tuple[Weight, ...], Field(min_length=24, max_length=24)]
Week = Annotated[tuple[Weight, ...], Field(min_length=7, max_length=7)]
Delay = tuple[Annotated[float, Field(gt=0)], Weight]
Texts = Annotated[tuple[str, ...], Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Arrivals(_Table):
    """When problems are reported: weights of hours, weekdays and holidays, for patrols and for everybody else."""

    warm_up_days: Annotated[int, Field(ge=0, le=60)]
    holiday: Weight
    patrol_hours: Hours
    public_hours: Hours
    patrol_week: Week
    public_week: Week
    rush_hours: Weight
    rush_factor: Annotated[float, Field(ge=1)]


class StaffPlan(_Table):
    """How many people there are, and what they are called."""

    centre_code: str
    centre_name: str
    pilot_inspectors_per_km2: Weight
    inspectors_per_km2: Weight
    handlers: Annotated[int, Field(ge=1)]
    cases_per_post: Annotated[int, Field(ge=1)]
    fewest: dict[str, Annotated[int, Field(ge=1)]]
    surnames: str
    given_names: Texts


class DepartmentPlan(_Table):
    """A department, its pace and the classes it is responsible for."""

    code: str
    name: str
    group: str
    tempo: str
    takes: Texts


class StreetUnits(_Table):
    """The units of the streets: one each, named after it."""

    code: str
    name: str
    group: str
    tempos: Texts
    takes: Texts


class Tempo(_Table):
    """How a department works: part of the limit it takes, and what goes wrong (percent)."""

    share: Annotated[float, Field(gt=0)]
    spread: Weight
    pushed: Share
    neglected: Share
    failed: Share
    late_refusal: Share


class Delays(_Table):
    """Minutes until somebody acts, as median and spread of the logarithm."""

    intake: Delay
    confirmation: Delay
    filing: Delay
    dispatch: Delay
    receipt: Delay
    refusal: Delay
    decision: Delay
    repair: Delay
    urgent_receipt: Delay
    sending: Delay
    verification: Delay
    closing: Delay


class Shares(_Table):
    """How often something happens (percent)."""

    self_handled: Share
    repeated: Share
    merged: Share
    declined: Share
    doubted: Share
    absent: Share
    reclassified: Share
    rejected: Share
    returned_to_intake: Share
    misdirected: Share
    disputed: Share
    assigned: Share
    extension: Share
    extension_granted: Share
    suspension: Share
    suspension_granted: Share
    released_early: Share
    void: Share
    void_granted: Share
    force_closed: Share
    feedback_returned: Share
    same_time: Share
    unable: Share
    other_department: Share
    asked_again: Share
    declined_closing: Share


class Inspections(_Table):
    """Which classes are verified at the same time of day, and when a case passes at last."""

    same_time_classes: tuple[str, ...]
    most_failures: Annotated[int, Field(ge=1)]


class Wording(_Table):
    """What people write."""

    address: str
    reporter: Texts
    reporter_phone: str
    document: str
    measure: Texts
    result: Texts
    declined: Texts
    rejected: Texts
    returned_to_intake: Texts
    misdirected: Texts
    disputed: Texts
    extension: Texts
    extension_refused: Texts
    suspension: Texts
    void: Texts
    void_refused: Texts
    force_closed: Texts
    feedback_returned: Texts
    failed: Texts
    unable: Texts
    rework: Texts
    question: Texts
    asked_again: Texts
    declined_closing: Texts


class Plan(_Table):
    """The whole file."""

    arrivals: Arrivals
    channels: dict[str, Weight]
    mix: dict[str, Weight]
    staff: StaffPlan
    department: tuple[DepartmentPlan, ...]
    street_units: StreetUnits
    tempo: dict[str, Tempo]
    delays: Delays
    shares: Shares
    inspections: Inspections
    texts: Wording

    def department_of(self, category: str) -> str:
        """The code of the department responsible for a class, or STREET_UNIT: the longest entry counts.

        Raises LookupError when nobody is; `load_plan` lets no such class through.
        """
        found = max(
            ((len(key), code) for key, code in self._takes() if f"{category}/".startswith(f"{key}/")),
            default=None,
        )
        if found is None:
            raise LookupError(f"nobody is responsible for {category}")
        return found[1]

    def _takes(self) -> Iterator[tuple[str, str]]:
        for department in self.department:
            for key in department.takes:
                yield key, department.code
        for key in self.street_units.takes:
            yield key, STREET_UNIT


def load_plan(workflows: Path, *, catalogue: Catalogue, channels: Mapping[str, Channel]) -> Plan:
    """The plan of a site. Raises DefinitionError with every fault: file, key, and what does not fit."""
    path = workflows / FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        plan = Plan.model_validate(document)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError([Fault(str(path), "", "bad_file", str(error))]) from error
    except ValidationError as error:
        raise DefinitionError([
            Fault(str(path), ".".join(map(str, each["loc"])), "bad_value", each["msg"])
            for each in error.errors()
        ]) from error  # fmt: skip
    faults = [Fault(str(path), place, code, text) for place, code, text in _faults(plan, catalogue, channels)]
    if faults:
        raise DefinitionError(faults)
    return plan


def _faults(
    plan: Plan, catalogue: Catalogue, channels: Mapping[str, Channel]
) -> Iterator[tuple[str, str, str]]:
    for key in plan.channels:
        if key not in channels:
            yield f"channels.{key}", "unknown_channel", "workflows/channels.csv has no such channel"
    for key in plan.mix:
        parts = key.split("/")
        if len(parts) != 3 or catalogue.find(parts[0], parts[1], parts[2]) is None:
            yield f"mix.{key}", "class_in_catalogue", "the catalogue in force has no such class"
        try:
            plan.department_of(key)
        except LookupError as error:
            yield f"mix.{key}", "bad_value", str(error)
    tempos = [*plan.street_units.tempos, *(department.tempo for department in plan.department)]
    for name in sorted(set(tempos) - set(plan.tempo)):
        yield f"tempo.{name}", "missing_key", "a department has this tempo, and no table says what it is"
    if not sum(map(Decimal, plan.mix.values())) or not sum(map(Decimal, plan.channels.values())):
        yield "mix", "bad_value", "classes and channels need a weight above 0"
