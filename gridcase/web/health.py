"""Says whether the site can serve: database reachable, migrations current, definitions sound (api.md 1.1)."""

from __future__ import annotations

import logging

from flask import Blueprint, Response

from gridcase.errors import Reason
from gridcase.migrations import schema_state
from gridcase.web.context import premises
from gridcase.web.errors import Unable

logger = logging.getLogger(__name__)

HEALTH = Blueprint("health", __name__)


@HEALTH.get("/healthz")
def healthz() -> Response:
    """200 when the site can serve. Raises Unable (503) with every reason.

    Definitions need no look here: a site with a faulty one does not start.
    """
    reasons = _reasons()
    if reasons:
        raise Unable(reasons)
    return Response('{"status":"ok"}\n', content_type="application/json")


def _reasons() -> list[Reason]:
    try:
        with premises().database.reading() as connection:
            state = schema_state(connection)
    except Exception:  # whatever keeps the database from answering is the answer
        logger.warning("the database cannot be read", exc_info=True)
        return [Reason("database_unreachable")]
    if not state.is_current:
        return [Reason("schema_outdated", {"current": state.current, "head": state.head})]
    return []
