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
