"""The category table as groups for a choice: main class by main class, as the catalogue orders them."""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.cases.catalogue import Catalogue, Category


@dataclass(frozen=True)
class Group:
    """One main class of components or events and its sub classes."""

    kind: str
    main_code: str
    main_name: str
    categories: tuple[Category, ...]


def category_groups(catalogue: Catalogue) -> list[Group]:
    """The groups, events first: most reports are about them."""
    found: dict[tuple[str, str, str], list[Category]] = {}
    for category in catalogue.categories.values():
        found.setdefault((category.kind, category.main_code, category.main_name), []).append(category)
    ordered = sorted(found.items(), key=lambda entry: entry[0][0] != "event")
    return [Group(*head, tuple(categories)) for head, categories in ordered]
