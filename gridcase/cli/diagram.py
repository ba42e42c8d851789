"""The command `gridcase diagram`: a workflow of the site as a Mermaid state diagram."""

from __future__ import annotations

import click

from gridcase.cli.options import load_site, site_option


@click.command()
@click.argument("name")
@site_option
def diagram(name: str, site: str | None) -> None:
    """输出流程 NAME 最新版本的状态图 (the newest version of a workflow as Mermaid).

    Exit codes: 0 drawn, 1 no such workflow, or a faulty file in the folder.
    """
    from gridcase.cases.flow_files import load_flow_files
    from gridcase.engine import diagram as draw
    from gridcase.engine import read_folder

    flows = load_flow_files(read_folder(load_site(site).workflows))
    click.echo(draw(flows.latest(name)), nl=False)
