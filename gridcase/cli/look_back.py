"""`gridcase look-back` and `gridcase what-if`: past months side by side, and by a scheme that was not in force."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridcase.cli.figures import POSTS, UNITS, Figures, any_of_option, open_figures, scheme_option
from gridcase.cli.options import db_option, site_option

if TYPE_CHECKING:
    from gridcase.evaluation.look_back.trial import Trial
    from gridcase.evaluation.schemes import Scheme

_unit_option = click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="NAME_OR_CODE",
    help="只看此单位，可多次给出 (these units only).",
)
_format_option = click.option(
    "--format", "answer_format", type=click.Choice(["json", "table"]), default="table", show_default=True
)


@click.command(short_help="各月对比：环比、同比")
@any_of_option
@click.option("--to", "last", metavar="YYYY-MM", help="最后一个月，缺省为本月 (the last month).")
@click.option(
    "--months", "count", type=click.IntRange(1, 120), default=12, show_default=True, help="月数 (how many)."
)
@click.option(
    "--rate", "rates", multiple=True, metavar="NAME", help="要列出的率，可多次给出；缺省为方案计分的率。"
)
@scheme_option
@_unit_option
@_format_option
@db_option
@site_option
def look_back(
    of: str, last: str | None, *, count: int, rates: tuple[str, ...], **options: str | None
) -> None:
    """逐月列出得分、等级、排名和率，及与上月、去年同月的差 (months over months, same month last year).

    已冻结的月份取冻结结果(含更正前后的值)，其余按案件历史计算并标明未发布；差只与已冻结的月份比较。方案或公式版本不同的相邻月份
    有标记。给出 --scheme 时，由其他方案冻结的月份按此方案重算，标为未发布。
    """
    from gridcase.evaluation.look_back.answers import look_back_text
    from gridcase.evaluation.look_back.looking import Asked, narrowed
    from gridcase.evaluation.look_back.looking import look_back as look
    from gridcase.evaluation.look_back.months import month
    from gridcase.evaluation.periods import period_of

    with open_figures(options["site"], options["db"]) as figures:
        settings = figures.settings.evaluation
        start_day = settings.period_start_day
        asked = Asked(
            figures.district,
            of,
            month(last, start_day=start_day) if last else period_of(figures.now, start_day=start_day),
            count,
            figures.now,
            settings,
            scheme=options["scheme_name"],
            rates=rates or None,
        )
        with figures.database.reading() as connection:
            found = look(connection, asked, figures.schemes)
        text = look_back_text(narrowed(found, options["units"] or ()), options["answer_format"] or "table")
    click.echo(text, nl=False)


@click.command(short_help="试算：假如当时用另一方案")
@click.option(
    "--scheme", "scheme_name", required=True, metavar="FILE_OR_CODE", help="方案文件(.toml)或方案名 (scheme)."
)
@click.option("--from", "first", required=True, metavar="YYYY-MM", help="第一个月 (first month).")
@click.option("--to", "last", required=True, metavar="YYYY-MM", help="最后一个月 (last month).")
@click.option(
    "--of", "of", type=click.Choice((*UNITS, *POSTS)), help="评价对象，缺省由方案决定 (kind of units)."
)
@_unit_option
@_format_option
@db_option
@site_option
def what_if(scheme_name: str, first: str, last: str, *, of: str | None, **options: Any) -> None:
    """用另一方案重算过去的月份，与当时的结果逐单位对比；只读，不写入任何记录 (what if this scheme had been in force).

    已冻结的月份用冻结记录保存的数据行重算，未冻结的按案件历史在其统计时刻计算。冻结记录中没有的外部成绩按缺数据处理。方案不论
    何时生效。方案有错时列出全部错误 (exit 2)。
    """
    from gridcase.evaluation.look_back.trial_answers import what_if_text
    from gridcase.evaluation.look_back.trying import what_if as try_scheme

    with open_figures(options["site"], options["db"]) as figures:
        trial = _trial(figures, _scheme(figures, scheme_name), (first, last), of=of)
        with figures.database.reading() as connection:
            found = try_scheme(connection, trial).narrowed(options["units"] or ())
    click.echo(what_if_text(found, options["answer_format"] or "table"), nl=False)


def _scheme(figures: Figures, name: str) -> Scheme:
    """The scheme of a file (`NAME.toml`, or a path), else the newest of this name. Raises DefinitionError."""
    from gridcase.evaluation.scheme_folder import is_file_name, read_scheme

    return read_scheme(Path(name)) if is_file_name(name) else figures.schemes.find(name)


def _trial(figures: Figures, scheme: Scheme, months: tuple[str, str], *, of: str | None) -> Trial:
    from gridcase.evaluation.look_back.months import months_between
    from gridcase.evaluation.look_back.trial import Trial, kind_for

    settings = figures.settings.evaluation
    return Trial(
        figures.district,
        kind_for(scheme, of),
        months_between(*months, start_day=settings.period_start_day),
        scheme,
        figures.now,
        settings,
        figures.schemes,
    )
