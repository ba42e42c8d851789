"""`gridcase import-scores`: takes over scores that were made elsewhere, as a new version of the period's scores (evaluation.md 10)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import click

from gridcase.cli.figures import by_option, open_figures, period_option, who
from gridcase.cli.importing import read_file
from gridcase.cli.options import db_option, site_option
from gridcase.errors import Invalid


@click.command("import-scores", short_help="导入外部成绩")
@period_option
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option(
    "--out-of", "out_of", default="100", show_default=True, metavar="POINTS", help="满分 (the full score)."
)
@by_option
@db_option
@site_option
def import_scores(period: str, file: Path, *, out_of: str, **options: str | None) -> None:
    """导入一个周期的外部成绩：市级考核、满意度、互评等，折算为百分制 (import scores from elsewhere).

    列：unit（名称或代码）、一列或多列 *_score、source、document、issued_on，可有 rater。每次导入为一个新版本；
    单位不得给自己评分，缺评的评分人逐一列出 (a unit may not rate itself; missing raters are listed).
    """
    from gridcase.evaluation.frozen.store import newest_record
    from gridcase.evaluation.onsite.imports import SITE, refresh_site_score, weights_of
    from gridcase.evaluation.score_files import parse_scores, read_out_of
    from gridcase.evaluation.score_imports import Sender
    from gridcase.evaluation.score_imports import import_scores as import_rows

    try:
        full = read_out_of(out_of)
    except ValueError as error:
        raise Invalid("bad_number", f"--out-of {out_of!r} is no number above 0") from error
    scores = read_file(file, lambda text, name: parse_scores(text, name, out_of=full))
    with open_figures(options["site"], options["db"]) as figures:
        name = figures.period(period).name
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        sender = Sender(figures.district, name, who(options["by"]), figures.now, digest)
        with figures.database.transaction() as connection:
            imported = import_rows(connection, scores, sender)
            onsite = figures.settings.evaluation.onsite
            if SITE not in scores.columns and weights_of(onsite).keys() & set(scores.columns):
                refresh_site_score(connection, sender, onsite, version=imported.version)
        with figures.database.reading() as connection:
            frozen = [
                of
                for of in ("streets", "departments")
                if newest_record(connection, figures.key(period, of)) is not None
            ]
    missing = [
        {"unit": each.unit, "column": each.column, "raters": list(each.raters)} for each in imported.missing
    ]
    told = {"period": name, "version": imported.version, "rows": imported.row_count}
    click.echo(json.dumps({**told, "columns": list(scores.columns), "missing": missing}, ensure_ascii=False))
    for each in imported.missing:
        raters = "、".join(each.raters)
        click.echo(f"缺评 (missing raters): {each.unit} {each.column}: {raters}", err=True)
    for of in frozen:
        text = f"{name} {of} 已冻结，结果不变；如需采用，运行 gridcase amend (frozen: amend it)"
        click.echo(text, err=True)
