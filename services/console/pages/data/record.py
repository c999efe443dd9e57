"""One refused record: what was sent, why it was refused, mended and tried again."""

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.data import replay_record
from services.console.pages.data.repair import Mended, is_changed, mended, written
from services.console.pages.data.ways import reason_word, show_way_back, source_href
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, fact, grid, section, tag
from services.console.parts.reasons import with_reason
from services.console.reading import data
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.quarantine import QuarantinedBody, Replayed


@page("/data/quarantine/{quarantine_id}", "data", may=Permission.DATA_CHANGE)
async def show_record(visit: Visit, quarantine_id: str) -> None:
    """Show a refused record with its body, which may name people: not for everybody."""
    record = await data.quarantined_one(visit, quarantine_id)
    retitle(visit.say("data.record"))
    show_way_back(visit, "data.back_to_records", "/data/quarantine")
    with grid():
        _why(visit, record)
        with section(visit.say("data.body"), note=visit.say("data.body_note")):
            if record.replayed_at is not None:
                ui.label(written(record.body)).classes("tl-code")
            else:
                _Repair(visit, record).show()


def _why(visit: Visit, record: QuarantinedBody) -> None:
    write = visit.formats
    with section(visit.say("data.why")):
        state = "data.state_replayed" if record.replayed_at else "data.state_waits"
        tag(visit.say(state), "good" if record.replayed_at else "warn")
        fact(visit.say("data.reason"), reason_word(visit, record.reason))
        fact(visit.say("data.message"), record.message)
        if hint := visit.say_or(f"faults.hint_{record.reason}", ""):
            ui.label(hint).classes("tl-note")
        with ui.element("div").classes("tl-fact"):
            ui.label(visit.say("data.source")).classes("tl-fact-label")
            ui.link(record.source, source_href(record.source))
        fact(visit.say("data.read_by"), visit.say_or(f"data.route_{record.route}", record.route))
        fact(visit.say("data.first_seen"), write.instant(record.received_at))
        fact(visit.say("data.last_seen"), write.instant(record.last_seen_at or record.received_at))
        fact(visit.say("data.times"), write.number(record.times_seen))
        if record.replayed_at is not None:
            fact(visit.say("data.replayed_at"), write.instant(record.replayed_at))
            fact(visit.say("data.sequence"), _number(record.replayed_sequence))


def _number(value: int | None) -> str:
    return NOTHING if value is None else str(value)


class _Repair:
    """The body as text, judged as it is typed, and the button that sends it."""

    def __init__(self, visit: Visit, record: QuarantinedBody) -> None:
        self._visit, self._record = visit, record
        self._now = Mended(record.body, is_sendable=not record.is_truncated)
        self._said: ui.label | None = None
        self._send: ui.button | None = None

    def show(self) -> None:
        """Lay the text out with what is wrong with it below."""
        say, record = self._visit.say, self._record
        if record.is_truncated:
            ui.label(say("data.truncated")).classes("tl-fault-text tl-lines")
        kept = str(record.body) if record.is_truncated else written(record.body)
        text = ui.textarea(say("data.body"), value=kept).classes("tl-fill tl-code tl-above")
        text.props("outlined autogrow debounce=300 spellcheck=false").mark("body")
        text.on_value_change(lambda event: self._typed(event.value or ""))
        self._said = ui.label().classes("tl-lines tl-above").props("role=status")
        self._send = action(say("data.replay"), self._replay, icon="replay", main=True)
        self._typed(kept)

    def _typed(self, text: str) -> None:
        self._now = mended(self._visit, text, self._record.route)
        if self._said is None or self._send is None:
            return
        faults = "\n".join(self._now.faults)
        self._said.set_text(faults or self._visit.say("data.no_faults"))
        bad, fine = "tl-fault-text", "tl-fine"
        self._said.classes(remove=f"{bad} {fine}", add=bad if faults else fine)
        self._send.set_enabled(self._now.is_sendable)

    async def _replay(self) -> None:
        sent = self._now
        is_mended = self._record.is_truncated or is_changed(self._record.body, sent.body)
        body = sent.body if is_mended else None

        async def make(reason: str) -> None:
            change = replay_record(self._record.quarantine_id, body)
            await self._visit.make(change, reason, Replayed)

        word = "data.replay_mended" if is_mended else "data.replay_same"
        if await with_reason(
            self._visit, self._visit.say("data.replay"), make, text=self._visit.say(word)
        ):
            ui.navigate.reload()
