"""Who somebody is when acting: the values that permissions, guards and steps need of a user or department."""

from __future__ import annotations

from dataclasses import dataclass

TERRITORIAL_KINDS = frozenset({"street", "community"})
HANDLING_KINDS = TERRITORIAL_KINDS | {"handling"}
DEPARTMENT_KINDS = HANDLING_KINDS | {"centre"}
DESK_ROLES = ("intake_operator", "shift_supervisor", "dispatcher")


@dataclass(frozen=True, slots=True)
class DepartmentCard:
    """A department as the rules see it; `kind` is handling, street, community or centre."""

    code: str
    name: str
    kind: str
    area: str | None = None
    is_active: bool = True

    @property
    def handles(self) -> bool:
        """Whether cases may be dispatched to it (flow.md 1, rule 1)."""
        return self.kind in HANDLING_KINDS


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person. `area` is the code of a district, street, community, cell or responsibility grid."""

    name: str
    display_name: str
    roles: tuple[str, ...]
    area: str
    department: str | None = None
    phone: str = ""

    def has_role(self, role: str) -> bool:
        """Whether this person holds the role."""
        return role in self.roles


SYSTEM = Actor(name="system", display_name="系统", roles=("system",), area="")
