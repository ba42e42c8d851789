"""`gridcase bulletin`: prints the bulletin of a frozen period, or a draft marked 未发布 (evaluation.md 11)."""

from __future__ import annotations

import csv
import io
import os
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridcase.cli.figures import Figures, by_option, open_figures, period_option, who
from gridcase.cli.importing import read_file
from gridcase.cli.options import db_option, site_option
from gridcase.errors import Invalid

if TYPE_CHECKING:
    from gridcase.evaluation.bulletin.content import Bulletin, Place
    from gridcase.evaluation.bulletin.making import Office
    from gridcase.evaluation.frozen.store import RecordKey

UNITS = ("streets", "departments")
FORMS = ("html", "docx", "xlsx", "pdf", "json")


@dataclass(frozen=True)
class _Given:
    """What was entered by hand on the command line; None = nothing, what is kept stays."""

    number: str | None
    signature: str | None
    issued_on: date | None
    text: str | None
    places: tuple[Place, ...] | None
    places_file: str

    @property
    def parts(self) -> dict[str, Any]:
        """The parts that replace what is kept."""
        named = {name: getattr(self, name) for name in ("number", "signature", "issued_on", "text", "places")}
        return {name: value for name, value in named.items() if value is not None}


@click.command(short_help="印发一个冻结周期的通报")
@period_option
@click.option("--of", "of", required=True, type=click.Choice(UNITS))
@click.option("--format", "form", type=click.Choice(FORMS), default="html", show_default=True)
@click.option(
    "--output", "-o", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="写入文件."
)
@click.option("--draft", "may_draft", is_flag=True, help="未冻结时印草稿，每页标“未发布” (a draft).")
@click.option("--number", metavar="TEXT", help="发文字号 (number of the paper).")
@click.option("--signature", metavar="TEXT", help="署名，缺省见 bulletin.signature (who signs).")
@click.option("--issued-on", metavar="DATE", help="成文日期，如 2026-11-05 (date of the paper).")
@click.option(
    "--text", "text", metavar="FILE", type=click.Path(path_type=Path), help="存在的问题和工作要求，每行一段."
)
@click.option(
    "--places", "places", metavar="FILE.csv", type=click.Path(path_type=Path),
    help="红黑榜点位：list,place,address,case,remark.",
)  # fmt: skip
@click.option(
    "--cases", "query", metavar="QUERY", help="只列出一个数字背后的案件，如 count=filed_count&channel=media."
)
@by_option
@db_option
@site_option
def bulletin(period: str, of: str, *, form: str, output: Path | None, **options: Any) -> None:
    """由冻结的记录印发通报：网页、Word 公文、Excel、PDF 或 JSON (the bulletin of a frozen period).

    文号、署名、日期、文字和点位随周期保存，以后各次印发和网页相同 (what is entered by hand is kept with the period).
    未冻结且没有 --draft 时拒绝，退出码 3 (not frozen: exit 3)；缺少组件时退出码 1。
    """
    given = _read(options)
    with open_figures(options["site"], options["db"]) as figures:
        key = figures.key(period, of)
        _check_frozen(figures, key, may_draft=options["may_draft"])
        if options["query"] is not None:
            click.echo(_cases(figures, key, options["query"]), nl=False)
            return
        if given.parts:
            _keep(figures, key, given, by=who(options["by"]))
        office = _office(figures)
        content = _draw(figures, office, _make(figures, office, key), form=form)
    _write(content, output)


def _read(options: dict[str, Any]) -> _Given:
    """What was entered by hand. A file that cannot be read, or a faulty one, ends the command with exit 2."""
    from gridcase.evaluation.bulletin.places import parse_places

    text, places = options["text"], options["places"]
    return _Given(
        number=_stripped(options["number"]),
        signature=_stripped(options["signature"]),
        issued_on=_day(options["issued_on"]),
        text=read_file(text, lambda content, _file: content) if text is not None else None,
        places=read_file(places, parse_places) if places is not None else None,
        places_file=str(places),
    )


