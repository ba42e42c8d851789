"""The ids of forms: UUIDs of version 7, which begin with the moment of the page."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from gridcase.web.pages.identity import uuid7


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))
def test_an_id_holds_its_moment_and_its_chance(at_ms: int, chance: int) -> None:
    made = uuid7(at_ms, chance)

    assert (made.version, made.variant) == (7, uuid4().variant)
    assert made.int >> 80 == at_ms
    assert ((made.int >> 64 & 0xFFF) << 62 | made.int & (1 << 62) - 1) == chance


def test_the_example_of_the_standard() -> None:
    # RFC 9562, A.6
    chance = 0xCC3 << 62 | 0x18C4DC0C0C07398F
    assert uuid7(0x017F22E279B0, chance) == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
