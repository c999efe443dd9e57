"""The commands of feedback: `tierline kpis`."""

import typer

from services.feedback import cli_kpis

app = typer.Typer()
app.add_typer(cli_kpis.app, name="kpis")
