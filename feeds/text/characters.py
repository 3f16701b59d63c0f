"""Which characters may stand in anything we serve."""

from __future__ import annotations

import re

# The complement of Char in XML 1.0, section 2.2, lone surrogates among it.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def strip_illegal(text: str) -> str:
    """Return `text` without the characters that XML 1.0 cannot hold."""
    return ILLEGAL.sub("", text)
