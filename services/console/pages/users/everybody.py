"""Everybody who may use the console, and a way to let another in."""

from nicegui import ui

from services.console.accounts.people import User
from services.console.accounts.roles import Permission, Role
from services.console.accounts.users import Users, Wanted
from services.console.changing.accounts import Deed, done, keeper_of
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.frame import page
from services.console.parts.pieces import action
from services.console.parts.reasons import with_reason
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.visiting.visit import Visit


@page("/users", "users", may=Permission.USERS_CHANGE)
async def show_users(visit: Visit) -> None:
    """List users, make one."""
    say = visit.say
    columns = (
        Column("name", say("users.name"), kind="link", min_width=140),
        Column("display", say("users.display"), min_width=140),
        Column("role", say("users.role")),
        Column("by", say("users.by")),
        Column("since", say("users.since"), min_width=160),
        Column("state", say("users.state")),
    )

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        await visit.here()
        found, after = await keeper_of(visit).users.page(cursor or "", limit)
        return [row_of(visit, user) for user in found], after or None

    table = PagedTable(visit, columns, fetch, say("users.empty"), say("users.title"))

    async def create() -> None:
        if await _created(visit):
            await table.restart()

    with ui.element("div").classes("tl-row tl-above"):
        action(say("users.create"), create, icon="person_add", main=True)
    await table.show()


def row_of(visit: Visit, user: User) -> Row:
    """Write a user as a row."""
    return {
        "name": user.name,
        "name_href": f"/users/{user.user_id}",
        "display": user.display,
        "role": visit.say(f"parts.role_{user.role}"),
        "by": visit.say("users.by_provider" if user.is_from_provider else "users.by_password"),
        "since": visit.formats.instant(user.created_at),
        "state": visit.say("users.active" if user.disabled_at is None else "users.locked_out"),
    }


def role_names(visit: Visit) -> dict[str, str]:
    """Name the roles in the reader's language."""
    return {role.value: visit.say(f"parts.role_{role}") for role in Role}


async def _created(visit: Visit) -> bool:
    fields, say = DialogFields({"role": Role.ANALYST.value}), visit.say

    def lay() -> None:
        fields.text("name", say("users.name"), most=100)
        fields.text("display", say("users.display"), most=100)
        fields.choose("role", say("users.role"), role_names(visit))
        password_field(visit, fields)

    async def make(reason: str) -> None:
        given = {name: str(value) for name, value in fields.given().items()}
        name, role = given.get("name", ""), Role(given["role"])
        wanted = Wanted(name, given.get("display", ""), role, given.get("password", ""))

        async def work(users: Users) -> None:
            await users.create(wanted)

        deed = Deed(Permission.USERS_CHANGE, "user.created", f"user:{name}", {"as": role.value})
        await done(visit, deed, reason, work)

    return await with_reason(visit, say("users.create"), make, fields=lay)


def password_field(visit: Visit, fields: DialogFields) -> None:
    """Show a field for somebody's first or new password; white space in it counts."""
    made = ui.input(visit.say("users.password"), password=True, password_toggle_button=True)
    made.on_value_change(lambda event: fields.values.update(password=event.value or ""))
    made.props("outlined dense autocomplete=new-password maxlength=256").classes("tl-fill")
