"""What pages ask of customers: who they are, what they are worth and why, what they hold."""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

from services.console.reading.streams import pieces_of
from services.console.visiting.services import ServiceRefused
from services.console.visiting.visit import Visit
from shared.clients.transport import Call
from shared.contracts.common import Page
from shared.contracts.contacts import TimelineItem
from shared.contracts.controls import GrantAnswer, PinAnswer
from shared.contracts.customer_list import CustomerListPage
from shared.contracts.customers import CustomerProfile
from shared.contracts.entitlements import EntitlementsAnswer
from shared.contracts.explanation import ExplanationAnswer
from shared.contracts.merges import MergeAnswer
from shared.contracts.points import PointsAnswer, PointsEntryAnswer
from shared.contracts.privacy import Consents, Erasure
from shared.contracts.score_history import ScoreHistory
from shared.contracts.search import SearchAnswer
from shared.contracts.tier import ScoreAnswer, TierAnswer
from shared.contracts.tier_history import HistoryItem, HistoryList
from shared.contracts.what_if import WhatIfAnswer

MOST = 200
_LIST = "/v1/customers/list"


async def search(visit: Visit, query: str) -> SearchAnswer:
    """Find customers by whatever identifier somebody has in hand."""
    return await visit.ingest.ask(
        Call("POST", "/v1/customers/search", {"query": query, "limit": 20}), SearchAnswer
    )


async def list_customers(
    visit: Visit, asked: Mapping[str, object], cursor: str | None, limit: int
) -> CustomerListPage:
    """Give a page of customers; `asked` is as POST /v1/customers/list takes it."""
    body = {**asked, "limit": limit, **({"cursor": cursor} if cursor else {})}
    return await visit.scoring.ask(Call("POST", _LIST, body), CustomerListPage)


def customer_table(visit: Visit, asked: Mapping[str, object]) -> AsyncIterator[bytes]:
    """Give everybody of a list as scoring writes it for spreadsheets, piece by piece."""
    return pieces_of(visit.scoring, _LIST, {"format": "csv"}, dict(asked))


async def profile(visit: Visit, customer_id: str) -> CustomerProfile:
    """Give who somebody is; a merged one stands for who they were merged into."""
    return await visit.ingest.get(path_of(customer_id), CustomerProfile)


async def consents(visit: Visit, customer_id: str) -> Consents:
    """Give what somebody agrees to, and every change that led there."""
    return await visit.ingest.get(f"{path_of(customer_id)}/consents", Consents)


async def merges_of(visit: Visit, customer_id: str) -> list[MergeAnswer]:
    """List the latest merges that somebody won or lost, those undone too."""
    query = {"customer_id": customer_id, "limit": MOST}
    return (await visit.ingest.get("/v1/merges", Page[MergeAnswer], query)).items


async def tier(visit: Visit, customer_id: str, programme: str) -> TierAnswer:
    """Give the tier of a programme."""
    return await visit.scoring.get(
        f"{path_of(customer_id)}/tier", TierAnswer, {"programme": programme}
    )


async def score(visit: Visit, customer_id: str) -> ScoreAnswer:
    """Give what somebody is worth."""
    return await visit.scoring.get(f"{path_of(customer_id)}/score", ScoreAnswer)


async def explanation(visit: Visit, customer_id: str) -> ExplanationAnswer | None:
    """Give why somebody is worth what they are; None where no model decides."""
    path = f"{path_of(customer_id)}/explanation"
    try:
        return await visit.scoring.get(path, ExplanationAnswer)
    except ServiceRefused as error:
        if error.problem.code in {"not_by_model", "no_model_yet"}:
            return None
        raise


async def score_history(visit: Visit, customer_id: str) -> ScoreHistory:
    """Give the score at the ends of the last months."""
    path = f"{path_of(customer_id)}/score/history"
    return await visit.scoring.get(path, ScoreHistory, {"months": 12})


async def what_if(visit: Visit, customer_id: str, asked: Mapping[str, object]) -> WhatIfAnswer:
    """Give what the tier would be; nothing is stored."""
    call = Call("POST", f"{path_of(customer_id)}/what-if", dict(asked))
    return await visit.scoring.ask(call, WhatIfAnswer)


async def entitlements(visit: Visit, customer_id: str) -> EntitlementsAnswer:
    """Give what somebody's tiers entitle to."""
    return await visit.scoring.get(f"{path_of(customer_id)}/entitlements", EntitlementsAnswer)


async def points(visit: Visit, customer_id: str, programme: str) -> PointsAnswer | None:
    """Give somebody's points of a programme; None where it gives none."""
    path = f"{path_of(customer_id)}/points"
    try:
        return await visit.scoring.get(path, PointsAnswer, {"programme": programme})
    except ServiceRefused as error:
        if error.problem.code == "no_points":
            return None
        raise


async def points_entries(
    visit: Visit, customer_id: str, programme: str, cursor: str | None, limit: int
) -> Page[PointsEntryAnswer]:
    """List what changed the points of a programme, the newest first."""
    query = {"programme": programme, "limit": limit, "cursor": cursor}
    path = f"{path_of(customer_id)}/points/entries"
    return await visit.scoring.get(path, Page[PointsEntryAnswer], query)


async def timeline(
    visit: Visit, customer_id: str, cursor: str | None, limit: int
) -> Page[TimelineItem]:
    """List what happened with somebody, the newest first."""
    query = {"limit": limit, "cursor": cursor}
    path = f"{path_of(customer_id)}/timeline"
    return await visit.feedback.get(path, Page[TimelineItem], query)


async def purchases(visit: Visit, customer_id: str, count: int) -> Page[TimelineItem]:
    """List what somebody bought last."""
    path, query = f"{path_of(customer_id)}/timeline", {"kinds": "purchase", "limit": count}
    return await visit.feedback.get(path, Page[TimelineItem], query)


async def tier_history(visit: Visit, customer_id: str, programme: str) -> list[HistoryItem]:
    """List what somebody was told of a tier, the newest first."""
    path = f"{path_of(customer_id)}/tier/history"
    return (await visit.scoring.get(path, HistoryList, {"programme": programme})).items


async def pins(visit: Visit, customer_id: str) -> list[PinAnswer]:
    """List pins, those that are over too."""
    path = f"{path_of(customer_id)}/pins"
    return (await visit.scoring.get(path, Page[PinAnswer], {"limit": MOST})).items


async def grants(visit: Visit, customer_id: str) -> list[GrantAnswer]:
    """List grants, those that are over too."""
    path = f"{path_of(customer_id)}/grants"
    return (await visit.scoring.get(path, Page[GrantAnswer], {"limit": MOST})).items


async def erasure(visit: Visit, erasure_id: object) -> Erasure:
    """Tell how far an erasure is."""
    return await visit.ingest.get(f"/v1/erasures/{quote(str(erasure_id), safe='')}", Erasure)


def everything_of(visit: Visit, customer_id: str) -> AsyncIterator[bytes]:
    """Give everything that is held of somebody, as ingest writes it, piece by piece."""
    return pieces_of(visit.ingest, f"{path_of(customer_id)}/export")


def path_of(customer_id: str) -> str:
    """Give the address of a customer at any service."""
    return f"/v1/customers/{quote(customer_id, safe='')}"
