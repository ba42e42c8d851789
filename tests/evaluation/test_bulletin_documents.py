"""The bulletin as a Word document, a workbook and a page: what a reader of these files finds in them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from gridcase.errors import DefinitionError, GridcaseError
from gridcase.evaluation.bulletin import drawing
from gridcase.evaluation.bulletin.content import Bulletin, Hand, Place
from gridcase.evaluation.bulletin.excel_formulas import ScoreFormulas, columns_of, sum_formula
from gridcase.evaluation.bulletin.links import Links
from gridcase.evaluation.bulletin.page import Chrome
from gridcase.resources import SiteFolder
from tests.evaluation.bulletin_month import SHIPPED, Known, make_known
from tests.evaluation.schemes import result, scheme, unit
from tests.evaluation.sheet_formulas import SheetFormulas

HAND = Hand(
    "城管考核〔2026〕11号", "某区监督指挥中心", date(2026, 11, 5), "一是超期较多。\n二是反复。",
    (Place("black", "某路市场", "某路12号", "000014", "占道"),),
)  # fmt: skip
SITE = "http://10.0.0.5:8000"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """One register for all tests of this file, which only read it."""
    folder = tmp_path_factory.mktemp("bulletin")
    made = make_known(f"sqlite:///{folder / 'gridcase.db'}", folder)
    made.freeze("2026-09", "2026-10")
    yield made
    made.months.ledger.database.close()


@pytest.fixture(scope="module")
def bulletin(known: Known) -> Bulletin:
    return known.bulletin(hand=HAND)


@pytest.fixture(scope="module")
def draft(known: Known) -> Bulletin:
    return known.bulletin("2026-11")


# --- Word -----------------------------------------------------------------------------------------------------------


def word(made: Bulletin, known: Known) -> Any:
    return docx.Document(io.BytesIO(drawing.draw_word(made, known.office.words)))


def face(part: Any) -> tuple[str | None, float | None]:
    """Chinese face and size in points of a style."""
    fonts = part.element.rPr.rFonts
    return fonts.get(qn("w:eastAsia")), part.font.size.pt


def test_the_word_document_has_the_layout_of_an_official_paper(bulletin: Bulletin, known: Known) -> None:
    paper = word(bulletin, known)

    first = paper.sections[0]
    millimetres = [
        round(length.mm)
        for length in (
            first.page_width, first.page_height, first.top_margin, first.bottom_margin, first.left_margin,
            first.right_margin,
        )
    ]  # fmt: skip
    assert millimetres == [210, 297, 37, 35, 28, 26]
    styles = paper.styles
    assert face(styles["Title"]) == ("方正小标宋简体", 22)
    assert face(styles["Normal"]) == ("仿宋_GB2312", 16)
    assert (face(styles["Heading 1"]), face(styles["Heading 2"])) == (("黑体", 16), ("楷体_GB2312", 16))
    assert styles["Normal"].paragraph_format.line_spacing.pt == 28
    assert [section.orientation for section in paper.sections] == [0, 1, 0]
    footer = "".join(run.text for run in first.footer.paragraphs[0].runs)
    assert footer == "— 1 —"
    assert "PAGE" in first.footer._element.xml
    assert "PAGE" in first.even_page_footer._element.xml


def test_the_parts_of_the_word_document_stand_in_order(bulletin: Bulletin, known: Known) -> None:
    paper = word(bulletin, known)

    texts = [paragraph.text for paragraph in paper.paragraphs if paragraph.text]
    headings = [each.text for each in paper.paragraphs if each.style.name == "Heading 1"]
    assert texts[:3] == [HAND.number, "2026年10月部门城市管理考核情况通报", "本期要点"]
    assert headings[0] == "一、统计周期和依据"
    assert headings[-2:] == ["七、存在的问题和工作要求", "八、计算方法"]
    assert [each.text for each in paper.paragraphs if each.style.name == "Heading 2"] == [
        "（一）专业部门",
        "（二）街道",
    ]
    assert texts[-3:] == ["某区监督指挥中心", "2026年11月5日", f"编号：{HAND.number}"]
    assert "未发布" not in "".join(texts)
    assert paper.core_properties.content_status == ""


def test_tables_of_the_word_document_repeat_their_head_and_stay_between_the_margins(
    bulletin: Bulletin, known: Known
) -> None:
    paper = word(bulletin, known)

    ranking = next(table for table in paper.tables if len(table.columns) == 19)
    assert [cell.text for cell in ranking.rows[0].cells][:3] == ["序号", "部门", "应处置数"]
    assert [cell.text for cell in ranking.rows[1].cells][1:6] == [
        "甲局",
        "6",
        "6",
        "100.00\n6/6",
        "83.33\n5/6",
    ]
    wide = paper.sections[1]
    assert len(paper.tables) == 11
    for table in paper.tables:
        section = wide if len(table.columns) == 19 else paper.sections[0]
        room = section.page_width - section.left_margin - section.right_margin
        assert sum(column.width for column in table.columns) <= room
        head, *rows = table.rows
        assert head._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_a_draft_is_marked_on_every_page_and_in_the_properties(draft: Bulletin, known: Known) -> None:
    paper = word(draft, known)
    book = openpyxl.load_workbook(
        io.BytesIO(drawing.draw_excel(draft, known.office.words, Links("2026-11", "departments", None)))
    )
    page = drawing.draw_html(
        draft, known.office.words, SHIPPED, chrome=Chrome(Links("2026-11", "departments", None))
    )

    first = paper.sections[0]
    assert (first.header.paragraphs[0].text, first.even_page_header.paragraphs[0].text) == (
        "未发布",
        "未发布",
    )
    # The other sections take the head of the first.
    assert all(section.header.is_linked_to_previous for section in paper.sections[1:])
    properties = paper.core_properties
    assert (properties.content_status, properties.keywords) == ("未发布", "未发布")
    assert properties.title.endswith("（未发布）")
    assert any("尚未发布" in paragraph.text for paragraph in paper.paragraphs)
    assert book.properties.title is not None
    assert book.properties.title.endswith("（未发布）")
    for sheet in book.worksheets:
        assert sheet["A1"].value == "未发布", sheet.title
        assert "未发布" in str(sheet.oddHeader.center.text)
    assert '<p class="running">未发布</p>' in page
    assert "（未发布）</title>" in page


def test_signs_that_no_document_can_hold_do_not_stop_it(known: Known) -> None:
    made = known.bulletin(hand=Hand("号\x07", "名\x00", None, "文\x1f字\ufffe", ()))

    texts = [paragraph.text for paragraph in word(made, known).paragraphs]

    assert "文字" in texts
    assert "号" in texts


# --- Excel ----------------------------------------------------------------------------------------------------------


def excel(made: Bulletin, known: Known, *, base: str | None = None, values: bool = False) -> Any:
    links = Links(made.judged.period, made.judged.of, base)
    content = drawing.draw_excel(made, known.office.words, links)
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def test_every_formula_of_the_workbook_gives_the_printed_value(bulletin: Bulletin, known: Known) -> None:
    formulas, values = excel(bulletin, known), excel(bulletin, known, values=True)

    checked = 0
    for sheet in formulas.worksheets:
        computed = SheetFormulas(lambda place, sheet=sheet: sheet[place].value)
        for row in sheet.iter_rows():
            for cell in row:
                if not (isinstance(cell.value, str) and cell.value.startswith("=")):
                    continue
                printed = values[sheet.title][cell.coordinate].value
                found = computed.value(cell.coordinate)
                checked += 1
                if isinstance(printed, str):
                    assert found == printed, (sheet.title, cell.coordinate, cell.value)
                else:
                    place = (sheet.title, cell.coordinate, cell.value)
                    assert isinstance(found, Fraction), place
                    assert float(found) == pytest.approx(printed, abs=1e-9), place
    assert checked > 100


def test_a_workbook_says_when_a_count_was_altered(bulletin: Bulletin, known: Known) -> None:
    sheet = excel(bulletin, known)["核算"]
    heads = {cell.value: cell.column_letter for cell in sheet[3]}
    place = f"{heads['结案数']}4"
    altered = SheetFormulas(lambda each: 5 if each == place else sheet[each].value)

    assert sheet["B2"].value.startswith("=COUNTIF(")
    assert altered.value("B2") == 1
    assert altered.value(f"{heads['核对']}4") == "不一致"


def test_the_ranking_sheet_has_the_columns_of_the_page_and_the_counts_behind_its_rates(
    bulletin: Bulletin, known: Known
) -> None:
    sheet = excel(bulletin, known, values=True)["排名"]

    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=1, max_row=3)]
    assert rows[0][0] == "专业部门"
    assert rows[1][:5] == ["序号", "部门", "应处置数", "处置数", "处置率"]
    assert rows[1][18:22] == ["上期排名", "按期处置数", "返工数", "延期数"]
    assert rows[2][:22] == [
        1, "甲局", 6, 6, 100, 83.33, 6, 6, 100, 5, 83.33, 16.67, 0, 0, 0, 88.33, "B", 1, 1, 5, 1, 0,
    ]  # fmt: skip
    assert sheet["F3"].number_format == "0.00"


def test_each_count_leads_to_its_cases_on_the_site_or_to_the_command(
    bulletin: Bulletin, known: Known
) -> None:
    on_site = excel(bulletin, known, base=SITE)
    alone = excel(bulletin, known)

    link = on_site["排名"]["D3"].hyperlink
    assert link.target == f"{SITE}/rankings/cases?of=departments&period=2026-10&unit=A&count=handled_count"
    source = on_site["来源"]["B4"].hyperlink
    assert source.target == f"{SITE}/bulletins/2026-10/departments/cases?count=filed_count&channel=inspector"
    assert "查案件" not in on_site.sheetnames
    place = alone["排名"]["D3"].hyperlink.location
    assert place.startswith("'查案件'!A")
    assert alone["查案件"][place.partition("!")[2]].value == (
        "gridcase cases --period 2026-10 --of departments --unit A --count handled_count"
    )
    assert alone["排名"]["D3"].value == 6


def test_charts_of_ranking_and_trend_are_those_of_the_spreadsheet(bulletin: Bulletin, known: Known) -> None:
    content = drawing.draw_excel(bulletin, known.office.words, Links("2026-10", "departments", None))

    with ZipFile(io.BytesIO(content)) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "/charts/chart" in name]
    assert len(charts) == 3
    assert sum("<c:lineChart>" in chart for chart in charts) == 1
    assert sum("'排名'!$P$3:$P$4" in chart or "排名!$P$3:$P$4" in chart for chart in charts) == 1


def test_a_name_that_looks_like_a_formula_stays_a_name(bulletin: Bulletin, known: Known) -> None:
    made = known.bulletin(hand=Hand("=1+1", "", None, "", ()))

    assert excel(made, known)["通报"]["A2"].data_type == "s"


ITEMS = """
zero_score_when = [ { column = "filed_count", above = 3 }, { column = "closed_count", is = 0 } ]
cap = 103
[counts]
due_count = [ "filed_count", "-open_in_time_count" ]
[[item]]
name = "closing"
label = "结案"
kind = "rate"
rate = "closing_rate"
points = 40
when_empty = "leave_out"
[[item]]
name = "rework"
label = "未返工"
kind = "rate"
rate = "rework_rate"
points = 10
invert = true
when_empty = "full"
[[item]]
name = "late"
label = "按期"
kind = "threshold"
points = 20
floor = 2
terms = [ { rate = "on_time_closing_rate", target = 95, per_point = 0.5 } ]
[[item]]
name = "few"
label = "立案少"
kind = "bands"
column = "filed_count"
points = 10
bands = [[0, 100], [5, 80], [10, 40]]
above = 0
[[item]]
name = "city"
label = "市级"
kind = "score"
column = "city_score"
points = 10
[[item]]
name = "orders"
label = "督办"
kind = "deduct"
points = 10
terms = [ { column = "supervised_count", per = 0.5 }, { column = "faked_count", per = 3 } ]
[[item]]
name = "local"
label = "格内"
kind = "bonus"
most = 5
terms = [ { column = "settled_locally_count", per = 1.5 } ]
"""


@pytest.mark.parametrize(
    "counts",
    [
        {"filed": 8, "open_in_time": 1, "closed": 6, "on_time_closed": 5, "reworked": 1, "supervised": 2,
         "faked": 1, "settled_locally": 2},
        {"filed": 4, "open_in_time": 0, "closed": 0, "on_time_closed": 0, "reworked": 0, "supervised": 0,
         "faked": 0, "settled_locally": 0},
        {"filed": 0, "open_in_time": 0, "closed": 0, "on_time_closed": 0, "reworked": 0, "supervised": 30,
         "faked": 0, "settled_locally": 0},
        {"filed": 12, "open_in_time": 0, "closed": 12, "on_time_closed": 12, "reworked": 0, "supervised": 0,
         "faked": 0, "settled_locally": 9},
        {"filed": 11, "open_in_time": 0, "closed": 11, "on_time_closed": 3, "reworked": 11, "supervised": 0,
         "faked": 0, "settled_locally": 0},
    ],
)  # fmt: skip
@pytest.mark.parametrize("when_empty", ["unranked", "leave_out", "zero"])
def test_every_kind_of_item_is_scored_by_its_formula_as_by_the_program(
    counts: dict[str, int], when_empty: str
) -> None:
    own = scheme(ITEMS.replace("floor = 2\n", f'floor = 2\nwhen_empty = "{when_empty}"\n'))
    names = columns_of(own, [])
    row = unit(city_score="87.5", **counts)
    cells = {name: f"A{at}" for at, name in enumerate(names, start=1)}
    items = [f"B{at}" for at in range(1, len(own.items) + 1)]
    formulas = ScoreFormulas(own, cells.__getitem__)
    values: dict[str, Any] = {cells[name]: float(row.scores[name]) if name in row.scores else row.counts.get(name)
                              for name in names}  # fmt: skip
    values[cells["due_count"]] = "=" + sum_formula(own.counts["due_count"], cells.__getitem__)
    values |= dict(zip(items, [formulas.item(item) for item in own.items], strict=True))

    found = SheetFormulas(values.get).compute(formulas.total(items))

    score = result(own, row).units[0].score
    assert score is not None
    expected = "—" if score.value is None else Fraction(own.printing.number(score.value))
    assert found == expected


# --- page, words, missing libraries -----------------------------------------------------------------------------------


def test_the_page_escapes_what_people_wrote(known: Known) -> None:
    made = known.bulletin(hand=Hand("<b>号</b>", "", None, "<script>alert(1)</script>", ()))

    page = drawing.draw_html(
        made, known.office.words, SHIPPED, chrome=Chrome(Links("2026-10", "departments", ""))
    )

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert (
        '<a href="/rankings/cases?of=departments&amp;period=2026-10&amp;unit=A&amp;count=closed_count">6</a>'
        in page
    )


def test_a_template_of_the_site_that_cannot_be_filled_in_is_told(
    bulletin: Bulletin, known: Known, tmp_path: Path
) -> None:
    folder = tmp_path / "templates" / "bulletins"
    folder.mkdir(parents=True)
    (folder / "bulletin.html").write_text("{{ document.tittle }}", encoding="utf-8")

    with pytest.raises(DefinitionError, match="bad_template"):
        drawing.draw_html(
            bulletin,
            known.office.words,
            SiteFolder(tmp_path),
            chrome=Chrome(Links("2026-10", "departments", None)),
        )


def test_without_the_libraries_one_clear_error_is_told(
    bulletin: Bulletin, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError("No module named 'docx'", name="docx")

    monkeypatch.setattr(drawing, "import_module", missing)

    with pytest.raises(GridcaseError, match="install the extra `reports`") as caught:
        drawing.draw_word(bulletin, known.office.words)
    assert caught.value.code == "reports_not_installed"
    assert not drawing.has_reports()
