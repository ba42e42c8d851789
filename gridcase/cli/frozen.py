"""The commands of frozen months: `gridcase freeze`, `check-frozen` and `amend` (evaluation.md 9)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from gridcase.cli.figures import any_of_option, by_option, open_figures, period_option, scheme_option, who
from gridcase.cli.options import db_option, site_option
from gridcase.errors import Invalid

if TYPE_CHECKING:
    from gridcase.evaluation.frozen.heads import Head


@click.command(short_help="冻结一个周期的排名")
@period_option
@any_of_option
@scheme_option
@click.option("--as-of", metavar="MOMENT", help="统计时刻，缺省为周期结束加方案的等待时间 (T).")
@by_option
@db_option
@site_option
def freeze(
    period: str, of: str, *, scheme_name: str | None, as_of: str | None, **options: str | None
) -> None:
    """冻结一个周期的排名，此后案件的任何变化都不影响它 (write the frozen record of a period).

    已冻结、周期未结束、缺少外部成绩、方案为示例权重时拒绝，退出码 3 (refused: exit 3).
    """
    from gridcase.evaluation.frozen.freezing import freeze as freeze_period
    from gridcase.evaluation.periods import parse_moment

    moment = parse_moment(as_of) if as_of is not None else None
    with open_figures(options["site"], options["db"]) as figures:
        request = figures.request(period, of, scheme_name=scheme_name, as_of=moment)
        head = freeze_period(figures.database, request, figures.schemes, by=who(options["by"]))
    _print(_told(head))
    click.echo(f"已冻结 {period} {of} (frozen)", err=True)


@click.command("check-frozen", short_help="校验冻结的排名")
@period_option
@any_of_option
@click.option("--export", metavar="FILE", type=click.Path(path_type=Path), help="导出参与哈希的各行.")
@db_option
@site_option
def check_frozen(period: str, of: str, *, export: Path | None, site: str | None, db: str | None) -> None:
    """重新计算冻结记录的哈希和结果；不符时指出第一处，退出码 3 (recompute hash and results of a frozen record).

    --export 写出参与哈希的各行，`sha256sum FILE` 即为 inputs_sha256 (exactly the hashed lines).
    """
    from gridcase.evaluation.frozen.checking import check_frozen as check

    with (
        open_figures(site, db) as figures,
        _export(export) as file,
        figures.database.reading() as connection,
    ):
        checked = check(connection, figures.key(period, of), write=file.write if file else None)
    _print({**_told(checked.head), "is_sound": True, "is_recomputed": checked.is_recomputed})
    click.echo("冻结记录完整 (the frozen record is sound)", err=True)
    if not checked.is_recomputed:
        click.echo("公式版本不同，结果未重新计算 (made by other formulas: results not recomputed)", err=True)


@click.command(short_help="更正冻结的排名")
@period_option
@any_of_option
@click.option("--ref", required=True, metavar="REF", help="申诉或文件编号，如 2026-114.")
@click.option("--reason", required=True, metavar="TEXT", help="更正原因 (why).")
@by_option
@db_option
@site_option
def amend(period: str, of: str, *, ref: str, reason: str, **options: str | None) -> None:
    """申诉获准或外部成绩更正后，按同一时刻、方案和公式重新计算冻结的排名 (amend a frozen record).

    之后的步骤只计申诉决定；没有变化时退出码 3 (nothing changed: exit 3).
    """
    from gridcase.evaluation.frozen.amending import Amendment
    from gridcase.evaluation.frozen.amending import amend as amend_record

    for name, value in (("ref", ref), ("reason", reason)):
        if not value.strip():
            raise Invalid("missing_field", f"--{name} is empty", field=name)
    with open_figures(options["site"], options["db"]) as figures:
        amendment = Amendment(ref.strip(), reason.strip(), who(options["by"]), figures.now)
        head = amend_record(figures.database, figures.key(period, of), amendment)
    _print(_told(head))
    for cell in head.cells:
        click.echo(f"{cell.unit} {cell.field}: {cell.old or '—'} → {cell.new or '—'}", err=True)


def _told(head: Head) -> dict[str, Any]:
    """What a program is told of a record."""
    from gridcase.cases.shown import china_text

    told: dict[str, Any] = {
        "period": head.period,
        "of": head.of,
        "frozen": head.amendment,
        "scheme": head.scheme,
        "version": head.scheme_version,
        "as_of": china_text(head.as_of),
        "formula_version": head.formula_version,
        "fact_rows": head.fact_rows,
        "score_rows": head.score_rows,
        "judged_before": head.judged_before,
        "inputs_sha256": head.inputs_sha256,
        "previous_sha256": head.previous_sha256,
        "record_sha256": head.sha256,
        "at": china_text(head.at),
        "by": head.by,
    }
    if head.amendment:
        told |= {"ref": head.ref, "reason": head.reason}
        told["cells"] = [
            {"unit": cell.unit, "code": cell.code, "field": cell.field, "old": cell.old, "new": cell.new}
            for cell in head.cells
        ]
    return told


def _print(told: dict[str, Any]) -> None:
    click.echo(json.dumps(told, ensure_ascii=False))


@contextmanager
def _export(path: Path | None) -> Iterator[IO[bytes] | None]:
    """A file that appears under its name when all of it was written, and not at all otherwise."""
    if path is None:
        yield None
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        os.replace(part, path)
    except OSError as error:
        raise Invalid("bad_file", f"{path}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
