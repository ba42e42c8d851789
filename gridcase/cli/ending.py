"""How a command ends that could not do its work: its exit code, and what a person reads instead of a traceback."""

from __future__ import annotations

import errno
import os
import sys
import traceback

import click

from gridcase.errors import ChangedMeanwhile, DefinitionError, GridcaseError, Invalid, NotPermitted, Refused

# api.md 3: 0 done, 1 no or not found, 2 input not understood, 3 refused by rule.
EXIT_NO = 1
EXIT_NOT_UNDERSTOOD = 2
EXIT_REFUSED = 3

# What a command was told to work on and cannot get at is as good as an input that cannot be read.
_OUT_OF_REACH = frozenset({"database_unreachable", "bad_file"})


def exit_code(error: GridcaseError) -> int:
    """The exit code of a command that ends with this error (api.md 3)."""
    if isinstance(error, Invalid) or error.code in _OUT_OF_REACH:
        return EXIT_NOT_UNDERSTOOD
    if isinstance(error, NotPermitted | Refused | ChangedMeanwhile):
        return EXIT_REFUSED
    return EXIT_NO


def error_lines(error: GridcaseError) -> list[str]:
    """What a person reads: `code: message`, then each fault of a field; of a faulty file each fault alone."""
    if isinstance(error, DefinitionError):
        return [str(fault) for fault in error.faults]
    lines = [str(error)]
    if isinstance(error, Invalid):
        lines += [f"  {reason.field or '-'}: {reason.code}" for reason in error.errors]
    return lines


def in_our_words(error: Exception) -> GridcaseError | None:
    """What an error of the database or of a file comes down to; None for any other: that is a fault of the program.

    `database_unreachable`, `bad_file` (names the file), `cannot_write` (standard output, or a full disk).
    """
    if isinstance(error, GridcaseError):
        return error
    if isinstance(error, OSError):
        return _of_system(error)
    reason = _unreachable(error)
    return GridcaseError("database_unreachable", reason) if reason is not None else None


def _of_system(error: OSError) -> GridcaseError | None:
    if error.errno == errno.EPIPE:
        # Whoever read the answers has enough: click ends the command quietly.
        return None
    text = error.strerror or str(error)
    if error.filename is not None:
        return GridcaseError("bad_file", f"{error.filename}: {text}")
    return GridcaseError("cannot_write", text)


def _unreachable(error: Exception) -> str | None:
    """Why the database cannot be asked, in one line; None when the error is about something else."""
    if isinstance(error, ModuleNotFoundError):
        is_driver = error.name == "psycopg" or any(
            frame.f_code.co_name == "import_dbapi" for frame, _line in traceback.walk_tb(error.__traceback__)
        )
        return str(error) if is_driver else None
    # What was never imported cannot have failed, and to import it here would slow every command down.
    toolkit, server, file = (sys.modules.get(name) for name in ("sqlalchemy.exc", "psycopg", "sqlite3"))
    if toolkit is not None and isinstance(error, toolkit.ArgumentError):
        return _first_line(error)
    cause = error.orig if toolkit is not None and isinstance(error, toolkit.DBAPIError) else error
    if server is not None and isinstance(cause, server.OperationalError | server.InterfaceError):
        return _first_line(cause)
    if file is not None and (isinstance(cause, file.OperationalError) or type(cause) is file.DatabaseError):
        # A statement that is none, or a table that is not there, is a fault of the program.
        return None if getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR" else _first_line(cause)
    return None


def _first_line(error: object) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def tell(error: GridcaseError) -> None:
    """Write the lines of an error to standard error, as far as it takes them."""
    try:
        for line in error_lines(error):
            click.echo(line, err=True)
    except OSError:
        pass
    if error.code == "cannot_write":
        _drop_output()


def _drop_output() -> None:
    """Let go what standard output did not take: the interpreter would try once more when it ends."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        # No file, as in tests: there is nothing behind it that could be full.
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
