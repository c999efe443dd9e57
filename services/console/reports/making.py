"""Make the reports that were asked for: read, tell, write the files, keep them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.console.decks.audiences import Console, build
from services.console.decks.html import html_of
from services.console.decks.pdf import PdfMissing, pdf_of
from services.console.decks.pptx import pptx_of
from services.console.decks.slide import Deck
from services.console.decks.voice import Voice
from services.console.reports.desk import Desk
from services.console.reports.queries.reports import claim_report, finish_report, tell_progress
from services.console.reports.reading.asking import Asker
from services.console.reports.reading.whole import read_deck
from services.console.reports.report import File, Format, Report, Wish
from services.console.visiting.formats import Formats
from services.console.visiting.services import Service
from shared.clients.transport import Transport

NO_PDF: Final = "no_pdf"
LOCAL_LINKS: Final = "local_links"
PdfWriter = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Maker:
    """What makes reports; they link to `public_url`, else to where the console itself listens."""

    desk: Desk
    transports: Mapping[Service, Transport]
    public_url: str | None
    pdf: PdfWriter = pdf_of
    own_url: str = "http://localhost:8000"

    @property
    def _console(self) -> Console:
        return Console(self.public_url or self.own_url, is_public=self.public_url is not None)

    async def make_next(self) -> bool:
        """Ask for what is due and make one report; True while there may be more."""
        await self.desk.ask_for_due()
        report = await claim_report(self.desk.pool, self.desk.clock.now())
        if report is None:
            return False
        await self.make(report)
        return True

    async def make(self, report: Report) -> None:
        """Make one report; whatever stops it, the report is tried again when its lease is over."""

        async def told(progress: int) -> None:
            await tell_progress(self.desk.pool, report, progress)

        asker = Asker(self.transports, report.first, report.last, self.desk.zone)
        data = await read_deck(asker, self.desk.clock.now(), told)
        voice = Voice(Formats(report.wish.language, self.desk.zone), data.currency)
        deck = build(data, report.wish.audience, voice, self._console)
        # Writing takes half a second: the other loops go on meanwhile.
        files, is_pdf_missing = await asyncio.to_thread(write, deck, report.wish, self.pdf)
        remarks = [f"away_{service}" for service in sorted(data.away)]
        remarks += [NO_PDF] if is_pdf_missing else []
        remarks += [] if self.public_url else [LOCAL_LINKS]
        await finish_report(self.desk.pool, report, files, remarks, self.desk.clock.now())


def write(deck: Deck, wish: Wish, pdf: PdfWriter) -> tuple[list[File], bool]:
    """Write the files wished for; HTML is always there. Tells whether PDF could not be written."""
    html = html_of(deck)
    files = [File(Format.HTML, html.encode())]
    if Format.PPTX in wish.formats:
        files.append(File(Format.PPTX, pptx_of(deck)))
    if Format.PDF not in wish.formats:
        return files, False
    try:
        files.append(File(Format.PDF, pdf(html)))
    except PdfMissing:
        return files, True
    return files, False
