"""The closing desk: a passed case waits to be closed, and the desk closes it by its own deadline or late."""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.facts.deadlines import Deadlines
from gridcase.facts.history import Step


@dataclass(slots=True)
class Desk:
    """The pass that stands: undone when more is asked, closing is declined or a later verification fails."""

    has_pass: bool = False
    is_closed_on_time: bool = False
    closer: str | None = None

    def take(self, step: Step, deadlines: Deadlines) -> None:
        """Fold one step in; `deadlines` as they stood before it.

        In the two-level variant the desk's act is `close`; the city's review after it has its own clock, and
        `return_close` puts the case on the desk again (flow.md 4).
        """
        trigger = step.trigger
        if trigger in ("close", "force_close"):
            self.closer = step.actor
            self.is_closed_on_time = self.has_pass and deadlines.is_met("closing", step.at)
        elif trigger in ("verify_pass", "return_close"):
            self.has_pass, self.is_closed_on_time, self.closer = True, False, None
        elif trigger in ("ask_more", "decline_closing", "verify_fail"):
            self.has_pass = False
