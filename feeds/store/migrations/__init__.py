"""The steps that lead every older store to the tables of `schema`."""

#: The revision this program writes and reads; a test holds it against the newest migration.
HEAD = "0001"

REVISION_TABLE = "feeds_revision"
