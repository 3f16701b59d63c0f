"""The steps that lead every older store to the tables of `schema`.

A change of the tables is a new module in `versions/` and a new HEAD; what was released stays as it is.
"""

#: The revision this program writes and reads; a test holds it against the newest migration.
HEAD = "0017"

REVISION_TABLE = "feeds_revision"
