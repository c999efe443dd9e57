"""`tierline`: one command line over the services that are installed here."""

import asyncio
import importlib
import importlib.util
import os
from typing import Annotated

import typer

from deploy import cli_keys
from deploy.local.home import home_of, read_env

SERVICES = ("ingest", "scoring", "feedback", "console")
app = typer.Typer(
    name="tierline",
    help="Tierline: what each customer is worth, which tier they hold and why.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold keys and customers
)
app.add_typer(cli_keys.app)


@app.command()
def run() -> None:
    """Start everything on this machine in the foreground (what `make run` does)."""
    from deploy.local.run import main as run_here

    raise typer.Exit(run_here())


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema and make it know the keys of the settings."""
    from deploy.migrate import migrate as migrate_database
    from shared.key_rows import MalformedKey

    url = os.environ.get("DATABASE_URL")
    if not url:
        raise typer.BadParameter("set DATABASE_URL, or start Tierline once with make run")
    try:
        typer.echo(f"the schema is at {asyncio.run(migrate_database(url, os.environ))}")
    except MalformedKey as error:
        raise typer.BadParameter(error.detail) from None


@app.command()
def worker(
    only: Annotated[
        str | None, typer.Option(help="a service (scoring) or one of its loops (scoring.sweep)")
    ] = None,
) -> None:
    """Run the background loops of all services until SIGTERM."""
    from deploy.cli_worker import run_worker

    raise typer.Exit(run_worker(only))


def add_service_commands(target: typer.Typer) -> None:
    """Add the commands (`services/<name>/cli.py: app`) of every service installed here."""
    for name in SERVICES:
        module = f"services.{name}"
        if importlib.util.find_spec(module) and importlib.util.find_spec(f"{module}.cli"):
            target.add_typer(importlib.import_module(f"{module}.cli").app)


def known_then() -> object | None:
    """Give what says what the shop knew at a past instant, where ingest is installed.

    Services never import each other: the backtest of scoring is handed it from here.
    """
    if not importlib.util.find_spec("services.ingest"):
        return None
    module = importlib.import_module("services.ingest.usecases.rebuilds.as_known")
    made: object = module.DaysKnownThen()
    return made


def use_home_settings() -> None:
    """Take what the environment does not say from the home `make run` wrote, if there is one."""
    for name, value in read_env(home_of(os.environ).env_file).items():
        if not name.startswith("EMBEDDED_"):
            os.environ.setdefault(name, value)


def main() -> None:
    """Run the command line."""
    use_home_settings()
    add_service_commands(app)
    app(obj=known_then())


if __name__ == "__main__":
    main()
