"""Freezes a month of an office, as `gridcase freeze` does."""

from __future__ import annotations

from gridcase.evaluation.default_schemes import default_scheme
from gridcase.evaluation.frozen.freezing import freeze
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import shipped_folder
from tests.making import Office


def freeze_month(office: Office, of: str) -> None:
    """Freeze October 2026 for the units of a kind."""
    schemes, period = SchemeFolder(shipped_folder() / "workflows" / "schemes"), parse_period("2026-10")
    name = default_scheme(office.book.settings.evaluation, of)
    request = RankRequest(office.district, period, of, schemes.find(name), office.now)
    freeze(office.database, request, schemes, by="王五")
