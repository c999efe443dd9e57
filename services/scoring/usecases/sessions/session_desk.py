"""Open a session, go on with one, and tell a page what it may see of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from services.scoring.domain.benefits.held import Held, held_of
from services.scoring.domain.benefits.offer import read_offer
from services.scoring.domain.session import Named, Session, pinned_tier
from services.scoring.domain.session_answer import customer_in, encode, own_view, without_reasons
from services.scoring.usecases.benefits.entitlements import Entitlements
from services.scoring.usecases.sessions.pass_on import EventTaker, pass_on
from services.scoring.usecases.sessions.tokens import SessionTokens
from services.scoring.usecases.sessions.told import Teller, Told, told_from_file
from services.scoring.usecases.steady.last_known import LastKnown
from services.scoring.usecases.steady.outage import Outage, once_more
from shared.away import AWAY_ERRORS
from shared.clock import Clock

CUSTOMER_FACING: Final = "customer_facing"
ENTITLEMENTS: Final = "entitlements"
REASONS: Final = "reasons"
SEGMENTS: Final = "segments"


class SegmentSource(Protocol):
    """Knows the segments of a customer."""

    async def keys_of(self, profile_id: UUID) -> list[str]:
        """List the keys of the segments a customer is in now."""
        ...


class Opening(NamedTuple):
    """A session asked for; `session` is the one to go on with, `key` the caller's own."""

    named: Sequence[Named]
    shown: str | None
    channel: str
    programmes: Sequence[str] | None
    parts: frozenset[str]
    session: Session | None
    events: Sequence[Any]
    key: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a session's parts come from; `None`: there is no such part here."""

    teller: Teller
    entitlements: Entitlements
    segments: SegmentSource | None
    events: EventTaker | None
    events_timeout_s: float


class _Parts(NamedTuple):
    """What was told, the tiers the session keeps, and the parts asked for, encoded."""

    told: Told
    pinned: dict[str, bytes]
    entitlements: bytes
    segments: bytes


