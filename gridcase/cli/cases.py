"""`gridcase cases`: the cases behind one number of a ranking (evaluation.md 3)."""

from __future__ import annotations

import csv
import io

import click

from gridcase.cli.figures import any_of_option, open_figures, period_option, scheme_option
from gridcase.cli.options import db_option, site_option


@click.command(short_help="列出排名中一个数字背后的案件")
@period_option
@any_of_option
@click.option("--unit", required=True, metavar="NAME_OR_CODE", help="单位名称或代码 (unit).")
@click.option("--count", "count", required=True, metavar="COLUMN", help="计数列，如 closed_count (count).")
@scheme_option
@click.option("--as-of", metavar="MOMENT", help="只看此时刻之前的步骤 (ISO 8601，无时区即北京时间)。")
@db_option
@site_option
def cases(
    period: str, of: str, *, unit: str, count: str, scheme_name: str | None, **options: str | None
) -> None:
    """列出排名中一个单位一项计数背后的案件，CSV `number,value`，各行之和等于该数 (the cases behind one number).

    与 rank 相同：已冻结的周期取冻结结果；给出 --as-of 或另一个 --scheme 则重新计算 (a frozen period answers from its
    record). Exit code 2: no such unit or count; the nearest right name is told.
    """
    from gridcase.evaluation.case_list import cases_behind, find_unit, source_of
    from gridcase.evaluation.periods import parse_moment
    from gridcase.evaluation.rates import parse_sum

    as_of = options["as_of"]
    moment = parse_moment(as_of) if as_of is not None else None
    with open_figures(options["site"], options["db"]) as figures:
        request = figures.request(period, of, scheme_name=scheme_name, as_of=moment)
        with figures.database.reading() as connection:
            source = source_of(connection, request, figures.schemes, scheme_name=scheme_name)
            code = find_unit(connection, source, unit.strip()).code
            found = cases_behind(connection, source, [code], columns=parse_sum([count.strip()]))
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(["number", "value"])
    writer.writerows((case.number, case.value) for case in found)
    click.echo(output.getvalue(), nl=False)
