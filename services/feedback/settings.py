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
    case_at_csat: int = Field(
        default=2, ge=0, le=5, description="A csat up to this opens a case; 0: none does"
    )
    case_at_nps: int = Field(
        default=6, ge=-1, le=10, description="An nps up to this opens a case; -1: none does"
    )
    case_at_ces: int = Field(
        default=3, ge=0, le=7, description="A ces up to this opens a case; 0: none does"
    )
    case_at_review: int = Field(
        default=2, ge=0, le=5, description="A review up to this opens a case; 0: none does"
    )
    case_response_hours: int = Field(
        default=24, ge=1, le=2000, description="Working hours to an answer no tier promises sooner"
    )
    contact_cap: int = Field(
        default=4, ge=0, le=1000, description="Contacts of all playbooks with one customer; 0: any"
    )
    contact_cap_channel: int = Field(
        default=2, ge=0, le=1000, description="The same by one channel; 0: any"
    )
    contact_cap_days: int = Field(
        default=30, ge=1, le=366, description="The days in which contacts are counted"
    )
    case_resolution_hours: int = Field(
        default=0, ge=0, le=2000, description="Working hours until a case is resolved; 0: no target"
    )
