"""Draws a definition as a Mermaid state diagram with the labels that people read."""

from __future__ import annotations

from gridcase.engine.definition import Definition, Transition

# Mermaid reads these as its own signs inside a label; their full-width forms look the same to the reader.
_PLAIN = str.maketrans({'"': "”", ":": "：", ";": "；", "#": "＃", "\n": " "})

_MERMAID_WORDS = frozenset(
    ("as", "class", "click", "default", "direction", "end", "hide", "note", "scale", "state", "style")
)


def diagram(definition: Definition) -> str:
    """The text of a Mermaid `stateDiagram-v2`: one arrow for each way between two states, with every move on it."""
    lines = ["---", f"title: {_plain(definition.title)} ({definition.name} {definition.version})", "---"]
    lines += ["stateDiagram-v2", "    direction TB"]
    lines += [
        f'    state "{_plain(state.label)}" as {_id(state.name)}' for state in definition.states.values()
    ]
    lines += [
        f"    {source} --> {to} : {' / '.join(labels)}" for (source, to), labels in _ways(definition).items()
    ]
    lines += [f"    {_id(state.name)} --> [*]" for state in definition.states.values() if state.terminal]
    return "\n".join(lines) + "\n"


def _ways(definition: Definition) -> dict[tuple[str, str], list[str]]:
    ways: dict[tuple[str, str], list[str]] = {}
    for row in definition.transitions:
        for source in row.froms:
            start = "[*]" if source is None else _id(source)
            end = start if row.to is None else _id(row.to)
            labels = ways.setdefault((start, end), [])
            label = _told(definition, row)
            if label not in labels:
                labels.append(label)
    return ways


def _told(definition: Definition, row: Transition) -> str:
    roles = "、".join(definition.roles[code].label for code in row.roles)
    return f"{_plain(row.label)}（{_plain(roles)}）"


def _id(state: str) -> str:
    """The state's name, with a line below where Mermaid would read it as a word of its own."""
    return f"{state}_" if state in _MERMAID_WORDS else state


def _plain(text: str) -> str:
    return text.translate(_PLAIN)
