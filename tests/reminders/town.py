"""Cases whose handling falls due at a wanted moment, for departments made on the way."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridcase.directory.people import DepartmentCard
from gridcase.directory.service import add_department
from gridcase.notices.queries import notices
from gridcase.notices.service import Notice
from gridcase.reminders.service import KIND, RemindSummary, remind
from tests.making import Office, china

# 沿街晾挂: two urgent working hours, so that a case dispatched two hours before a moment is due at it on any day.
CLASS = {"kind": "event", "main_code": "01", "sub_code": "07"}
LIMIT = timedelta(hours=2)


class Town:
    """An office with any number of departments; every case has a limit of two hours that run day and night."""

    def __init__(self, office: Office, *departments: str) -> None:
        self.office = office
        with office.database.transaction() as connection:
            for code in departments:
                add_department(connection, office.district, DepartmentCard(code, f"{code}局", "handling"))
        for code in departments:
            office.add_user(f"officer_{code}", "department_officer", department=code)
        self._officers = {"A": "officer_a", "B": "officer_b", "S": "officer_s"}
        self._officers.update({code: f"officer_{code}" for code in departments})

    def owe(self, department: str, due: str | datetime) -> str:
        """A case dispatched to the department and due at that moment (China time); answers its number."""
        due_at = china(due) if isinstance(due, str) else due
        office = self.office
        office.set(due_at - LIMIT)
        number = office.report("intake_operator", **CLASS)
        office.plain(number, "accept")
        office.plain(number, "file")
        office.plain(number, "dispatch", department=department)
        assert office.case(number).runs.latest("handling").due_at == due_at
        return number

    def handle(self, number: str, at: str | datetime) -> str:
        """The department's feedback at that moment."""
        self.office.set(at)
        officer = self._officers[self.office.case(number).department or ""]
        self.office.move(officer, number, "receive")
        self.office.move(officer, number, "give_feedback", measure="清理完毕", photos=1)
        return number

    def close(self, number: str) -> str:
        """Verified and closed at the moment at which the clock stands."""
        for trigger in ("send_verification", "verify_pass", "close"):
            self.office.plain(number, trigger)
        return number

    def closed(self, department: str, due: str | datetime, *, late: bool = False) -> str:
        """A case due then, handled one second before or after, and closed."""
        number = self.owe(department, due)
        due_at = china(due) if isinstance(due, str) else due
        self.handle(number, due_at + timedelta(seconds=1 if late else -1))
        return self.close(number)

    def suspend(self, number: str, *, until: str) -> None:
        """The department asks for a suspension, the supervisor grants it; a minute each."""
        office = self.office
        officer = self._officers[office.case(number).department or ""]
        office.move(officer, number, "receive")
        asked = office.ask(officer, number, "suspension", photos=1, until=until)
        office.grant("shift_supervisor", number, asked.id)

    def remind(self, at: str) -> RemindSummary:
        """One run of the job."""
        installation = self.office.installation
        return remind(installation.database, installation.book, china(at), site=installation.site)

    def slow(self, at: str) -> dict[str, tuple[str, ...]]:
        """Department -> rules it breaks, as a run finds them."""
        return {each.code: each.rules for each in self.remind(at).slow}

    @property
    def notices(self) -> list[Notice]:
        """The reminders; what the watchdog told meanwhile is another matter."""
        with self.office.database.reading() as connection:
            return notices(connection, self.office.district, kind=KIND)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Day and department of each notice there is."""
        return [(notice.on_day.isoformat(), notice.department) for notice in self.notices]
