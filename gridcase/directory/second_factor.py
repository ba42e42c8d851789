"""A second factor: codes of six digits from a device that shares a secret (TOTP, RFC 6238), each taken once."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
from sqlalchemy import Connection, or_, select, update

from gridcase.db import table_of
from gridcase.directory.models import User

_USER = table_of(User).c
STEP_S = 30
# A device whose clock differs by up to half a minute still gets in (RFC 6238, 5.2).
_STEPS = (0, -1, 1)


def new_secret() -> str:
    """A secret for a new device, in Base32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str, site: str) -> str:
    """The `otpauth` address that a device reads from a picture."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=site)


def step_of_code(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step of a right code, or None."""
    digits = "".join(code.split())
    step = int(now.astimezone(UTC).timestamp()) // STEP_S
    generator = pyotp.TOTP(secret, interval=STEP_S)
    steps = (step + apart for apart in _STEPS)
    return next((each for each in steps if generator.generate_otp(each) == digits), None)


def has_second_factor(connection: Connection, district: str, name: str) -> bool:
    """Whether this user has a device."""
    return _secret_of(connection, district, name) is not None


def take_code(connection: Connection, district: str, name: str, *, code: str, now: datetime) -> bool:
    """Whether a code is right and was not taken before; one that is right is used up by this."""
    secret = _secret_of(connection, district, name)
    step = step_of_code(secret, code, now=now) if secret else None
    if step is None:
        return False
    statement = update(User).where(
        _USER.district == district,
        _USER.name == name,
        or_(_USER.totp_step.is_(None), _USER.totp_step < step),
    )
    return connection.execute(statement.values(totp_step=step)).rowcount == 1


def add_device(connection: Connection, district: str, name: str, *, secret: str, step: int) -> bool:
    """Make a device, whose first code was that of `step`, the second factor of a user who has none; whether it is."""
    statement = update(User).where(
        _USER.district == district, _USER.name == name, _USER.totp_secret.is_(None)
    )
    return connection.execute(statement.values(totp_secret=secret, totp_step=step)).rowcount == 1


def remove_device(connection: Connection, district: str, name: str) -> bool:
    """Take the device of a user away; whether there was one."""
    statement = update(User).where(
        _USER.district == district, _USER.name == name, _USER.totp_secret.is_not(None)
    )
    return connection.execute(statement.values(totp_secret=None, totp_step=None)).rowcount == 1


def _secret_of(connection: Connection, district: str, name: str) -> str | None:
    found: str | None = connection.execute(
        select(_USER.totp_secret).where(_USER.district == district, _USER.name == name)
    ).scalar()
    return found
