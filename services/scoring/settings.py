"""Every knob of scoring."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.scoring.domain.life.promotion import PromotionPolicy
from shared.settings import ServiceSettings


class ScoringSettings(ServiceSettings):
    """Environment variables SCORING_*."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", env_prefix="SCORING_"
    )
    prefix: ClassVar[str] = "SCORING_"

    port: int = Field(default=8002, ge=0, le=65535)
    # Half of them keep the tier read prepared, the rest are for everything else.
    raw_pool_size: int = Field(default=16, ge=2, le=100)
    # A whole base is read in one statement a chunk; it may take longer than a request.
    bulk_timeout_s: float = Field(default=600.0, gt=0, le=86_400)
    # Processes that work on a large base at once; 0: the cores there are, at most 4.
    bulk_jobs: int = Field(default=0, ge=0, le=64)
    # auto: a training that passes the gate goes live; manual: a person promotes it.
    promote: PromotionPolicy = PromotionPolicy.AUTO
    # Business days between the end of one model's data and the next training; 0: never by itself.
    retrain_days: int = Field(default=28, ge=0, le=3650)
    # The hour of the shop's local time in which it may start.
    retrain_hour: int = Field(default=3, ge=0, le=23)
