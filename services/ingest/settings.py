"""Every knob of ingest."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


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
