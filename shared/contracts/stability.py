"""How steady the tiers of a programme are."""

from datetime import datetime

from pydantic import Field

from shared.wire import ReplyModel


class StabilityAnswer(ReplyModel):
    """How often tiers of a programme moved by themselves, and how many fell and rose again."""

    programme: str
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    within_days: int = Field(description="a rise so soon after a fall is flapping")
    customers: int
    moved: int
    moves: int
    flapped: int
    flap_rate: float = Field(description="flapped customers of all customers")
