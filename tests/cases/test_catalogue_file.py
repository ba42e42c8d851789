"""The file of categories, conditions and limits: what is read, what is mapped, and every fault with line and column."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from gridcase.cases.catalogue_file import ConditionRow, ConditionTable, load_catalogue_files, read_conditions
from gridcase.clock import Unit
from gridcase.errors import DefinitionError
from gridcase.resources import shipped_folder

SHIPPED = shipped_folder() / "workflows" / "catalogue"
ROW = {
    "standard": "own", "kind": "event", "main_code": "01", "main_name": "市容环境", "sub_code": "10",
    "sub_name": "暴露生活垃圾", "condition_no": "1", "condition": "容器外的垃圾", "closing_condition": "清理",
    "limit": "4工作时", "national_code": "06010", "source": "自编",
}  # fmt: skip


def table_of(*rows: dict[str, str], header: str | None = None) -> str:
    """The file of these rows, each ROW with other values."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header.split(",") if header else list(ROW), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return out.getvalue()


def read(text: str, **options: Any) -> ConditionTable:
    return read_conditions(text, "own.csv", "own", **options)


def faults(text: str, **options: Any) -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        read(text, **options)
    return [": ".join((fault.place, fault.code)) for fault in raised.value.faults]


def test_a_row_is_read_by_the_names_of_its_columns() -> None:
    lines = table_of({}).splitlines()
    turned = "\n".join(",".join(reversed(line.split(","))) for line in lines)

    for text in (
        table_of({}),
        "\ufeff" + table_of({}).replace("\n", "\r\n"),
        turned,
        lines[0] + "\n\n" + lines[1],
    ):
        assert read(text).rows == (
            ConditionRow(
                "own", "event", "01", "市容环境", "10", "暴露生活垃圾", 1, "容器外的垃圾", "清理", "4工作时"
            ),
        )


def test_names_only_are_passed_over_and_other_standards_counted() -> None:
    name_only = {"condition_no": "", "condition": "", "closing_condition": "", "limit": ""}

    found = read(table_of({}, {"sub_code": "11", **name_only}, {"standard": "x"}, {"standard": "y"}))

    assert (len(found.rows), found.others) == (1, {"x": 1, "y": 1})


def test_every_row_that_is_shipped_is_sound_whatever_its_standard() -> None:
    text = (SHIPPED / "catalogue.csv").read_text(encoding="utf-8")

    counts = {
        name: len(read_conditions(text, "catalogue.csv", name).rows) for name in ("yuncheng-2026", "jiyuan")
    }

    assert counts == {"yuncheng-2026": 519, "jiyuan": 5}


UNITS = {"紧急工作时制止": Unit.URGENT_HOUR, "小时": Unit.WORKING_HOUR, "天": Unit.WORKING_DAY}


@pytest.mark.parametrize(
    ("text", "limit", "note"),
    [
        ("1紧急工作时制止", "1紧急工作时", "1紧急工作时制止"),
        ("4小时", "4工作时", "4小时"),
        ("４ 小 时", "4工作时", "４ 小 时"),
        ("0.5小时", "0.5工作时", "0.5小时"),
        ("2天", "2工作日", "2天"),
        ("2工作日", "2工作日", ""),
    ],
)
def test_words_that_the_mapping_names_become_a_unit_and_stay_as_a_note(
    text: str, limit: str, note: str
) -> None:
    (row,) = read(table_of({"limit": text}), units=UNITS).rows

    assert (row.limit_text, row.limit_note) == (limit, note)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1紧急工作时制止", "unknown_unit"),
        ("4小时", "unknown_unit"),
        ("2天", "unknown_unit"),
        ("半天", "bad_limit"),
        ("", "bad_limit"),
        ("0工作时", "limit_not_positive"),
        ("1.5工作日", "bad_limit"),
    ],
)
def test_a_limit_that_nothing_maps_is_refused_with_its_line(text: str, code: str) -> None:
    assert faults(table_of({}, {"condition_no": "2", "limit": text})) == [f"line 3, column limit: {code}"]


@pytest.mark.parametrize(("text", "code"), [("半天", "bad_limit"), ("", "bad_limit"), ("1.5天", "bad_limit")])
def test_no_mapping_helps_a_limit_without_a_number_or_with_decimals_of_days(text: str, code: str) -> None:
    units = {**UNITS, "半天": Unit.WORKING_DAY}

    assert faults(table_of({"limit": text}), units=units) == [f"line 2, column limit: {code}"]


def test_every_fault_is_told_at_once_with_line_and_column() -> None:
    text = table_of(
        {"kind": "events", "main_code": "1", "sub_code": "0010"},
        {"standard": "", "main_name": "", "sub_name": "暴" * 101},
        {"condition_no": "0", "condition": "a\tb", "limit": "4小时"},
        {"standard": "other", "condition_no": "", "limit": "半天"},
        {},
        {},
        {"condition_no": "2", "sub_name": "别的垃圾"},
    )

    assert faults(text + "own,event,01\n") == [
        "line 2, column kind: bad_value",
        "line 2, column main_code: bad_value",
        "line 2, column sub_code: bad_value",
        "line 3, column standard: bad_value",
        "line 3, column main_name: bad_value",
        "line 3, column sub_name: bad_value",
        "line 4, column condition: bad_value",
        "line 4, column condition_no: bad_value",
        "line 4, column limit: unknown_unit",
        "line 5, column condition_no: bad_value",
        "line 5, column limit: bad_limit",
        "line 7, column condition_no: duplicate_name",
        "line 8, column sub_name: bad_value",
        "line 9: bad_value",
    ]


def test_a_line_is_counted_in_the_file_though_a_field_goes_over_several() -> None:
    text = table_of({"source": "一\n二\n三"}, {"condition_no": "2", "limit": "x"})

    assert faults(text) == ["line 5, column limit: bad_limit"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", [f"line 1: missing_key: column {name}" for name in list(ROW)[:10]]),
        (
            table_of(header=",".join(ROW).replace("limit", "limits")),
            ["line 1: missing_key: column limit", "line 1: unknown_key: column 'limits', nearest is limit"],
        ),
        (table_of(header=",".join((*ROW, "kind"))), ["line 1: duplicate_name: column kind stands twice"]),
        (
            table_of({"standard": "x"}),
            ["unknown_standard: no condition of the standard 'own'; the file has: x"],
        ),
        (table_of(), ["unknown_standard: no condition of the standard 'own'; the file has: none"]),
    ],
)
def test_a_header_or_a_file_that_is_another_is_told(text: str, told: list[str]) -> None:
    with pytest.raises(DefinitionError) as raised:
        read(text)

    assert [str(fault).removeprefix("own.csv: ") for fault in raised.value.faults] == told


def test_the_faults_of_all_files_of_a_site_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(table_of({"limit": "半天"}), encoding="utf-8")
    (tmp_path / "b.csv").write_bytes(table_of({}).encode("gb18030"))
    (tmp_path / "c.csv").write_text(table_of({"standard": "x"}), encoding="utf-8")

    with pytest.raises(DefinitionError) as raised:
        load_catalogue_files(tmp_path, "own")

    assert [(fault.file, fault.code) for fault in raised.value.faults] == [
        ("a.csv", "bad_limit"),
        ("b.csv", "bad_file"),
    ]
