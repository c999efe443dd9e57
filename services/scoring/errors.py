"""What scoring may answer instead, in sentences for people, and their HTTP forms."""

from collections.abc import Mapping, Sequence
from typing import Final

from typing_extensions import override

from shared.if_match import STALE
from shared.problem import (
    INVALID,
    NOT_FOUND,
    NOT_READY,
    DomainError,
    Kind,
    ProblemTable,
)


class UnknownProgramme(DomainError):
    """There is no programme of that key."""


class NotByModel(DomainError):
    """Published rules decide this programme, not the value model: its tier answer says why."""


class SimulationsWaiting(DomainError):
    """Five simulations wait or run already: look at them, or call one off."""


class UnknownSimulation(DomainError):
    """This version has not been simulated: POST .../simulate."""


class UnknownVersion(DomainError):
    """The programme has no version of that number."""


class UnknownPreset(DomainError):
    """There is no preset of that key: GET /v1/presets lists them."""


class ProgrammeExists(DomainError):
    """There is a programme of that key: add a draft to it, or choose another key."""


class NotADraft(DomainError):
    """This version was published: it never changes, add a new draft instead."""


class OutdatedDraft(DomainError):
    """A later version is in force: copy the document into a new draft."""


class PublicationUnderWay(DomainError):
    """A version of this programme is being published: wait for its job."""


class UnknownCustomer(DomainError):
    """There is no customer of that id."""


class UnknownControl(DomainError):
    """The customer has no pin or grant of that id."""


class TooManyControls(DomainError):
    """The customer has too many open pins or grants in this programme: end some first."""


class UnknownBenefit(DomainError):
    """No programme of the customer promises such a benefit."""


class BenefitNotHeld(DomainError):
    """The tier that the customer holds does not have this benefit."""


class UnknownRedemption(DomainError):
    """The customer has no redemption of that id."""


class QuotaUsedUp(DomainError):
    """The benefit has been used as often as the quota allows."""

    def __init__(self, left: int, renews_at: str | None) -> None:
        super().__init__(left, renews_at)
        self.left = left
        self.renews_at = renews_at

    @property
    @override
    def detail(self) -> str:
        """Say how much is left, and when the quota begins anew."""
        anew = f"anew at {self.renews_at}" if self.renews_at else "never anew"
        return f"The benefit may be used {self.left} more times; the quota begins {anew}."


class NoPoints(DomainError):
    """The programme gives no points, or none is named and several do: name one that does."""


class PointsShort(DomainError):
    """The balance does not cover that many points."""

    def __init__(self, balance: int) -> None:
        super().__init__(balance)
        self.balance = balance

    @property
    @override
    def detail(self) -> str:
        """Say what is there."""
        return f"The balance is {self.balance} points: a redemption never leads into debt."


class BadSession(DomainError):
    """The session token is none of ours, or the session has ended: begin a new one."""

    @property
    @override
    def headers(self) -> Mapping[str, str]:
        """Say what a token is shown as."""
        return {"WWW-Authenticate": "Bearer"}


class UnknownEndpoint(DomainError):
    """There is no web hook of that id."""


class UnknownDelivery(DomainError):
    """The web hook has no delivery of that id."""


class TooManyEndpoints(DomainError):
    """There are 100 web hooks already: remove some first."""


class UnknownModel(DomainError):
    """There is no model of that version."""


class NoModelYet(DomainError):
    """No value model has been trained yet: POST /v1/models/train."""


class ReleaseBroken(DomainError):
    """The live release cannot be loaded: its model artefact is missing, foreign or outdated."""


class _Reasoned(DomainError):
    """Something cannot be done, for a reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    @override
    def detail(self) -> str:
        """Say why."""
        return self.reason


class CannotTrain(_Reasoned):
    """The value model cannot be trained on the shop's history."""


class ModelRefused(DomainError):
    """The model's artefact may not be loaded."""

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(version, reason)
        self.version = version
        self.reason = reason

    @property
    @override
    def detail(self) -> str:
        """Say which model and why; what is in force goes on."""
        return f"Model {self.version} is refused: {self.reason} What is in force goes on."


