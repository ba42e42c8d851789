"""`gridcase forecast`: which cases a department must close to reach a rank (evaluation.md 12)."""

from __future__ import annotations

import click

from gridcase.cli.figures import open_figures, period_option, scheme_option
from gridcase.cli.options import db_option, site_option


@click.command(short_help="部门名次预测：办结哪些案件可到第几名")
@period_option
@click.option("--of", "of", required=True, type=click.Choice(["departments"]))
@click.option("--unit", required=True, metavar="NAME_OR_CODE", help="部门名称或代码 (unit).")
@click.option(
    "--rank", "wanted", type=click.IntRange(min=1), metavar="N", help="想达到的名次；缺省列出可达到的各名次."
)
@scheme_option
@click.option("--as-of", metavar="MOMENT", help="从此时刻看，缺省为现在 (ISO 8601，无时区即北京时间)。")
@click.option(
    "--format", "answer_format", type=click.Choice(["json", "table"]), default="table", show_default=True
)
@db_option
@site_option
def forecast(
    period: str, of: str, *, unit: str, wanted: int | None, scheme_name: str | None, **options: str | None
) -> None:
    """办结哪几件可到第几名；其他单位保持不变 (close these seven and you are sixth, other units held still).

    未结案件按收益排序：先未到期，后已超期，先到期的在前。达不到时如实说明。Exit codes: 0 answered, also when the rank
    cannot be reached; 2 no such unit; 3 the period is over.
    """
    from gridcase.evaluation.forecast import forecast as forecast_unit
    from gridcase.evaluation.forecast_answer import forecast_text
    from gridcase.evaluation.periods import parse_moment

    as_of = options["as_of"]
    moment = parse_moment(as_of) if as_of is not None else None
    with open_figures(options["site"], options["db"]) as figures:
        request = figures.request(period, of, scheme_name=scheme_name, as_of=moment)
        with figures.database.reading() as connection:
            found = forecast_unit(connection, request, figures.schemes, unit=unit.strip(), wanted=wanted)
    click.echo(forecast_text(found, options["answer_format"] or "table"), nl=False)
