"""Draws the pictures of the demo: small scenes made from the seed, a pool of each kind that cases share."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from random import Random

from PIL import Image, ImageDraw

from gridcase.cases.photos import PhotoFile, PhotoStore

# How many pictures of each kind there are.
POOL = {"before": 24, "after": 24, "confirmation": 6, "verification": 16, "other": 4}
_WIDTH, _HEIGHT = 480, 360
_GROUND = {"before": (150, 140, 128), "after": (168, 172, 168)}
_FRAMES = {
    "before": (176, 58, 46),
    "after": (39, 120, 76),
    "confirmation": (120, 94, 36),
    "verification": (36, 84, 130),
    "other": (90, 90, 90),
}


def draw_pictures(store: PhotoStore, seed: int) -> Mapping[str, tuple[PhotoFile, ...]]:
    """A pool of checked pictures for each kind; the same seed draws the same ones.

    They lie in the photo folder when this returns: cases that share a picture name the same file. They are not
    compared with each other, or each case but the first would be suspected of using a photo again.
    """
    rng = Random(f"pictures/{seed}")
    pool = {
        kind: tuple(
            replace(store.check(_picture(kind, number, rng)), trace=None) for number in range(1, count + 1)
        )
        for kind, count in POOL.items()
    }
    for photos in pool.values():
        store.keep(photos)
    return pool


def _picture(kind: str, number: int, rng: Random) -> bytes:
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _shade((196, 214, 230), rng))
    draw = ImageDraw.Draw(image)
    horizon = rng.randrange(130, 190)
    _houses(draw, horizon, rng)
    draw.rectangle((0, horizon, _WIDTH, _HEIGHT), fill=_shade(_GROUND.get(kind, (160, 156, 148)), rng))
    if kind in ("before", "confirmation"):
        _mess(draw, horizon, rng)
    draw.rectangle((0, 0, _WIDTH - 1, _HEIGHT - 1), outline=_FRAMES[kind], width=6)
    draw.rectangle((6, _HEIGHT - 30, 170, _HEIGHT - 6), fill=_FRAMES[kind])
    draw.text((14, _HEIGHT - 25), f"DEMO {kind} {number:02d}", fill=(255, 255, 255))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def _houses(draw: ImageDraw.ImageDraw, horizon: int, rng: Random) -> None:
    left = -20
    while left < _WIDTH:
        width, height = rng.randrange(50, 120), rng.randrange(40, horizon)
        draw.rectangle(
            (left, horizon - height, left + width, horizon), fill=_shade((150, 130, 118), rng, reach=40)
        )
        left += width + rng.randrange(0, 14)


def _mess(draw: ImageDraw.ImageDraw, horizon: int, rng: Random) -> None:
    x, y = rng.randrange(90, 330), rng.randrange(horizon + 40, _HEIGHT - 90)
    for _heap in range(rng.randrange(6, 16)):
        dx, dy = int(rng.gauss(0, 45)), int(rng.gauss(0, 18))
        side = rng.randrange(12, 46)
        draw.ellipse(
            (x + dx, y + dy, x + dx + side, y + dy + side * 2 // 3), fill=_shade((96, 84, 66), rng, 60)
        )


def _shade(colour: tuple[int, int, int], rng: Random, reach: int = 16) -> tuple[int, int, int]:
    shift = rng.randrange(-reach, reach + 1)
    red, green, blue = (min(max(part + shift, 0), 255) for part in colour)
    return red, green, blue
