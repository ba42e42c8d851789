"""Frozen months: the record of a published ranking, which no later change of a case alters (evaluation.md 9)."""
