"""Moments and counts of one case, computed from its steps and nothing else."""

from __future__ import annotations

from gridcase.facts.at import columns_at
from gridcase.facts.case_facts import facts
from gridcase.facts.history import ClockEffect, Step
from gridcase.facts.row import FactRow
from gridcase.facts.selection import Selection, Span

__all__ = ["ClockEffect", "FactRow", "Selection", "Span", "Step", "columns_at", "facts"]
