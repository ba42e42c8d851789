"""The stage of `gridcase play`: calls go through the same application as over HTTP, set-up lines to the directory."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from gridcase.app import Installation, create_app
from gridcase.clock import CHINA
from gridcase.demo.stage import Answer
from gridcase.demo.story import Call, JobRun, SetUp
from gridcase.directory.areas import check_area
from gridcase.directory.people import DepartmentCard
from gridcase.directory.service import NewUser, add_department, add_user
from gridcase.errors import GridcaseError
from gridcase.jobs.registry import find_job, jobs_of
from gridcase.web.api.faults import invalid
from gridcase.web.context import ACTOR_KEY, EXTENSION
from gridcase.web.errors import problem_of

_BASE = "/api/v1"
_CREATED, _OK = 201, 200
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Model = TypeVar("Model", bound=BaseModel)
T = TypeVar("T")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DepartmentRow(_Row):
    """The set-up line of a department (api.md 4)."""

    code: Text
    name: Text
    kind: Text
    area: Text | None = None


class UserRow(_Row):
    """The set-up line of a user (api.md 4)."""

    name: Text
    roles: list[Text]
    department: Text | None = None
    area: Text | None = None


class SiteStage:
    """A stage over an installation whose clock stands at `now`."""

    def __init__(self, open_site: Callable[[Callable[[], datetime]], Installation], now: datetime) -> None:
        self.now = now
        self.installation = open_site(lambda: self.now)
        self._app = create_app(self.installation)
        self._client = self._app.test_client(use_cookies=False)
        self._jobs = jobs_of(self.installation.site)

    def call(self, call: Call) -> Answer:
        """One call of the interface by a user."""
        more: dict[str, Any] = {}
        if call.photos:
            photos = [(io.BytesIO(part.content), part.name) for part in call.photos]
            more = {"data": {"data": json.dumps(call.body or {}), "photos": photos}}
            more["content_type"] = "multipart/form-data"
        elif call.body is not None:
            more = {"data": json.dumps(call.body), "content_type": "application/json"}
        response = self._client.open(
            _BASE + call.path, method=call.method, environ_overrides={ACTOR_KEY: call.user}, **more
        )
        return Answer(response.status_code, _body(response))

    def set_up(self, set_up: SetUp) -> Answer:
        """Add a department or a user, or say why not, as the interface would."""
        add = self._add_department if set_up.kind == "department" else self._add_user
        return self._answer(lambda: (_CREATED, add(set_up.values)))

    def run_job(self, job: JobRun) -> Answer:
        """Run a job; its summary is the answer."""
        place = self.installation

        def run() -> tuple[int, Any]:
            known = find_job(self._jobs, job.name)
            return _OK, known.run(place.database, place.book, self.now).as_dict()

        return self._answer(run)

    def _answer(self, act: Callable[[], tuple[int, Any]]) -> Answer:
        try:
            return Answer(*act())
        except GridcaseError as error:
            problem = problem_of(error, self._app.extensions[EXTENSION].messages, "zh")
            return Answer(problem.status, problem.document())

    def _add_department(self, values: Mapping[str, Any]) -> dict[str, Any]:
        row = _read(DepartmentRow, values)
        self._check_area(row.area)
        card = DepartmentCard(row.code, row.name, row.kind, row.area)
        self._write(lambda connection: add_department(connection, self._district, card))
        return row.model_dump()

    def _add_user(self, values: Mapping[str, Any]) -> dict[str, Any]:
        row = _read(UserRow, values)
        self._check_area(row.area)
        new = NewUser(row.name, tuple(row.roles), row.department, row.area)
        rules = self.installation.roles
        actor = self._write(
            lambda connection: add_user(connection, self._district, new, rules=rules, now=self.now)
        )
        return {**row.model_dump(), "area": actor.area}

    @property
    def _district(self) -> str:
        return self.installation.book.district

    def _check_area(self, area: str | None) -> None:
        if area is not None:
            check_area(self.installation.book.geography, area, self.now.astimezone(CHINA).date())

    def _write(self, act: Callable[[Connection], T]) -> T:
        with self.installation.database.transaction() as connection:
            return act(connection)


def _read(model: type[Model], values: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error, model) from None


def _body(response: TestResponse) -> Any:
    """The JSON of an answer; of any other answer what tells it from others."""
    if not response.data:
        return None
    if (response.mimetype or "").endswith("json"):
        return json.loads(response.data)
    digest = hashlib.sha256(response.data).hexdigest()
    return {"media_type": response.mimetype, "bytes": len(response.data), "sha256": digest}


def machine_now() -> datetime:
    """The machine's own moment."""
    return datetime.now(UTC)