def _stripped(text: str | None) -> str | None:
    return text.strip() if text is not None else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError as error:
        raise Invalid("bad_date", f"--issued-on {text!r} is no date such as 2026-11-05") from error


def _check_frozen(figures: Figures, key: RecordKey, *, may_draft: bool) -> None:
    """Raises Refused `not_published` for a period that is not frozen, unless a draft is wanted."""
    from gridcase.evaluation.bulletin.making import not_published
    from gridcase.evaluation.frozen.store import newest_record

    if may_draft:
        return
    with figures.database.reading() as connection:
        if newest_record(connection, key) is None:
            raise not_published(key)


def _keep(figures: Figures, key: RecordKey, given: _Given, *, by: str) -> None:
    from gridcase.evaluation.bulletin.hand_store import keep_hand, known_cases, read_hand
    from gridcase.evaluation.bulletin.places import check_cases

    with figures.database.transaction() as connection:
        places = given.places or ()
        known = known_cases(connection, key.district, [place.case for place in places])
        check_cases(places, known, given.places_file)
        hand = replace(read_hand(connection, key), **given.parts)
        keep_hand(connection, key, hand, by=by, now=figures.now)


def _office(figures: Figures) -> Office:
    from gridcase.cases.catalogue import read_channels
    from gridcase.config import data_folder
    from gridcase.evaluation.bulletin.making import Office
    from gridcase.evaluation.bulletin.rewards import load_rewards
    from gridcase.evaluation.bulletin.words import load_words

    site, settings = figures.site, figures.settings
    channels = site.path("workflows/channels.csv")
    return Office(
        settings,
        load_words(site),
        read_channels(channels.read_text(encoding="utf-8"), str(channels)),
        load_rewards(site, settings.bulletin.rewards),
        Path(data_folder(settings, site)) / "bulletins",
    )


def _make(figures: Figures, office: Office, key: RecordKey) -> Bulletin:
    from gridcase.evaluation.bulletin.hand_store import read_hand
    from gridcase.evaluation.bulletin.making import draft_bulletin, frozen_bulletin

    with figures.database.reading() as connection:
        hand = read_hand(connection, key)
        made = frozen_bulletin(connection, office, key, hand=hand)
        if made is not None:
            return made
        request = figures.request(key.period, key.of, scheme_name=None, as_of=None)
        return draft_bulletin(connection, office, request, schemes=figures.schemes, hand=hand)


def _draw(figures: Figures, office: Office, made: Bulletin, *, form: str) -> bytes:
    from gridcase.evaluation.bulletin import drawing
    from gridcase.evaluation.bulletin.links import Links
    from gridcase.evaluation.bulletin.page import Chrome

    links = Links(made.judged.period, made.judged.of, figures.settings.bulletin.base_url or None)
    file = drawing.draw_file(made, office.words, links, form=form)
    if file is not None:
        return file
    from gridcase.web.paper import pdf_of
    from gridcase.web.static_files import style_of

    is_paper, style = form == drawing.PDF, style_of("bulletin.css")
    chrome = Chrome(links, style_text="" if is_paper else style, is_paper=is_paper)
    page = drawing.draw_html(made, office.words, figures.site, chrome=chrome)
    return pdf_of(page, style) if is_paper else page.encode()


def _cases(figures: Figures, key: RecordKey, query: str) -> str:
    """The cases behind a number as CSV `number,value`."""
    from gridcase.evaluation.bulletin.behind import cases_of
    from gridcase.evaluation.bulletin.links import ref_of

    ref = ref_of(query)
    request = figures.request(key.period, key.of, scheme_name=None, as_of=None)
    with figures.database.reading() as connection:
        found = cases_of(
            connection, request, ref, schemes=figures.schemes, edges=figures.settings.bulletin.backlog_days
        )
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(["number", "value"])
    writer.writerows(found.cases.items())
    return output.getvalue()


def _write(content: bytes, output: Path | None) -> None:
    """To standard output, or to a file that appears under its name when all of it was written."""
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    part = output.with_name(f"{output.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(output)
    except OSError as error:
        raise Invalid("bad_file", f"{output}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{output}: {len(content)} 字节 (bytes)", err=True)
