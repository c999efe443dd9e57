"""The commands of ingest: `tierline import`, `tierline rebuild`."""

import typer

from services.ingest.cli_import import import_
from services.ingest.cli_rebuild import rebuild

app = typer.Typer()
app.command(name="import")(import_)
app.command()(rebuild)
