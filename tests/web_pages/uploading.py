"""Sends files to the pages of imports as a browser does, and reads their forms."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from gridcase.cases.catalogue_store import import_categories, stored_conditions
from gridcase.cases.import_kinds import RULE_IMPORT
from gridcase.cases.table_imports import keep
from gridcase.directory.import_drafts import Draft
from tests.making import Office
from tests.web_pages.visiting import Visitor, words_of

RULES_HEADER = "kind,main_code,sub_code,area,department,owner,priority,valid_from,valid_to,note\n"
CALENDAR_HEADER = "date,kind,name\n"
CATEGORIES_HEADER = (
    "standard,kind,main_code,main_name,sub_code,sub_name,condition_no,condition,closing_condition,limit\n"
)
_HIDDEN = re.compile(r'name="(digest|state)" value="([0-9a-f]{64})"')


def upload(
    visitor: Visitor, kind: str, content: str | bytes, *, name: str = "table.csv", **fields: Any
) -> TestResponse:
    """Choose a file in the form of an import and send it."""
    data = content.encode() if isinstance(content, str) else content
    file = FileStorage(io.BytesIO(data), filename=name, content_type="text/csv")
    # Encoded here: the client would keep a large body in a file that it never closes.
    boundary, body = encode_multipart({"csrf_token": visitor.token(), "file": file, **fields})
    kind_of_body = f'multipart/form-data; boundary="{boundary}"'
    return visitor.client.post(f"/admin/import/{kind}", data=body, content_type=kind_of_body)


def seen(visitor: Visitor, kind: str) -> dict[str, str]:
    """What the form of the preview carries."""
    return dict(_HIDDEN.findall(visitor.get(f"/admin/import/{kind}").text))


def confirm(visitor: Visitor, kind: str, shown: dict[str, str] | None = None) -> TestResponse:
    """Confirm what the page shows now, or what it showed before."""
    return visitor.post(f"/admin/import/{kind}/confirm", **(seen(visitor, kind) if shown is None else shown))


def faults(answer: TestResponse) -> list[list[str]]:
    """Line, column and words of each fault on a page."""
    table = answer.text.partition('class="plain faults"')[2].partition("</table>")[0].partition("<tbody>")[2]
    return [
        [words_of(cell) for cell in re.findall(r"(?s)<td[^>]*>(.*?)</td>", row)]
        for row in re.findall(r"(?s)<tr>(.*?)</tr>", table)
    ]


def wait_for_confirmation(office: Office) -> None:
    """Rules that the administrator uploaded and has not confirmed, and a second version of the categories."""
    draft = Draft("rules.csv", f"{RULES_HEADER},,,,A,,,,,\nevent,01,10,,B,,1,2027-01-01,,\n")
    office.write(lambda desk: keep(desk, RULE_IMPORT, "administrator", draft=draft))
    standard = office.book.settings.catalogue.standard
    with office.database.transaction() as connection:
        first, *rest = stored_conditions(connection, office.district, standard)
        rows = [replace(first, closing_condition=f"{first.closing_condition}。"), *rest]
        import_categories(connection, office.district, rows, file_name="2027.csv", now=office.now)
