"""Random walks of many people through the standard flow, with what must hold after every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import select

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.findings import FINDING_KINDS
from gridcase.cases.models import Case
from gridcase.cases.offers import moves_offered
from gridcase.cases.visibility import may_see, visible
from gridcase.clock import CHINA, ClockError
from gridcase.directory.people import HANDLING_KINDS, Actor
from gridcase.engine.definition import Transition
from gridcase.errors import GridcaseError, NotFound, NotPermitted
from tests.cases import following
from tests.cases.checking import check_case, stored
from tests.cases.preparing import IN_ROLE, RECORDS
from tests.making import DEPARTMENTS, NOW, ONWARD, Office

LIMITS = ("4工作时", "2紧急工作时", "1工作日", "5工作日", "5工作日", "15工作日")
CHANNELS = ("inspector", "self_found", "hotline_12345")
COUNTED = {
    "send_confirmation": "confirmation_count",
    "hand_back": "hand_back_count",
    "rework": "rework_count",
    "return_feedback": "feedback_return_count",
    "supervise": "supervision_count",
    "remind": "reminder_count",
}
OFFICERS = {"A": "officer_a", "B": "officer_b", "S": "officer_s"}
HANDLERS = {"A": "handler_a", "B": "handler_b", "S": "handler_b"}
WAITS = (0, 0, 1, 59, 60, 300, 300, 300, 1800, 1800, 1800, 3600, 7200, 4 * 3600, 26 * 3600, 9 * 86400)
DECISIONS = ("grant", "grant", "grant", "refuse", "withdraw")
# Who should do it, and the doing by whomever.
Attempted = tuple[str, Callable[[str | Actor], object]]
# One number a rule: chance inside it reaches far into the flow, which drawing choice by choice does not.
_SEED = st.integers(0, 2**32 - 1)


class Walk(RuleBasedStateMachine):
    """One office, up to three cases, everybody acting as chance has it; most of what is tried is refused."""

    office: Office
    workflow = "standard"

    def __init__(self) -> None:
        super().__init__()
        self.rules = 0
        self.numbers: list[str] = []
        self.touched: set[str] = set()
        self.people: list[Actor] = []
        self.happenings = [
            *[self.step_on] * 9, *[self.ask] * 3, *[self.decide] * 3, *[self.try_anything] * 2, self.run_the_job,
            self.append_a_photo, *[self.follow_up] * 3, self.run_the_watchdog,
        ]  # fmt: skip

    @initialize(seed=_SEED)
    def open_the_office(self, seed: int) -> None:
        office = self.office
        office.set(NOW)
        office.first_picture()
        insider = Actor("内部人", "内部人", ("shift_supervisor", "dispatcher"), office.district, "A")
        merged = Actor("兼职人", "兼职人", ("intake_operator", "shift_supervisor"), office.district)
        local = Actor("街道监督", "街道监督", ("inspector",), office.district + "001")
        self.people = [*office.people.values(), insider, merged, local]
        self.add_case(seed)

    # --- what happens ----------------------------------------------------------------------------------------

    def fire(self, number: str, who: str | Actor, trigger: str, records: dict[str, Any]) -> None:
        """A move; what is made was offered, and what nobody may ever do was not."""
        offered = self.offered(number, who)
        error = self.attempt(number, lambda: self.office.move(who, number, trigger, **records))
        assert error is not None or trigger in offered, (trigger, offered)
        assert not isinstance(error, NotPermitted) or trigger not in offered, (trigger, error)

    def offered(self, number: str, who: str | Actor) -> set[str]:
        office = self.office
        with office.database.reading() as connection:
            desk = Desk(connection, office.book, office.now)
            try:
                answer = moves_offered(desk, office.actor(who), number)
            except NotFound:
                return set()
        return {row["trigger"] for row in answer["allowed"]}

    def attempt(self, number: str, act: Callable[[], object]) -> GridcaseError | None:
        """An act that may be refused; a refusal changes nothing and is never a slip of the arithmetic."""
        before, error = stored(self.office, number), None
        try:
            act()
        except GridcaseError as refusal:
            error = refusal
        if error is None:
            self.touched.add(number)
        else:
            assert not isinstance(error, ClockError)
            assert stored(self.office, number) == before
        return error

    def wait(self, chance: Random) -> None:
        """Mostly minutes, at times nothing at all, at times until long after everything was due."""
        self.office.now += timedelta(seconds=chance.choice(WAITS))

    def chance(self, seed: int) -> Random:
        """Another chance for each rule, for hypothesis likes to give the same small numbers again."""
        self.rules += 1
        return Random(f"{seed}/{self.rules}")

    @precondition(lambda self: len(self.numbers) < 3)
    @rule(seed=_SEED)
    def add_case(self, seed: int) -> None:
        chance, office = self.chance(seed), self.office
        channel, wanted = chance.choice(CHANNELS), chance.choice(LIMITS)
        classes = {
            category.conditions[1].limit: key
            for key, category in office.book.catalogue.categories.items()
            if 1 in category.conditions
        }
        kind, main, sub = classes[wanted]
        who = "inspector" if channel == "inspector" else "intake_operator"
        reporter = {"name": chance.choice(("王五", ""))}
        number = office.report(
            who,
            channel=channel,
            kind=kind,
            main_code=main,
            sub_code=sub,
            workflow=self.workflow,
            reporter=reporter,
        )
        self.numbers.append(number)
        self.touched.add(number)
        for _ in range(chance.randrange(12)):
            self.wait(chance)
            self.step_on(number, chance)
            self.look()

    @rule(seed=_SEED)
    def go_on(self, seed: int) -> None:
        """A handful of things happen: mostly moves that belong here, at times whatever anybody thinks of."""
        chance = self.chance(seed)
        for _ in range(chance.randrange(1, 9)):
            number = chance.choice(self.numbers)
            self.wait(chance)
            chance.choice(self.happenings)(number, chance)
            self.look()

    def step_on(self, number: str, chance: Random) -> None:
        """A move that the flow has here, by whom it belongs to and with what it needs; mostly not the end."""
        known = self.office.case(number)
        rows = [row for row in known.definition.transitions if known.state in row.sources]
        if rows:
            row = self.choose(known, rows, chance)
            who, records = self.fitting(known, row, chance.choice("AABS"))
            self.fire(number, who, row.trigger, records)

    def choose(self, case: CaseFile, rows: list[Transition], chance: Random) -> Transition:
        """Mostly what gets the case on, seldom an end, and what a task in the department asks for."""
        live = case.assignments[-1].state if case.assignments else ""
        task = {"open": ("submit_result", "submit_result", "decline_assignment", "revoke_assignment"),
                "submitted": ("give_feedback", "return_result")}.get(live, ())  # fmt: skip
        ways = [row for row in rows if row.to is None or not case.definition.states[row.to].terminal]
        asked = [row for name in task for row in rows if row.trigger == name]
        onward = [row for row in ways if row.trigger == ONWARD.get(case.state or "")]
        if chance.random() < 0.05:
            return chance.choice(rows)
        if asked and chance.random() < 0.7:
            return chance.choice(asked)
        return chance.choice(onward if onward and chance.random() < 0.5 else ways or rows)

    def fitting(self, case: CaseFile, row: Transition, department: str) -> tuple[str, dict[str, Any]]:
        role = row.roles[0]
        main = case.department or "A"
        who = {"department_officer": OFFICERS[main], "handler": HANDLERS[main]}.get(role, IN_ROLE[role])
        if row.trigger == "close":
            # Of an organisation, so that somebody can be of another (flow.md 4, two-level variant).
            who = "shift_supervisor_z"
        if role == "inspector" and case.task is not None:
            who = case.task.inspector
        if row.trigger == "self_close":
            who = case.reported_by
        sent = {**RECORDS.get(row.trigger, {}), **self.office.records(row.trigger, department)}
        sent = {
            name: value
            for name, value in sent.items()
            if name == "photos" or name in (*row.records, *row.optional) or name in self.office.position
        }
        if row.trigger == "assign":
            sent["handler"] = HANDLERS[main]
        if row.trigger == "merge":
            sent["main_case"] = self.numbers[0]
        if row.trigger == "reassign" and case.task is not None:
            sent["inspector"] = "inspector" if case.task.inspector == "inspector_2" else "inspector_2"
        if row.trigger in ("rework", "redispatch") and "department" in sent and row.backward:
            sent["department"] = department
        return who, sent

    def try_anything(self, number: str, chance: Random) -> None:
        """Anybody tries any trigger, with one of its records left out at times."""
        office, who = self.office, chance.choice(self.people)
        trigger = chance.choice(office.book.flows.latest(self.workflow).triggers)
        records = {**RECORDS.get(trigger, {}), **office.records(trigger, chance.choice("ABZ"))}
        if records and chance.random() < 0.3:
            del records[chance.choice(sorted(records))]
        self.fire(number, who, trigger, records)

    def ask(self, number: str, chance: Random) -> None:
        office = self.office
        if office.case(number).state not in ("dispatched", "handling") and chance.random() < 0.8:
            self.step_on(number, chance)
            return
        kind = chance.choice(("extension", "extension", "suspension", "deferral", "void"))
        main = office.case(number).department or "A"
        fitting: str | Actor = OFFICERS[main] if kind != "void" else "dispatcher"
        who = fitting if chance.random() < 0.8 else chance.choice(self.people)
        until = (office.now.astimezone(CHINA) + timedelta(days=chance.choice((0, 1, 1, 2, 8, 400)))).date()
        photos = int(chance.random() < 0.8)
        self.attempt(
            number, lambda: office.ask(who, number, kind, until=until, photos=photos, document="文件 1")
        )

    def decide(self, number: str, chance: Random) -> None:
        office = self.office
        known = office.case(number)
        if not known.requests:
            return
        request = list(known.requests.values())[-1 - chance.randrange(min(2, len(known.requests)))]
        how = chance.choice(("release", "release", "grant") if request.state == "granted" else DECISIONS)
        count, rule = known.counters.get(f"{request.kind}_count", 0), known.definition.requests[request.kind]
        fitting: str | Actor = rule.decider(count)
        if rule.forwards and request.state == "requested" and chance.random() < 0.7:
            how, fitting = "forward", rule.forwards
        if how == "withdraw":
            fitting = next(person for person in self.people if person.name == request.applicant)
        who = fitting if chance.random() < 0.8 else chance.choice(self.people)
        self.attempt(number, lambda: office.decide(how, who, number, request=request.id, opinion="情况属实"))

    def run_the_job(self, number: str, _chance: Random) -> None:
        if self.office.release_holds(number):
            self.touched.add(number)

    def run_the_watchdog(self, number: str, _chance: Random) -> None:
        """Whatever stays too long is told once; a second run finds nothing left to tell."""
        office = self.office
        found = following.run_watchdog(office)
        assert (found.left_count, following.run_watchdog(office).cases) == (0, ())
        # Holds whose date had come were released on the way.
        self.touched.update(self.numbers)
        stays = [entry.step.no for entry in office.case(number).entries if entry.step.trigger == "escalate"]
        told = [notice for notice in following.told(office, number) if notice.kind == "escalation"]
        assert len(told) == len(stays)

    def follow_up(self, number: str, chance: Random) -> None:
        """An order, a reply, a reminder, a finding, its revocation or a call-back, mostly by whom it belongs to."""
        acts = (
            self.give_an_order, self.reply, self.remind, self.find, self.find, self.revoke, self.call_back,
        )  # fmt: skip
        is_over = self.office.case(number).state in ("verified", "closed", "force_closed")
        act = self.call_back if is_over and chance.random() < 0.5 else chance.choice(acts)
        fitting, attempted = act(number, chance)
        who = fitting if chance.random() < 0.8 else chance.choice(self.people)
        offered = self.offered_beside(number, who)
        error = self.attempt(number, lambda: attempted(who))
        made = self.office.case(number).entries[-1].step.trigger
        assert error is not None or made in offered, (made, offered)

    def offered_beside(self, number: str, who: str | Actor) -> set[str]:
        try:
            return {each["act"] for each in following.offered(self.office, number, who)}
        except NotFound:
            return set()

    def give_an_order(self, number: str, chance: Random) -> Attempted:
        office, to = self.office, chance.choice(({}, {}, {"desk": "dispatcher"}, {"department": "B"}))
        reply_by = office.now + timedelta(seconds=chance.choice((0, 1, 3600, 86400)))
        level = chance.randrange(1, 4)
        return chance.choice(("shift_supervisor", "leader")), lambda who: following.supervise(
            office, number, who, level=level, reply_by=reply_by, **to
        )

    def reply(self, number: str, chance: Random) -> Attempted:
        orders = list(self.office.case(number).follow_ups.orders.values())
        order = orders[-1 - chance.randrange(min(2, len(orders)))] if orders else None
        fitting = "dispatcher" if order is None or order.desk else OFFICERS[order.department or "A"]
        return fitting, lambda who: following.reply(self.office, number, order.id if order else "S1", who)

    def remind(self, number: str, _chance: Random) -> Attempted:
        return "dispatcher", lambda who: following.remind(self.office, number, who)

    def find(self, number: str, chance: Random) -> Attempted:
        kind, reason = chance.choice(FINDING_KINDS), chance.choice(("照片不符", "照片不符", "", " 无 "))
        return "shift_supervisor", lambda who: following.find(
            self.office, number, who, kind=kind, reason=reason
        )

    def revoke(self, number: str, chance: Random) -> Attempted:
        finding = f"F{chance.randrange(1, 3)}"
        return "shift_supervisor_2", lambda who: following.revoke(self.office, number, finding, who)

    def call_back(self, number: str, chance: Random) -> Attempted:
        known = self.office.case(number)
        if known.state == "verified":
            # Cases end seldom here; without an end nobody is called back.
            who, records = self.fitting(known, known.definition.rows("close")[0], "A")
            self.fire(number, who, "close", records)
        is_satisfied = chance.random() < 0.5
        return "intake_operator", lambda who: following.call_back(
            self.office, number, who, satisfied=is_satisfied
        )

    def append_a_photo(self, number: str, chance: Random) -> None:
        self.office.add_photo("intake_operator", number, chance.choice(("before", "after", "other")))
        self.touched.add(number)

    # --- what must hold --------------------------------------------------------------------------------------

    def look(self) -> None:
        """The rows of every case that was touched are the fold of its steps, and its history keeps the rules."""
        for number in sorted(self.touched):
            check_rules(self.office, check_case(self.office, number))
        self.touched.clear()

    def teardown(self) -> None:
        """Everybody's list holds exactly the cases that everybody may open."""
        office = self.office
        cases = [office.case(number) for number in self.numbers]
        with office.database.reading() as connection:
            for person in self.people:
                query = select(Case.number).where(
                    visible(person, office.book.flows), Case.number.in_(self.numbers)
                )
                listed = set(connection.execute(query).scalars())
                assert listed == {
                    case.number for case in cases if may_see(case, person, office.book.flows)
                }, person


