"""Bulletins 通报: what is printed of a frozen period, and as which documents (evaluation.md 11)."""
