"""Ask for reviews, read them, and write what becomes of their findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.reviews.adjusting import change_of
from services.feedback.domain.reviews.finding import Code, TooFew
from services.feedback.domain.reviews.lacking import lacking
from services.feedback.domain.reviews.review import (
    FindingState,
    KeptFinding,
    Review,
    quarter_named,
    quarter_of,
)
from services.feedback.queries.reviews import reviews as store
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.reviews.errors import (
    FindingChanged,
    QuarterNotBegun,
    UnknownFinding,
    UnknownReview,
)
from shared.audit import Note, note
from shared.clock import business_date
from shared.contracts.common import LocalText, Page
from shared.contracts.reviews import (
    ChangedDocument,
    FindingAnswer,
    FindingChange,
    ReviewAnswer,
    ReviewItem,
    ReviewRequest,
    ReviewVersions,
    TooFewItem,
)
from shared.idempotency import Answer, Asked, idempotently
from shared.ids import uuid7
from shared.keys import Caller

ROUTE: Final = "POST /v1/reviews"


async def ask_for_review(
    desk: Desk, caller: Caller, request: ReviewRequest, idempotency_key: str | None
) -> Answer:
    """Ask for a review of a quarter, or give the one that waits; raises QuarterNotBegun."""
    now = desk.clock.now()
    period = quarter_named(request.quarter, business_date(now, desk.zone))
    if period is None:
        raise QuarterNotBegun
    asked = Review(
        uuid7(), request.quarter, period.first, period.last, None, caller.name, now, None, (), ()
    )

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        waiting = await store.find_waiting(connection, request.quarter)
        if waiting is None:
            await store.add_review(connection, asked)
        return review_item(waiting or asked).model_dump(mode="json")

    return await idempotently(
        desk.pool, Asked(caller, ROUTE, request, idempotency_key, status=202), work
    )


async def list_reviews(desk: Desk, before: UUID | None, limit: int) -> Page[ReviewItem]:
    """Give a page of reviews, the newest first."""
    found = await store.page_of_reviews(desk.pool, before, limit + 1)
    page = found[:limit]
    more = str(page[-1].review_id) if len(found) > limit else None
    return Page(items=[review_item(each) for each in page], next_cursor=more)


async def one_review(desk: Desk, review_id: UUID) -> ReviewAnswer:
    """Give a review with its findings; raises UnknownReview."""
    review = await store.find_review(desk.pool, review_id)
    if review is None:
        raise UnknownReview
    findings = await store.findings_of(desk.pool, review_id)
    return ReviewAnswer(
        **review_item(review).model_dump(),
        findings=[finding_answer(each) for each in findings],
        not_enough_data=[too_few_item(each) for each in review.too_few],
    )


async def one_finding(desk: Desk, review_id: UUID, finding_id: UUID) -> FindingAnswer:
    """Give one finding; raises UnknownFinding."""
    found = await store.find_finding(desk.pool, review_id, finding_id)
    if found is None:
        raise UnknownFinding
    return finding_answer(found)


async def change_finding(
    desk: Desk, caller: Caller, ids: tuple[UUID, UUID], change: FindingChange, version: int
) -> FindingAnswer:
    """Write what becomes of a finding; raises UnknownFinding and FindingChanged."""
    async with desk.pool.acquire() as connection, connection.transaction():
        found = await store.hold_finding(connection, *ids)
        if found is None:
            raise UnknownFinding
        if found.version != version:
            raise FindingChanged
        now = desk.clock.now()
        changed = await store.change_finding(connection, _changed(found, change), caller.name, now)
        details = {"state": changed.state.value, "reason": changed.note, "owner": changed.owner}
        made = Note(caller.name, "finding.changed", str(changed.finding_id), details)
        await note(connection, made, at=now)
    return finding_answer(changed)


def _changed(found: KeptFinding, change: FindingChange) -> KeptFinding:
    given = change.model_fields_set
    return replace(
        found,
        state=FindingState(change.state) if change.state else found.state,
        # null takes the owner away
        owner=change.owner if "owner" in given else found.owner,
        note=(change.note or "") if "note" in given else found.note,
    )


def review_item(review: Review) -> ReviewItem:
    """Tell a review without its findings."""
    return ReviewItem(
        review_id=review.review_id,
        quarter=review.quarter,
        first_day=review.first_day,
        last_day=review.last_day,
        compared_with=quarter_of(review.before.first)[0],
        state="waiting" if review.finished_at is None else "done",
        asked_by=review.asked_by,
        asked_at=review.asked_at,
        finished_at=review.finished_at,
        programmes=[ReviewVersions.model_validate(each) for each in review.versions],
    )


def too_few_item(kept: Mapping[str, Any]) -> TooFewItem:
    """Tell a question without enough data; one that was kept without words is told by its keys."""
    told = {name: value for name, value in kept.items() if name != "text"}
    text = kept.get("text") or lacking(TooFew(**{**told, "code": Code(kept["code"])}))
    return TooFewItem(**told, text=LocalText(**text))


def changed_document(found: KeptFinding) -> ChangedDocument:
    """Tell which document a finding would change."""
    change = change_of(
        Code(found.code), found.programme_key, found.tier_key, found.subject, found.figures
    )
    return ChangedDocument(
        document=change.document.value,
        programme=change.programme,
        key=change.key,
        link=change.link,
        text=LocalText(**change.words),
    )


def finding_answer(found: KeptFinding) -> FindingAnswer:
    """Tell a finding."""
    return FindingAnswer.model_validate(
        {
            "finding_id": found.finding_id,
            "code": found.code,
            "programme": found.programme_key,
            "tier": found.tier_key,
            "subject": found.subject,
            "text": LocalText(**found.words),
            "figures": found.figures,
            "suggestion": LocalText(**found.suggestion),
            "link": found.link,
            "changes": changed_document(found),
            "state": found.state.value,
            "owner": found.owner,
            "note": found.note,
            "version": found.version,
            "changed_by": found.changed_by,
            "changed_at": found.changed_at,
        }
    )
