"""The commands `gridcase export …`: hand out what a person may have, as a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from gridcase.cli.opening import open_existing
from gridcase.cli.options import db_option, site_option

NOT_FOUND = 1
_FORMS = ("json", "pdf")


@click.group(short_help="导出案卷")
def export() -> None:
    """导出案卷等文件 (hand out files)."""


@export.command("case", short_help="导出一个案件的案卷")
@click.argument("number")
@click.option(
    "--as", "user", metavar="USER", required=True, help="以此用户的权限导出 (what this user may see)."
)
@click.option("--format", "form", type=click.Choice(_FORMS), default="json", show_default=True)
@click.option(
    "--output", "-o", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="写入文件."
)
@site_option
@db_option
def case(number: str, user: str, form: str, *, output: Path | None, site: str | None, db: str | None) -> None:
    """导出案卷：全部步骤、逐段时限、照片哈希和历史校验 (the case file of one case).

    个人信息按 --as 用户的查看权限给出。Exit codes: 0 done; 1 no such case or user, not visible to them, or no PDF
    component on this machine.
    """
    from gridcase.app import create_app
    from gridcase.directory.queries import find_actor
    from gridcase.errors import NotFound
    from gridcase.web.context import ACTOR_KEY

    with open_existing(site, db) as installation:
        with installation.database.reading() as connection:
            if find_actor(connection, installation.book.district, user) is None:
                raise NotFound("unknown_user", f"there is no user {user!r}", user=user)
        client = create_app(installation).test_client(use_cookies=False)
        answer = client.get(f"/api/v1/cases/{number}/file.{form}", environ_overrides={ACTOR_KEY: user})
    if answer.status_code != 200:
        problem = answer.get_json()
        click.echo(f"{problem['code']}: {problem['detail']}", err=True)
        raise click.exceptions.Exit(NOT_FOUND)
    if output is None:
        sys.stdout.buffer.write(answer.data)
        sys.stdout.buffer.flush()
        return
    part = output.with_name(f"{output.name}.{os.getpid()}.part")
    part.write_bytes(answer.data)
    part.replace(output)
    click.echo(f"{output}: {len(answer.data)} 字节 (bytes)", err=True)
