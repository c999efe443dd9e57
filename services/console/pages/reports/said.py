"""Reports and schedules in words; deciding what is shown, without showing it."""

from datetime import date
from typing import Final

from services.console.accounts.person import Language
from services.console.changing.reports import desk_of
from services.console.decks.audiences import Audience
from services.console.decks.pdf import is_pdf_possible
from services.console.parts.pieces import Tone
from services.console.reports.report import Format, Report, State
from services.console.reports.schedule import Rhythm, Schedule, Span, Timing, dates_of
from services.console.visiting.formats import Formats
from services.console.visiting.visit import Visit
from services.console.words import said

TONES: Final[dict[State, Tone]] = {
    State.WAITING: "plain",
    State.MAKING: "plain",
    State.DONE: "good",
    State.FAILED: "bad",
}


def audiences(visit: Visit) -> dict[str, str]:
    """Name the audiences."""
    return {each.value: visit.say(f"decks.audience_{each}") for each in Audience}


def languages() -> dict[str, str]:
    """Name the languages, each in itself."""
    return {Language.ENGLISH.value: "English", Language.CHINESE.value: "中文"}


def spans(visit: Visit) -> dict[str, str]:
    """Name the spans that are over."""
    return {each.value: visit.say(f"reports.span_{each}") for each in Span}


def formats_on_offer() -> tuple[Format, ...]:
    """List the kinds of files that can be made here."""
    return tuple(each for each in Format if each is not Format.PDF or is_pdf_possible())


def usual_dates(visit: Visit) -> tuple[date, date]:
    """Give the dates that are filled in at first: the last whole month."""
    return dates_of(Span.LAST_MONTH, desk_of(visit).today)


def dates_said(formats: Formats, first: date, last: date) -> str:
    """Write the dates of a report."""
    return f"{formats.date(first)} – {formats.date(last)}"


def weekdays(visit: Visit) -> dict[str, str]:
    """Name the days of the week."""
    return {str(n): visit.say(f"reports.weekday_{n}") for n in range(1, 8)}


def timing_said(visit: Visit, timing: Timing) -> str:
    """Say when a schedule makes its reports."""
    hour = f"{timing.at_hour:02d}:00"
    match timing.rhythm:
        case Rhythm.DAILY:
            return visit.say("reports.timing_daily", hour=hour)
        case Rhythm.WEEKLY:
            weekday = visit.say(f"reports.weekday_{timing.on_day}")
            return visit.say("reports.timing_weekly", day=weekday, hour=hour)
        case Rhythm.MONTHLY:
            return visit.say("reports.timing_monthly", day=timing.on_day, hour=hour)


def next_said(visit: Visit, schedule: Schedule) -> str:
    """Say when a schedule is due next, or that it is paused."""
    if schedule.paused_at is not None:
        return visit.say("reports.paused")
    return visit.formats.instant(schedule.next_at)


def state_said(visit: Visit, report: Report) -> str:
    """Say how far a report is."""
    words = visit.say(f"reports.state_{report.state}")
    if report.state is not State.MAKING:
        return words
    return f"{words} {visit.formats.percent(report.progress / 100, digits=0)}"


def remarks_said(visit: Visit, report: Report) -> list[str]:
    """Say what is missing in a report, or why there is none."""
    return [visit.say(f"reports.remark_{each}") for each in report.remarks]


def is_under_way(report: Report) -> bool:
    """Tell whether a report will change by itself."""
    return report.state in {State.WAITING, State.MAKING}


def size_said(visit: Visit, size: int) -> str:
    """Write the size of a file."""
    return visit.say("reports.kilobytes", n=visit.formats.number(max(1, round(size / 1024))))


def file_name(report: Report, form: Format) -> str:
    """Name a file as people look for it, in the language of the report."""
    language = report.wish.language
    title = said(
        language,
        "decks.deck_title",
        audience=said(language, f"decks.audience_{report.wish.audience}"),
    )
    return f"{title.replace(' · ', ' - ')} {report.first:%Y-%m-%d} {report.last:%Y-%m-%d}.{form}"
