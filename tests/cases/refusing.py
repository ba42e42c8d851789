"""Runs an act that must be refused and looks that it told why and changed nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gridcase.errors import GridcaseError, Refused
from tests.cases.checking import everything
from tests.making import Office


def refusal(office: Office, act: Callable[[], Any]) -> GridcaseError:
    """The error that `act` raised; every row of every table is as it was."""
    before = everything(office)
    with pytest.raises(GridcaseError) as caught:
        act()
    assert everything(office) == before
    return caught.value


def reasons(office: Office, act: Callable[[], Any]) -> set[str]:
    """The codes of a refusal by the flow, a missing record with its field: `record_missing:reason`."""
    error = refusal(office, act)
    assert isinstance(error, Refused), error
    assert error.reasons
    return {
        f"{reason.code}:{reason.field}" if reason.code == "record_missing" else reason.code
        for reason in error.reasons
    }
