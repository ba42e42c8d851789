"""The command `gridcase demo`: plays a month into an empty database, prints what came of it, and serves it."""

from __future__ import annotations

import time

import click

from gridcase.cli.options import db_option, load_site, load_site_settings, site_option

DEFAULT_CASES = 1500
DEFAULT_SEED = 2026


@click.command(short_help="演示：模拟一个月并启动网站")
@click.option(
    "--cases",
    type=click.IntRange(1, 5_000_000),
    default=DEFAULT_CASES,
    show_default=True,
    help="案件数 (number of cases).",
)
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="随机种子，同种子同结果.")
@click.option(
    "--period", default="2026-10", show_default=True, metavar="MONTH", help="模拟的月份 (the month)."
)
@click.option("--no-serve", is_flag=True, help="只模拟，不启动网站 (do not serve).")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="端口 (port).")
@click.option("--reset", is_flag=True, help="清空原有演示库后重新模拟 (make an existing demo anew).")
@db_option
@site_option
def demo(  # the contract names so many options (api.md 3)
    cases: int,
    seed: int,
    period: str,
    no_serve: bool,
    port: int,
    reset: bool,
    db: str | None,
    site: str | None,
) -> None:
    """模拟一个月：上报、立案、派遣、处置、核查、结案，月末催办和排名，然后启动网站 (play a month, then serve it).

    数据均为虚构；已有案件的正式库不会被改动 (a database with real cases is refused).
    """
    from gridcase.cli.month import Wanted, make_month, show_month
    from gridcase.cli.serving import open_listener, serve_installation

    started = time.monotonic()
    if not no_serve:
        _check_port(port)
    folder = load_site(site)
    wanted = Wanted(folder, load_site_settings(folder), db, period, cases, seed, reset)
    made = make_month(wanted)
    show_month(made, seconds=time.monotonic() - started)
    if no_serve:
        made.installation.database.close()
        return
    serve_installation(made.installation, open_listener("127.0.0.1", port))


def _check_port(port: int) -> None:
    """A port that is taken is told before the month is played, not after."""
    from gridcase.cli.serving import open_listener

    try:
        open_listener("127.0.0.1", port).close()
    except OSError as error:
        raise click.UsageError(f"127.0.0.1:{port}: {error}") from error
