"""The command `gridcase district`: writes the geo folder of the synthetic district (geo.md 10)."""

from __future__ import annotations

from pathlib import Path

import click

from gridcase.cli.options import load_site, site_option
from gridcase.demo.district import DEFAULT_SEED, holds_real_data, write_district
from gridcase.demo.layout import SIZES
from gridcase.errors import Reason, Refused
from gridcase.spatial.area_list import AREA_FILE


@click.command()
@click.option("--out", required=True, metavar="DIR", help="输出目录 (folder to write).")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="随机种子，同种子同结果.")
@click.option("--size", type=click.Choice(list(SIZES)), default="full", show_default=True, help="规模.")
@site_option
def district(site: str | None, out: str, seed: int, size: str) -> None:
    """生成示意区的地理数据 (make the synthetic district).

    Streets and communities are those of the site's geo/areas.csv; the shapes are made up.
    """
    folder = Path(out)
    if holds_real_data(folder):
        text = f"{folder} holds data that are not marked as synthetic; choose another folder"
        raise Refused([Reason("real_geo_data", {"folder": out})], message=text)
    write_district(folder, load_site(site).geo / AREA_FILE, seed=seed, size=size)
    click.echo(f"示意数据已写入 {folder} (synthetic district, size {size}, seed {seed})")
