"""A bulletin as JSON: all that it says, for programs; figures as the record prints them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.evaluation.answer import json_text
from gridcase.evaluation.bulletin.breakdown import Hanging
from gridcase.evaluation.bulletin.columns import COLUMNS, COUNT, RATE
from gridcase.evaluation.bulletin.content import (
    Backlog,
    BacklogLine,
    Bulletin,
    Figure,
    Listed,
    RankedGroup,
    RankRow,
    RateFigure,
    Share,
    TotalLine,
)
from gridcase.evaluation.bulletin.figures import parts_of
from gridcase.evaluation.periods import moment_text

_DIRECTIONS: dict[int | None, str | None] = {1: "up", 0: "level", -1: "down", None: None}


def bulletin_text(bulletin: Bulletin) -> str:
    """The bulletin as JSON with unescaped Chinese, ended by a line break (docs/bulletin.md)."""
    return json_text(bulletin_json(bulletin))


def bulletin_json(bulletin: Bulletin) -> dict[str, Any]:
    """The bulletin part by part, in its order; `frozen` is null for a draft, as in the answer of `rank`."""
    judged, hand = bulletin.judged, bulletin.hand
    sealed = judged.sealed
    return {
        "title": bulletin.title,
        "draft": bulletin.is_draft,
        "marks": list(bulletin.marks),
        "period": judged.period,
        "of": judged.of,
        "from": judged.start.isoformat(),
        "to": judged.end.isoformat(),
        "as_of": judged.as_of.isoformat(),
        "basis": list(bulletin.basis),
        "scheme": judged.scheme.name,
        "version": judged.scheme.version,
        "formula_version": judged.formula_version,
        "frozen": None if sealed is None else sealed.amendment,
        "inputs_sha256": None if sealed is None else sealed.inputs_sha256,
        "record_sha256": None if sealed is None else sealed.record_sha256,
        "judged_before": judged.judged_before,
        "sentences": list(bulletin.sentences),
        "totals": [_total(line) for line in bulletin.totals],
        "whole": dict(bulletin.whole),
        "sources": [_share(share) for share in bulletin.sources],
        "kinds": [_share(share) for share in bulletin.kinds],
        "top": [_share(share) for share in bulletin.top],
        "groups": [_group(bulletin, group) for group in bulletin.groups],
        "backlog": _backlog(bulletin.backlog),
        "problems": list(hand.paragraphs),
        "formulas": list(bulletin.formulas),
        "notes": list(bulletin.notes),
        "red": _listed(bulletin.red),
        "black": _listed(bulletin.black),
        "places": [
            {"list": each.colour, "place": each.name, "address": each.address, "case": each.case,
             "remark": each.remark}
            for each in hand.places
        ],
        "cards": [
            {"card": card.colour, "unit": card.unit.name, "code": card.unit.code, "periods": list(card.periods)}
            for card in bulletin.cards
        ],
        "rewards": [
            {"unit": each.unit.name, "code": each.unit.code, "reason": each.reason, "amount": each.amount,
             "points": each.points, "note": each.note}
            for each in bulletin.rewards
        ],
        "trend": [
            {"period": point.period, "counts": dict(point.counts), "rates": dict(point.rates),
             "comparable": point.is_comparable}
            for point in bulletin.trend
        ],
        "corrections": _corrections(bulletin),
        "number": hand.number,
        "signature": hand.signature,
        "issued_on": hand.issued_on.isoformat() if hand.issued_on else None,
    }  # fmt: skip


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "count": figure.ref.column,
        "label": figure.label,
        "value": figure.value,
        "last": figure.last,
        "year_ago": figure.year_ago,
        "change": figure.change.text,
        "direction": _DIRECTIONS[figure.change.direction],
        "year_change": figure.year_change.text,
        "year_direction": _DIRECTIONS[figure.year_change.direction],
    }


def _total(line: TotalLine) -> dict[str, Any]:
    return {**_figure(line.figure), **({"rate": _rate(line.rate)} if line.rate is not None else {})}


def _rate(rate: RateFigure) -> dict[str, Any]:
    return {
        "rate": rate.name,
        "label": rate.label,
        "value": rate.text,
        "parts": rate.parts,
        "change_points": rate.change.text,
        "year_change_points": rate.year_change.text,
    }


def _share(share: Share) -> dict[str, Any]:
    figure = _figure(share.figure)
    counts = {name: value for name, value in share.counts.items() if value}
    return {
        **figure,
        "key": share.key,
        "label": share.label,
        "share": share.share,
        "counts": counts,
        "rates": dict(share.rates),
    }


def _group(bulletin: Bulletin, group: RankedGroup) -> dict[str, Any]:
    return {
        "group": group.name,
        "best": [row.unit.name for row in group.best],
        "worst": [row.unit.name for row in group.worst],
        "units": [_row(bulletin, row) for row in group.rows],
    }


def _row(bulletin: Bulletin, row: RankRow) -> dict[str, Any]:
    """The columns of the printed table; the two counts stand beside each rate."""
    judged, unit = bulletin.judged, row.unit
    told: dict[str, Any] = {"unit": unit.name, "code": unit.code}
    for column in COLUMNS[judged.of]:
        if column.kind == COUNT:
            told[column.name] = unit.counts.get(column.name)
        elif column.kind == RATE:
            parts = parts_of(judged, column.name, unit.counts)
            told[column.name] = {"value": unit.rates.get(column.name), "parts": parts}
    inputs = {name: judged.scheme.printing.number(value) for name, value in sorted(unit.inputs.items())}
    items = [item.name for item in judged.scheme.items]
    told |= {
        "scores": inputs,
        "points": dict(zip(items, row.points, strict=True)),
        "score": unit.score,
        "score_change": row.change.text,
        "grade": unit.grade,
        "rank": unit.rank,
        "unranked": unit.unranked,
        "previous_rank": row.previous.rank if row.previous is not None else None,
    }
    return told | ({"amended": dict(unit.amended)} if unit.amended else {})


def _backlog(backlog: Backlog) -> dict[str, Any]:
    return {
        "bands": [list(band) for band in backlog.bands],
        "units": [_line(line) for line in backlog.lines],
        "total": _line(backlog.total),
        "longest": _hanging(backlog.longest),
    }


def _line(line: BacklogLine) -> dict[str, Any]:
    named = {"unit": line.name, "code": line.code} if line.code else {}
    return {
        **named,
        "carried_over_count": line.carried_over,
        "carried_over_open_count": line.carried_over_open,
        "overdue_unhandled_count": line.overdue,
        "held_count": line.held,
        "open": line.open_count,
        "ages": list(line.ages),
    }


def _hanging(case: Hanging | None) -> dict[str, Any] | None:
    if case is None:
        return None
    due_at = moment_text(case.due_at)
    return {"number": case.number, "unit": case.unit, "due_at": due_at, "days": case.days}


def _listed(units: Sequence[Listed]) -> list[dict[str, Any]]:
    return [
        {"group": each.group, "unit": each.unit.name, "code": each.unit.code, "score": each.unit.score,
         "rank": each.unit.rank}
        for each in units
    ]  # fmt: skip


def _corrections(bulletin: Bulletin) -> list[dict[str, Any]]:
    sealed = bulletin.judged.sealed
    return [
        {
            "amendment": each.amendment,
            "ref": each.ref,
            "reason": each.reason,
            "at": each.at.isoformat(),
            "cells": [
                {"unit": cell.unit, "code": cell.code, "field": cell.field, "old": cell.old, "new": cell.new}
                for cell in each.cells
            ],
        }
        for each in (sealed.corrections if sealed is not None else ())
    ]
