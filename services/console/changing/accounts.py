"""Changes of who may use the console: with a reason, written down before they are made."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

from services.console.accounts.keeper import Keeper, WrongPassword
from services.console.accounts.passwords import LONGEST, SHORTEST, WeakPassword
from services.console.accounts.roles import Permission
from services.console.accounts.trying import TooManyTries
from services.console.accounts.users import BadName, LastAdmin, NameTaken, UnknownUser, Users
from services.console.visiting.changes import NotAccepted, NotAllowed, checked_reason
from services.console.visiting.house import Entry
from services.console.visiting.visit import Visit

Result = TypeVar("Result")
_KEYS: Final[Mapping[type[Exception], str]] = {
    BadName: "users.bad_name",
    NameTaken: "users.name_taken",
    UnknownUser: "users.unknown",
    LastAdmin: "users.last_admin",
    WrongPassword: "account.wrong_password",
    TooManyTries: "account.too_many_tries",
}
_REFUSALS: Final[tuple[type[Exception], ...]] = (*_KEYS, WeakPassword)


@dataclass(frozen=True, slots=True)
class Deed:
    """One change of accounts: who may, what the audit log calls it, and what is done."""

    may: Permission
    action: str
    subject: str
    details: Mapping[str, object] = field(default_factory=dict)


def keeper_of(visit: Visit) -> Keeper:
    """Give the accounts themselves: only these pages see more of them than every page does."""
    return cast(Keeper, visit.house.accounts)


async def done(
    visit: Visit, deed: Deed, reason: str, work: Callable[[Users], Awaitable[Result]]
) -> Result:
    """Do it, asking for session and role anew.

    Raises SessionOver, NotAllowed, ReasonMissing, NotAccepted.
    """
    checked, keeper = checked_reason(reason), keeper_of(visit)
    person = await visit.here()
    if not person.may(deed.may):
        raise NotAllowed(deed.may)
    details = {"reason": checked, "role": str(person.role), **deed.details}
    audit_id = await keeper.open_entry(Entry(person.actor, deed.action, deed.subject, details))
    try:
        result = await work(keeper.users)
    except _REFUSALS as error:
        await keeper.close_entry(audit_id, f"refused: {type(error).__name__}")
        raise not_accepted(error) from error
    await keeper.close_entry(audit_id, "done")
    return result


async def change_own_password(visit: Visit, current: str, new: str) -> None:
    """Change the password of whoever is here, who proves it by the one they have."""
    person, keeper = await visit.here(), keeper_of(visit)

    async def work(users: Users) -> None:
        await keeper.proved(person.name, current, f"session {person.session_id}")
        await users.set_password(person.user_id, new, but=person.session_id)

    deed = Deed(Permission.READ, "user.password_changed", person.actor)
    await done(visit, deed, "own password", work)


def not_accepted(error: Exception) -> NotAccepted:
    """Say in the catalogue's words why accounts refuse something."""
    if isinstance(error, WeakPassword):
        return NotAccepted(f"users.weak_{error.why}", shortest=SHORTEST, longest=LONGEST)
    return NotAccepted(_KEYS[type(error)])
