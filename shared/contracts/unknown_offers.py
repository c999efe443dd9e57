"""Offers that customers answered and nobody defined."""

from datetime import datetime

from shared.wire import ReplyModel


class UnknownOfferAnswers(ReplyModel):
    """Answers kept under a key that no offer has; they count for the offer once it is defined.

    A sender may have mistyped the key, or answers came before the offer was written.
    """

    offer: str
    responses: int
    accepted: int
    declined: int
    ignored: int
    first_at: datetime
    last_at: datetime