class GateFailed(DomainError):
    """The model did not pass the promotion gate."""

    def __init__(self, failed: Sequence[str]) -> None:
        super().__init__(*failed)
        self.failed = tuple(failed)

    @property
    @override
    def detail(self) -> str:
        """Say which checks failed, and how to promote all the same."""
        return (
            f"The promotion gate failed. {' '.join(self.failed)} "
            'Send {"override": true, "reason": "..."} to promote it all the same.'
        )


class NothingToRollBack(DomainError):
    """There is no earlier release that could be gone back to."""


class ReleaseChanged(DomainError):
    """Another release went live in the meantime: look at it and ask again."""


class ShadowRefused(_Reasoned):
    """The model cannot be the challenger."""


class UnknownSegment(DomainError):
    """There is no segment of that key."""


class SegmentExists(DomainError):
    """There is a segment of that key already: PUT writes it anew."""


class SegmentChanged(DomainError):
    """Somebody else changed the segment: read it and send its ETag as If-Match."""


class SegmentInUse(DomainError):
    """Something refers to the segment."""

    def __init__(self, users: Sequence[str]) -> None:
        super().__init__(*users)
        self.users = tuple(users)

    @property
    @override
    def detail(self) -> str:
        """Say what refers to it."""
        return f"The segment is used by {', '.join(self.users[:10])}: change those first."


class TooCostly(DomainError):
    """The condition takes too long to ask of everybody: narrow it down, or use a usual window."""


_NO_MODEL: Final = Kind(409, "no_model_yet", "There is no model yet")

PROBLEMS: Final[ProblemTable] = {
    UnknownProgramme: NOT_FOUND,
    UnknownVersion: NOT_FOUND,
    UnknownPreset: NOT_FOUND,
    UnknownSimulation: NOT_FOUND,
    SimulationsWaiting: Kind(429, "simulations_waiting", "Too many simulations wait", 60),
    ProgrammeExists: Kind(409, "programme_exists", "There is a programme of that key"),
    NotADraft: Kind(409, "not_a_draft", "Published versions never change"),
    OutdatedDraft: Kind(409, "outdated_draft", "A later version is in force"),
    PublicationUnderWay: Kind(409, "publication_under_way", "A version is being published", 1),
    UnknownCustomer: NOT_FOUND,
    UnknownControl: NOT_FOUND,
    TooManyControls: Kind(409, "too_many_controls", "Too many open pins or grants"),
    UnknownBenefit: NOT_FOUND,
    UnknownRedemption: NOT_FOUND,
    BenefitNotHeld: Kind(409, "benefit_not_held", "The tier does not have the benefit"),
    QuotaUsedUp: Kind(409, "quota_used_up", "The quota is used up"),
    NoPoints: Kind(409, "no_points", "The programme gives no points"),
    PointsShort: Kind(409, "points_short", "There are not enough points"),
    BadSession: Kind(401, "no_session", "A session that still runs is needed"),
    UnknownModel: NOT_FOUND,
    UnknownEndpoint: NOT_FOUND,
    UnknownDelivery: NOT_FOUND,
    TooManyEndpoints: Kind(409, "too_many_webhooks", "There are too many web hooks"),
    UnknownSegment: NOT_FOUND,
    SegmentChanged: STALE,
    SegmentExists: Kind(409, "segment_exists", "There is a segment of that key"),
    SegmentInUse: Kind(409, "segment_in_use", "The segment is in use"),
    TooCostly: Kind(422, "too_costly", "The condition takes too long"),
    NoModelYet: _NO_MODEL,
    NotByModel: Kind(409, "not_by_model", "The programme does not go by the model"),
    ReleaseBroken: NOT_READY,
    CannotTrain: INVALID,
    ShadowRefused: Kind(409, "shadow_refused", "The model cannot be the challenger"),
    ModelRefused: Kind(409, "model_refused", "The model is refused"),
    GateFailed: Kind(409, "gate_failed", "The model did not pass the promotion gate"),
    NothingToRollBack: Kind(409, "nothing_to_roll_back", "There is nothing to go back to"),
    ReleaseChanged: Kind(409, "release_changed", "Another release went live", 1),
}
