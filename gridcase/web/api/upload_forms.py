"""The forms of uploads and receipts: what a write says of photos sent before, and what it is answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from gridcase.web.api.fields import Body, Code, Query, Reply

MOST_UPLOADS = 20
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
HashPair = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}:[0-9a-f]{64}$")]


class DeliveryBody(Body):
    """A write whose photos may have been sent before, and which may be answered with a signed receipt."""

    uploads: Annotated[list[Hash], Field(max_length=MOST_UPLOADS)] | None = Field(
        None,
        description="hashes of photos that were sent by PUT /uploads/{sha256}, as further photos of this write",
    )
    receipt: bool | None = Field(None, description="true: answer with a signed receipt; needs client_id")


class UploadReply(Reply):
    """How far a photo has come."""

    sha256: str
    received: int
    size: int
    is_complete: bool


class ReceivedPhoto(Reply):
    """A photo of a receipt: the hash of what was sent, and the hash under which the case keeps it."""

    sha256: str
    stored: str


class ReceiptPart(Reply):
    """A signed receipt: with it the phone may delete its copy."""

    client_id: str
    number: str
    photos: list[ReceivedPhoto]
    at: str
    signature: str


class DeliveryReply(Reply):
    """The answer of a write that may carry a receipt."""

    receipt: ReceiptPart | None = Field(None, description="only when the body asked for it")


class CheckQuery(Query):
    """A receipt as it was answered; `photos` are `sha256:stored`, in order."""

    client_id: Code
    number: Code
    at: Code
    signature: Code
    photos: tuple[HashPair, ...] = ()


class GenuineReply(Reply):
    """Whether this site signed the receipt."""

    is_genuine: bool
