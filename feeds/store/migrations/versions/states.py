"""Every source has a state from the beginning, so that the states alone tell what is due."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(
        text(
            "INSERT INTO source_states (source_number, failures, skip_hours, skip_days, offers)"
            " SELECT number, 0, '[]', '[]', '[]' FROM sources"
            " WHERE number NOT IN (SELECT source_number FROM source_states)"
        )
    )
