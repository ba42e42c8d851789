"""The small parts of bulletins: periods compared, words, lists by hand, references, the formulas in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from gridcase.cli import main
from gridcase.errors import DefinitionError, Invalid
from gridcase.evaluation.bulletin.breakdown import CaseRef
from gridcase.evaluation.bulletin.comparing import change_of_counts
from gridcase.evaluation.bulletin.earlier import before, year_before
from gridcase.evaluation.bulletin.layout import chinese
from gridcase.evaluation.bulletin.links import Links, query_of, ref_of
from gridcase.evaluation.bulletin.places import check_cases, parse_places
from gridcase.evaluation.bulletin.rewards import load_rewards, parse_rewards
from gridcase.evaluation.bulletin.telling import band_labels, moment_words, period_words
from gridcase.evaluation.bulletin.words import load_words
from gridcase.evaluation.printing import Printing
from gridcase.resources import SiteFolder
from tests.evaluation.bulletin_month import SHIPPED, at

WORDS = load_words(SHIPPED)


def codes(error: DefinitionError) -> list[str]:
    return [fault.code for fault in error.faults]


@pytest.mark.parametrize(
    ("period", "last", "year_ago"),
    [
        ("2026-10", "2026-09", "2025-10"),
        ("2026-01", "2025-12", "2025-01"),
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026-H2", "2026-H1", "2025-H2"),
        ("2026-H1", "2025-H2", "2025-H1"),
        ("2026", "2025", "2025"),
        ("2026-W01", "2025-W52", "2025-W01"),
        ("2026-W53", "2026-W52", None),
        ("2028-02-29", "2028-02-28", None),
        ("2026-03-01", "2026-02-28", "2025-03-01"),
        ("1900-01", None, None),
    ],
)
def test_a_period_is_compared_with_the_one_before_and_with_that_of_a_year_before(
    period: str, last: str | None, year_ago: str | None
) -> None:
    assert (before(period), year_before(period)) == (last, year_ago)


def test_periods_and_moments_read_in_chinese() -> None:
    named = [
        period_words(name, WORDS)
        for name in ("2026-10", "2026-Q4", "2026-H1", "2026", "2026-W43", "2026-10-05")
    ]

    assert named == [
        "2026年10月", "2026年第4季度", "2026年上半年", "2026年", "2026年第43周", "2026年10月5日",
    ]  # fmt: skip
    assert moment_words(at(2026, 11, 1, 0), WORDS) == "2026年11月1日0时"
    assert band_labels([(0, 3), (3, 7), (7, None)], WORDS) == ["3天以内", "3–7天", "7天以上"]
    assert [chinese(number) for number in (1, 10, 11, 20, 21)] == ["一", "十", "十一", "二十", "二十一"]


@pytest.mark.parametrize(
    ("this", "earlier", "text"),
    [(33, 32, "3.13 ↑"), (31, 32, "-3.13 ↓"), (32, 32, "0.00"), (5, 0, "—"), (5, None, "—"), (None, 5, "—")],
)
def test_a_change_of_counts_is_printed_with_its_arrow(
    this: int | None, earlier: int | None, text: str
) -> None:
    assert change_of_counts(this, earlier, Printing()).with_arrow == text


# --- words of the site ----------------------------------------------------------------------------------------------


def test_a_site_replaces_single_words_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "bulletins"
    folder.mkdir(parents=True)
    (folder / "words.toml").write_text('[document]\ntitle = "{period}{of}城管通报"\n', encoding="utf-8")

    words = load_words(SiteFolder(tmp_path))

    assert words("document.title", period="十月", of="街道") == "十月街道城管通报"
    assert words("document.draft") == "未发布"


def test_every_fault_of_the_words_of_a_site_is_told_with_the_nearest_key(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "bulletins"
    folder.mkdir(parents=True)
    (folder / "words.toml").write_text(
        '[document]\ntitel = "x"\ntitle = "{perid}"\ndraft = "{"\nlead = "{a.b}"\n', encoding="utf-8"
    )

    with pytest.raises(DefinitionError) as caught:
        load_words(SiteFolder(tmp_path))

    assert codes(caught.value) == ["unknown_key", "bad_template", "bad_template", "bad_template"]
    assert "document.title" in str(caught.value)
    assert "there is no value for perid" in str(caught.value)


# --- lists by hand --------------------------------------------------------------------------------------------------


def test_places_are_read_with_their_cases() -> None:
    text = "list,place,address,case,remark\nred,公园,公园路1号,0001,整洁\nblack,市场,某路12号,0002,\n"

    places = parse_places(text, "places.csv")

    assert [(each.colour, each.name, each.case, each.remark) for each in places] == [
        ("red", "公园", "0001", "整洁"),
        ("black", "市场", "0002", ""),
    ]
    with pytest.raises(DefinitionError, match="unknown_case: there is no case 0002"):
        check_cases(places, {"0001"}, "places.csv")


def test_every_fault_of_a_list_of_places_is_told() -> None:
    text = "list,place,address,case\nwhite,公园,公园路1号,0001\nred,,某路,\nred,公园,公园路1号,0001\nred,x\n"

    with pytest.raises(DefinitionError) as caught:
        parse_places(text, "places.csv")

    # A row of another width is told while reading, before what the others hold.
    assert codes(caught.value) == [
        "bad_value", "missing_field", "missing_field", "duplicate_name", "bad_value",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("planets,1,,5,", "is none of streets, departments"),
        ("streets,1,A,5,", "either rank or grade is wanted"),
        ("streets,,,5,", "either rank or grade is wanted"),
        ("streets,3..1,,5,", "is nothing like 1, 1..3 or -3..-1"),
        ("streets,0,,5,", "is nothing like"),
        ("streets,-1..1,,5,", "is nothing like"),
        ("streets,1,,,", "amount, points or both are wanted"),
        ("streets,1,,fünf,", "is no decimal number"),
    ],
)
def test_a_faulty_line_of_rewards_is_told(line: str, text: str) -> None:
    with pytest.raises(DefinitionError, match=text):
        parse_rewards(f"of,rank,grade,amount,points\n{line}\n", "rewards.csv")


def test_rewards_come_from_the_file_that_the_setting_names(tmp_path: Path) -> None:
    (tmp_path / "rewards.csv").write_text(
        "of,rank,grade,amount,points\nstreets,1..3,,500.5,\n", encoding="utf-8"
    )

    (rule,) = load_rewards(SiteFolder(tmp_path), "rewards.csv")

    assert (rule.of, rule.first, rule.last, rule.amount) == ("streets", 1, 3, "500.5")
    assert load_rewards(SiteFolder(tmp_path), "") == ()
    with pytest.raises(DefinitionError, match="bad_file"):
        load_rewards(SiteFolder(tmp_path), "nothing.csv")


# --- references -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ref",
    [
        CaseRef("filed_count"),
        CaseRef("filed_count", channel="media"),
        CaseRef("due_count", unit="A&B=1", category="event/01/10"),
        CaseRef("overdue_unhandled_count", unit="乙", band=0),
    ],
)
def test_a_reference_travels_as_a_query(ref: CaseRef) -> None:
    assert ref_of(query_of(ref)) == ref


@pytest.mark.parametrize(
    "query", ["", "channel=media", "count=x&colour=red", "count=x&band=-1", "count=x&band=²"]
)
def test_a_query_that_names_no_number_is_refused(query: str) -> None:
    with pytest.raises(Invalid, match="bad_value"):
        ref_of(query)


def test_numbers_lead_to_the_site_or_to_a_command() -> None:
    site, alone = Links("2026-10", "streets", "http://x"), Links("2026-10", "streets", None)
    unit, source = CaseRef("closed_count", unit="1"), CaseRef("filed_count", channel="media")

    assert site.cases(unit) == "http://x/rankings/cases?of=streets&period=2026-10&unit=1&count=closed_count"
    assert site.cases(source) == "http://x/bulletins/2026-10/streets/cases?count=filed_count&channel=media"
    assert (alone.cases(unit), alone.case("1"), site.case("0001")) == (None, None, "http://x/cases/0001")
    assert alone.command(unit) == "gridcase cases --period 2026-10 --of streets --unit 1 --count closed_count"
    assert alone.command(source) == (
        'gridcase bulletin --period 2026-10 --of streets --cases "count=filed_count&channel=media"'
    )


def test_the_check_of_a_site_tells_the_faults_of_its_bulletins(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "bulletins"
    folder.mkdir(parents=True)
    (folder / "words.toml").write_text("[document]\ntitel = 1\n", encoding="utf-8")
    (folder / "bulletin.html").write_text("{% for %}", encoding="utf-8")
    (tmp_path / "config.toml").write_text('[bulletin]\nrewards = "rewards.csv"\n', encoding="utf-8")
    (tmp_path / "rewards.csv").write_text("of,rank\n", encoding="utf-8")

    result = CliRunner().invoke(main, ["check", "--site", str(tmp_path)])

    assert result.exit_code == 1
    told = [line.removeprefix(str(tmp_path)) for line in result.stdout.splitlines()]
    assert [line.partition(": ")[0] for line in told] == [
        "/templates/bulletins/words.toml", "/templates/bulletins/bulletin.html",
        "/rewards.csv", "/rewards.csv", "/rewards.csv",
    ]  # fmt: skip
