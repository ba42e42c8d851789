"""Where a case lies, what it is and where it came from, with corrections applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gridcase.facts.history import Step

_PLACE_AND_CLASS = ("cell", "community", "street", "district", "kind", "main_code", "sub_code", "channel")


@dataclass(slots=True)
class Origin:
    """The records of the first step and what `accept`, `confirm` and `file` corrected in them (flow.md 4)."""

    records: dict[str, Any] = field(default_factory=dict)
    is_urgent: bool = False

    def take(self, step: Step) -> None:
        """Fold one step in."""
        data = step.data
        if not self.records:
            self.records = {"role": step.role, **data}
        if "corrections" in data:
            self.records.update(data["corrections"] or {})
        if "filing" in data:
            filing: Mapping[str, Any] = data["filing"]
            # "Filed as urgent" is what the filing record froze, whatever the report had said.
            self.is_urgent = bool(filing.get("urgent"))

    @property
    def is_public(self) -> bool:
        return bool(self.records.get("is_public"))

    @property
    def is_assigned(self) -> bool:
        return bool(self.records.get("is_assigned"))

    @property
    def needs_confirmation(self) -> bool:
        return bool(self.records.get("needs_confirmation"))

    @property
    def is_by_inspector(self) -> bool:
        """The report step was written in the role `inspector` (evaluation.md 3)."""
        return self.records.get("role") == "inspector"

    def keys(self) -> dict[str, Any]:
        """The keys of the fact row that this part knows."""
        records = self.records
        answer = {name: records.get(name) for name in _PLACE_AND_CLASS}
        answer["is_public"] = self.is_public
        answer["is_assigned"] = self.is_assigned
        answer["is_urgent"] = self.is_urgent
        return answer