class SessionDesk:
    """Answers sessions from the database, else from the file of last known tiers."""

    __slots__ = ("_clock", "_last_known", "_outage", "_sources", "_tokens")

    def __init__(
        self,
        sources: Sources,
        tokens: SessionTokens,
        clock: Clock,
        outage: Outage,
        last_known: LastKnown,
    ) -> None:
        """Take where answers come from, who makes tokens, the business clock, and the file."""
        self._sources = sources
        self._tokens = tokens
        self._clock = clock
        self._outage = outage
        self._last_known = last_known

    async def close(self) -> None:
        """Give back the connections kept for sessions."""
        await self._sources.teller.close()

    async def open(self, opening: Opening) -> bytes:
        """Take events in, then answer as of after them; raises UnknownProgramme."""
        events = b""
        if opening.events:
            timeout_s = self._sources.events_timeout_s
            became = await pass_on(
                self._sources.events, opening.events, key=opening.key, timeout_s=timeout_s
            )
            events = b',"events":' + encode(became)
        parts = await self._parts(opening, audience=None)
        before = opening.session
        session = Session(
            session_id=before.session_id if before else os.urandom(16).hex(),
            named=parts.told.named,
            channel=opening.channel,
            pinned={**(before.pinned if before else {}), **parts.pinned},
            began=before.began if before else 0,
        )
        token, ends = self._tokens.issue(session)
        return _opened(session, token, ends, parts, opening.parts) + events + b"}"

    async def own(self, session: Session) -> bytes:
        """Tell a page what its customer may see; raises nothing for somebody unknown."""
        asked = Opening(
            [session.named], None, session.channel, None, frozenset({ENTITLEMENTS}), session, (), ""
        )
        parts = await self._parts(asked, audience=CUSTOMER_FACING)
        told = parts.told
        tiers = [
            encode(own_view(json.loads(answer + told.tail), json.loads(parts.pinned[programme])))
            for programme, answer in told.answers.items()
        ]
        return b'{"session_id":"%b","tiers":[%b]%b}' % (
            session.session_id.encode(),
            b",".join(tiers),
            parts.entitlements,
        )

    async def _parts(self, opening: Opening, *, audience: str | None) -> _Parts:
        if not self._outage.is_away:
            try:
                return await self._from_database(opening, audience)
            except AWAY_ERRORS as error:
                work = partial(self._from_database, opening, audience)
                found = await once_more(error, self._outage, work)
                if found is not None:
                    return found
        return self._from_file(opening, audience)

    async def _from_database(self, opening: Opening, audience: str | None) -> _Parts:
        teller = self._sources.teller
        programmes = await teller.programmes(opening.programmes, audience=audience)
        told = await teller.tell(opening.named, opening.shown, programmes)
        pinned = _pinned(opening.session, told)
        entitlements = segments = b""
        if ENTITLEMENTS in opening.parts:
            found = await self._sources.entitlements.of(
                told.profile_id, _held(told, pinned), self._clock.now()
            )
            entitlements = _entitled([(each.held, each.benefits) for each in found])
        if SEGMENTS in opening.parts:
            segments = b',"segments":' + encode(await self._segments_of(told.profile_id))
        return _Parts(told, pinned, entitlements, segments)

    async def _segments_of(self, profile_id: UUID | None) -> list[str]:
        source = self._sources.segments
        return [] if profile_id is None or source is None else await source.keys_of(profile_id)

    def _from_file(self, opening: Opening, audience: str | None) -> _Parts:
        """Tell the last known tiers; what is left of quotas and segments are not known then."""
        known = {each.key: each for each in self._last_known.programmes()}
        asked = opening.programmes or [
            key for key, each in known.items() if audience in (None, each.audience)
        ]
        told = told_from_file(self._last_known, opening.named, opening.shown, asked)
        pinned = _pinned(opening.session, told)
        entitlements = segments = b""
        if ENTITLEMENTS in opening.parts:
            offers = {
                key: read_offer(key, each.offer, shop_zone="UTC", is_price_off=told.is_expired)
                for key, each in known.items()
            }
            held = _held(told, pinned)
            found = [(each, offers[each.programme].tiers.get(each.tier_key)) for each in held]
            entitlements = _entitled(
                [(each, offer.encoded({}) if offer else b"[]") for each, offer in found]
            )
        if SEGMENTS in opening.parts:
            segments = b',"segments":null'
        return _Parts(told, pinned, entitlements, segments)


def _pinned(session: Session | None, told: Told) -> dict[str, bytes]:
    if session is None:
        return told.tiers
    before = session.pinned
    return {key: pinned_tier(before.get(key), tier) for key, tier in told.tiers.items()}


def _held(told: Told, pinned: Mapping[str, bytes]) -> list[Held]:
    """Say what benefits go by: the tier the session keeps."""
    return [
        replace(
            held_of(json.loads(answer + told.tail)), tier_key=json.loads(pinned[programme])["key"]
        )
        for programme, answer in told.answers.items()
    ]


def _entitled(found: Sequence[tuple[Held, bytes]]) -> bytes:
    parts = [
        b'{"programme":%b,"tier":%b,"benefits":%b}'
        % (encode(held.programme), encode(held.tier_key), benefits)
        for held, benefits in found
    ]
    return b',"entitlements":[%b]' % b",".join(parts)


def _opened(
    session: Session, token: str, ends: datetime, parts: _Parts, asked: frozenset[str]
) -> bytes:
    """Write the answer but for its end."""
    told = parts.told
    customer = next(map(customer_in, told.answers.values()), b"null")
    tiers = [
        b'%b,"pinned":%b,"current":%b%b'
        % (
            answer if REASONS in asked else without_reasons(answer),
            parts.pinned[programme],
            told.tiers[programme],
            told.tail,
        )
        for programme, answer in told.answers.items()
    ]
    return (
        b'{"session_id":"%b","token":"%b","expires_at":"%b","customer_id":%b,"known":%b,'
        b'"channel":"%b","tiers":[%b]%b%b'
        % (
            session.session_id.encode(),
            token.encode(),
            ends.isoformat().replace("+00:00", "Z").encode(),
            customer,
            b"true" if told.known else b"false",
            session.channel.encode(),
            b",".join(tiers),
            parts.entitlements,
            parts.segments,
        )
    )
