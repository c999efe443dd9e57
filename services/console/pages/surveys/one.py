"""One survey: how far it got, what each question was answered, who answered."""

from typing import Literal
from uuid import uuid4

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.care_documents import invite, turn
from services.console.pages.surveys.invited import show_links
from services.console.pages.surveys.words import (
    distribution,
    distribution_lines,
    question_lines,
    reach_line,
    reach_options,
    response_row,
    summary_of,
    tier_word,
    title_of,
    wanted_of,
)
from services.console.parts.charts import chart
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.downloads import File, begun, download
from services.console.parts.drafts import list_at
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, empty, grid, section, tag, tile, tiles
from services.console.parts.reasons import change_then, with_reason
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.surveys import (
    list_responses,
    one_survey,
    response_table,
    survey_results,
)
from services.console.visiting.visit import Visit
from shared.contracts.invitations import InvitationsAnswer
from shared.contracts.surveys import QuestionResult, SurveyAnswer, SurveyResults


@page("/surveys/{key}", "surveys")
async def show_survey(visit: Visit, key: str) -> None:
    """Show a survey and what it came to."""
    found = await one_survey(visit, key)
    retitle(title_of(visit, found))
    results = await tried(survey_results(visit, key))
    with ui.element("div").classes("tl-row tl-above"):
        ui.link(visit.say("surveys.back"), "/surveys")
        state = visit.say(f"surveys.state_{found.state}")
        tag(state, "good" if found.state == "live" else "plain")
        if visit.may(Permission.CARE_CHANGE):
            _actions(visit, found)
    if isinstance(results, Fault):
        fault_card(visit, results)
    else:
        _results(visit, results)
    _questions(visit, found)
    with section(visit.say("surveys.responses")):
        await _responses(visit, found)


@download("/surveys/{key}/responses.csv")
async def responses_csv(visit: Visit, key: str) -> File:
    """Give all answers as a table for spreadsheets."""
    pieces = await begun(response_table(visit, key))
    return File(f"{key}.csv", "text/csv", pieces)


def _actions(visit: Visit, found: SurveyAnswer) -> None:
    say = visit.say
    if found.state != "live":
        action(say("surveys.open"), lambda: _turn(visit, found, "open"), main=True)
    else:
        action(say("surveys.invite"), lambda: _invite(visit, found), icon="send", main=True)
        action(say("surveys.close"), lambda: _turn(visit, found, "close"))
    edit = f"/surveys/{found.key}/edit"
    action(say("surveys.edit"), lambda: ui.navigate.to(edit), icon="edit")


async def _turn(visit: Visit, found: SurveyAnswer, verb: Literal["open", "close"]) -> None:
    title, text = visit.say(f"surveys.{verb}"), visit.say(f"surveys.{verb}_note")
    change, then = turn("survey", found.key, verb), f"/surveys/{found.key}"
    await change_then(visit, title, change, SurveyAnswer, then=then, text=text)


async def _invite(visit: Visit, found: SurveyAnswer) -> None:
    key, fields = uuid4().hex, DialogFields()
    invited: list[InvitationsAnswer] = []

    async def make(reason: str) -> None:
        given = fields.given()
        wanted = wanted_of(str(given.get("customers", "")), str(given.get("segment", "")))
        invited.append(await visit.make(invite(found.key, wanted, key), reason, InvitationsAnswer))

    def lay() -> None:
        fields.words("customers", visit.say("surveys.customers"))
        fields.text("segment", visit.say("surveys.segment"))

    text = visit.say("surveys.invite_note")
    if await with_reason(visit, visit.say("surveys.invite"), make, text=text, fields=lay):
        show_links(visit, invited[0])


def _results(visit: Visit, results: SurveyResults) -> None:
    write, reach = visit.formats, results.reach
    with tiles():
        for name in ("sent", "opened", "answered"):
            tile(visit.say(f"surveys.column_{name}"), write.number(getattr(reach, name)))
        tile(visit.say("surveys.column_rate"), write.percent(reach.response_rate))
    if not reach.answered:
        empty(visit.say("surveys.no_answers"))
        return
    with grid():
        _by_tier(visit, results)
        for question in results.questions:
            _answered(visit, question)


def _by_tier(visit: Visit, results: SurveyResults) -> None:
    with section(visit.say("surveys.by_tier")):
        columns = ("tier", "sent", "opened", "answered", "rate")
        chart(
            visit,
            reach_options(visit, results.by_tier),
            summary=visit.say("surveys.by_tier_summary"),
            head=[visit.say(f"surveys.column_{name}") for name in columns],
            rows=[reach_line(visit, tier_word(visit, tier), tier) for tier in results.by_tier],
            height=240,
        )


def _answered(visit: Visit, question: QuestionResult) -> None:
    summary = summary_of(visit, question)
    with section(visit.local(question.text), note=summary):
        if not question.distribution:
            ui.label(visit.say("surveys.only_counted")).classes("tl-note")
            return
        chart(
            visit,
            distribution(visit, question),
            summary=f"{visit.local(question.text)} {summary}",
            head=[visit.say(f"surveys.column_{name}") for name in ("value", "count", "share")],
            rows=distribution_lines(visit, question),
            height=240,
        )


def _questions(visit: Visit, found: SurveyAnswer) -> None:
    with section(visit.say("surveys.asked")):
        for kind, english, chinese, options in question_lines(found):
            with ui.element("div").classes("tl-event"):
                ui.label(english).classes("tl-strong").props("lang=en")
                ui.label(chinese).props("lang=zh-CN")
                ui.label(visit.say_or(f"surveys.kind_{kind}", kind)).classes("tl-note")
                if options:
                    ui.label("\n".join(options)).classes("tl-lines tl-note")


async def _responses(visit: Visit, found: SurveyAnswer) -> None:
    questions = list_at(found.document, ("questions",))

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        listed = await list_responses(visit, found.key, cursor, limit)
        rows = [response_row(visit, item, questions) for item in listed.items]
        return rows, listed.next_cursor

    say = visit.say
    columns = [
        Column("at", say("surveys.column_at"), min_width=190),
        Column("customer", say("surveys.column_customer"), "link", min_width=130),
        Column("tier", say("surveys.column_tier"), min_width=110),
        Column("answers", say("surveys.answers"), min_width=420),
    ]
    ui.link(say("surveys.csv"), f"/surveys/{found.key}/responses.csv").props("download")
    nothing, label = say("surveys.no_answers"), say("surveys.responses")
    await PagedTable(visit, columns, fetch, nothing, label, page_size=10).show()
