"""The command `gridcase play`: plays a story file at the moments it tells, through the code of the interface."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gridcase.cli.options import db_option, load_site, load_site_settings, site_option


@click.command(short_help="按时刻回放情景文件")
@click.argument("file", metavar="FILE.jsonl", type=click.Path(path_type=Path))
@site_option
@db_option
def play(file: Path, site: str | None, db: str | None) -> None:
    """在空库或演示库上按给定时刻回放 FILE，每行一个回答 (play a story, one answer a line).

    数据库随后标为演示库，其时钟停在最后一行的时刻 (the database becomes a demo).
    """
    from gridcase.app import open_installation
    from gridcase.cli.playing import SiteStage, machine_now
    from gridcase.demo.marks import check_playable, demo_clock, mark_as_demo, set_demo_clock
    from gridcase.demo.stage import Playing
    from gridcase.demo.story import read_story

    story = read_story(file)
    folder = load_site(site)
    settings = load_site_settings(folder)
    stage = SiteStage(
        lambda clock: open_installation(folder, settings, db=db, clock=clock), story.first_at or machine_now()
    )
    database, district = stage.installation.database, stage.installation.book.district
    with database.transaction() as connection:
        check_playable(connection, district)
        mark_as_demo(connection, district)
    for answer in Playing(story, stage).answers():
        line = json.dumps(answer, ensure_ascii=False)
        click.echo(line.encode("utf-8", "backslashreplace"))
    machine = machine_now()
    with database.transaction() as connection:
        stands = demo_clock(connection, district, machine=machine)
        if story.first_at is not None and (stands is None or stands < stage.now):
            # What is served afterwards goes on where the story ends.
            set_demo_clock(connection, district, stands=stage.now, machine=machine)
    database.close()
