"""What surveys may answer instead, in sentences for people, and their HTTP forms."""

from typing import Final

from shared.problem import GONE, NOT_FOUND, DomainError, Kind, ProblemTable


class UnknownSurvey(DomainError):
    """There is no survey of that key."""


class UnknownVersion(DomainError):
    """The survey has no version of that number."""


class UnknownSegment(DomainError):
    """There is no segment of that key."""


class SurveyExists(DomainError):
    """There is a survey of that key already: PUT changes it."""


class SurveyChanged(DomainError):
    """Somebody else changed the survey, or If-Match is missing: send the ETag that you read."""


class SurveyNotLive(DomainError):
    """The survey is a draft or closed: open it first."""


class SurveyAnswered(DomainError):
    """The survey has answers: close it, they would be lost."""


class UnknownLink(DomainError):
    """There is no survey behind this link: it may be incomplete."""


class LinkExpired(DomainError):
    """The time to answer is over."""


class LinkClosed(DomainError):
    """The survey is closed."""


class LinkErased(DomainError):
    """The customer was erased; nothing is kept of what is answered here."""


class AlreadyAnswered(DomainError):
    """This survey has been answered with this link; the first answers stay."""


SURVEY_PROBLEMS: Final[ProblemTable] = {
    UnknownSurvey: NOT_FOUND,
    UnknownVersion: NOT_FOUND,
    UnknownSegment: NOT_FOUND,
    SurveyExists: Kind(409, "survey_exists", "There is a survey of that key"),
    SurveyChanged: Kind(412, "precondition_failed", "It was changed by somebody else"),
    SurveyNotLive: Kind(409, "survey_not_live", "The survey is not live"),
    SurveyAnswered: Kind(409, "survey_answered", "The survey has answers"),
    UnknownLink: NOT_FOUND,
    LinkExpired: Kind(410, "survey_expired", "The time to answer is over"),
    LinkClosed: Kind(410, "survey_closed", "The survey is closed"),
    LinkErased: GONE,
    AlreadyAnswered: Kind(409, "already_answered", "The survey has been answered"),
}