def check_rules(office: Office, case: CaseFile) -> None:
    """The rules of flow.md that every history keeps, whoever did what."""
    _check_clocks(case)
    _check_counters(case)
    _check_follow_ups(case)
    _check_people(office, case)


def _check_clocks(case: CaseFile) -> None:
    opened = Counter(run.clock for run in case.runs if run.is_open)
    assert all(count == 1 for count in opened.values())
    clock = case.definition.states[case.state or ""].clock
    assert (clock in opened) if case.is_open else not opened
    granted = [
        request
        for request in case.requests.values()
        if request.kind in ("suspension", "deferral") and request.state == "granted"
    ]
    assert len(granted) <= 1
    assert case.is_held == bool(granted and case.is_open)
    for run in case.runs:
        assert run.due_at is None or run.due_at > run.started_at
        assert (run.due_at is None) == (run.yellow_at is None)
        assert run.yellow_at is None or run.due_at is None or run.yellow_at <= run.due_at
        assert run.used is None or run.used >= 0


def _check_counters(case: CaseFile) -> None:
    fired = Counter(entry.step.trigger for entry in case.entries)
    for trigger, counter in COUNTED.items():
        assert case.counters.get(counter, 0) == fired[trigger]
    for kind in ("extension", "suspension", "deferral"):
        given = [r for r in case.requests.values() if r.kind == kind and r.state in ("granted", "released")]
        assert case.counters.get(f"{kind}_count", 0) == len(given)
    mains = [entry.step.data["department"] for entry in case.entries if "department_kind" in entry.step.data]
    changes = sum(one != other for one, other in pairwise(mains))
    assert case.counters.get("misdispatch_count", 0) == changes
    assert case.attempt == 1 + fired["rework"]
    assert case.is_difficult == (fired["hand_back"] >= 2)
    assert len(case.filings) == fired["file"]
    assert sum(assignment.state == "open" for assignment in case.assignments) <= 1


