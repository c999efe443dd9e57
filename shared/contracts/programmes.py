"""Bodies of programmes and their versions."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue

from shared.contracts.common import LocalText
from shared.fields import fault
from shared.forms import form
from shared.wire import ReplyModel, ShortText, WireModel


def _not_reserved(key: str) -> str:
    """Refuse the word that stands for the schema in addresses."""
    if key == "schema":
        raise fault("not_allowed", "must not be schema: its address is taken")
    return key


_KEY: Final = form(
    r"^[a-z0-9][a-z0-9_-]*$",
    "must be lower-case letters, digits, _ or -, a letter or digit first",
)
ProgrammeKey = Annotated[
    str,
    Field(pattern=_KEY, max_length=64, examples=["coffee"]),
    AfterValidator(_not_reserved),
]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Document = dict[str, JsonValue]
Status = Literal["draft", "publishing", "published", "withdrawn"]

EXAMPLE_DOCUMENT: Final[dict[str, Any]] = {
    "kind": "status",
    "audience": "customer_facing",
    "name": {"en": "Tea club", "zh": "茶友会"},
    "tiers": [
        {"key": "guest", "name": {"en": "Guest", "zh": "茶客"}},
        {
            "key": "friend",
            "name": {"en": "Friend", "zh": "茶友"},
            "enter": {"all": {"spend": "500.00"}},
            "keep": {"all": {"spend": "400.00"}},
        },
    ],
    "window": {"kind": "rolling", "months": 12},
    "validity": {"kind": "months", "months": 12},
    "time_zone": "Asia/Shanghai",
    "currency": "CNY",
}
EXAMPLE_PROGRAMME: Final = {"programme": "tea", "document": EXAMPLE_DOCUMENT}
EXAMPLE_DRAFT: Final = {"document": EXAMPLE_DOCUMENT}
EXAMPLE_PUBLISH: Final = {
    "goal": "Ten per cent more customers who come back within 90 days",
    "owner": "Lin, CRM",
    "approval": "Approved by the board of 20 November",
}
EXAMPLE_ROLLBACK: Final = {"reason": "The thresholds were meant for another country."}


class ProgrammeRequest(WireModel):
    """A new programme: its key and the document of its first draft."""

    programme: ProgrammeKey
    document: Document


class DraftRequest(WireModel):
    """The document of a new draft; `question`: what was asked, where it was made to find that out.

    A question is kept in the version's note.
    """

    document: Document
    question: Words | None = None


class CheckRequest(WireModel):
    """A document to be looked at while it is written."""

    document: Document


class FoundFault(ReplyModel):
    """One fault: a JSON pointer into the document, a stable code, and what to write instead."""

    pointer: str
    code: str
    message: str


class CheckAnswer(ReplyModel):
    """What is wrong with a document, at most 50 faults; none: it may be drafted."""

    faults: list[FoundFault]


class PublishRequest(WireModel):
    """What a publication is for, who answers for it, and who approved it; kept with the version.

    `dry_run` changes nothing and tells what would change.
    """

    goal: Words
    owner: ShortText
    approval: Words
    dry_run: bool = False


class ProgrammeRollbackRequest(WireModel):
    """Why the version in force is left; kept in the audit log."""

    reason: ShortText


class DraftAnswer(ReplyModel):
    """The draft that was added."""

    programme: str
    version: int
    status: Status


class Change(ReplyModel):
    """One difference from the version in force: of a tier, a threshold, a benefit or a policy."""

    what: Literal["tier", "threshold", "order", "benefit", "policy"]
    subject: str
    before: JsonValue
    after: JsonValue


class PublishAnswer(ReplyModel):
    """What is being published by which job (none for a dry run), and what it changes."""

    programme: str
    version: int
    job_id: UUID | None
    changes: list[Change]


class ProgrammeRollbackAnswer(ReplyModel):
    """What is in force again; the job completes history, reads do not wait for it."""

    programme: str
    version: int
    release: str
    model_version: str | None
    from_version: int
    from_release: str
    job_id: UUID


class ProgrammeTier(ReplyModel):
    """One tier of a programme."""

    key: str
    rank: int
    name: LocalText


class ProgrammeSummary(ReplyModel):
    """A programme at its version in force; one without shows its newest draft, and no release."""

    programme: str
    version: int
    newest_version: int
    kind: str
    name: LocalText
    audience: str
    is_default: bool
    release: str | None
    tiers: list[ProgrammeTier]


class VersionSummary(ReplyModel):
    """A version; `note` says what was asked with it, and what it was published for and by whom."""

    programme: str
    version: int
    status: Status
    created_at: datetime
    published_at: datetime | None
    note: dict[str, JsonValue]


class VersionDetail(VersionSummary):
    """A version with its document."""

    document: Document


class Preset(ReplyModel):
    """A document to start from, in the shop's currency and time zone."""

    key: str
    name: LocalText
    document: Document


class PresetList(ReplyModel):
    """The presets by key."""

    items: list[Preset]
