"""Every knob of ingest."""

import re
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from services.ingest.domain.identity import TRUST
from shared.cors import OriginsText, origins_in
from shared.settings import ServiceSettings

_COUNTRIES: Final = re.compile(r"([A-Z]{2}(,[A-Z]{2}){0,15})?", re.ASCII)


def _every_kind_once(text: str) -> str:
    """Check an order of trust; raises ValueError."""
    kinds = [kind.strip() for kind in text.split(",")]
    if sorted(kinds) != sorted(TRUST):
        raise ValueError(f"must name each of {', '.join(TRUST)} once, the most trusted first")
    return ",".join(kinds)


def _countries(text: str) -> str:
    """Check a list of countries; raises ValueError."""
    if _COUNTRIES.fullmatch(text) is None:
        raise ValueError("must be ISO 3166 codes of two capital letters, by comma")
    return text


class IngestSettings(ServiceSettings):
    """Knobs of ingest (`INGEST_...`)."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", env_prefix="INGEST_"
    )
    prefix: ClassVar[str] = "INGEST_"

    port: int = Field(default=8001, ge=0, le=65535)
    #: Best-effort calls to scoring that may wait at once; the outbox delivers what is skipped.
    rescore_queue: int = Field(default=64, ge=0, le=10_000)
    #: Arrivals of waiting requests that go into one transaction, and transactions at once.
    group_items: int = Field(default=256, ge=1, le=10_000)
    committers: int = Field(default=2, ge=1, le=64)
    #: What may wait here: items to be committed; bytes taken in and not answered yet. The floor is
    #: always let in; above it the door closes when a body would wait longer than the patience.
    queue_items: int = Field(default=20_000, ge=1, le=1_000_000)
    queue_floor_bytes: int = Field(default=2 * 2**20, ge=0, le=2**30)
    queue_bytes: int = Field(default=16 * 2**20, ge=2**16, le=2**30)
    patience_s: float = Field(default=2.0, gt=0, le=60)
    #: Requests a second that one key may post, twice as many in a burst; 0: as many as it likes.
    key_requests_per_s: float = Field(default=0, ge=0, le=1_000_000)
    #: Identifiers of somebody erased are refused so long; an erasure looks for what is left in
    #: texts when every request that was under way then has ended.
    tombstone_days: int = Field(default=30, ge=0, le=3650)
    erasure_grace_s: float = Field(default=10.0, ge=0, le=600)
    #: Kinds of identifier, most trusted first: the first known one says whose an event is.
    identity_order: Annotated[str, AfterValidator(_every_kind_once)] = ",".join(TRUST)
    #: Countries (ISO 3166, by comma) in which phones are typed without a country code when a
    #: customer is looked for; empty: the country of the base currency.
    phone_regions: Annotated[str, AfterValidator(_countries)] = ""
    #: Rows are deleted when they are older, 0: never (docs/privacy.md).
    retention_quarantine_days: int = Field(default=90, ge=0, le=36_500)
    retention_imports_days: int = Field(default=30, ge=0, le=36_500)
    retention_source_days: int = Field(default=400, ge=0, le=36_500)
    retention_properties_days: int = Field(default=0, ge=0, le=36_500)
    #: Origins whose pages may post browsing with a publishable key, by comma; `*`: every page.
    cors_origins: OriginsText = ""

    @property
    def origins(self) -> tuple[str, ...]:
        """List the origins whose pages may post."""
        return origins_in(self.cors_origins)

    @property
    def trust(self) -> tuple[str, ...]:
        """Return the kinds of identifier, most trusted first."""
        return tuple(self.identity_order.split(","))