def _check_follow_ups(case: CaseFile) -> None:
    steps = [entry.step for entry in case.entries]
    known = case.follow_ups
    replied = Counter(step.data["order"] for step in steps if step.trigger == "reply_supervision")
    assert max(replied.values(), default=1) == 1
    for order in known.orders.values():
        assert (order.department is None) != (order.desk is None)
        assert order.reply_by > order.given_at
    for finding in known.findings.values():
        assert finding.found_by != finding.revoked_by
        assert case.filed_at is not None
        assert finding.found_at >= case.filed_at
    assert not known.call_backs or (not case.is_open and case.fields["reporter_name"])
    # Between two escalations the case was moved: a stay is told once.
    told = [step.no for step in steps if step.trigger == "escalate"]
    moved = [step.no for step in steps if step.from_state != step.to_state]
    for one, other in pairwise(told):
        assert any(one < no < other for no in moved)


def _check_people(office: Office, case: CaseFile) -> None:
    kinds = {card.code: card.kind for card in DEPARTMENTS}
    roles, involved, applicants = case.definition.roles, set(), {}
    for entry in case.entries:
        step = entry.step
        if step.role in roles and roles[step.role].centre:
            assert step.department not in involved, step
        if step.trigger == "request":
            applicants[step.data["request"]] = (step.actor, step.department)
        if step.trigger in ("grant", "refuse") or (
            step.to_state != step.from_state and "request" in step.data
        ):
            applicant, department = applicants[step.data["request"]]
            assert step.actor != applicant
            assert (
                department is None or department != step.department or kinds[department] not in HANDLING_KINDS
            )
        if step.trigger in ("assign", "receive", "hand_back", "give_feedback"):
            assert step.department is not None
        involved |= set(step.data.get("assisting") or ())
        if "department_kind" in step.data:
            involved.add(step.data["department"])
    assert involved == set(case.departments)
