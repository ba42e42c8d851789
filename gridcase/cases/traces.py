"""What a photo looks like, as a difference hash of 64 bits that small changes leave nearly alone."""

from __future__ import annotations

from PIL import Image

# Two hashes that differ in at most three bits share at least one of four bands: an index finds it.
BANDS = ("band_0", "band_1", "band_2", "band_3")
_SIDE = 8
# A wall, the night or a fog tell nothing: nearly no neighbours differ, or all do.
_LEAST_TELLING = 6
# How a picture is turned upright, by the Exif orientation that its camera wrote.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# From this orientation on, the picture lies on its side.
_LYING = 5


def trace_of(picture: Image.Image, *, orientation: int = 1) -> str | None:
    """The difference hash of a picture: 16 hex digits, a bit for each pixel brighter than its right neighbour.

    Taken from nine by eight grey pixels of the picture as people see it, so that size, quality, small retouching and
    how the camera was held do not matter. `orientation` is the Exif value 1…8. None when the picture is too even to be
    told from others.
    """
    size = (_SIDE, _SIDE + 1) if orientation >= _LYING else (_SIDE + 1, _SIDE)
    grey = picture.convert("L").resize(size, Image.Resampling.BOX)
    if orientation in _TURNS:
        grey = grey.transpose(_TURNS[orientation])
    pixels = grey.tobytes()
    bits = 0
    for row in range(_SIDE):
        for column in range(_SIDE):
            at = row * (_SIDE + 1) + column
            bits = bits << 1 | (pixels[at] > pixels[at + 1])
    is_telling = _LEAST_TELLING <= bits.bit_count() <= _SIDE * _SIDE - _LEAST_TELLING
    return f"{bits:016x}" if is_telling else None


def bands_of(trace: str | None) -> dict[str, int | None]:
    """The four parts of a trace as numbers, by column."""
    if trace is None:
        return dict.fromkeys(BANDS)
    return {name: int(trace[at * 4 : at * 4 + 4], 16) for at, name in enumerate(BANDS)}
