"""Every route of the site with everybody: who is let in, who is not, and nothing of another street's or department's case.

The expectations stand in authorisation.toml; a route that it does not name fails here.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse

from gridcase.db import Base
from gridcase.web.pages import case_file as case_file_page
from tests.making import jpeg, make_office
from tests.web_pages.authorising import NOBODY, TABLE, Route, Town, build, read_table
from tests.web_pages.visiting import Site

_NEVER_WAS = {"number": "20261020099999", "photo_id": "0" * 32}
_SIGN_IN, _NOT_SIGNED_IN, _REFUSED, _NOT_FOUND = 302, 401, 403, 404
_FINE = (200, 201, 204, 302, 303)
# On PostgreSQL, where only the conditions of lists are others, those try who see a part of the cases.
_FEW = (
    NOBODY, "inspector_south", "officer_b", "handler_b", "dispatcher_north", "leader_north", "administrator",
)  # fmt: skip
# Of the people at a door that is open to anybody, one of so many.
_SOME = 6
# Reference data, and how often somebody knocked in vain.
_NOT_LOOKED_AT = {"area", "category_condition", "sign_in_failure"}
_OWN_WORDS = re.compile(rb'(name="csrf_token" value=|"token":\s*)"[^"]+"')


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, quick_geo: Any
) -> Iterator[Town]:
    """The town on each database in turn, built once."""
    folder = tmp_path_factory.mktemp("town")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("filled_sqlite"), folder / "gridcase.db")
        url = f"sqlite:///{folder / 'gridcase.db'}"
    else:
        server = request.getfixturevalue("postgres")

        def fill(url: str) -> None:
            make_office(url, tmp_path_factory.mktemp("filled"), geo=quick_geo).database.close()

        url = server.create(server.fill("office", fill))
    office = make_office(url, folder, geo=quick_geo)
    with pytest.MonkeyPatch.context() as patch:
        # The page is what is looked at; putting it on paper takes a second.
        patch.setattr(case_file_page, "pdf_of", lambda page, _style: page.encode())
        yield build(Site(office))
    office.database.close()
    if request.param != "sqlite":
        request.getfixturevalue("postgres").drop(url)


class Tries:
    """Sends what the table says as its people, and keeps what was wrong with the answers."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.faults: list[str] = []
        self._clients: dict[str, FlaskClient] = {}
        self._tokens: dict[str, str] = {}
        for who in self.people:
            self.client(who)

    @property
    def people(self) -> list[str]:
        return list(self.town.roles if self.town.office.database.is_sqlite else _FEW)

    def people_for(self, route: Route) -> list[str]:
        """Who tries a route: all of them, some where it is open to anybody."""
        return self.people[::_SOME] if route.is_open else self.people

    def client(self, who: str) -> FlaskClient:
        """The browser of somebody."""
        if who not in self._clients:
            visitor = self.town.site.visitor(None if who == NOBODY else who)
            self._clients[who] = visitor.client
            self._tokens[who] = visitor.token()
        return self._clients[who]

    def get(self, who: str, path: str, query: str = "") -> TestResponse:
        return self.client(who).get(f"{path}?{query}" if query else path, buffered=True)

    def write(
        self, who: str, route: Route, values: Mapping[str, Any], form: Mapping[str, Any]
    ) -> TestResponse:
        """Send a write as a browser does, with a token of the site."""
        client, sent = self.client(who), {"client_id": str(uuid4()), **_filled(form, values)}
        pictures = [FileStorage(io.BytesIO(jpeg(at)), "p.jpg") for at in range(route.more.get("photos", 0))]
        headers = {"X-CSRFToken": self._tokens[who]}
        path = route.path(values)
        if not route.is_interface:
            pairs = [(name, each) for name, value in sent.items() for each in _as_list(value)]
            pairs += [("photos", picture) for picture in pictures]
            return client.open(path, method=route.method, data=MultiDict(pairs), headers=headers)
        if pictures:
            parts = MultiDict([("data", json.dumps(sent)), *(("photos", each) for each in pictures)])
            return client.open(path, method=route.method, data=parts, headers=headers)
        return client.open(path, method=route.method, json=sent, headers=headers)

    def judge(self) -> None:
        """Fail with all that was wrong."""
        if self.faults:
            pytest.fail("\n".join(self.faults), pytrace=False)

    def expect(self, said: str, wanted: object, found: object) -> None:
        if wanted != found:
            self.faults.append(f"{said}: {found}, not {wanted}")

    def expect_fine(self, said: str, route: Route, answer: TestResponse) -> None:
        """The person is let in."""
        says = route.more.get("says")
        wanted = answer.status_code in (_FINE if says is None else (says,))
        if not wanted or (answer.location or "").startswith("/sign-in?"):
            told = f"{answer.status_code} {answer.location or ''} {answer.text[:300] if says is None else ''}"
            self.faults.append(f"{said}: {told}, not {says or 'let in'}")

    def expect_refused(self, said: str, who: str, route: Route, answer: TestResponse) -> None:
        """Nobody is asked to sign in, anybody else is refused."""
        if who != NOBODY:
            self.expect(said, _REFUSED, answer.status_code)
        elif route.is_interface:
            self.expect(said, _NOT_SIGNED_IN, answer.status_code)
        else:
            here = (answer.status_code, (answer.location or "").partition("?")[0])
            self.expect(said, (_SIGN_IN, "/sign-in"), here)

    def expect_silence(self, said: str, who: str, answer: TestResponse, *, asked: str = "") -> str:
        """Nothing in the answer is of a case that the person does not see, but what they sent. Answers its words."""
        words = _words(answer)
        told = [
            f"{key} of {name}"
            for name, key, text in self.town.secrets(who)
            if text in words and text not in asked
        ]
        self.expect(f"{said}: tells of", [], told)
        return words


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _filled(form: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent, with values in place of names in braces; a value alone keeps its kind."""

    def fill(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        alone = re.fullmatch(r"\{(\w+)\}", value)
        return values[alone[1]] if alone else value.format_map(values)

    return {name.format_map(values): fill(value) for name, value in form.items()}


def _words(answer: TestResponse) -> str:
    """All text of an answer, packed or not; what is no text holds no words."""
    content = answer.data
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"\n".join(packed.read(name) for name in packed.namelist())
    return content.decode("utf-8", "replace")


def _state(town: Town) -> dict[str, str]:
    """A hash of the rows of every table."""
    with town.office.database.reading() as connection:
        return {
            name: hashlib.sha256(
                repr(sorted(map(repr, connection.execute(select(table)).all()))).encode()
            ).hexdigest()
            for name, table in Base.metadata.tables.items()
            if name not in _NOT_LOOKED_AT
        }


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [name for name, digest in before.items() if after[name] != digest]


# --- the table ----------------------------------------------------------------------------------------------------------


def test_the_table_names_every_route_and_no_other(shared_site: Site) -> None:
    rules = shared_site.app.url_map.iter_rules()
    lines = {
        f"{method} {rule.rule}" for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    table = read_table()

    missing = sorted(lines - set(table.routes))
    asked = "\n".join(f'"{line}" = "signed in"' for line in missing)
    assert not missing, (
        f"{TABLE.name} does not say who is let in here. Add under [routes], with `anybody`, `signed in` or roles such as "
        f"`leader administrator`; a list also gets `ask` and `pry`, a write `send` (the head of the file tells):\n{asked}"
    )
    assert sorted(set(table.routes) - lines) == [], f"{TABLE.name} names routes that there are not"
    known = {*table.values, *_NEVER_WAS, "request_id", "order_id", "finding_id"}
    unknown = {name for route in table.routes.values() for name in route.names} - known
    assert unknown == set(), f"{TABLE.name} needs a value for these names of rules, under [values]"


# --- reading ------------------------------------------------------------------------------------------------------------


def test_every_route_that_is_read_lets_in_whom_it_may_and_tells_nothing_of_other_cases(town: Town) -> None:
    tries = Tries(town)
    before = _state(town)

    for route in town.table.routes.values():
        if not route.is_write and not route.is_of_a_case:
            for who in tries.people_for(route):
                _read(tries, who, route)

    tries.judge()
    assert _changed(before, _state(town)) == []


def _read(tries: Tries, who: str, route: Route) -> None:
    town, path = tries.town, route.path(tries.town.values())
    asks = [ask.format_map(town.values()) for ask in route.more.get("ask", [""])]
    if not route.lets_in(town.roles[who]):
        said, answer = f"{route.line} by {who}", tries.get(who, path, asks[0])
        tries.expect_refused(said, who, route, answer)
        tries.expect_silence(said, who, answer)
        return
    published = " ".join(town.numbers) if route.more.get("tells") == "numbers" else ""
    words = ""
    for query in asks:
        said, answer = f"{route.line}?{query} by {who}", tries.get(who, path, query)
        tries.expect_fine(said, route, answer)
        words += tries.expect_silence(said, who, answer, asked=published)
    tries.expect(f"{route.line} by {who}: does not show", [], list(_lost(town, who, route, words)))
    for pry in route.more.get("pry", []):
        for name in town.strangers(who):
            query = pry.format_map(town.values(name))
            said = f"{route.line}?{query} by {who}"
            tries.expect_silence(said, who, tries.get(who, path, query), asked=query)


def _lost(town: Town, who: str, route: Route, words: str) -> Iterable[str]:
    """The cases that ought to be shown and are not."""
    shown = route.more.get("shows", "").replace("all", "north south").split()
    for name in town.sees(who):
        if any(name.startswith(part) for part in shown) and town.cases[name]["number"] not in words:
            yield name


def test_every_route_of_a_case_is_for_those_who_see_the_case(town: Town) -> None:
    tries = Tries(town)
    before = _state(town)

    for route in town.table.routes.values():
        if not route.is_write and route.is_of_a_case:
            for who in tries.people_for(route):
                _read_case(tries, who, route)

    tries.judge()
    assert _changed(before, _state(town)) == []


def _read_case(tries: Tries, who: str, route: Route) -> None:
    town = tries.town
    seen = town.sees(who)
    first = seen[:1] if route.rule.endswith("<number>") else []
    for name in dict.fromkeys([*first, *seen[-1:]]):
        said, answer = f"{route.line} of {name} by {who}", tries.get(who, route.path(town.values(name)))
        if route.lets_in(town.roles[who]):
            tries.expect_fine(said, route, answer)
        else:
            tries.expect(said, _REFUSED, answer.status_code)
        tries.expect_silence(said, who, answer)
    strangers = town.strangers(who)
    never = tries.get(who, route.path({**town.values(), **_NEVER_WAS})) if strangers else None
    for name in strangers:
        values = town.values(name)
        said, answer = f"{route.line} of {name} by {who}", tries.get(who, route.path(values))
        if who == NOBODY:
            tries.expect_refused(said, who, route, answer)
        else:
            tries.expect(said, _NOT_FOUND, answer.status_code)
        tries.expect_silence(said, who, answer, asked=route.path(values))
        if never is not None:
            tries.expect(f"{said} beside one that never was", _told(never, _NEVER_WAS), _told(answer, values))


def _told(answer: TestResponse, values: Mapping[str, Any]) -> tuple[int, str]:
    """What an answer says, whichever case was asked for."""
    words = _OWN_WORDS.sub(b"", answer.data).decode()
    for name in _NEVER_WAS:
        words = words.replace(str(values[name]), "*")
    return answer.status_code, words


# --- writing ------------------------------------------------------------------------------------------------------------


def test_no_write_is_taken_from_whoever_may_not_make_it(town: Town) -> None:
    tries = Tries(town)
    before = _state(town)

    for route in town.table.routes.values():
        if route.is_write:
            for who in tries.people_for(route):
                _try_to_write(tries, who, route)
                _pry_by_a_write(tries, who, route)
            after = _state(town)
            tries.expect(f"{route.line}: changed", [], _changed(before, after))
            before = after

    tries.judge()


def _try_to_write(tries: Tries, who: str, route: Route) -> None:
    town, form = tries.town, route.more.get("send", {})
    is_in, here = route.lets_in(town.roles[who]), route.more.get("case", "north_a")
    for name in dict.fromkeys([here, *town.strangers(who)[-1:]]) if route.is_of_a_case else [here]:
        is_hidden = route.is_of_a_case and who != NOBODY and name not in town.sees(who)
        if is_in and not is_hidden:
            continue
        said, answer = f"{route.line} of {name} by {who}", tries.write(who, route, town.values(name), form)
        if is_hidden:
            tries.expect(said, _NOT_FOUND, answer.status_code)
        else:
            tries.expect_refused(said, who, route, answer)
        tries.expect_silence(said, who, answer, asked=town.cases[name]["number"])


def _pry_by_a_write(tries: Tries, who: str, route: Route) -> None:
    town = tries.town
    for pry in route.more.get("pry", []) if route.lets_in(town.roles[who]) else []:
        for name in town.strangers(who):
            values = town.values(name)
            said, answer = f"{route.line} with {name} by {who}", tries.write(who, route, values, pry)
            tries.expect_silence(said, who, answer, asked=str(_filled(pry, values)))


def test_every_write_is_taken_from_one_who_may_make_it(town: Town) -> None:
    """What was refused above was refused for whom it came from: the same is taken from another."""
    tries = Tries(town)

    for route in town.table.routes.values():
        if route.is_write:
            here, form = route.more.get("case", "north_a"), route.more.get("send", {})
            who = route.more.get("by") or next(
                name
                for name in town.roles
                if route.lets_in(town.roles[name]) and (not route.is_of_a_case or here in town.sees(name))
            )
            answer = tries.write(who, route, town.values(here), form)
            tries.expect_fine(f"{route.line} of {here} by {who}", route, answer)
            sent = str(_filled(form, town.values(here)))
            tries.expect_silence(f"{route.line} by {who}", who, answer, asked=sent)

    tries.judge()
