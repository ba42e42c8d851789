"""The row of a photo: where, when and by whom it was taken, what the camera told, and which photo it resembles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.likeness import find_likeness
from gridcase.cases.photos import PhotoFile
from gridcase.cases.traces import bands_of
from gridcase.directory.people import Actor


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the sender says of a photo: its kind, the phone's own time, the point in WGS-84 and how sure it is."""

    kind: str
    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    uncertainty_m: float | None = None


# The end of an id that counts the photos of one write: 16 bits, far more than any write takes.
_COUNTED = 0xFFFF


def photo_ids(namespace: UUID, name: str, photos: Sequence[PhotoFile]) -> list[str]:
    """Ids that follow from the name and the photos, in ascending order: photos of one moment are shown in that of their ids."""
    content = "/".join(photo.sha256 for photo in photos)
    base = uuid5(namespace, f"{name}/{content}").int & ~_COUNTED
    return [str(UUID(int=base | index)) for index in range(len(photos))]


def photo_row(
    desk: Desk, case: CaseFile, actor: Actor, *, photo: PhotoFile, sighting: Sighting
) -> dict[str, Any]:
    """The columns of `photo` but the id."""
    kind, attempt = sighting.kind, case.attempt
    like = find_likeness(desk, photo.trace, number=case.number, kind=kind, attempt=attempt)
    return {
        "district": desk.district,
        "number": case.number,
        "kind": kind,
        "attempt": attempt,
        "sha256": photo.sha256,
        "media_type": photo.media_type,
        "size": len(photo.content),
        "width": photo.width,
        "height": photo.height,
        "taken_at": sighting.taken_at,
        "lon": sighting.lon,
        "lat": sighting.lat,
        "uncertainty_m": sighting.uncertainty_m,
        "camera_taken": photo.camera.taken,
        "camera_lon": photo.camera.lon,
        "camera_lat": photo.camera.lat,
        "trace": photo.trace,
        **bands_of(photo.trace),
        "like_photo": like.photo if like else None,
        "like_number": like.number if like else None,
        "like_distance": like.distance if like else None,
        "sent_by": actor.name,
        "department": actor.department,
        "sent_at": desk.now,
    }
