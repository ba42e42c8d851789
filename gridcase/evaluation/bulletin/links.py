"""Where a number of a bulletin leads: to its cases on the site, or to the command that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from gridcase.errors import Invalid
from gridcase.evaluation.bulletin.breakdown import CaseRef

_LONG = 4
_KEYS = ("unit", "channel", "category")


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one bulletin. `base` is the address of the site without a slash at its end, empty on the site.

    None in place of it: there is no way to the site, nothing is linked.
    """

    period: str
    of: str
    base: str | None

    def cases(self, ref: CaseRef | None) -> str | None:
        """The address of the list of cases behind a number: where the ranking opens its own, that of the ranking."""
        if self.base is None or ref is None:
            return None
        if is_of_ranking(ref):
            whose = {"unit": ref.unit} if ref.group is None else {"group": ref.group}
            query = urlencode({"of": self.of, "period": self.period, **whose, "count": ref.column})
            return f"{self.base}/rankings/cases?{query}"
        return f"{self.base}/bulletins/{self.period}/{self.of}/cases?{query_of(ref)}"

    def case(self, number: str) -> str | None:
        """The address of a case."""
        return f"{self.base}/cases/{quote(number)}" if self.base is not None and number else None

    def command(self, ref: CaseRef) -> str | None:
        """The command that lists the cases behind a number, `number,value`; None for the sum of a group."""
        start = f"--period {self.period} --of {self.of}"
        if ref.group is not None:
            return None
        if is_of_ranking(ref):
            return f"gridcase cases {start} --unit {ref.unit} --count {ref.column}"
        return f'gridcase bulletin {start} --cases "{query_of(ref)}"'


def is_of_ranking(ref: CaseRef) -> bool:
    """Whether the number is a count of one unit or of a group, as the ranking has it."""
    if ref.channel or ref.category or ref.band is not None:
        return False
    return bool(ref.unit) or ref.group is not None


def query_of(ref: CaseRef) -> str:
    """A reference as the query of an address."""
    named = {"count": ref.column} | {key: getattr(ref, key) for key in _KEYS if getattr(ref, key)}
    if ref.band is not None:
        named["band"] = str(ref.band)
    return urlencode(named, safe="/")


def ref_of(query: str) -> CaseRef:
    """The reference that `query_of` wrote. Raises Invalid `bad_value` for a text that names no number."""
    named = dict(parse_qsl(query.replace("\0", ""), keep_blank_values=True))
    unknown = sorted(set(named) - {"count", "band", *_KEYS})
    if unknown or "count" not in named:
        raise Invalid(
            "bad_value", f"{query!r} is nothing like count=filed_count&channel=media", field="cases"
        )
    band = named.pop("band", None)
    if band is not None and not (band.isascii() and band.isdigit() and len(band) < _LONG):
        raise Invalid("bad_value", f"band {band!r} is no number", field="band")
    return CaseRef(named.pop("count"), band=None if band is None else int(band), **named)
