"""check-frozen names whatever was altered in any stored value of a record, its amendments and its chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, and_, delete, insert, select, update

from gridcase.db import table_of
from gridcase.errors import NotFound, Refused
from gridcase.evaluation.frozen import chunks
from gridcase.evaluation.frozen.chunks import Damaged
from gridcase.evaluation.frozen.models import FrozenChunk, FrozenRecord, FrozenText, JudgedCase
from tests.evaluation.frozen_month import FROZEN_AT, Months, make_months
from tests.evaluation.ledger import DISTRICT
from tests.evaluation.test_frozen import NOVEMBER, give_scores, late_and_appealed
from tests.facts.story import START, Story

TABLES: tuple[Table, ...] = tuple(
    table_of(model) for model in (FrozenRecord, FrozenChunk, FrozenText, JudgedCase)
)


@pytest.fixture
def months(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Months]:
    """October by `city`, frozen with three chunks of rows and amended twice; September before it."""
    monkeypatch.setattr(chunks, "LINES", 3)
    made = make_months(database_url, tmp_path)
    made.now = NOVEMBER + timedelta(hours=1)
    made.freeze("2026-09")
    numbers = [made.add(late_and_appealed(START + timedelta(days=day))) for day in range(4)]
    for hours in range(3):
        # Open at the end of October: kept in mind as judged.
        made.add(Story(start=START + timedelta(hours=hours)).to_dispatched())
    give_scores(made, 80)
    made.freeze("2026-10", "departments", "city")
    made.now = FROZEN_AT + timedelta(days=30)
    for ref, number in enumerate(numbers[:2], start=1):
        made.tell(number, made.now)
        made.amend(f"2026-{ref}")
    yield made
    made.ledger.database.close()


def altered(value: Any) -> Any:
    """Another value of the same kind, as little different as can be."""
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    if isinstance(value, int):
        return value + 100
    middle = len(value) // 2
    return value[:middle] + ("x" if value[middle] != "x" else "y") + value[middle + 1 :]


def is_told(months: Months) -> bool:
    try:
        months.check()
    except (Damaged, NotFound):
        return True
    return False


def test_any_stored_value_that_is_altered_is_told(months: Months) -> None:
    assert months.check().head.amendment == 2
    tried = 0
    for table in TABLES:
        with months.ledger.database.reading() as connection:
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
        for row in rows:
            is_row = and_(*(table.c[column.name] == row[column.name] for column in table.primary_key.columns))
            for name, value in row.items():
                if row["period"] == "2026-09" and table.name != "frozen_record":
                    continue
                other = altered(value)
                with months.ledger.database.transaction() as connection:
                    connection.execute(update(table).where(is_row).values({name: other}))
                assert is_told(months), f"{table.name} {name}"
                tried += 1
                with months.ledger.database.transaction() as connection:
                    connection.execute(
                        delete(table).where(
                            *(
                                table.c[column.name] == (other if column.name == name else row[column.name])
                                for column in table.primary_key.columns
                            )
                        )
                    )
                    connection.execute(insert(table), row)

    assert tried > 200
    assert months.check().head.amendment == 2


def differs(months: Months, table: type[Any], where: dict[str, Any], **values: Any) -> Damaged:
    """What the check says after values were written to the row."""
    own = table_of(table)
    key = {"district": DISTRICT, "unit_kind": "departments", "period": "2026-10", **where}
    with months.ledger.database.transaction() as connection:
        changed = connection.execute(
            update(own).where(*(own.c[name] == value for name, value in key.items())).values(values)
        )
        assert changed.rowcount == 1
    with pytest.raises(Damaged) as damage:
        months.check()
    assert damage.value.reasons[0].code == "record_differs"
    return damage.value


def test_the_first_fact_row_that_differs_is_named(months: Months) -> None:
    rows = [json.loads(line) for line in months.exported().decode().splitlines() if '"number"' in line]
    lines = [chunks.Line(f"{row['number']} 2026-10", json.dumps(row).encode()) for row in rows[3:6]]
    (exchanged,) = chunks.packed(lines)

    found = differs(
        months, FrozenChunk, {"amendment": 0, "part": "facts", "no": 1}, content=exchanged.content
    )

    assert found.key == f"{rows[3]['number']} 2026-10"
    assert rows[3]["number"] in str(found)


def test_a_chunk_put_in_place_of_another_with_its_index_is_told(months: Months) -> None:
    rows = [json.loads(line) for line in months.exported().decode().splitlines() if '"number"' in line]
    rows[3]["late_handled"] = 0
    lines = [chunks.Line(f"{row['number']} 2026-10", json.dumps(row).encode()) for row in rows[3:6]]
    (exchanged,) = chunks.packed(lines)

    found = differs(
        months,
        FrozenChunk,
        {"amendment": 0, "part": "facts", "no": 1},
        content=exchanged.content,
        row_index=exchanged.row_index,
    )

    assert found.key == f"{rows[3]['number']} 2026-10"


@pytest.mark.parametrize(
    ("name", "key"),
    [("scheme city", "scheme city"), ("json", "json"), ("table", "table"), ("units", "units")],
)
def test_a_text_that_differs_is_named(months: Months, name: str, key: str) -> None:
    found = differs(months, FrozenText, {"amendment": 0, "name": name}, content=b"{}")

    assert found.key == key


def test_a_record_that_is_gone_breaks_the_chain(months: Months) -> None:
    table = table_of(FrozenRecord)
    with months.ledger.database.transaction() as connection:
        connection.execute(delete(table).where(table.c.period == "2026-09"))

    with pytest.raises(Refused, match="a record before this one is gone"):
        months.check()


def test_a_record_that_is_not_there_is_not_found(months: Months) -> None:
    with pytest.raises(NotFound, match="not_frozen"):
        months.check("2026-08")
    with pytest.raises(NotFound, match="not_frozen"):
        months.check(of="streets")


def test_rows_that_were_added_are_told(months: Months) -> None:
    table = table_of(FrozenChunk)
    with months.ledger.database.transaction() as connection:
        row = dict(connection.execute(select(table).where(table.c.part == "facts")).mappings().first() or {})
        connection.execute(insert(table), {**row, "no": 99})

    with pytest.raises(Damaged, match="rows were added"):
        months.check()


def test_results_are_not_made_anew_by_other_formulas(months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridcase.evaluation.frozen.checking.FORMULA_VERSION", 2)
    monkeypatch.setattr("gridcase.evaluation.frozen.amending.FORMULA_VERSION", 2)

    assert not months.check().is_recomputed
    with pytest.raises(Refused, match="other_formula"):
        months.amend("2026-9")


def test_results_that_the_rows_do_not_give_are_told(months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_more(*_: Any, **__: Any) -> dict[str, int]:
        return {"closed": 1}

    monkeypatch.setattr("gridcase.evaluation.frozen.tally.columns_at", one_more)

    with pytest.raises(Damaged, match="the counts of the unit are not the sum of its rows") as damage:
        months.check()
    assert damage.value.key == "A"
