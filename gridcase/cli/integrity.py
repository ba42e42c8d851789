"""`gridcase integrity`: questions that rules draw from the history of a month, each with its cases and answers."""

from __future__ import annotations

import click

from gridcase.cli.figures import open_figures
from gridcase.cli.options import db_option, site_option

_EXIT_ALTERED = 3
# The ranking whose T is the cut-off of the month.
_JUDGED = "departments"


@click.command(short_help="列出一个月的提问与说明")
@click.option("--month", required=True, metavar="YYYY-MM", help="考核月 (the month).")
@click.option("--at", metavar="MOMENT", help="只看此时刻之前的步骤 (ISO 8601，无时区即北京时间)。")
@click.option(
    "--format", "answer_format", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@db_option
@site_option
def integrity(month: str, *, at: str | None, answer_format: str, site: str | None, db: str | None) -> None:
    """按规则从办理记录中列出一个月的问题及其案件，供有关人员说明；列出不代表有差错 (questions, never verdicts).

    没有问题时，列出查看了多少。门槛见 config.toml 的 [integrity]。Exit codes: 0 done; 2 no such month; 3 an answer was altered.
    """
    from gridcase.evaluation.integrity.answers import first_altered
    from gridcase.evaluation.integrity.looking import query_of
    from gridcase.evaluation.integrity.telling import as_text, tell
    from gridcase.evaluation.integrity.wording import wording_of
    from gridcase.evaluation.periods import parse_moment

    as_of = parse_moment(at) if at is not None else None
    with open_figures(site, db) as figures:
        request = figures.request(month, _JUDGED, scheme_name=None, as_of=None)
        query = query_of(
            figures.district,
            (request.period, request.moments[-1][1]),
            figures.settings.integrity,
            start_day=figures.settings.evaluation.period_start_day,
            as_of=as_of,
        )
        with figures.database.reading() as connection:
            wording = wording_of(connection, figures.district, query.settings, site=figures.site)
            text = as_text(tell(connection, query), wording, answer_format)
            altered = first_altered(connection, figures.district)
    click.echo(text, nl=False)
    if altered is not None:
        click.echo(f"answers_altered: {altered}", err=True)
        raise click.exceptions.Exit(_EXIT_ALTERED)
