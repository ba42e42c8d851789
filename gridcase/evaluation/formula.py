"""The version of the formulas: which rules of counting and of rates this program executes."""

from __future__ import annotations

# Raised when a rule of evaluation.md 3 (counts) or 4 (rates) changes. A frozen month names the version that it was
# made with; another one cannot recompute it, and does not amend it.
FORMULA_VERSION = 1
