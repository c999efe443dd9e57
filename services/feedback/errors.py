"""What the errors of cases, contacts and offers are over HTTP; app.py puts tables together."""

from typing import Final

from services.feedback.usecases.care import errors as care
from services.feedback.usecases.cases import errors as cases
from services.feedback.usecases.contacts.reading import BadCursor, UnknownInteraction
from services.feedback.usecases.contacts.record import (
    InteractionConflict,
    OtherCurrency,
    UnknownCustomer,
)
from services.feedback.usecases.contacts.timeline import NobodyThere
from services.feedback.usecases.kpis.targets import NoSuchPage, TargetChanged, TargetThere
from services.feedback.usecases.offers.documents import (
    OfferChanged,
    OfferKeyTaken,
    OfferVersionMissing,
    UnknownOffer,
)
from services.feedback.usecases.offers.respond import UnbelievableAnswer
from services.feedback.usecases.reviews import errors as reviews
from shared.if_match import MISSING, STALE
from shared.problem import CONFLICT, NOT_FOUND, ProblemTable, at, invalid_at

CURSOR: Final = invalid_at("/query/cursor", "unknown_cursor")
OCCURRED: Final = invalid_at("/occurred_at", "time_out_of_range")
OTHER_CURRENCY: Final = invalid_at("/cost/currency", "other_currency")
CARE: Final[ProblemTable] = {
    care.UnknownPlaybook: NOT_FOUND,
    care.PlaybookKeyTaken: CONFLICT,
    care.PlaybookVersionMissing: MISSING,
    care.PlaybookChanged: STALE,
    care.PlaybookStep: CONFLICT,
    care.NoSuchSegment: NOT_FOUND,
    care.NotLive: CONFLICT,
    care.NotByHand: CONFLICT,
    care.TooManyPlaybooks: CONFLICT,
    care.UnknownTask: NOT_FOUND,
    care.UnknownTaskCustomer: NOT_FOUND,
    care.TaskTaken: CONFLICT,
    care.TaskClosed: CONFLICT,
    care.ConsentWithdrawn: CONFLICT,
    care.WrongTaskCurrency: OTHER_CURRENCY,
    care.BadDueInstant: invalid_at("/due_at", "time_out_of_range"),
    care.BadDoneInstant: OCCURRED,
    care.BadTaskCursor: CURSOR,
}
CASES: Final[ProblemTable] = {
    cases.UnknownCase: at(NOT_FOUND, "/path/case_id", "unknown_case"),
    cases.NoSuchFeedback: at(NOT_FOUND, "/feedback_id", "unknown_feedback"),
    cases.CaseExists: at(CONFLICT, "/feedback_id", "case_exists"),
    cases.CaseChanged: STALE,
    cases.CalendarChanged: STALE,
    cases.CalendarVersionMissing: MISSING,
    cases.ForbiddenStep: at(CONFLICT, "/state", "forbidden_step"),
    cases.AlreadyOpen: at(CONFLICT, "/path/case_id", "already_open"),
    cases.Undecided: at(CONFLICT, "/state", "undecided"),
    cases.NoDispute: at(CONFLICT, "/path/case_id", "no_dispute"),
    cases.DecidedBefore: at(CONFLICT, "/path/case_id", "decided_before"),
    cases.NotOpen: at(CONFLICT, "/path/case_id", "not_open"),
    cases.NamesNobody: at(CONFLICT, "/path/case_id", "names_nobody"),
}
CONTACTS: Final[ProblemTable] = {
    BadCursor: CURSOR,
    InteractionConflict: CONFLICT,
    NobodyThere: NOT_FOUND,
    OfferChanged: STALE,
    OfferKeyTaken: CONFLICT,
    OfferVersionMissing: MISSING,
    OtherCurrency: OTHER_CURRENCY,
    UnbelievableAnswer: invalid_at("/at", "time_out_of_range"),
    UnknownCustomer: NOT_FOUND,
    UnknownInteraction: NOT_FOUND,
    UnknownOffer: NOT_FOUND,
}
KPIS: Final[ProblemTable] = {
    NoSuchPage: CURSOR,
    TargetChanged: STALE,
    TargetThere: MISSING,
}
REVIEWS: Final[ProblemTable] = {
    reviews.UnknownReview: NOT_FOUND,
    reviews.UnknownFinding: NOT_FOUND,
    reviews.FindingChanged: STALE,
    reviews.QuarterNotBegun: invalid_at("/quarter", "time_out_of_range"),
}
