"""Made-up requests, in the form of the document and out of it: never a 500, always an answer the document tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gridcase.web.api import CALLS
from tests.making import Office
from tests.web.calling import Caller

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PEOPLE = ("inspector", "intake_operator", "shift_supervisor", "dispatcher", "officer_a", "leader")
# PostgreSQL refuses more of what is made up, such as numbers too large for a column.
EXAMPLES = {"sqlite": 8, "postgresql": 15}


@dataclass
class Ground:
    """An interface with a case, a request and a photo to aim at."""

    database: str
    caller: Caller
    schema: Any
    names: dict[str, str]


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request: pytest.FixtureRequest) -> Ground:
    office: Office = request.getfixturevalue(
        "sqlite_office" if request.param == "sqlite" else "postgres_office"
    )
    caller = Caller(office)
    for who in PEOPLE:
        caller.token(who)
    number = office.walk(office.report(), "handling")
    names = {
        "number": number,
        "request_id": office.ask("officer_a", number, "extension").id,
        "photo_id": str(office.rows("photo", number)[0]["id"]),
        "period": "2026-10",
        "of": "streets",
    }
    return Ground(
        request.param, caller, schemathesis.openapi.from_wsgi("/api/v1/openapi.json", caller.app), names
    )


def aim(case: Any, ground: Ground) -> None:
    """Turn a made-up request to what is there, so that it gets past the look-ups: the rest stays made up."""
    path = case.path_parameters or {}
    case.path_parameters = {name: ground.names.get(name, value) for name, value in path.items()}
    body = case.body.get("data", case.body) if isinstance(case.body, dict) else None
    if isinstance(body, dict) and "sub_code" in body:
        body |= {"kind": "event", "main_code": "01", "sub_code": "10", "channel": "self_found"}
    if isinstance(body, dict) and "lon" in body:
        body |= ground.caller.office.position


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_no_made_up_request_is_answered_with_500(ground: Ground, mode: Any) -> None:
    tried: set[str] = set()
    for operation in (result.ok() for result in ground.schema.get_all_operations()):
        tried.add(operation.definition.raw["operationId"])
        cases = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=EXAMPLES[ground.database],
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, who=st.sampled_from(PEOPLE), is_aimed=st.booleans())
        def attack(case: Any, who: str, is_aimed: bool) -> None:
            if is_aimed:
                aim(case, ground)
            headers = {"Authorization": f"Bearer {ground.caller.token(who)}"}
            case.call_and_validate(headers=headers, checks=CHECKS)

        attack()

    assert tried == {call.name for call in CALLS}
