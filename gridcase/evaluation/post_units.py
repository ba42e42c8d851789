"""Who is judged in a post: the people who hold its role, and whoever else did its work (evaluation.md 5 and 9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection

from gridcase.directory.listing import list_users
from gridcase.evaluation.post_columns import Post
from gridcase.evaluation.units import JudgedUnit


def judged_people(
    connection: Connection,
    district: str,
    post: Post,
    *,
    with_acts: Iterable[str],
    has_everybody: bool = False,
) -> list[JudgedUnit]:
    """The people of a post by user name, those without any act included; all in one group.

    `with_acts`: user names that have counts; they are shown even when they left, or hold another role now. Where
    two people bear one name, their user names stand beside it. `has_everybody`: all users, whatever they do.
    """
    users = {user.name: user for user in list_users(connection, district)}
    wanted = {
        user.name for user in users.values() if has_everybody or (user.is_active and post.role in user.roles)
    }
    codes = sorted(wanted | set(with_acts))
    names = {code: (users[code].display_name if code in users else "") or code for code in codes}
    times = Counter(user.display_name for user in users.values())
    return [
        JudgedUnit(code, name if times[name] <= 1 or name == code else f"{name}（{code}）")
        for code, name in names.items()
    ]
