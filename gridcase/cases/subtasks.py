"""What assisting departments are asked for: one sub-task a department and dispatch (flow.md 4, joint handling)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridcase.facts import Step

Shown = Mapping[str, Any]


@dataclass(slots=True)
class SubTask:
    """The part of one assisting department in one dispatch; it never moves the case and has no clock.

    `no` counts from 1 in the case. It lies open until the case is dispatched anew, goes back to intake or ends.
    """

    no: int
    department: str
    attempt: int
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


@dataclass(slots=True)
class SubTasks:
    """All sub-tasks of one case in the order in which they were asked for."""

    all: list[SubTask] = field(default_factory=list)

    @property
    def open_departments(self) -> list[str]:
        """The departments that assist now."""
        return [task.department for task in self.all if task.is_open]

    def touched_by(self, step: Step) -> list[SubTask]:
        """Those that this step opened or ended."""
        return [
            task
            for task in self.all
            if task.ended_at == step.at or (task.is_open and task.asked_at == step.at)
        ]

    def take(self, step: Step, *, attempt: int, is_over: bool) -> None:
        """Fold one step in. `attempt` and `is_over` as they are after it: the case ended or has no department."""
        is_dispatch = "department_kind" in step.data
        if not (is_dispatch or is_over):
            return
        for task in self.all:
            if task.is_open:
                task.ended_at = step.at
        if is_over:
            return
        main = step.data["department"]
        for department in dict.fromkeys(step.data.get("assisting") or ()):
            if department != main:
                self.all.append(SubTask(len(self.all) + 1, department, attempt, step.actor, step.at))


def sub_task_views(
    tasks: Iterable[SubTask], *, notes: Sequence[Shown], photos: Sequence[Shown], shown: Any
) -> list[dict[str, Any]]:
    """The sub-tasks with what their departments answered: notes and photos of the time, ready for JSON.

    `notes` and `photos` as the case shows them, with `department`; `shown` turns a moment into text.
    """
    return [_view(task, notes=notes, photos=photos, shown=shown) for task in tasks]


def _view(task: SubTask, *, notes: Sequence[Shown], photos: Sequence[Shown], shown: Any) -> dict[str, Any]:
    begin, end = shown(task.asked_at), shown(task.ended_at)

    def is_answer(entry: Shown, moment: str) -> bool:
        return entry["department"] == task.department and begin <= moment and (end is None or moment <= end)

    own_notes = [note for note in notes if is_answer(note, note["written_at"])]
    own_photos = [photo for photo in photos if is_answer(photo, photo["sent_at"])]
    moments = [*(note["written_at"] for note in own_notes), *(photo["sent_at"] for photo in own_photos)]
    return {
        "no": task.no,
        "department": task.department,
        "attempt": task.attempt,
        "asked_by": task.asked_by,
        "asked_at": begin,
        "ended_at": end,
        "is_open": task.is_open,
        "answered_at": min(moments, default=None),
        "notes": [
            {name: note[name] for name in ("id", "author", "written_at", "text")} for note in own_notes
        ],
        "photos": [photo["id"] for photo in own_photos],
    }
