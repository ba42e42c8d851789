"""The command `gridcase serve`: the site and the interface in one process, or in several on PostgreSQL."""

from __future__ import annotations

import click

from gridcase.cli.options import db_option, load_site, load_site_settings, site_option


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="监听地址.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="端口，0 为任选."
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="进程数 (PostgreSQL)."
)
@db_option
@site_option
def serve(site: str | None, db: str | None, host: str, port: int, workers: int) -> None:
    """启动网站和接口 (serve the site and the interface).

    Prints the address once it listens. SIGTERM ends it gracefully: what is being worked on is finished first.
    """
    from gridcase.app import open_installation
    from gridcase.cli.serving import open_listener, serve_installation

    folder = load_site(site)
    settings = load_site_settings(folder)
    installation = open_installation(folder, settings, db=db)
    if workers > 1 and installation.database.is_sqlite:
        raise click.UsageError(
            "SQLite 只允许一个服务进程；多进程请用 PostgreSQL (several workers need PostgreSQL; SQLite takes one)"
        )
    try:
        listener = open_listener(host, port)
    except OSError as error:
        raise click.UsageError(f"{host}:{port}: {error}") from error
    serve_installation(installation, listener, workers=workers)
