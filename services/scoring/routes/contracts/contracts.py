"""Bodies that only scoring's own routes speak."""

from pydantic import Field

from shared.wire import ReplyModel, WireModel


class RescoreRequest(WireModel):
    """Profiles whose facts have changed."""

    profile_ids: list[str] = Field(min_length=1, max_length=1000)


class RescoreAnswer(ReplyModel):
    """How many were asked for; those whose decision was fresh already were left alone."""

    asked: int
