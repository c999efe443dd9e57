"""Every knob of feedback."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class FeedbackSettings(ServiceSettings):
    """Knobs of feedback (`FEEDBACK_...`)."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", env_prefix="FEEDBACK_"
    )
    prefix: ClassVar[str] = "FEEDBACK_"

    port: int = Field(default=8003, ge=0, le=65535)
    tier_budget_s: float = Field(
        default=0.3, gt=0, le=10, description="How long scoring may take to name the tier held"
    )
