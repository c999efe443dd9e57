"""What a shell that sourced our env file hands back to us: no wish of its user's."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from deploy.local.cluster import SUPERUSER
from deploy.local.home import PASSWORD, PORT
from deploy.local.ports import LOOPBACK

DATABASE = "tierline"


def without_own(environ: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Take out what only this home decides: its embedded server's address, password and port.

    The server of a stopped stack does not answer at that address, and the password of another
    home would lock this one's data. `known` is what the home's env file says.
    """
    own = {PASSWORD, PORT}
    if is_embedded(environ.get("DATABASE_URL", ""), known.get(PASSWORD, "")):
        own.add("DATABASE_URL")
    return {name: value for name, value in environ.items() if name not in own}


def is_embedded(database_url: str, password: str) -> bool:
    """Tell whether the address is that of the embedded server with this password, on any port."""
    try:
        parts = urlsplit(database_url)
    except ValueError:
        return False
    where = (parts.hostname, parts.username, parts.path)
    is_there = where == (LOOPBACK, SUPERUSER, f"/{DATABASE}")
    return is_there and bool(password) and unquote(parts.password or "") == password
