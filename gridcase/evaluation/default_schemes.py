"""Which scheme judges units when none is named: a setting for each kind (evaluation.md 9)."""

from __future__ import annotations

from gridcase.config.tables import Evaluation

# Areas above the cell share one scheme.
_OF = {
    "departments": "departments",
    "cells": "cells",
    "inspectors": "inspectors",
    "intake-operators": "intake_operators",
    "shift-supervisors": "shift_supervisors",
    "dispatchers": "dispatchers",
}


def default_scheme(chosen: Evaluation, of: str) -> str:
    """The name of the scheme that the settings `[evaluation]` give units of the kind `of`."""
    name: str = getattr(chosen, _OF.get(of, "streets"))
    return name
