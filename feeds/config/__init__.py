"""What a person can set.

Only the composing edge (cli, daemon, `web.create_app`) reads it; the rooms get what they need as arguments.
"""

from feeds.config.live import SETTLE, Configuration
from feeds.config.loading import load_settings
from feeds.config.settings import SCALAR_KEYS, SearchSettings, Settings, SourceSettings

__all__ = [
    "SCALAR_KEYS",
    "SETTLE",
    "Configuration",
    "SearchSettings",
    "Settings",
    "SourceSettings",
    "load_settings",
]
