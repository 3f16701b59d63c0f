"""Words for how things are, in the reader's language; reasons and rules stay as the poller writes them."""

from __future__ import annotations

from feeds.web.translation import gettext


def N_(text: str) -> str:
    """Mark a text for the catalogs; `told` translates it when it is shown."""
    return text


WORDS = {
    # how a source is
    "new": N_("new"),
    "healthy": N_("healthy"),
    "quiet": N_("quiet"),
    "failing": N_("failing"),
    "moved": N_("moved"),
    "gone": N_("gone"),
    "held": N_("held"),
    "paused": N_("paused"),
    "retired": N_("retired"),
    "archive": N_("archive"),
    # how a poll ended; `held`, too
    "changed": N_("changed"),
    "unchanged": N_("unchanged"),
    "failed": N_("failed"),
    # how far a refresh is
    "queued": N_("waiting"),
    "running": N_("running"),
    "done": N_("done"),
}


def told(word: str) -> str:
    """Return a word of health, of an outcome or of a refresh as it is shown; any other as it is."""
    return gettext(WORDS[word]) if word in WORDS else word
