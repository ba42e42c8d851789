"""Makes a PDF of a page, in a process of its own: laying out sheets takes seconds in which nobody else would be served."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore, Lock

from gridcase.errors import Reason
from gridcase.web.errors import Unable

_WORKER = Path(__file__).with_name("paper_worker.py")
_NOT_INSTALLED = 3
_LONGEST_S = 120
# One at a time: further ones wait, and leave the other cores to those who work. No more wait than leave most threads of
# the site to everybody else.
_TURN, _SEATS = Lock(), BoundedSemaphore(3)


def has_pdf() -> bool:
    """Whether the library of the extra `pdf` is there; whether the system has what it needs, only a try tells."""
    return find_spec("weasyprint") is not None


def pdf_of(page: str, style: str) -> bytes:
    """The PDF of a page whose pictures lie in it (`data:`), under a style sheet.

    Raises Unable: `pdf_not_installed`, `pdf_busy` when others wait already, or `pdf_failed` when none came of it in time.
    """
    if not _SEATS.acquire(blocking=False):
        raise Unable([Reason("pdf_busy")])
    try:
        return _in_turn(page, style)
    finally:
        _SEATS.release()


def _in_turn(page: str, style: str) -> bytes:
    sent = json.dumps({"page": page, "style": style}).encode()
    try:
        with _TURN:
            done = subprocess.run(
                [sys.executable, "-I", str(_WORKER)],
                input=sent,
                capture_output=True,
                timeout=_LONGEST_S,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise Unable([Reason("pdf_failed")]) from error
    if done.returncode == _NOT_INSTALLED:
        raise Unable([Reason("pdf_not_installed")])
    if done.returncode != 0:
        raise Unable([Reason("pdf_failed")]) from RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout
