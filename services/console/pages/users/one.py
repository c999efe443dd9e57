"""One user: as what they are here, and what an admin may change about it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

from nicegui import ui

from services.console.accounts.people import User
from services.console.accounts.roles import Permission, Role
from services.console.accounts.users import UnknownUser, Users
from services.console.changing.accounts import Deed, done, keeper_of
from services.console.pages.users.everybody import password_field, role_names, row_of
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, empty, fact, section
from services.console.parts.reasons import with_reason
from services.console.visiting.visit import Visit

Work = Callable[[Users], Awaitable[object]]
#: What each step is in the audit log, as `tierline users` notes it too.
NOTED: Final = {
    "disable": "user.disabled",
    "enable": "user.enabled",
    "end_sessions": "user.sessions_ended",
    "change_role": "user.role_changed",
    "set_password": "user.password_set",
}
_SHOWN = ("name", "display", "role", "by", "since", "state")


@page("/users/{user_id}", "users", may=Permission.USERS_CHANGE)
async def show_user(visit: Visit, user_id: str) -> None:
    """Show a user and what may be changed."""
    try:
        user = await keeper_of(visit).users.require(UUID(user_id))
    except (UnknownUser, ValueError):
        empty(visit.say("users.unknown"), label=visit.say("users.back"), then="/users")
        return
    retitle(user.name)
    with ui.element("div").classes("tl-row tl-above"):
        ui.link(visit.say("users.back"), "/users")
    row = row_of(visit, user)
    with section(visit.say("users.one")):
        for key in _SHOWN:
            fact(visit.say(f"users.{key}"), str(row[key]))
        sessions = await keeper_of(visit).sessions.of_user(user.user_id)
        fact(visit.say("users.sessions"), visit.formats.number(len(sessions)))
    _actions(visit, user)


def _actions(visit: Visit, user: User) -> None:
    say, user_id = visit.say, user.user_id

    async def switch() -> None:
        if user.disabled_at is None:
            await _ask(visit, user, "disable", lambda users: users.disable(user_id))
        else:
            await _ask(visit, user, "enable", lambda users: users.enable(user_id))

    async def end() -> None:
        sessions = keeper_of(visit).sessions
        await _ask(visit, user, "end_sessions", lambda _: sessions.end_all_of(user_id))

    with ui.element("div").classes("tl-row"):
        action(say("users.change_role"), partial(_change_role, visit, user))
        if user.has_password:
            action(say("users.set_password"), partial(_set_password, visit, user))
        action(say("users.end_sessions"), end)
        action(say("users.disable" if user.disabled_at is None else "users.enable"), switch)


async def _change_role(visit: Visit, user: User) -> None:
    fields = DialogFields({"role": user.role.value})

    def lay() -> None:
        fields.choose("role", visit.say("users.role"), role_names(visit))

    async def work(users: Users) -> None:
        await users.change_role(user.user_id, Role(str(fields.values["role"])))

    await _ask(visit, user, "change_role", work, lay=lay, told=fields)


async def _set_password(visit: Visit, user: User) -> None:
    fields = DialogFields()

    async def work(users: Users) -> None:
        await users.set_password(user.user_id, str(fields.values.get("password", "")))

    lay = partial(password_field, visit, fields)
    await _ask(visit, user, "set_password", work, lay=lay)


async def _ask(
    visit: Visit,
    user: User,
    what: str,
    work: Work,
    *,
    lay: Callable[[], None] | None = None,
    told: DialogFields | None = None,
) -> None:
    """Ask why, do it, show the user anew; `told` goes into the audit log as it is."""

    async def make(reason: str) -> None:
        details = {} if told is None else told.given()
        deed = Deed(Permission.USERS_CHANGE, NOTED[what], f"user:{user.name}", details)
        await done(visit, deed, reason, work)

    if await with_reason(visit, visit.say(f"users.{what}"), make, text=user.name, fields=lay):
        ui.navigate.reload()
