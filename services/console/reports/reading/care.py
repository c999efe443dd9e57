"""What came of care, as feedback tells it: playbooks, offers, experiments, reviews, win-back."""

import asyncio
from typing import Final

from services.console.decks.care_data import Effort, Finding, Lost, Review, Trial, WinBack
from services.console.reports.reading.asking import Asker, words_of
from services.console.visiting.services import Service
from shared.contracts.care import WinBackPage
from shared.contracts.experiments import Comparison, ExperimentAnswer, ResultAnswer
from shared.contracts.offers import Offer, OfferResults
from shared.contracts.playbooks import PlaybookAnswer, PlaybookResults
from shared.contracts.reviews import ReviewAnswer, ReviewItem

_MOST: Final = 30
_WIN_BACK: Final = 200


async def read_win_back(asker: Asker) -> WinBack | None:
    """Read who is worth winning back, the best first."""
    query = {"limit": _WIN_BACK}
    page = await asker.get(Service.FEEDBACK, "/v1/care/win-back", WinBackPage, query)
    if page is None:
        return None
    people = tuple(Lost(each.lifecycle, float(each.expected_gain.amount)) for each in page.items)
    return WinBack(people, is_all=page.next_cursor is None)


async def read_efforts(asker: Asker) -> tuple[Effort, ...] | None:
    """Read what playbooks and offers came to."""
    playbooks, offers = await asyncio.gather(_playbooks(asker), _offers(asker))
    return None if playbooks is None or offers is None else (*playbooks, *offers)


async def _playbooks(asker: Asker) -> list[Effort] | None:
    found = await asker.listed(Service.FEEDBACK, "/v1/playbooks", PlaybookAnswer, most=_MOST)
    if found is None:
        return None
    results = await asker.beside(
        Service.FEEDBACK, found, lambda each: f"/v1/playbooks/{each.key}/results", PlaybookResults
    )
    return [
        Effort(
            "playbook",
            words_of(each.name),
            made=sum(came.outcomes.values()),
            good=came.outcomes.get("accepted", 0),
            cost=float(came.cost.amount) if came.cost else None,
        )
        for each, came in results
    ]


async def _offers(asker: Asker) -> list[Effort] | None:
    found = await asker.listed(Service.FEEDBACK, "/v1/offers", Offer, most=_MOST)
    if found is None:
        return None
    results = await asker.beside(
        Service.FEEDBACK, found, lambda each: f"/v1/offers/{each.key}/results", OfferResults
    )
    return [
        Effort(
            "offer",
            words_of(each.name),
            made=came.total.responses,
            good=came.total.accepted,
            cost=float(each.cost.amount) * came.total.accepted if each.cost else None,
        )
        for each, came in results
    ]


async def read_trials(asker: Asker) -> tuple[Trial, ...] | None:
    """Read what experiments showed; drafts are left out."""
    path = "/v1/experiments"
    found = await asker.listed(Service.FEEDBACK, path, ExperimentAnswer, most=_MOST)
    if found is None:
        return None
    begun = [each for each in found if each.state != "draft"]
    results = await asker.beside(
        Service.FEEDBACK, begun, lambda each: f"{path}/{each.key}/result", ResultAnswer
    )
    return tuple(_trial(each, came) for each, came in results)


def _trial(each: ExperimentAnswer, came: ResultAnswer) -> Trial:
    main = next((one for one in came.comparisons if one.is_primary), None)
    effect, low, high = _effect(main)
    return Trial(
        name=words_of(each.name),
        state=came.state,
        verdict=came.verdict,
        sentence=words_of(came.sentence),
        unit=main.unit if main else "",
        effect=effect,
        low=low,
        high=high,
    )


def _effect(main: Comparison | None) -> tuple[float | None, float | None, float | None]:
    if main is None:
        return None, None, None
    effect, low, high = (
        None if value is None else float(value) for value in (main.difference, main.low, main.high)
    )
    return effect, low, high


async def read_review(asker: Asker) -> Review | None:
    """Read the newest review that is done; None while there is none."""
    found = await asker.listed(Service.FEEDBACK, "/v1/reviews", ReviewItem, most=_MOST)
    newest = next((each for each in found or [] if each.state == "done"), None)
    if newest is None:
        return None
    path = f"/v1/reviews/{newest.review_id}"
    whole = await asker.get(Service.FEEDBACK, path, ReviewAnswer)
    if whole is None:
        return None
    findings = tuple(
        Finding(words_of(each.text), words_of(each.suggestion), each.state, each.owner)
        for each in whole.findings
    )
    return Review(whole.quarter, findings, len(whole.not_enough_data), whole.last_day)
