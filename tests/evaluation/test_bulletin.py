"""What a bulletin says of a frozen month whose figures were worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gridcase.evaluation.bulletin.as_json import bulletin_text
from gridcase.evaluation.bulletin.behind import cases_of
from gridcase.evaluation.bulletin.breakdown import CaseRef, Frame, cases_behind
from gridcase.evaluation.bulletin.content import Bulletin, Hand, Place
from gridcase.evaluation.bulletin.document import document_of
from gridcase.evaluation.bulletin.hand_store import keep_hand, known_cases, read_hand
from gridcase.evaluation.bulletin.layout import Heading, Paragraph, Table
from gridcase.evaluation.bulletin.open_data import units_csv, units_geojson
from gridcase.evaluation.bulletin.reading import draft_rows
from gridcase.evaluation.bulletin.rewards import parse_rewards
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.facts.blocks import COLUMN_NAMES
from tests.evaluation.bulletin_month import Known, at, copy_of, make_known
from tests.evaluation.ledger import DISTRICT

DEPARTMENTS = (
    "序号 部门 应处置数 处置数 处置率 按期处置率 应结案数 结案数 结案率 按期结案数 按期结案率 返工率 延期率 上期遗留"
    " 超期未处置 得分 等级 排名 上期排名"
)
STREETS = "序号 街道 立案数 应结案数 结案率 按期结案率 返工率 系统考核 市级考核 满意度 加扣分 得分 等级 排名 上期排名"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Known, Known]]:
    """The register before and after its three months were frozen; tests get copies."""
    folders = [tmp_path_factory.mktemp(name) for name in ("open", "frozen")]
    plain = make_known(f"sqlite:///{folders[0] / 'gridcase.db'}", folders[0])
    frozen = copy_of(plain, folders[1])
    frozen.freeze("2025-10", "2026-09", "2026-10")
    yield plain, frozen
    for each in (plain, frozen):
        each.months.ledger.database.close()


@pytest.fixture
def known(made: tuple[Known, Known], tmp_path: Path) -> Iterator[Known]:
    copied = copy_of(made[0], tmp_path)
    yield copied
    copied.months.ledger.database.close()


@pytest.fixture
def frozen(made: tuple[Known, Known], tmp_path: Path) -> Iterator[Known]:
    copied = copy_of(made[1], tmp_path)
    yield copied
    copied.months.ledger.database.close()


def totals(bulletin: Bulletin) -> dict[str, tuple[int | None, str, str]]:
    """Count, 环比 and 同比 of each line."""
    return {
        line.figure.ref.column.removesuffix("_count"): (
            line.figure.value,
            line.figure.change.with_arrow,
            line.figure.year_change.with_arrow,
        )
        for line in bulletin.totals
    }


def table(bulletin: Bulletin, known: Known, *, heads: str) -> Table:
    """The first table with these columns."""
    blocks = document_of(bulletin, known.office.words).blocks
    return next(
        block
        for block in blocks
        if isinstance(block, Table) and " ".join(head.label for head in block.heads) == heads
    )


def texts(rows: tuple[tuple[object, ...], ...]) -> list[list[str]]:
    return [[getattr(cell, "text", "") for cell in row] for row in rows]


def test_totals_stand_beside_the_frozen_figures_of_the_month_and_the_year_before(frozen: Known) -> None:
    bulletin = frozen.bulletin()

    assert totals(bulletin) == {
        "reported": (10, "150.00 ↑", "900.00 ↑"),
        "self_handled": (0, "—", "—"),
        "filed": (10, "150.00 ↑", "900.00 ↑"),
        "dispatched": (10, "150.00 ↑", "900.00 ↑"),
        "handle_due": (10, "150.00 ↑", "900.00 ↑"),
        "handled": (9, "200.00 ↑", "800.00 ↑"),
        "due": (10, "150.00 ↑", "900.00 ↑"),
        "closed": (9, "200.00 ↑", "800.00 ↑"),
        "on_time_closed": (8, "166.67 ↑", "700.00 ↑"),
    }
    rates = {line.rate.name: line.rate for line in bulletin.totals if line.rate is not None}
    assert [(rate.text, rate.parts, rate.change.with_arrow, rate.year_change.with_arrow) for rate in rates.values()] == [
        ("90.00", (9, 10), "15.00 ↑", "-10.00 ↓"),
        ("90.00", (9, 10), "15.00 ↑", "-10.00 ↓"),
        ("80.00", (8, 10), "5.00 ↑", "-20.00 ↓"),
    ]  # fmt: skip


def test_sources_kinds_and_the_top_sub_categories_have_their_share(frozen: Known) -> None:
    bulletin = frozen.bulletin()

    told = [
        [(share.label, share.figure.value, share.share, share.figure.change.with_arrow) for share in shares]
        for shares in (bulletin.sources, bulletin.kinds, bulletin.top)
    ]
    assert told == [
        [("区级监督员", 9, "90.00", "125.00 ↑"), ("12345热线", 1, "10.00", "—")],
        [("事件", 9, "90.00", "125.00 ↑"), ("部件", 1, "10.00", "—")],
        [
            ("暴露垃圾", 6, "60.00", "200.00 ↑"),
            ("非法小广告", 2, "20.00", "0.00"),
            ("路灯", 1, "10.00", "—"),
            ("积存垃圾", 1, "10.00", "—"),
        ],
    ]


def test_departments_are_ranked_in_their_groups_with_the_columns_of_the_page(frozen: Known) -> None:
    found = table(frozen.bulletin(), frozen, heads=DEPARTMENTS)

    assert found.is_wide
    assert found.title == "专业部门"
    assert texts(found.rows) == [
        ["1", "甲局", "6", "6", "100.00", "83.33", "6", "6", "100.00", "5", "83.33", "16.67", "0.00", "0", "0",
         "88.33", "B", "1", "1"],
        ["2", "乙局", "3", "2", "66.67", "66.67", "3", "2", "66.67", "2", "66.67", "0.00", "0.00", "1", "1",
         "70.00", "C", "2", "2"],
        ["", "合计", "9", "8", "88.89", "77.78", "9", "8", "88.89", "7", "77.78", "11.11", "0.00", "1", "1",
         "", "", "", ""],
    ]  # fmt: skip
    assert [cell.detail for cell in found.rows[0]][4:6] == ["6/6", "5/6"]


def test_best_and_worst_of_each_group_are_named_with_what_they_gained(frozen: Known) -> None:
    blocks = document_of(frozen.bulletin(), frozen.office.words).blocks

    told = [block.text for block in blocks if isinstance(block, Paragraph) and "排名：" in block.text]
    assert told == [
        "专业部门排名：甲局（比上期降低11.67分）得分88.33，排名第1；乙局（比上期提高15.00分）得分70.00，排名第2，列末位。",
        "街道排名：街道办得分100.00，排名第1。",
    ]


def test_the_backlog_has_bands_of_age_and_names_what_hangs_longest(frozen: Known) -> None:
    backlog = frozen.bulletin().backlog

    (line,) = backlog.lines
    assert (line.name, line.carried_over, line.carried_over_open, line.overdue, line.held) == (
        "乙局",
        1,
        1,
        1,
        0,
    )
    # 11 days and 36 days.
    assert (backlog.bands[2], line.ages) == ((7, 15), (0, 0, 1, 0, 1))
    assert backlog.longest is not None
    assert (backlog.longest.days, backlog.longest_category) == (36, "非法小广告")


def test_five_sentences_are_computed(frozen: Known) -> None:
    assert frozen.bulletin().sentences == (
        "上升：上报数10件，环比上升150.00%；立案数10件，环比上升150.00%；处置率90.00%，比上期提高15.00个百分点；"
        "结案率90.00%，比上期提高15.00个百分点；按期结案率80.00%，比上期提高5.00个百分点；"
        "小类中暴露垃圾增加最多，立案6件，比上期增加4件。",
        "下降：与上期相比，各项主要指标均未下降。",
        "最好：专业部门：甲局，得分88.33；街道：街道办，得分100.00。",
        "最差：专业部门：乙局，得分70.00，排名第2。",
        "积压最久：乙局主办的案件000005（非法小广告），已超期36天；超期30天以上的案件共1件。",
    )


def test_without_earlier_records_nothing_is_compared(known: Known) -> None:
    known.freeze("2026-10")
    bulletin = known.bulletin()

    assert {changes[1:] for changes in totals(bulletin).values()} == {("—", "—")}
    assert bulletin.sentences[0] == "上升：上期没有发布的数字，不作比较。"
    assert [row[-1] for row in texts(table(bulletin, known, heads=DEPARTMENTS).rows)][:2] == ["—", "—"]
    assert "上期没有发布的数字，环比和上期各栏为“—”。" in bulletin.notes


def test_the_parts_stand_in_the_order_of_the_page_and_empty_ones_are_left_out(frozen: Known) -> None:
    hand = Hand("城管〔2026〕11号", "监督指挥中心", date(2026, 11, 5), "一是超期较多。\n\n二是反复。", ())
    words = frozen.office.words

    document = document_of(frozen.bulletin(hand=hand), words)
    plain = document_of(frozen.bulletin(), words)

    headings = [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    assert headings == [
        "一、统计周期和依据", "二、总体情况", "三、问题来源", "四、问题类别", "五、考核排名", "六、遗留和超期案件",
        "七、存在的问题和工作要求", "八、计算方法",
    ]  # fmt: skip
    assert document.closing == ("监督指挥中心", "2026年11月5日", "编号：城管〔2026〕11号")
    assert "七、计算方法" in [block.text for block in plain.blocks if isinstance(block, Heading)]
    assert (plain.closing, plain.mark) == ((), "")
    first = next(block for block in document.blocks if isinstance(block, Paragraph))
    assert "GB/T 30428.4-2016" in first.text
    assert "统计周期为2026年10月1日0时至2026年11月1日0时，统计时刻为2026年11月1日0时" in first.text
    titles = [block.title for block in document.blocks if isinstance(block, Table) and block.title]
    assert titles == ["专业部门", "街道", "附表1　各来源办理情况", "附表2　得分构成", "附表3　红黑榜"]


def test_formulas_are_told_from_the_scheme_that_was_executed(frozen: Known) -> None:
    formulas = frozen.bulletin().formulas

    assert "返工率 = 返工数 ÷ 应结案数" in formulas
    assert "按期处置：60 × 按期处置率（无数据的不排名）" in formulas
    assert "未返工：10 × (1 − 返工率)（无数据的不排名）" in formulas
    assert "等级：A级不低于90分，B级不低于75分，C级不低于60分，D级不低于40分，E级不低于0分。" in formulas


def test_a_period_that_is_not_frozen_makes_a_draft_with_the_same_figures(known: Known) -> None:
    draft = known.bulletin()
    known.freeze("2026-10")
    frozen = known.bulletin()

    assert (draft.is_draft, frozen.is_draft) == (True, False)
    assert document_of(draft, known.office.words).mark == "未发布"
    assert json.loads(bulletin_text(draft))["frozen"] is None
    for part in ("totals", "sources", "kinds", "top", "groups", "backlog", "formulas", "sentences"):
        assert getattr(draft, part) == getattr(frozen, part), part


def test_a_frozen_bulletin_stands_whatever_happens_later(frozen: Known) -> None:
    before = bulletin_text(frozen.bulletin())

    frozen.months.tell_all(at(2026, 12, 31))

    assert bulletin_text(frozen.bulletin()) == before


def test_an_amendment_shows_both_values_and_its_paper(frozen: Known) -> None:
    frozen.months.now = at(2026, 11, 20)
    frozen.months.tell_all(frozen.months.now)
    frozen.months.amend("2026-114")
    bulletin = frozen.bulletin()

    row = texts(table(bulletin, frozen, heads=DEPARTMENTS).rows)[0]
    assert row[5] == "83.33 → 100.00 (更正 1, 申诉 2026-114)"
    assert row[15] == "88.33 → 98.33 (更正 1, 申诉 2026-114)"
    assert totals(bulletin)["on_time_closed"][0] == 9
    blocks = document_of(bulletin, frozen.office.words).blocks
    annex = next(block for block in blocks if isinstance(block, Table) and block.title.endswith("更正"))
    assert ["1", "2026-114", "甲局", "得分", "88.33", "98.33"] in texts(annex.rows)
    assert any(isinstance(block, Paragraph) and "申诉成立" in block.text for block in blocks)


# --- sums that are kept -----------------------------------------------------------------------------------------------


def test_sums_of_a_record_are_kept_and_believed_only_while_they_add_up(frozen: Known, tmp_path: Path) -> None:
    frozen.folder = tmp_path / "bulletins"
    first = frozen.bulletin()
    files = sorted(frozen.folder.iterdir())
    again = frozen.bulletin()
    (file,) = (
        each for each in files if first.judged.sealed and first.judged.sealed.record_sha256 in each.name
    )
    text = file.read_text(encoding="utf-8")

    assert len(files) == 3
    assert again == first == replace_folder(frozen).bulletin()
    # An old form, half a file, and sums that somebody altered are made anew.
    for wrong in (text.replace('"form":1', '"form":0'), text[:-9], text.replace('"filed":6', '"filed":7')):
        assert wrong != text
        file.write_text(wrong, encoding="utf-8")
        assert frozen.bulletin() == first
        assert file.read_text(encoding="utf-8") == text
    # What does not stand in the sums is taken from the file: it is read, and not only written.
    file.write_text(text.replace('"number":"000005"', '"number":"000009"'), encoding="utf-8")
    longest = frozen.bulletin().backlog.longest
    assert longest is not None
    assert longest.number == "000009"


def replace_folder(known: Known) -> Known:
    """The same without a folder."""
    return Known(known.months, known.settings, known.rewards)


def test_a_folder_that_takes_nothing_does_not_stop_the_bulletin(frozen: Known, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    frozen.folder = tmp_path / "file" / "bulletins"

    assert frozen.bulletin().totals == replace_folder(frozen).bulletin().totals


# --- lists, cards, rewards ------------------------------------------------------------------------------------------


def test_red_and_black_list_take_no_more_than_half_of_the_ranked_units(frozen: Known) -> None:
    bulletin = frozen.bulletin()

    # Two are ranked in the one group, one in the other: one of each, and nobody.
    assert [(listed.group, listed.unit.name) for listed in bulletin.red] == [("专业部门", "甲局")]
    assert [(listed.group, listed.unit.name) for listed in bulletin.black] == [("专业部门", "乙局")]


def test_lists_may_be_drawn_by_score(frozen: Known) -> None:
    frozen.set(red_from=Decimal("88.33"), black_below=Decimal(75))
    bulletin = frozen.bulletin()

    assert [listed.unit.name for listed in bulletin.red] == ["甲局", "街道办"]
    assert [listed.unit.name for listed in bulletin.black] == ["乙局"]
    assert bulletin.list_rules == ("红榜为得分不低于88.33的单位。", "黑榜为得分低于75的单位。")


def test_two_yellow_months_in_a_row_are_a_red_card(frozen: Known) -> None:
    plain = frozen.bulletin("2026-09").cards
    frozen.set(yellow_below=Decimal(75))
    (card,) = frozen.bulletin().cards
    frozen.set(red_after=3)
    (longer,) = frozen.bulletin().cards

    assert [(each.colour, each.unit.name) for each in plain] == [("yellow", "乙局")]
    assert (card.colour, card.unit.name, card.periods) == ("red", "乙局", ("2026-10", "2026-09"))
    assert (longer.colour, longer.periods) == ("yellow", ("2026-10",))


def test_rewards_follow_the_table_of_the_site(frozen: Known) -> None:
    frozen.rewards = parse_rewards(
        "of,rank,grade,amount,points,group,note\n"
        "departments,1,,5000,2,,先进\n"
        "departments,-1,,-1000,,专业部门,\n"
        "departments,,C,,-1,,\n"
        "streets,1,,9,,,\n",
        "rewards.csv",
    )

    told = [(each.unit.name, each.reason, each.amount, each.points) for each in frozen.bulletin().rewards]

    assert told == [
        ("甲局", "排名第1", "5000", "2"),
        ("乙局", "排名第2", "-1000", ""),
        ("乙局", "等级C", "", "-1"),
        ("街道办", "排名第1", "5000", "2"),
    ]


# --- streets --------------------------------------------------------------------------------------------------------


def test_streets_show_system_and_city_scores_and_what_was_added(known: Known) -> None:
    known.months.import_scores(
        "unit,city_score,satisfaction_score,source,document,issued_on\n"
        "120104001,90,80,市局,通报,2026-11-03\n120104002,70,60.5,市局,通报,2026-11-03\n"
    )
    scheme = known.months.schemes.folder / "street-month.toml"
    text = scheme.read_text(encoding="utf-8").replace("example_weights = true", "")
    scheme.write_text(
        text + '[[item]]\nname = "local"\nlabel = "格内解决"\nkind = "bonus"\nmost = 5\n'
        'terms = [ { column = "settled_locally_count", per = 0.5 } ]\n',
        encoding="utf-8",
    )
    known.freeze("2026-10", of="streets", scheme="street-month")

    bulletin = known.bulletin(of="streets")

    rows = texts(table(bulletin, known, heads=STREETS).rows)
    assert "系统考核：40 × 按方案 area 的得分 ÷ 100" in bulletin.formulas
    assert "市级考核：40 × 市级考核 ÷ 100" in bulletin.formulas
    by_name = {row[1]: row for row in rows}
    assert by_name["街道1"][8:11] == ["90.00", "80.00", "+0.50"]
    assert by_name["街道2"][8:11] == ["70.00", "60.50", "0.00"]
    system = Decimal(by_name["街道1"][7])
    total = (system * 40 + 90 * 40 + 80 * 20) / 100 + Decimal("0.5")
    assert abs(Decimal(by_name["街道1"][11]) - total) <= Decimal("0.01")
    # The self-handled case is told apart.
    assert totals(bulletin)["reported"][0] == 10
    assert totals(bulletin)["self_handled"][0] == 1


def test_departments_are_told_what_the_whole_district_reported(known: Known) -> None:
    known.freeze("2026-10", of="streets", scheme="area")
    known.freeze("2026-10")

    bulletin = known.bulletin()

    assert dict(bulletin.whole) == {
        "reported_count": 10, "self_handled_count": 1, "filed_count": 10, "dispatched_count": 10,
    }  # fmt: skip


# --- the cases behind numbers, open data, what is written by hand -------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "numbers"),
    [
        (CaseRef("filed_count", channel="hotline_12345"), ["000011"]),
        (CaseRef("filed_count", category="component"), ["000014"]),
        (CaseRef("closed_count", unit="B"), ["000012", "000013"]),
        (CaseRef("overdue_unhandled_count", unit="B", band=4), ["000005"]),
        (CaseRef("overdue_unhandled_count", band=2), ["000014"]),
        (CaseRef("filed_count", category="event/01"), ["000006", "000007", "000008", "000009", "000010", "000011",
                                                       "000015"]),
    ],
)  # fmt: skip
def test_a_number_opens_to_exactly_its_cases(frozen: Known, ref: CaseRef, numbers: list[str]) -> None:
    months = frozen.months
    with months.ledger.database.reading() as connection:
        request = months.request("2026-10", "departments", "department-d1")
        found = cases_of(connection, request, ref, schemes=months.schemes, edges=frozen.office.edges)

    assert list(found.cases) == numbers
    assert found.value == len(numbers)


def test_numbers_of_a_draft_open_to_the_cases_that_its_rows_add_up_to(known: Known) -> None:
    months, edges = known.months, known.office.edges
    known.freeze("2025-10", "2026-09")
    columns = [f"{name}_count" for name in COLUMN_NAMES]
    refs = [CaseRef(column) for column in columns]
    refs += [CaseRef(column, channel="hotline_12345") for column in columns]
    refs += [CaseRef(column, unit="B", category="event/01") for column in columns]
    refs += [CaseRef("filed_count", category="event/01/01/01"), CaseRef("due_count", channel="unknown")]
    refs += [
        CaseRef("due_count", unit=unit, band=band) for unit in ("", "B") for band in range(len(edges) + 1)
    ]

    found = 0
    with months.ledger.database.reading() as connection:
        for as_of in (None, at(2026, 10, 20)):
            request = months.request("2026-10", "departments", "department-d1", as_of=as_of)
            for ref in refs:
                rows, periods = draft_rows(connection, request, months.schemes)
                frame = Frame(DISTRICT, "departments", periods, request.scheme, request.scheme.selection)
                expected = cases_behind(rows, frame, ref, edges=edges)

                opened = cases_of(connection, request, ref, schemes=months.schemes, edges=edges)

                assert opened.cases == expected, (as_of, ref)
                found += len(expected)
    assert found > len(refs)


def test_open_data_hold_units_and_nothing_of_any_person(frozen: Known) -> None:
    judged = frozen.bulletin().judged

    lines = units_csv(judged).splitlines()
    features = json.loads(
        units_geojson(judged, {"A": {"type": "Polygon", "coordinates": []}}, is_synthetic=True)
    )["features"]

    assert lines[0].startswith("period,of,code,unit,group,reported_count,")
    assert lines[0].endswith(",score,grade,rank,unranked")
    assert lines[1].startswith("2026-10,departments,A,甲局,专业部门,6,")
    assert [feature["id"] for feature in features] == ["A", "B", "S"]
    assert features[0]["properties"]["closing_rate"] == "100.00"
    assert [feature["geometry"] is None for feature in features] == [False, True, True]
    assert [feature["properties"].get("synthetic") for feature in features] == [True, None, None]
    for text in (units_csv(judged), json.dumps(features)):
        assert "inspector_1" not in text
        assert "王五" not in text


def test_what_is_written_by_hand_is_kept_on_both_databases(database_url: str, tmp_path: Path) -> None:
    known = make_known(database_url, tmp_path)
    known.freeze("2026-10")
    key = RecordKey(DISTRICT, "departments", "2026-10")
    place = Place("black", "某路市场", "某路12号", "000014", "占道")
    hand = Hand("城管〔2026〕11号", "", date(2026, 11, 5), "一是超期较多。", (place,))
    database = known.months.ledger.database

    for entered in (Hand("旧号"), hand):
        with database.transaction() as connection:
            keep_hand(connection, key, entered, by="王五", now=known.months.now)
    with database.reading() as connection:
        read = read_hand(connection, key)
        cases = known_cases(connection, DISTRICT, ["000014"])

    assert read == hand
    assert cases == set()
    assert frozenset(known.bulletin(hand=read).judged.groups) == {"专业部门", "街道"}
    database.close()
