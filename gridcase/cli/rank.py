"""`gridcase rank`: counts, scores and ranks the units of a district; a frozen period answers from its record (evaluation.md 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gridcase.cli.figures import Figures, any_of_option, open_figures, period_option, scheme_option
from gridcase.cli.options import db_option, site_option

if TYPE_CHECKING:
    from gridcase.evaluation.frozen.store import RecordKey


@click.command(short_help="由案件历史计算排名")
@period_option
@any_of_option
@scheme_option
@click.option("--as-of", metavar="MOMENT", help="只看此时刻之前的步骤 (ISO 8601，无时区即北京时间)。")
@click.option(
    "--format",
    "answer_format",
    type=click.Choice(["json", "csv", "table"]),
    default="table",
    show_default=True,
)
@db_option
@site_option
def rank(period: str, of: str, *, scheme_name: str | None, as_of: str | None, **options: str | None) -> None:
    """由案件历史计算一个周期的计数、率、得分和排名；已冻结的周期直接取冻结结果 (rank units).

    给出 --as-of，或与冻结时不同的 --scheme，则重新计算，标为未发布 (computed anew, not published).
    """
    from gridcase.evaluation.periods import parse_moment
    from gridcase.evaluation.rank import rank as rank_units
    from gridcase.evaluation.rank import rank_as_text

    form = options["answer_format"] or "table"
    moment = parse_moment(as_of) if as_of is not None else None
    with open_figures(options["site"], options["db"]) as figures:
        text = _frozen(figures, figures.key(period, of), scheme_name, form=form) if moment is None else None
        if text is None:
            request = figures.request(period, of, scheme_name=scheme_name, as_of=moment)
            with figures.database.reading() as connection:
                text = rank_as_text(rank_units(connection, request, figures.schemes), form)
    click.echo(text, nl=False)


def _frozen(figures: Figures, key: RecordKey, scheme_name: str | None, *, form: str) -> str | None:
    """What was published of a frozen period, unless another scheme is asked for."""
    from gridcase.evaluation.frozen.reading import published_text

    with figures.database.reading() as connection:
        return published_text(connection, key, form, scheme=scheme_name)
