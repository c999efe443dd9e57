"""API keys as they are made and listed; the key itself is shown once, when it is made."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from shared.fields import fault
from shared.keys import SCOPES, GrantRefused, KeyKind, granted, own_name
from shared.wire import Identifier, ReplyModel, WireModel


class KeyInfo(ReplyModel):
    """One key without its secret."""

    key_id: UUID
    name: str
    kind: str
    scopes: list[str]
    source: str | None = None
    created_at: datetime
    revoked_at: datetime | None = None


def _own(name: str) -> str:
    try:
        return own_name(name)
    except GrantRefused as refused:
        raise fault("name_taken", str(refused)) from None


def _known(scope: str) -> str:
    if scope not in SCOPES:
        raise fault("unknown_scope", "is no scope that a key can be given")
    return scope


Scope = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": sorted(SCOPES)})]


class NewKey(WireModel):
    """The body of POST /v1/keys: a publishable key has no scopes to choose, a secret one needs one.

    Its events come from the source `source_id`; without one, from a source of the key's name.
    """

    name: Annotated[Identifier, AfterValidator(_own)]
    kind: Literal["secret", "publishable"] = "secret"
    scopes: list[Scope] = Field(default_factory=list, max_length=len(SCOPES))
    source_id: Identifier | None = None

    @model_validator(mode="after")
    def _is_granted(self) -> Self:
        try:
            granted(frozenset(self.scopes), KeyKind(self.kind))
        except GrantRefused as refused:
            raise fault("bad_scopes", str(refused)) from None
        return self


class KeyMade(KeyInfo):
    """A key that was made just now: `key` is shown this once, a hash of it is all that is kept."""

    key: str


EXAMPLE_KEY: dict[str, Any] = {
    "name": "till-0747",
    "kind": "secret",
    "scopes": ["events:write", "tier:read"],
    "source_id": "pos",
}
