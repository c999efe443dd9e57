"""Somebody a provider vouches for becomes a user here, with the role the provider gives."""

from services.console.accounts.oidc_claims import Vouched
from services.console.accounts.people import User
from services.console.accounts.queries import users as queries
from services.console.accounts.users import NameTaken, Users, Wanted


class LockedOut(Exception):
    """An admin has locked this user out here, whatever the provider says."""


async def user_for(users: Users, vouched: Vouched) -> User:
    """Find or make the user; the provider decides on the role anew each time.

    Raises LockedOut, LastAdmin. A name that a local user has is never taken over.
    """
    user = await queries.user_of_subject(users.pool, vouched.subject)
    if user is None:
        return await _made(users, vouched)
    if user.disabled_at is not None:
        raise LockedOut
    if user.role is not vouched.role:
        await users.change_role(user.user_id, vouched.role)
    return user


async def _made(users: Users, vouched: Vouched) -> User:
    for name in vouched.names:
        wanted = Wanted(name, vouched.display, vouched.role, oidc_subject=vouched.subject)
        try:
            return await users.create(wanted)
        except NameTaken:
            # whoever signs in for the first time in two tabs at once is made by one of them
            if (made := await queries.user_of_subject(users.pool, vouched.subject)) is not None:
                return made
    raise NameTaken
