"""The HTTP JSON interface, version 1: one blueprint, made from the declared calls (api.md)."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Blueprint

from gridcase.web.api.case_files import CASE_FILES
from gridcase.web.api.delivering import RECEIPTS, delivering
from gridcase.web.api.duty import DUTY
from gridcase.web.api.filing_help import FILING_HELP
from gridcase.web.api.follow_ups import FOLLOW_UPS
from gridcase.web.api.openapi import document_view
from gridcase.web.api.rankings import RANKINGS
from gridcase.web.api.reads import CASES as READS
from gridcase.web.api.reference import REFERENCE
from gridcase.web.api.serving import view_of
from gridcase.web.api.uploads import UPLOADS
from gridcase.web.api.writes import CASES as WRITES
from gridcase.web.api.writes import REQUESTS

BASE = "/api/v1"
_GROUPS = (
    WRITES, REQUESTS, FOLLOW_UPS, READS, CASE_FILES, FILING_HELP, DUTY, REFERENCE, RANKINGS, UPLOADS, RECEIPTS,
)  # fmt: skip
CALLS = tuple(call for calls in _GROUPS for call in calls.list)

API = Blueprint("api", __name__, url_prefix=BASE)


def _declare() -> None:
    for call in CALLS:
        rule = re.sub(r"\{(\w+)\}", r"<\1>", call.path)
        served = replace(call, run=delivering(call.run)) if call.has_photos else call
        API.add_url_rule(rule, call.name, call.view or view_of(served), methods=[call.method])
    API.add_url_rule("/openapi.json", "openapi", document_view(CALLS, BASE), methods=["GET"])


_declare()
