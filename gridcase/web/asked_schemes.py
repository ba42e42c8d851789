"""The scheme that somebody asks to be judged by, and what is told when there is none."""

from __future__ import annotations

from datetime import date

from gridcase.errors import DefinitionError, Invalid, Reason
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import Scheme
from gridcase.web.errors import Unable

_ASKED_WRONGLY = ("unknown_scheme", "no_valid_version")


def asked_scheme(schemes: SchemeFolder, name: str, *, on: date) -> Scheme:
    """The scheme of this name as it is valid on the day.

    Raises Invalid `unknown_scheme` or `no_valid_version`; Unable `definition_error` when its file has faults.
    """
    try:
        return schemes.find(name, on=on)
    except DefinitionError as error:
        fault = error.faults[0]
        if fault.code in _ASKED_WRONGLY:
            raise Invalid(fault.code, fault.text, field="scheme", scheme=name) from error
        raise Unable([Reason("definition_error")]) from error
