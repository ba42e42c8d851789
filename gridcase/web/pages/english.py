"""Pages in English: Chinese stands in the templates as it is read, English in one file by the Chinese text.

While Jinja compiles a template for the English pages, each text between tags is exchanged for that of the file
`templates/english.toml`. Values inside a text are `{1}`, `{2}` … in the order of the template, and may stand in
another order in English. What the file lacks stays Chinese; a test asks that it lacks nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app
from jinja2 import Environment, Template
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from gridcase.errors import DefinitionError, Fault
from gridcase.resources import SiteFolder, shipped_folder

_FILE = "english.toml"
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_CHINESE_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
# What stands between texts and values without a word of its own.
_MARKS = str.maketrans(
    {"，": ", ", "。": ". ", "：": ": ", "；": "; ", "、": ", ", "（": " (", "）": ")", "　": " "}
)
_MARK = re.compile("[，。：；、（）　]")
_BORDERS = re.compile(r'([<>"])')
_PLACE = re.compile(r"\{(\d+)\}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# The attribute of a Jinja environment that holds its texts.
_TEXTS = "english_texts"
_EXTENSION = "gridcase.english"


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in a text; Chinese marks alone are none."""
    return _CHINESE.search(text) is not None


def _is_marked(text: str) -> bool:
    return is_chinese(text) or _MARK.search(text) is not None


def _plain(text: str) -> str:
    """A text without Chinese characters, with its marks as English has them."""
    return text if is_chinese(text) else text.translate(_MARKS)


def load_english(site: SiteFolder) -> dict[str, str]:
    """The shipped texts with those of the site over them. Raises DefinitionError `bad_file`."""
    shipped, own = shipped_folder() / "templates" / _FILE, site.templates / _FILE
    texts = _read(shipped)
    if own != shipped and own.is_file():
        texts.update(_read(own))
    return texts


def _read(path: Path) -> dict[str, str]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError([Fault(str(path), "", "bad_file", str(error))]) from error
    texts = {key: text for part in tables.values() if isinstance(part, dict) for key, text in part.items()}
    wrong = [str(key) for key, text in texts.items() if not isinstance(text, str) or _strange(key, text)]
    wrong += [name for name, part in tables.items() if not isinstance(part, dict)]
    if wrong:
        expected = "tables of texts, each with the places and without the markup of its Chinese"
        raise DefinitionError([Fault(str(path), name, "bad_file", expected) for name in wrong])
    return texts


def _strange(chinese: str, english: str) -> bool:
    """Whether a text would break the page it stands on: places that are not there, or markup."""
    return not set(_PLACE.findall(english)) <= set(_PLACE.findall(chinese)) or bool(set('<>"') & set(english))


def speak_english(app: Flask, site: SiteFolder) -> None:
    """Give a site its pages in English. Raises DefinitionError `bad_file`."""
    app.extensions[_EXTENSION] = english_environment(app.jinja_env, load_english(site))


def page_template(name: str, language: str) -> Template:
    """A template in Chinese (zh) or English (en)."""
    environment = current_app.extensions[_EXTENSION] if language == "en" else current_app.jinja_env
    found: Template = environment.get_template(name)
    return found


def label_text(text: str | None, language: str) -> str:
    """A label of a definition, such as a state's, in the language of the page."""
    if not text:
        return ""
    if language != "en":
        return text
    return label_in_english(text, getattr(current_app.extensions[_EXTENSION], _TEXTS))


def english_environment(environment: Environment, texts: Mapping[str, str]) -> Environment:
    """The same environment with its own cache, in which templates are compiled in English."""
    made = environment.overlay(extensions=[EnglishTexts])
    setattr(made, _TEXTS, texts)
    return made


def label_in_english(text: str, texts: Mapping[str, str]) -> str:
    """A label that is not of a template: whole, else with its numbers as `{1}`, else each Chinese run by itself."""
    if text in texts or not is_chinese(text):
        return texts.get(text, text)
    numbers: list[str] = []

    def number(found: re.Match[str]) -> str:
        numbers.append(found[0])
        return f"{{{len(numbers)}}}"

    whole = texts.get(_NUMBER.sub(number, text))
    if whole is not None:
        return _PLACE.sub(lambda place: numbers[int(place[1]) - 1], whole)
    return _CHINESE_RUN.sub(lambda run: texts.get(run[0], run[0]), text).translate(_MARKS)


@dataclass(frozen=True)
class _Expression:
    """`{{ … }}` as its tokens, the braces included."""

    tokens: tuple[Token, ...]


_Piece = str | _Expression


class EnglishTexts(Extension):
    """Exchanges the Chinese texts of a template while it is compiled."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """The tokens with English in place of Chinese, expressions moved along."""
        texts: Mapping[str, str] = getattr(self.environment, _TEXTS)
        run: list[_Piece] = []
        line = 1
        for token in stream:
            if token.type == "data":
                line = line if run else token.lineno
                run.append(token.value)
            elif token.type == "variable_begin":
                line = line if run else token.lineno
                run.append(_expression(token, stream, texts))
            else:
                yield from _exchanged(run, texts, line)
                run = []
                yield _word(token, texts)
        yield from _exchanged(run, texts, line)


def _expression(begin: Token, stream: TokenStream, texts: Mapping[str, str]) -> _Expression:
    tokens = [begin]
    for token in stream:
        tokens.append(_word(token, texts))
        if token.type == "variable_end":
            break
    return _Expression(tuple(tokens))


def _word(token: Token, texts: Mapping[str, str]) -> Token:
    """A quoted text inside an expression or a statement."""
    if token.type != "string" or not _is_marked(token.value):
        return token
    return Token(token.lineno, token.type, texts.get(token.value) or _plain(token.value))


def _exchanged(run: list[_Piece], texts: Mapping[str, str], line: int) -> Iterator[Token]:
    for segment in _segments(run):
        told = "".join(piece for piece in segment if isinstance(piece, str))
        for piece in _in_english(segment, texts) if _is_marked(told) else segment:
            if isinstance(piece, str):
                yield Token(line, "data", piece)
            else:
                yield from piece.tokens


def _segments(run: list[_Piece]) -> Iterator[list[_Piece]]:
    """What stands between two borders of tags or attribute values; the borders are segments of their own."""
    segment: list[_Piece] = []
    for piece in run:
        for part in _BORDERS.split(piece) if isinstance(piece, str) else [piece]:
            if isinstance(part, str) and part in ("<", ">", '"'):
                yield segment
                yield [part]
                segment = []
            elif part:
                segment.append(part)
    yield segment


def _in_english(segment: list[_Piece], texts: Mapping[str, str]) -> list[_Piece]:
    expressions = [piece for piece in segment if isinstance(piece, _Expression)]
    places = iter(range(1, len(expressions) + 1))
    whole = "".join(piece if isinstance(piece, str) else f"{{{next(places)}}}" for piece in segment)
    english = texts.get(" ".join(whole.split()))
    if english is None:
        return [_plain(piece) if isinstance(piece, str) else piece for piece in segment]
    before, after = whole[: len(whole) - len(whole.lstrip())], whole[len(whole.rstrip()) :]
    # A text without values of the template may have places for a script to fill.
    parts = _PLACE.split(english) if expressions else [english]
    found: list[_Piece] = [before]
    for number, part in enumerate(parts):
        found.append(expressions[int(part) - 1] if number % 2 else part)
    return [*found, after]
