"""Plays a story: sets the clock to the moment of each line, fills in what earlier lines saved, hands the line over."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from gridcase.demo.story import Call, JobRun, Line, SetUp, Story, filled

_NAMESPACE = uuid.UUID("5b1d3c1e-0a70-5f0c-9b0e-3f4a8c2d7e95")
_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Answer:
    """What a line was answered: an HTTP status and a body of plain JSON values."""

    status: int
    body: Any


class Stage(Protocol):
    """Where a story is played. `now` is the moment that everything on the stage reads as the present."""

    now: datetime

    def call(self, call: Call) -> Answer:
        """One call of the interface."""

    def set_up(self, set_up: SetUp) -> Answer:
        """Add a department or a user."""

    def run_job(self, job: JobRun) -> Answer:
        """Run a job at the moment of the stage."""


@dataclass
class Playing:
    """One performance: the words that were saved so far."""

    story: Story
    stage: Stage
    words: dict[str, str] = field(default_factory=dict)

    def answers(self) -> Iterator[dict[str, Any]]:
        """One answer a line, in order: `line`, `status`, `body`."""
        if self.story.first_at is not None:
            self.stage.now = self.story.first_at
        for line in self.story.lines:
            if line.at is not None:
                self.stage.now = line.at
            answer = self._play(line)
            self._keep(line, answer)
            yield {"line": line.number, "status": answer.status, "body": answer.body}

    def _play(self, line: Line) -> Answer:
        act = line.act
        if isinstance(act, SetUp):
            return self.stage.set_up(replace(act, values=filled(act.values, self.words)))
        if isinstance(act, JobRun):
            return self.stage.run_job(act)
        return self.stage.call(self._whole(line, act))

    def _whole(self, line: Line, call: Call) -> Call:
        """The call with its words filled in; a write without a client id gets that of its line."""
        body = filled(call.body, self.words)
        if call.method in _WRITING:
            body = dict(body or {})
            body.setdefault("client_id", client_id(self.story, line))
        return replace(call, path=filled(call.path, self.words), body=body)

    def _keep(self, line: Line, answer: Answer) -> None:
        """`save` keeps the answer's `id`, else its `number`; of a refused line nothing."""
        if line.save is None or not isinstance(answer.body, Mapping):
            return
        value = answer.body.get("id", answer.body.get("number"))
        if isinstance(value, str | int):
            self.words[line.save] = str(value)


def client_id(story: Story, line: Line) -> str:
    """The made-up id of a line: the same for the same line of the same file."""
    return str(uuid.uuid5(_NAMESPACE, f"{story.digest}/{line.number}"))
