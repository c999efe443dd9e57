"""The commands of ingest: `tierline import`, `tierline rebuild`, `tierline retention`."""

import typer

from services.ingest.cli_import import import_
from services.ingest.cli_rebuild import rebuild
from services.ingest.cli_retention import retention

app = typer.Typer()
app.command(name="import")(import_)
app.command()(rebuild)
app.command()(retention)
