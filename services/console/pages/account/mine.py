"""My account: what I may change about myself."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.console.accounts.people import OpenSession, User
from services.console.accounts.person import Language, Look
from services.console.changing.accounts import change_own_password, keeper_of
from services.console.parts.faults import told
from services.console.parts.frame import page
from services.console.parts.pieces import action, fact, grid, section, tag
from services.console.visiting.changes import NotAccepted
from services.console.visiting.visit import Visit

_LANGUAGES = {Language.ENGLISH.value: "English", Language.CHINESE.value: "中文"}


@page("/account", "account")
async def show_account(visit: Visit) -> None:
    """Show who I am here, and what I may change about it."""
    person, keeper = await visit.here(), keeper_of(visit)
    user = await keeper.users.require(person.user_id)
    with grid():
        _who(visit, user)
        _taste(visit)
        if user.has_password:
            _password(visit)
    with section(visit.say("account.sessions"), note=visit.say("account.sessions_note")):
        await _sessions(visit)


def _who(visit: Visit, user: User) -> None:
    with section(visit.say("account.who")):
        fact(visit.say("account.name"), user.name)
        fact(visit.say("account.display"), user.display)
        fact(visit.say("account.role"), visit.say(f"parts.role_{user.role}"))
        by = "account.by_provider" if user.is_from_provider else "account.by_password"
        fact(visit.say("account.by"), visit.say(by))
        fact(visit.say("account.since"), visit.formats.instant(user.created_at))


def _taste(visit: Visit) -> None:
    looks = {look.value: visit.say(f"account.look_{look}") for look in Look}

    async def speak(language: str) -> None:
        async with told(visit):
            await visit.house.accounts.prefer(await visit.here(), language=Language(language))
            ui.navigate.reload()

    async def paint(look: str) -> None:
        async with told(visit):
            await visit.house.accounts.prefer(await visit.here(), look=Look(look))
            ui.navigate.reload()

    with section(visit.say("account.taste")), ui.element("div").classes("tl-form"):
        _choice(visit.say("account.language"), _LANGUAGES, visit.language.value, speak)
        _choice(visit.say("account.look"), looks, visit.person.look.value, paint)


def _choice(
    label: str, options: dict[str, str], value: str, chosen: Callable[[str], Awaitable[None]]
) -> None:
    made = ui.select(options, label=label, value=value).props("outlined dense").classes("tl-fill")
    made.on_value_change(lambda event: chosen(event.value))


def _password(visit: Visit) -> None:
    with section(visit.say("account.password"), note=visit.say("account.password_note")):
        with ui.element("div").classes("tl-form"):
            current = _secret(visit.say("account.current"), "current-password")
            new = _secret(visit.say("account.new"), "new-password")
            again = _secret(visit.say("account.again"), "new-password")

        async def change() -> None:
            async with told(visit):
                if new.value != again.value:
                    raise NotAccepted("account.not_alike")
                await change_own_password(visit, current.value or "", new.value or "")
                for field in (current, new, again):
                    field.set_value("")
                ui.notify(visit.say("account.changed"), type="positive")

        with ui.element("div").classes("tl-buttons"):
            action(visit.say("account.change"), change, main=True)


def _secret(label: str, known_as: str) -> ui.input:
    made = ui.input(label, password=True).props(f"outlined dense autocomplete={known_as}")
    return made.classes("tl-fill")


async def _sessions(visit: Visit) -> None:
    sessions = keeper_of(visit).sessions

    async def end(one: OpenSession) -> None:
        async with told(visit):
            await visit.here()
            await sessions.end(one.session_id)
            listed.refresh()

    async def end_others() -> None:
        async with told(visit):
            person = await visit.here()
            await sessions.end_all_of(person.user_id, but=person.session_id)
            listed.refresh()

    @ui.refreshable
    async def listed() -> None:
        for one in await sessions.of_user(visit.person.user_id):
            _session(visit, one, end)

    await listed()
    with ui.element("div").classes("tl-buttons"):
        action(visit.say("account.end_others"), end_others)


def _session(visit: Visit, one: OpenSession, end: Callable[[OpenSession], Awaitable[None]]) -> None:
    formats, is_this = visit.formats, one.session_id == visit.person.session_id
    with ui.element("div").classes("tl-row"):
        ui.label(one.agent or visit.say("account.unknown_browser")).classes("tl-lines")
        ui.label(one.address).classes("tl-note")
        seen, until = formats.instant(one.seen_at), formats.minute(one.expires_at)
        ui.label(visit.say("account.seen", seen=seen, until=until)).classes("tl-note")
        if is_this:
            tag(visit.say("account.this"), "good")
        else:
            action(visit.say("account.end"), lambda: end(one))
