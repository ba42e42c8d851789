"""The documents say all there is to say: first commands, every command, code, variable and decision, no dead link."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from gridcase import __version__
from gridcase.cases.guards import GUARDS
from gridcase.cli import main
from gridcase.cli.commands import COMMANDS
from gridcase.config import SECRETS
from tests.house import error_page
from tests.house.codes import codes_in_source
from tests.house.repository import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_says_what_it_is_and_then_the_two_commands(name: str) -> None:
    title, _, what, _, fence, first, second, *_ = read(name).splitlines()

    assert title == "# gridcase"
    assert "数字城管" in what
    assert fence == "```sh"
    assert (first.split("#")[0].strip(), second.split("#")[0].strip()) == ("make demo", "make test")


def test_every_command_has_its_row_and_no_row_is_left_over() -> None:
    named = re.findall(r"^\| `gridcase ([a-z-]+)", read("docs/commands.md"), flags=re.MULTILINE)

    assert named == list(COMMANDS)


def test_the_page_of_codes_agrees_with_the_catalogue_of_texts() -> None:
    assert error_page.PAGE.read_text(encoding="utf-8") == error_page.page(), (
        "run tests.house.error_page --write"
    )


def test_every_code_in_the_source_has_its_texts() -> None:
    known = error_page.texts()

    assert [f"{place}: {code}" for code, place in codes_in_source() if code not in known] == []


def test_every_guard_has_its_texts() -> None:
    assert sorted(set(GUARDS) - set(error_page.texts())) == []


def test_texts_are_chinese_and_english_in_alphabetical_order_with_the_same_names() -> None:
    texts = error_page.texts()

    assert list(texts) == sorted(texts)
    for code, text in texts.items():
        assert set(text) == {"zh", "en"}, code
        assert re.search(r"[\u4e00-\u9fff]", text["zh"]), code
        assert not re.search(r"[\u4e00-\u9fff]", text["en"]), code
        assert re.findall(r"\{([\w:]+)\}", text["zh"]) == re.findall(r"\{([\w:]+)\}", text["en"]), code


def test_every_environment_variable_is_explained() -> None:
    page = read("docs/operations.zh-CN.md")
    named = {
        name
        for path in (ROOT / "gridcase").rglob("*.py")
        for name in re.findall(r"\bGRIDCASE_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }

    assert named >= set(SECRETS)
    assert [name for name in sorted(named) if f"`{name}`" not in page] == []


def test_decisions_are_numbered_listed_and_have_their_three_parts() -> None:
    index = read("docs/adr/README.md")

    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for path in DECISIONS:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} ")
        assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == ["Context", "Decision", "Consequence"]
        assert f"({path.name}) | {text.splitlines()[0][7:]} |" in index


def test_decisions_named_in_the_source_exist() -> None:
    numbers = {path.name[:4] for path in DECISIONS}
    named = {
        number
        for path in (ROOT / "gridcase").rglob("*.py")
        for number in re.findall(r"docs/adr/(\d{4})", path.read_text(encoding="utf-8"))
    }

    assert named <= numbers


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_of_a_document_is_dead(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_changelog_knows_the_version() -> None:
    assert f"\n## {__version__} " in read("CHANGELOG.md")


def test_the_layers_in_contributing_are_those_of_the_contract() -> None:
    contract = re.search(r"^layers = \[\n(.+?)^\]", read("pyproject.toml"), flags=re.MULTILINE | re.DOTALL)
    told = re.search(r"## Layers.+?```\n(.+?)```", read("CONTRIBUTING.md"), flags=re.DOTALL)

    assert contract is not None
    assert told is not None
    assert told[1].split("\n")[:-1] == re.findall(r'"(.+)"', contract[1])


def test_the_licence_is_whole() -> None:
    text = read("LICENSE")

    assert "Apache License" in text
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in text
    assert all(f"   {number}. " in text for number in range(1, 10))
    assert "END OF TERMS AND CONDITIONS" in text


def options_of(command: click.Command) -> set[str]:
    """The long options of a command and of its sub-commands, less those that every command shares."""
    parts = [command, *(command.commands.values() if isinstance(command, click.Group) else [])]
    options = {
        name
        for part in parts
        for param in part.params
        if isinstance(param, click.Option)
        for name in param.opts
    }
    return {name for name in options if name.startswith("--")} - {"--help", "--site", "--db"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_row_of_a_command_names_all_its_options_and_no_other(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    (row,) = re.findall(rf"^\| `gridcase {name}(?![\w-]).*$", read("docs/commands.md"), flags=re.MULTILINE)

    assert command is not None
    assert set(re.findall(r"--[a-z-]+", row)) - {"--site", "--db"} == options_of(command)
