"""`gridcase import-checks`: takes over what was found on the spot and makes scores and slips of it (evaluation.md 10)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import click

from gridcase.cli.figures import by_option, open_figures, period_option, who
from gridcase.cli.importing import read_file
from gridcase.cli.options import db_option, site_option
from gridcase.errors import Invalid


@click.command("import-checks", short_help="导入现场考评数据")
@click.argument("kind", metavar="dust|lamps|exam", type=click.Choice(["dust", "lamps", "exam"]))
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@period_option
@click.option("--sheet", metavar="NAME", help="考评表名，workflows/exams/ 中的一张 (exam sheet).")
@by_option
@db_option
@site_option
def import_checks(kind: str, file: Path, *, period: str, sheet: str | None, **options: str | None) -> None:
    """导入现场考评：以克论净采样 dust、路灯 lamps、实地考评表 exam，得出各单位成绩 (on-site checks become scores).

    成绩列为 dust_score、lamp_score、exam_score，加权平均为 site_score；考评发现的问题各成一张整改单 (slips).
    """
    from gridcase.evaluation.onsite.files import EXAM, parse_checks
    from gridcase.evaluation.onsite.imports import import_checks as import_lines
    from gridcase.evaluation.onsite.sheets import find_sheet
    from gridcase.evaluation.printing import Printing
    from gridcase.evaluation.score_imports import Sender

    if (kind == EXAM) != (sheet is not None):
        raise Invalid("bad_value", "an exam needs --sheet NAME, other checks have none", field="sheet")
    with open_figures(options["site"], options["db"]) as figures:
        own = None
        if sheet is not None:
            own = find_sheet(figures.site.path("workflows/exams"), sheet)
        checks = read_file(file, lambda text, name: parse_checks(text, name, kind=kind, sheet=own))
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        name = figures.period(period).name
        sender = Sender(figures.district, name, who(options["by"]), figures.now, digest)
        with figures.database.transaction() as connection:
            imported = import_lines(connection, checks, sender, settings=figures.settings.evaluation.onsite)
    printing = Printing()
    scores = {
        code: None if value is None else printing.number(value) for code, value in imported.scores.items()
    }
    told = {"period": name, "kind": kind, "version": imported.version, "slips": imported.slip_count}
    click.echo(json.dumps({**told, "scores": scores}, ensure_ascii=False))
    for code in [code for code, value in imported.scores.items() if value is None]:
        click.echo(f"考评项目不全，成绩未知 (items missing, the score is unknown): {code}", err=True)


@click.command("list-checks", short_help="列出现场考评数据")
@click.argument(
    "kind", metavar="dust|lamps|exam|slips", type=click.Choice(["dust", "lamps", "exam", "slips"])
)
@period_option
@click.option("--unit", metavar="CODE", help="单位代码，缺省为全部 (all units by default).")
@db_option
@site_option
def list_checks(kind: str, *, period: str, unit: str | None, site: str | None, db: str | None) -> None:
    """列出成绩背后的采样、路灯、考评各行，或整改单 slips，每行一个 JSON (the lines behind a score, or the slips)."""
    from gridcase.evaluation.onsite.queries import checks_of, slips_of

    with open_figures(site, db) as figures, figures.database.reading() as connection:
        name = figures.period(period).name
        if kind == "slips":
            found = slips_of(connection, figures.district, name, unit=unit)
        else:
            found = checks_of(connection, figures.district, name, kind=kind, unit=unit)
    for row in found:
        click.echo(json.dumps(row, ensure_ascii=False, default=str))
