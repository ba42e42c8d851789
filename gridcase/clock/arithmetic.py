"""Due moment and counted time of a clock with holds and extensions, in exact whole seconds."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate

from gridcase.clock.held import HeldScale
from gridcase.clock.moments import (
    DAY,
    EPOCH,
    HORIZON,
    INPUT_END,
    input_second,
    moment_of,
    second_of,
    write_moment,
)
from gridcase.clock.refusals import ClockError
from gridcase.clock.rules import ClockRules
from gridcase.clock.tasks import (
    Request,
    Span,
    Stretch,
    Task,
    check_extension,
    check_hold,
    in_order,
    merged,
)


def due_moment(task: Task, rules: ClockRules) -> datetime:
    """The due moment in China time: the earliest moment at which the counted time equals limit + extensions.

    Raises ClockError with the faults 8 to 11 of clock.md 9, and `bad_time` for a start outside 1900 to 2199.
    """
    if task.holds or task.extensions:
        return moment_of(Course(span_of(task, rules), rules).due())
    since = task.start - EPOCH
    start = since.days * DAY + since.seconds
    if not 0 <= start < INPUT_END:
        input_second(task.start)  # raises
    rule = rules.units[task.limit.unit]
    scale = rule.scale
    return EPOCH + timedelta(0, scale.moment(scale.origin(start) + task.limit.count * rule.factor))


def counted(task: Task, rules: ClockRules, *, until: datetime) -> int:
    """The time used from the start to `until`, outside holds: seconds, or days in a closings clock.

    It is 0 for an `until` before the start and goes on rising after the due moment; holds that begin at or
    after the due moment change nothing (clock.md 5.4). Raises as `due_moment`, except for the horizon; `until`
    must lie before 2300.
    """
    course = Course(span_of(task, rules), rules)
    second = second_of(until)
    if second >= HORIZON:
        raise ClockError("bad_time", f"{until.isoformat()} lies after the year 2299")
    return course.used(second)


def is_on_time(finish: datetime, due: datetime) -> bool:
    """Whether `finish` is on time: in the second of the due moment it still is (clock.md 1.3)."""
    return second_of(finish) <= second_of(due)


def overdue_seconds(finish: datetime, due: datetime) -> int:
    """By how many whole seconds `finish` is late; 0 when it is on time."""
    return max(0, second_of(finish) - second_of(due))


def span_of(task: Task, rules: ClockRules) -> Span:
    """`task` in seconds, checked by the faults 8 and 9 of clock.md 9; raises the first ClockError in that order."""
    start = input_second(task.start)
    holds: list[Stretch] = []
    for hold in task.holds:
        stretch = (input_second(hold.start), input_second(hold.end))
        check_hold(stretch, start)
        holds.append(stretch)
    bare = Span(start, task.limit, merged(holds))
    requests: list[Request] = []
    for extension in task.extensions:
        request = Request(input_second(extension.at), extension.limit)
        check_extension(request, bare, rules)
        requests.append(request)
    return Span(start, task.limit, bare.holds, in_order(requests))


class Course:
    """One checked task under its rules: its totals, its due moment and the holds that matter.

    `totals[k]` is the limit with the first k extensions, in the unit of the scale.
    """

    def __init__(self, span: Span, rules: ClockRules) -> None:
        self.span = span
        self.rules = rules
        self.scale = HeldScale(rules.units[span.limit.unit].scale, span.start, span.holds)
        self.totals = list(
            accumulate((rules.total(one.limit) for one in span.extensions), initial=rules.total(span.limit))
        )

    @property
    def total(self) -> int:
        """Limit plus all extensions."""
        return self.totals[-1]

    def holds(self) -> tuple[Stretch, ...]:
        """The merged holds that begin before the due moment."""
        return self.scale.holds(self.total)

    def due(self) -> int:
        """The due moment; raises ClockError `extension_after_due`, or `bad_limit` after the year 2299."""
        for request, total in zip(self.span.extensions, self.totals, strict=False):
            due = self.scale.moment(total)
            if request.at > due:
                raise ClockError(
                    "extension_after_due",
                    f"asked for at {write_moment(request.at)}, due at {write_moment(due)}",
                )
        return self.scale.moment(self.total)

    def used(self, second: int) -> int:
        """The counted time used at `second`; holds that begin at or after the due moment change nothing."""
        return self.scale.used(second, self.total)
