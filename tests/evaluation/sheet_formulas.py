"""Computes the few formulas that bulletins write into their workbooks, exactly, for comparing with printed values."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")
_RANGE = re.compile(r"\b([A-Z]{1,3}[0-9]+):([A-Z]{1,3}[0-9]+)\b")
_TEXTS = re.compile(r'"((?:[^"]|"")*)"')
Value = Fraction | str | bool | None


class SheetFormulas:
    """The formulas of one sheet; `cell` tells what stands in a cell: a number, a text, a formula (`=…`) or None."""

    def __init__(self, cell: Callable[[str], Any]) -> None:
        self._cell = cell

    def value(self, place: str) -> Value:
        """The value of a cell. ZeroDivisionError, as `#DIV/0!` would stand there."""
        own = self._cell(place)
        if isinstance(own, str) and own.startswith("="):
            return self.compute(own)
        if isinstance(own, int | float) and not isinstance(own, bool):
            return Fraction(str(own))
        return own if isinstance(own, str) else None

    def compute(self, formula: str) -> Value:
        """The value of a formula."""
        texts: list[str] = []

        def keep(match: re.Match[str]) -> str:
            texts.append(match[1].replace('""', '"'))
            return f"text({len(texts) - 1})"

        body = _TEXTS.sub(keep, formula.removeprefix("="))
        body = _RANGE.sub(r"span('\1','\2')", body)
        body = re.sub(r"(?<![\w'])([A-Z]{1,3}[0-9]+)(?![\w('])", r"at('\1')", body)
        body = re.sub(r"(?<![<>=])=(?!=)", "==", body.replace("<>", "!="))
        # Decimals are exact in the sheet's text, and stay so.
        body = re.sub(r"(?<![\w'.])([0-9]+(?:\.[0-9]+)?)(?![\w'.])", r"number('\1')", body)
        body = body.replace("text(number(", "text((").replace("AND(", "AND_(").replace("OR(", "OR_(").replace("IF(", "IF_(").replace("COUNTIF_(", "COUNTIF(")  # fmt: skip
        return self._run(ast.parse(body, mode="eval").body, texts)

    def _run(self, node: ast.expr, texts: list[str]) -> Any:
        match node:
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, node.args, texts)
            case ast.BinOp(left=left, op=op, right=right):
                first, second = _number(self._run(left, texts)), _number(self._run(right, texts))
                return {ast.Add: lambda: first + second, ast.Sub: lambda: first - second,
                        ast.Mult: lambda: first * second, ast.Div: lambda: first / second}[type(op)]()  # fmt: skip
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _compared(op, self._run(left, texts), self._run(right, texts))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -_number(self._run(operand, texts))
            case ast.Constant(value=value):
                return value
        raise AssertionError(ast.dump(node))

    def _call(self, name: str, nodes: list[ast.expr], texts: list[str]) -> Any:
        if name == "IF_":
            chosen = nodes[1] if self._run(nodes[0], texts) else nodes[2]
            return self._run(chosen, texts)
        given = [self._run(each, texts) for each in nodes]
        if name == "text":
            index = given[0]
            return texts[int(index)]
        if name in ("at", "span"):
            return self.value(given[0]) if name == "at" else self._span(*given)
        if name == "number":
            return Fraction(given[0])
        return _FUNCTIONS[name](given)

    def _span(self, first: str, last: str) -> list[Value]:
        (column, top), (_column, bottom) = (_CELL.fullmatch(each).groups() for each in (first, last))  # type: ignore[union-attr]
        return [self.value(f"{column}{row}") for row in range(int(top), int(bottom) + 1)]


def _number(value: Value) -> Fraction:
    """An empty cell counts as 0; a text in a sum is an error."""
    assert not isinstance(value, str), value
    return Fraction(0) if value is None else Fraction(value)


def _compared(op: ast.cmpop, first: Value, second: Value) -> bool:
    if isinstance(first, str) or isinstance(second, str):
        return isinstance(op, ast.Eq) and first == second
    one, two = _number(first), _number(second)
    return {ast.Eq: one == two, ast.Gt: one > two, ast.LtE: one <= two, ast.Lt: one < two}[type(op)]


def _round(given: list[Any]) -> Fraction:
    size = 10 ** int(given[1])
    scaled = abs(_number(given[0])) * size
    units = int(scaled + Fraction(1, 2))
    return Fraction(-units if _number(given[0]) < 0 else units, size)


_FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "ROUND": _round,
    "MIN": lambda given: min(map(_number, given)),
    "MAX": lambda given: max(map(_number, given)),
    "SUM": lambda given: sum((each for each in given if isinstance(each, Fraction)), Fraction(0)),
    "AND_": all,
    "OR_": any,
    "ISTEXT": lambda given: isinstance(given[0], str),
    "ISNUMBER": lambda given: isinstance(given[0], Fraction),
    "COUNTIF": lambda given: Fraction(sum(each == given[1] for each in given[0])),
}
