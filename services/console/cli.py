"""The commands of the console: `tierline users`."""

import typer

from services.console import cli_users

app = typer.Typer()
app.add_typer(cli_users.app, name="users")
