"""Where the console leads: the rooms a visitor may enter, in the order of their day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.console.accounts.roles import Permission
from services.console.visiting.visit import Visit


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the navigation; its name is `<key>.title` in the catalogue."""

    key: str
    path: str
    icon: str
    may: Permission = Permission.READ


ROOMS: Final = (
    Room("overview", "/", "insights"),
    Room("kpis", "/kpis", "speed"),
    Room("accuracy", "/accuracy", "verified"),
    Room("customers", "/customers", "people"),
    Room("programmes", "/programmes", "military_tech"),
    Room("segments", "/segments", "pie_chart"),
    Room("cases", "/cases", "inbox"),
    Room("tasks", "/tasks", "task_alt"),
    Room("surveys", "/surveys", "poll"),
    Room("playbooks", "/playbooks", "auto_stories"),
    Room("winback", "/win-back", "replay"),
    Room("experiments", "/experiments", "science"),
    Room("data", "/data", "storage"),
    Room("reports", "/reports", "slideshow"),
    Room("ops", "/ops", "monitor_heart", Permission.OPS_READ),
    Room("users", "/users", "manage_accounts", Permission.USERS_CHANGE),
)


def rooms_for(visit: Visit) -> Sequence[Room]:
    """List the rooms this visitor may enter."""
    return [room for room in ROOMS if visit.may(room.may)]
