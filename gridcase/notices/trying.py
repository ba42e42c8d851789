"""Checks the text of a notice before it is used: the names that it asks for, and how it reads when it is filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gridcase.errors import DefinitionError, Fault, nearest_name
from gridcase.notices.kinds import Example, NoticeKind, notice_kinds
from gridcase.notices.texts import notice_source, notice_text
from gridcase.resources import SiteFolder

# What a text may hold that somebody tries on a page: no call, no sum, nothing that could run for long or grow large.
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.For,
    nodes.Assign, nodes.Dict, nodes.Pair, nodes.Filter,
)  # fmt: skip
_FILTERS = ("default", "length", "trim", "upper", "lower", "first", "last")
_DEEPEST_LOOPS = 2


@dataclass(frozen=True, slots=True)
class Preview:
    """A text filled with an example; `text` is None where it cannot be."""

    title: str
    text: str | None


@dataclass(frozen=True, slots=True)
class TriedText:
    """What came of trying a text."""

    faults: tuple[Fault, ...]
    previews: tuple[Preview, ...]


def notice_faults(site: SiteFolder) -> list[Fault]:
    """The faults of the texts of notices as they are in force, for `gridcase check`."""
    return [fault for kind in notice_kinds().values() for fault in text_in_force(site, kind).faults]


def text_in_force(site: SiteFolder, kind: NoticeKind) -> TriedText:
    """The text of a kind as notices get it, filled with the examples; each fault is told once."""
    faults: dict[Fault, None] = {}
    previews = []
    for example in kind.examples:
        try:
            previews.append(Preview(example.title, notice_text(site, kind.name, example.values)))
        except DefinitionError as error:
            previews.append(Preview(example.title, None))
            faults.update(dict.fromkeys(error.faults))
    # A name that no example comes to would fail on the day on which it is asked for.
    unknown = _unknown_names_in_force(site, kind)
    return TriedText(tuple(unknown or faults), tuple(previews))


def try_text(kind: NoticeKind, text: str) -> TriedText:
    """A text that somebody typed, checked and filled with the examples; it is used nowhere.

    Stricter than texts in files: only values, conditions, loops over values, and a few filters.
    """
    file = f"{kind.name}.txt"
    environment = _environment()
    try:
        tree = environment.parse(text)
        faults = [*_forbidden(tree, kind, file), *_unknown_names(tree, kind, file)]
    except (TemplateError, RecursionError) as error:
        return TriedText((_fault(file, error),), ())
    if faults:
        return TriedText(tuple(faults), ())
    previews = []
    for example in kind.examples:
        filled = _filled(environment, text, example)
        if isinstance(filled, str):
            previews.append(Preview(example.title, filled))
        else:
            faults.append(_fault(file, filled))
            previews.append(Preview(example.title, None))
    return TriedText(tuple(dict.fromkeys(faults)), tuple(previews))


def _unknown_names_in_force(site: SiteFolder, kind: NoticeKind) -> list[Fault]:
    source = notice_source(site, kind.name)
    try:
        return list(_unknown_names(_environment().parse(source.text), kind, source.file))
    except TemplateError:
        return []


def _environment() -> ImmutableSandboxedEnvironment:
    """As texts of notices are filled in, but without the functions that Jinja knows by itself."""
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.clear()
    return made


def _filled(environment: ImmutableSandboxedEnvironment, text: str, example: Example) -> str | Exception:
    try:
        return environment.from_string(text).render(example.values).strip()
    except (TemplateError, TypeError, ValueError, RecursionError) as error:
        return error


def _forbidden(tree: nodes.Template, kind: NoticeKind, file: str) -> Iterator[Fault]:
    for node in _all_nodes(tree):
        name = type(node).__name__
        if not isinstance(node, _ALLOWED):
            yield _not_allowed(file, node, f"{name} cannot be tried here")
        elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            yield _not_allowed(
                file, node, f'the filter "{node.name}" cannot be tried here; there are: {", ".join(_FILTERS)}'
            )
        elif isinstance(node, nodes.For) and not _is_of_values(node.iter, kind):
            yield _not_allowed(file, node, "a loop goes over one of the values")
        elif isinstance(node, nodes.Pair) and not isinstance(node.value, nodes.Const):
            yield _not_allowed(file, node, "a table holds plain texts and numbers")
        elif isinstance(node, nodes.Name) and node.ctx == "store" and node.name in kind.values:
            yield _not_allowed(file, node, f'"{node.name}" is the name of a value')
        elif isinstance(node, nodes.Name) and node.name in ("self", *DEFAULT_NAMESPACE):
            yield _not_allowed(file, node, f'"{node.name}" cannot be tried here')
    if _depth_of_loops(tree) > _DEEPEST_LOOPS:
        yield _not_allowed(file, tree, f"loops are nested more than {_DEEPEST_LOOPS} deep")


def _all_nodes(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all_nodes(child)


def _depth_of_loops(node: nodes.Node) -> int:
    below = max((_depth_of_loops(child) for child in node.iter_child_nodes()), default=0)
    return below + isinstance(node, nodes.For)


def _is_of_values(node: nodes.Node, kind: NoticeKind) -> bool:
    return isinstance(node, nodes.Name) and node.name in kind.values


def _unknown_names(tree: nodes.Template, kind: NoticeKind, file: str) -> Iterator[Fault]:
    known = list(kind.values)
    for name in sorted(find_undeclared_variables(tree) - set(known) - set(DEFAULT_NAMESPACE) - {"self"}):
        nearest = nearest_name(name, known)
        hint = f'nearest is "{nearest}"' if nearest else "known are " + ", ".join(sorted(known))
        node = next(node for node in tree.find_all(nodes.Name) if node.name == name)
        yield _not_allowed(file, node, f'"{name}" is no value of this notice, {hint}')


def _not_allowed(file: str, node: nodes.Node, text: str) -> Fault:
    return Fault(file, f"line {node.lineno}", "bad_template", text)


def _fault(file: str, error: Exception) -> Fault:
    line = getattr(error, "lineno", None)
    return Fault(file, f"line {line}" if line else "", "bad_template", f"{type(error).__name__}: {error}")
