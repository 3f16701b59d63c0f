"""Alembic's entry: it works on the connection it is given, inside that connection's transaction."""

from alembic import context

from feeds.store import (  # noqa: F401  # their tables belong to the metadata, too
    hub_schema,
    ledger_schema,
    selection_schema,
    subscriber_schema,
    view_schema,
)
from feeds.store.migrations import REVISION_TABLE
from feeds.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=REVISION_TABLE,
)
context.run_migrations()
