"""The tasks of inspectors and of handlers as their phones show them: names of places, labels in the asker's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gridcase.web.pages.english import label_text
from gridcase.web.pages.names import Names


def shown_tasks(tasks: Iterable[Mapping[str, Any]], names: Names, language: str) -> list[dict[str, Any]]:
    """Tasks with the names of street and community for their codes, and the labels of state and moves in a language."""
    return [
        {
            **task,
            "street": names.area(task["street"]),
            "community": names.area(task["community"]),
            "state_label": label_text(task["state_label"], language),
            "moves": [{**move, "label": label_text(move["label"], language)} for move in task["moves"]],
        }
        for task in tasks
    ]
