"""Every knob of scoring."""

import re
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.scoring.domain.life.promotion import PromotionPolicy
from shared.cors import OriginsText, origins_in
from shared.settings import ServiceSettings

_DERIVED: Final = "derived"
_KEY: Final = re.compile(r"derived|[0-9A-Fa-f]{64}", re.ASCII)


def _session_keys(value: SecretStr) -> SecretStr:
    named = value.get_secret_value().split(",")
    if len(named) <= 2 and all(_KEY.fullmatch(text) for text in named):
        return value
    raise ValueError("is one or two secrets of 64 hexadecimal digits, with a comma between")


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
    # The file this host answers from while the database is away; else one in TIERLINE_HOME.
    snapshot_file: str | None = None
    # At which age it is written anew; erasures and revoked keys are looked for every 5 s.
    snapshot_every_s: float = Field(default=120.0, gt=0, le=300)
    # How old it may be told without being called expired (then no price benefits either).
    max_stale_s: float = Field(default=86_400.0, gt=0, le=7 * 86_400)
    # Secrets of session tokens, 64 hexadecimal digits each, at most two with a comma between: the
    # first signs, both are read. `derived` is the one made from TIERLINE_SECRET_KEY, the default.
    session_keys: Annotated[SecretStr, AfterValidator(_session_keys)] = SecretStr(_DERIVED)
    # Origins of the pages that may ask GET /v1/session/tier, with commas between.
    cors_origins: OriginsText = ""
    # How long a session waits for ingest to take its events in.
    session_events_timeout_s: float = Field(default=1.5, gt=0, le=10)
    # Processes that work on a large base at once; 0: the cores there are, at most 4.
    bulk_jobs: int = Field(default=0, ge=0, le=64)
    # auto: a training that passes the gate goes live; manual: a person promotes it.
    promote: PromotionPolicy = PromotionPolicy.AUTO
    # Business days between the end of one model's data and the next training; 0: never by itself.
    retrain_days: int = Field(default=28, ge=0, le=3650)
    # The hour of the shop's local time in which it may start.
    retrain_hour: int = Field(default=3, ge=0, le=23)
    # How long a condition may be asked of everybody: a count or a page of a segment.
    segment_timeout_s: float = Field(default=5.0, gt=0, le=60)
    # Web hooks may call into the network of this installation (never metadata services).
    webhook_private_targets: bool = False

    @property
    def origins(self) -> tuple[str, ...]:
        """List the origins whose pages may ask for a session's tier."""
        return origins_in(self.cors_origins)

    def session_secrets(self, derived: bytes) -> list[bytes]:
        """List the live secrets of session tokens, the signing one first."""
        named = self.session_keys.get_secret_value().split(",")
        return [derived if text == _DERIVED else bytes.fromhex(text) for text in named]
