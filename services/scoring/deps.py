"""What routes are given: the parts made when the service starts."""

from typing import Annotated

import asyncpg
from fastapi import Depends, Request

from services.scoring.usecases.asking.ask_score import Appraiser
from services.scoring.usecases.asking.explain_score import Explainer
from services.scoring.usecases.asking.list_customers import Lister
from services.scoring.usecases.benefits.redeem import BenefitDesk
from services.scoring.usecases.benefits.service_levels import ServiceDesk
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.fit.drift import DriftWatch
from services.scoring.usecases.points.desk import PointsDesk
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.segments.desk import SegmentDesk
from services.scoring.usecases.steady.steady_desk import SteadyDesk
from services.scoring.usecases.webhooks.switchboard import Switchboard
from shared.secrets import Secrets


def _desk(request: Request) -> SteadyDesk:
    found: SteadyDesk = request.app.state.desk
    return found


def _decider(request: Request) -> Decider:
    found: Decider = request.app.state.decider
    return found


def _catalog(request: Request) -> Catalog:
    found: Catalog = request.app.state.catalog
    return found


def _day(request: Request) -> BusinessDay:
    found: BusinessDay = request.app.state.business_day
    return found


def _appraiser(request: Request) -> Appraiser:
    found: Appraiser = request.app.state.appraiser
    return found


def _explainer(request: Request) -> Explainer:
    found: Explainer = request.app.state.explainer
    return found


def _watch(request: Request) -> DriftWatch:
    found: DriftWatch = request.app.state.drift
    return found


def _secrets(request: Request) -> Secrets:
    found: Secrets = request.app.state.secrets
    return found


def _switchboard(request: Request) -> Switchboard:
    found: Switchboard = request.app.state.switchboard
    return found


def _benefits(request: Request) -> BenefitDesk:
    found: BenefitDesk = request.app.state.benefits
    return found


def _service(request: Request) -> ServiceDesk:
    found: ServiceDesk = request.app.state.service
    return found


def _points(request: Request) -> PointsDesk:
    found: PointsDesk = request.app.state.points
    return found


def _segments(request: Request) -> SegmentDesk:
    found: SegmentDesk = request.app.state.segment_desk
    return found


def _lister(request: Request) -> Lister:
    found: Lister = request.app.state.lister
    return found


def pool_of(request: Request) -> asyncpg.Pool:
    """Give the raw pool of the service."""
    return request.app.state.pool


Desk = Annotated[SteadyDesk, Depends(_desk)]
Deciding = Annotated[Decider, Depends(_decider)]
Known = Annotated[Catalog, Depends(_catalog)]
Day = Annotated[BusinessDay, Depends(_day)]
Appraisal = Annotated[Appraiser, Depends(_appraiser)]
Explaining = Annotated[Explainer, Depends(_explainer)]
Drifting = Annotated[DriftWatch, Depends(_watch)]
Hooks = Annotated[Switchboard, Depends(_switchboard)]
Benefits = Annotated[BenefitDesk, Depends(_benefits)]
Service = Annotated[ServiceDesk, Depends(_service)]
Points = Annotated[PointsDesk, Depends(_points)]
Segmenting = Annotated[SegmentDesk, Depends(_segments)]
Listing = Annotated[Lister, Depends(_lister)]
Keys = Annotated[Secrets, Depends(_secrets)]
Pool = Annotated[asyncpg.Pool, Depends(pool_of)]
