"""What makes an occasion for a playbook, as it is written."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.feedback import RATING_RANGES, FeedbackKind
from shared.fields import fault
from shared.forms import KEY, LOCAL_TIME
from shared.wire import Identifier, WireModel

#: Of segments, playbooks, offers, experiments.
Key = Annotated[str, Field(pattern=KEY)]
#: A local time of the shop, to the minute.
LocalTime = Annotated[str, Field(pattern=LOCAL_TIME, examples=["09:00"])]
#: As services/feedback/domain/care/festivals.py lists them.
FestivalKey = Literal[
    "new_year",
    "valentines_day",
    "womens_day",
    "labour_day",
    "childrens_day",
    "teachers_day",
    "national_day",
    "christmas",
    "spring_festival",
    "lantern_festival",
    "dragon_boat",
    "qixi",
    "mid_autumn",
    "double_ninth",
    "lunar_new_years_eve",
]


class EnteredTrigger(WireModel):
    """Somebody enters a segment, or comes to hold one of these tiers."""

    kind: Literal["entered"]
    segment: Key | None = None
    programme: Identifier | None = None
    tiers: list[Identifier] | None = Field(default=None, min_length=1, max_length=50)

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.segment is None) == (self.tiers is None):
            raise fault("one_of", "must name either a segment or tiers")
        if (self.programme is None) != (self.tiers is None):
            raise fault("one_of", "must name the programme of its tiers")
        return self


class ScheduleTrigger(WireModel):
    """The whole audience, every week or month, from a local time of the shop on."""

    kind: Literal["schedule"]
    every: Literal["week", "month"]
    weekday: int | None = Field(default=None, ge=1, le=7, description="1 is Monday")
    day: int | None = Field(default=None, ge=1, le=28)
    at: LocalTime = "09:00"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given, other = (
            (self.weekday, self.day) if self.every == "week" else (self.day, self.weekday)
        )
        if given is None or other is not None:
            raise fault("wrong_day", "a week has a weekday, a month a day")
        return self


class FeedbackTrigger(WireModel):
    """Somebody says something of a kind, with a rating of at most so much where it has one."""

    kind: Literal["feedback"]
    feedback_kind: FeedbackKind
    at_most: int | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        limits = RATING_RANGES.get(self.feedback_kind)
        if limits is None and self.at_most is not None:
            raise fault("rating_not_allowed", "this kind of feedback has no rating")
        if limits and self.at_most is not None and not limits[0] <= self.at_most <= limits[1]:
            raise fault("rating_out_of_range", f"the rating goes from {limits[0]} to {limits[1]}")
        return self


class ManualTrigger(WireModel):
    """The whole audience, whenever somebody asks for it: POST /v1/playbooks/{key}/run."""

    kind: Literal["manual"]


class BirthdayTrigger(WireModel):
    """Those of the audience whose birthday it is, on their own local date; once a year.

    Missed ones are greeted up to three days late; `days_before` prepares what takes time. The
    profile tells it as demography.birthday or birth_date: 1990-02-14, --02-14 or 02-14; with
    birthday_calendar "lunar" (and birthday_is_leap_month) beside it by the Chinese calendar.
    geography.time_zone says where they live.
    """

    kind: Literal["birthday"]
    days_before: int = Field(default=0, ge=0, le=30)
    at: LocalTime = "09:00"


class FestivalTrigger(WireModel):
    """The whole audience, once a festival: on the day, up to one day late, or days before it."""

    kind: Literal["festival"]
    festival: FestivalKey
    days_before: int = Field(default=0, ge=0, le=30)
    at: LocalTime = "09:00"


class FrequencyDropTrigger(WireModel):
    """Those of the audience who come less often than they used to; once a calendar quarter."""

    kind: Literal["frequency_drop"]
    at: LocalTime = "09:00"


class WinBackTrigger(WireModel):
    """Those of the audience on the win-back list, the largest gain first; once a silence."""

    kind: Literal["win_back"]
    at: LocalTime = "09:00"


Trigger = Annotated[
    EnteredTrigger
    | ScheduleTrigger
    | FeedbackTrigger
    | ManualTrigger
    | BirthdayTrigger
    | FestivalTrigger
    | FrequencyDropTrigger
    | WinBackTrigger,
    Field(discriminator="kind"),
]
