"""Alembic's entry: run the migrations on the connection that `migrate.upgrade` opened."""

from alembic import context

from shared.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
