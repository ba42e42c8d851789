"""The initials of Chinese words in pinyin (拼音首字母), for searching with two or three keys: 暴露生活垃圾 is blshlj."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

# GB 2312 orders its 3,755 usual characters (rows 16 to 55) by pinyin: the first code of each initial. No word begins
# with i, u or v.
_LETTERS = "abcdefghjklmnopqrstwxyz"
_STARTS = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8, 0xC4C3, 0xC5B6,
    0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
_LAST_USUAL = 0xD7F9
# Characters of the trade that GB 2312 does not count among the usual ones.
_RARE = {
    "匾": "b", "砼": "t", "驿": "y", "潢": "h", "箅": "b", "篦": "b", "硌": "g", "窨": "y", "幡": "f", "甬": "y", "垩": "e",
}  # fmt: skip
# Words in which a character is not read as GB 2312 orders it.
_WORDS = {"空调": "kt", "畜力": "cl", "家畜": "jc", "藤蔓": "tw", "钥匙": "ys"}


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """The initials in lower case; Latin letters and digits stay, whatever has no reading is left out."""
    for word, letters in _WORDS.items():
        text = text.replace(word, letters)
    return "".join(map(_initial, text))


def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    if character in _RARE:
        return _RARE[character]
    try:
        high, low = character.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return ""
    code = high << 8 | low
    if not _STARTS[0] <= code <= _LAST_USUAL:
        return ""
    return _LETTERS[bisect_right(_STARTS, code) - 1]
